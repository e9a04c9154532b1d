"""The counts of reports: from calls, offers, talks, holds, transfers and ratings, never from counters.

Calls are counted by queue and quarter of an hour, so that any zone's hours and days can be made of them; what
people did by agent and queue. A month of a million calls is some queries over its rows, one pass each.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, case, func, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from ivr.standard.report_figures import Counts, together
from storage.models import Call, Hold, Offer, SurveyAnswer, Talk, Transfer
from storage.queries import long_reading, report_revisits
from storage.queries import report_conditions as what
from storage.queries.report_conditions import BUCKET_SECONDS, ReportSpan, milliseconds


class quarter_of(FunctionElement[int]):  # noqa: N801 - reads as a function of SQL
    """``quarter_of(moment)``: number of the quarter of an hour since 1970 that a moment lies in."""

    type = BigInteger()
    inherit_cache = True
    name = "quarter_of"


@compiles(quarter_of, "sqlite")
def _sqlite(element: "quarter_of", compiler: Any, **given: Any) -> str:
    moment = compiler.process(next(iter(element.clauses)), **given)
    return f"(CAST(strftime('%s', {moment}) AS INTEGER) / {BUCKET_SECONDS})"


@compiles(quarter_of, "postgresql")
def _postgresql(element: "quarter_of", compiler: Any, **given: Any) -> str:
    moment = compiler.process(next(iter(element.clauses)), **given)
    return f"FLOOR(date_part('epoch', {moment}) / {BUCKET_SECONDS})::bigint"


_ONCE: Any = literal_column("'0'")
"""As offset of a subquery: PostgreSQL works its columns out once for each call, and does not take every call
for a quarter of an hour of its own. A number, or a value given beside the statement, would keep it from
sharing the calls among processes."""


@dataclass(slots=True)
class ReportSums:
    """What was counted: of callers by queue and quarter of an hour, of people by agent and queue."""

    callers: dict[tuple[str, datetime], Counts] = field(default_factory=dict)
    people: dict[tuple[int, str], Counts] = field(default_factory=dict)

    def by_queue(self) -> dict[str, Counts]:
        """Both together, by queue."""
        found: dict[str, Counts] = {}
        for queue, counts in [
            *((queue, counts) for (queue, _), counts in self.callers.items()),
            *((queue, counts) for (_, queue), counts in self.people.items()),
        ]:
            found.setdefault(queue, Counts()).add(counts)
        return found

    def by_agent(self, at_work: Mapping[int, Counts]) -> dict[int, Counts]:
        """What people did, by agent, with their times at work."""
        found: dict[int, Counts] = {}
        for (agent_id, _), counts in self.people.items():
            found.setdefault(agent_id, Counts()).add(counts)
        for agent_id, counts in at_work.items():
            found.setdefault(agent_id, Counts()).add(counts)
        return found

    def whole(self, at_work: Mapping[int, Counts]) -> Counts:
        """Everything together."""
        return together([*self.callers.values(), *self.people.values(), *at_work.values()])


def sums(connection: Connection, span: ReportSpan) -> ReportSums:
    """Count a time."""
    long_reading.allow(connection)
    found = ReportSums()
    rows: Iterable[Any] = connection.execute(_callers(span))
    for row in rows:
        moment = datetime.fromtimestamp(int(row.quarter) * BUCKET_SECONDS, UTC)
        found.callers[row.queue, moment] = Counts(
            offered=row.offered,
            answered=row.answered,
            abandoned=row.abandoned,
            within_quick=row.quick,
            within_soon=row.soon,
            wait_seconds=int(row.waited or 0) / 1000,
        )
    for statement in (
        _offers(span),
        _talks(span),
        _in_pieces(span),
        _holds(span),
        _transfers(span),
        _ratings(span),
        _ends(span),
        report_revisits.by_agent(span.begin, span.end),
    ):
        for row in connection.execute(statement).mappings():
            agent_id, queue = row["agent_id"] or report_revisits.NOBODY, row["queue"] or ""
            counts = found.people.setdefault((agent_id, queue), Counts())
            for name, value in row.items():
                if name not in ("agent_id", "queue") and value is not None:
                    given = int(value) / 1000 if name.endswith("_seconds") else int(value)
                    setattr(counts, name, getattr(counts, name) + given)
    return found


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def _callers(span: ReportSpan) -> Select[*tuple[Any, ...]]:
    each = (
        select(
            Call.queue.label("queue"),
            quarter_of(Call.arrived_at).label("quarter"),
            what.ANSWERED.label("answered"),
            what.ABANDONED.label("abandoned"),
            what.WAITED.label("waited"),
        )
        .where(what.arrived_in(span), what.OFFERED)
        .offset(_ONCE)
        .subquery()
    ).c
    return select(
        each.queue,
        each.quarter,
        func.count().label("offered"),
        _number(each.answered).label("answered"),
        _number(each.abandoned).label("abandoned"),
        _number(what.within(span.quick, each.waited)).label("quick"),
        _number(what.within(span.soon, each.waited)).label("soon"),
        func.sum(each.waited).label("waited"),
    ).group_by(each.queue, each.quarter)


def _offers(span: ReportSpan) -> Select[*tuple[Any, ...]]:
    """Offers made in the time, by the queue they were made for."""
    return (
        select(
            Offer.agent_id,
            Offer.queue,
            _number(what.OFFER_ANSWERED).label("offers_answered"),
            _number(what.OFFER_MISSED).label("offers_missed"),
        )
        .where(Offer.made_at >= span.begin, Offer.made_at < span.end, what.RANG_TO_AN_AGENT)
        .group_by(Offer.agent_id, Offer.queue)
    )


def _begun_in(span: ReportSpan) -> ColumnElement[bool]:
    return and_(Talk.began_at >= span.begin, Talk.began_at < span.end, what.CONVERSATION)


def _talks(span: ReportSpan) -> Select[*tuple[Any, ...]]:
    """Pieces of conversations begun in the time, each as if it were a whole one; see :func:`_in_pieces`."""
    length = milliseconds(Talk.began_at, Talk.ended_at)
    return (
        select(
            Talk.agent_id,
            Call.queue,
            func.count().label("talks"),
            _number(length <= round(span.goal * 1000)).label("talks_within_goal"),
            func.sum(length).label("talk_seconds"),
        )
        .join(Call, Call.id == Talk.call_id)
        .where(_begun_in(span))
        .group_by(Talk.agent_id, Call.queue)
    )


def _in_pieces(span: ReportSpan) -> Select[*tuple[Any, ...]]:
    """What :func:`_talks` counted too much: all of an agent's part in a call is one conversation (R-12.8).

    Calls with several pieces are few. They are found by sorting the numbers of the calls, which takes a third
    of what grouping a million conversations takes.
    """
    sorted_calls = (
        select(Talk.call_id, func.lag(Talk.call_id).over(order_by=Talk.call_id).label("before"))
        .where(_begun_in(span))
        .subquery()
    )
    several = select(sorted_calls.c.call_id).where(sorted_calls.c.call_id == sorted_calls.c.before)
    length = milliseconds(Talk.began_at, Talk.ended_at)
    goal = round(span.goal * 1000)
    part = (
        select(
            Talk.agent_id,
            Talk.call_id,
            func.count().label("pieces"),
            _number(length <= goal).label("alone_within"),
            func.sum(length).label("length"),
        )
        .where(_begun_in(span), Talk.call_id.in_(several))
        .group_by(Talk.agent_id, Talk.call_id)
        .having(func.count() > 1)
        .subquery()
    )
    within = case((part.c.length <= goal, 1), else_=0)
    return (
        select(
            part.c.agent_id,
            Call.queue,
            func.sum(1 - part.c.pieces).label("talks"),
            func.sum(within - part.c.alone_within).label("talks_within_goal"),
        )
        .join(Call, Call.id == part.c.call_id)
        .group_by(part.c.agent_id, Call.queue)
    )


def _holds(span: ReportSpan) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Hold.agent_id,
            Call.queue,
            func.sum(milliseconds(Hold.began_at, Hold.ended_at)).label("hold_seconds"),
        )
        .join(Call, Call.id == Hold.call_id)
        .where(Hold.began_at >= span.begin, Hold.began_at < span.end, what.HELD)
        .group_by(Hold.agent_id, Call.queue)
    )


def _transfers(span: ReportSpan) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Transfer.from_agent_id.label("agent_id"),
            Call.queue,
            func.count().label("transfers"),
        )
        .join(Call, Call.id == Transfer.call_id)
        .where(Transfer.asked_at >= span.begin, Transfer.asked_at < span.end, what.PASSED_ON)
        .group_by(Transfer.from_agent_id, Call.queue)
    )


def _ratings(span: ReportSpan) -> Select[*tuple[Any, ...]]:
    """Ratings belong to the time in which the call arrived (R-3.6)."""
    return (
        select(
            SurveyAnswer.agent_id,
            Call.queue,
            func.count().label("rated"),
            func.sum(SurveyAnswer.score).label("score_sum"),
        )
        .join(Call, Call.id == SurveyAnswer.call_id)
        .where(what.arrived_in(span), what.RATED, SurveyAnswer.agent_id.is_not(None))
        .group_by(SurveyAnswer.agent_id, Call.queue)
    )


def _ends(span: ReportSpan) -> Select[*tuple[Any, ...]]:
    """Calls whose agent's side went first, of who talked last (R-12.12)."""
    return (
        select(Call.agent_id, Call.queue, func.count().label("agent_hang_ups"))
        .where(and_(what.arrived_in(span), what.AGENT_HUNG_UP, Call.agent_id.is_not(None)))
        .group_by(Call.agent_id, Call.queue)
    )
