"""A report put together: read in one snapshot of the database, worded for page and workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext

from agent_console import moments
from agent_console.reports.charts import Bar
from agent_console.reports.periods import Period, PeriodKind
from agent_console.words import queue_name
from ivr.config import Settings
from ivr.standard.report_figures import Counts, Figure, Measure, measure, value
from storage.database import Database
from storage.queries import quality_samples, report_cases, report_revisits
from storage.queries.colleagues import names_of
from storage.queries.report_cases import CasesOfKind, LateOf, UnitFigures
from storage.queries.report_conditions import ReportSpan
from storage.queries.report_sums import sums
from storage.queries.report_work_times import work_times

OF_CALLERS = (
    Figure.OFFERED,
    Figure.ANSWERED,
    Figure.ABANDONED,
    Figure.NOT_WAITED,
    Figure.ANSWERED_SHARE,
    Figure.WITHIN_QUICK,
    Figure.WITHIN_SOON,
    Figure.MEAN_WAIT,
)
OF_PEOPLE = (
    Figure.WITHIN_RINGS,
    Figure.MISSED,
    Figure.TALKS,
    Figure.MEAN_TALK,
    Figure.WITHIN_GOAL,
    Figure.HOLD,
    Figure.WRAP_UP,
    Figure.OCCUPANCY,
    Figure.AGENT_HANG_UPS,
    Figure.TRANSFERS,
    Figure.RATED,
    Figure.SATISFACTION,
)
OF_REVISITS = (
    Figure.REVISIT_TRIES,
    Figure.REVISITED,
    Figure.REVISIT_DISSATISFIED,
    Figure.REVISIT_SATISFACTION,
)
_NOT_BY_QUEUE = (Figure.WRAP_UP, Figure.OCCUPANCY)
BY_QUEUE = OF_CALLERS + tuple(figure for figure in OF_PEOPLE if figure not in _NOT_BY_QUEUE)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; ``queue`` and so on are what it is of, for the calls behind it."""

    name: str
    counts: Counts
    queue: str | None = None
    agent_id: int | None = None
    unit_id: int | None = None
    hour: int | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report shows."""

    period: Period
    whole: Row
    queues: list[Row]
    hours: list[Row]
    days: list[Row]
    agents: list[Row]
    kinds: list[CasesOfKind]
    late: list[LateOf]
    units: list[UnitFigures]
    units_rows: list[Row]
    """Revisits by unit."""
    findings: int
    """Drawn recordings of these months that are missing or changed (R-QA3)."""

    @property
    def empty(self) -> bool:
        """Nothing at all happened."""
        return self.whole.counts == Counts() and not self.kinds and not self.late


def span_of(settings: Settings, period: Period) -> ReportSpan:
    """The period as queries take it."""
    reports = settings.reports
    begin, end = period.span(settings.zone)
    return ReportSpan(begin, end, reports.quick_seconds, reports.soon_seconds, settings.talk.goal_seconds)


def read(database: Database, settings: Settings, period: Period, now: datetime) -> Report:
    """Count a period."""
    span = span_of(settings, period)
    with database.read() as connection:
        found = sums(connection, span)
        at_work = work_times(connection, span.begin, span.end, now)
        agents = found.by_agent(at_work)
        names = names_of(connection, list(agents))
        kinds = report_cases.by_kind(connection, span.begin, span.end)
        late = report_cases.late(connection, span.begin, span.end, now)
        units = report_cases.by_unit(connection, span.begin, span.end)
        revisits = report_revisits.by_unit(connection, span.begin, span.end)
        months = {f"{period.first + timedelta(days=day):%Y-%m}" for day in range(period.days)}
        findings = quality_samples.count_findings(connection, sorted(months))
    hours: dict[int, Counts] = {}
    days: dict[str, Counts] = {}
    for (_, moment), counts in found.callers.items():
        local = moment.astimezone(settings.zone)
        hours.setdefault(local.hour, Counts()).add(counts)
        days.setdefault(local.date().isoformat(), Counts()).add(counts)
    by_queue = found.by_queue()
    order = [*settings.queues, *sorted(set(by_queue) - set(settings.queues))]
    return Report(
        period,
        Row(gettext("Together"), found.whole(at_work)),
        [
            Row(queue_name(settings, queue) if queue else gettext("Calls out"), by_queue[queue], queue=queue)
            for queue in order
            if queue in by_queue and (queue or by_queue[queue].talks)
        ],
        [Row(f"{hour:02}:00", hours.get(hour, Counts()), hour=hour) for hour in range(24)],
        [Row(day, counts, day=day) for day, counts in sorted(days.items())],
        sorted(
            (Row(names[each], counts, agent_id=each) for each, counts in agents.items() if each in names),
            key=lambda row: row.name,
        ),
        kinds,
        late,
        units,
        [
            Row(name or gettext("No unit"), counts, unit_id=unit_id)
            for unit_id, (name, counts) in sorted(revisits.items(), key=lambda each: each[1][0])
        ],
        findings,
    )


def chart(report: Report) -> list[Bar]:
    """The bars of a report: hours of a day, else days; the line is the share answered quickly."""
    rows = report.hours if report.period.kind is PeriodKind.DAY else report.days
    short = report.period.kind is not PeriodKind.DAY
    return [
        Bar(
            row.name[5:] if short else row.name[:2],
            row.counts.offered,
            row.counts.answered,
            value(Figure.WITHIN_QUICK, row.counts),
        )
        for row in rows
    ]


def written(figure: Figure, counts: Counts) -> str:
    """A figure as the pages show it; a dash where there is nothing to take a share or mean of."""
    found = value(figure, counts)
    if found is None:
        return "–"
    kind = measure(figure)
    if kind is Measure.SHARE:
        return f"{100 * found:.1f} %"
    if kind is Measure.SECONDS:
        return (
            moments.duration(found)
            if found >= 60 or figure in (Figure.HOLD, Figure.WRAP_UP)
            else f"{found:.1f} s"
        )
    return f"{found:.2f}" if kind is Measure.SCORE else f"{found:.0f}"


def cell(figure: Figure, counts: Counts) -> float | None:
    """A figure as a workbook holds it: shares in percent, times in seconds."""
    found = value(figure, counts)
    if found is None:
        return None
    return round(100 * found if measure(figure) is Measure.SHARE else found, 3)


def described(entries: Sequence[Bar]) -> str:
    """A chart in words."""
    return "; ".join(f"{bar.name}: {bar.part:g}/{bar.whole:g}" for bar in entries if bar.whole)
