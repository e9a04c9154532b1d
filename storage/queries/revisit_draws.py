"""Drawing consultations for a revisit (R-13.5), with all that proves the draw afterwards."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.obligations import Clockwork
from ivr.standard.sampling import draw, is_proven
from storage.models import Case, CaseLife, RevisitDraw
from storage.queries.case_access import Who
from storage.queries.case_steps import Asked, do

_DRAWN_FROM = (CaseState.ANSWERED, CaseState.CLOSED)
"""Consultations whose customer has been answered; one that is not is owed an answer first."""
_ONE_AT_A_TIME = 9_577_713
"""Key of the PostgreSQL advisory lock of a draw; any number that nothing else uses."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw, as it is kept."""

    id: int
    at: datetime
    from_at: datetime
    until_at: datetime
    seed: str
    percent: float
    population: tuple[int, ...]
    picks: tuple[int, ...]
    """Ids of cases, in the order they were drawn."""

    @property
    def proven(self) -> bool:
        """Whether seed, share and population give these picks."""
        return is_proven(self.population, self.percent, self.seed, self.picks)


def draw_consultations(
    connection: Connection,
    until_at: datetime,
    now: datetime,
    clockwork: Clockwork,
    *,
    percent: float,
    seed: str,
    first_from: datetime | None = None,
) -> Drawn:
    """Draw a share of the consultations since the last draw; who is picked is owed a revisit (R-13.5).

    One that was not answered before its time was drawn from is in no later draw: it is followed until it is
    answered anyway (R-13.3).

    :param until_at: the end of the time that is drawn from, itself not included; not after ``now``.
    :param seed: fresh and unguessable, such as ``secrets.token_hex(16)``.
    :param first_from: where the very first draw begins; older ones could not be revisited in time any more.
    :raises ValueError: the time has not passed yet, or nothing lies between the last draw and its end.
    """
    one_at_a_time(connection)
    from_at = last_until(connection) or first_from or datetime(2000, 1, 1, tzinfo=until_at.tzinfo)
    if not from_at < until_at <= now:
        raise ValueError(f"a draw is of the time from {from_at} on that has passed, not until {until_at}")
    population = _population(connection, from_at, until_at)
    picks = draw(population, percent, seed)
    for case_id in picks:
        do(connection, case_id, Asked(CaseStep.OWE_REVISIT), Who(), now, clockwork)
    values = {
        "at": now,
        "from_at": from_at,
        "until_at": until_at,
        "seed": seed,
        "percent": percent,
        "population": {"cases": population},
        "picks": {"cases": picks},
    }
    draw_id = connection.execute(insert(RevisitDraw).values(values).returning(RevisitDraw.id)).scalar_one()
    return Drawn(draw_id, now, from_at, until_at, seed, percent, tuple(population), tuple(picks))


def one_at_a_time(connection: Connection) -> None:
    """Wait for a draw that another engine is at; until this transaction ends nobody else draws."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))


def last_until(connection: Connection) -> datetime | None:
    """The end of the time that was drawn from last; None before the first draw."""
    last: datetime | None = connection.execute(select(func.max(RevisitDraw.until_at))).scalar_one()
    return last


def _population(connection: Connection, from_at: datetime, until_at: datetime) -> list[int]:
    rows = connection.execute(
        select(Case.id)
        .join(CaseLife, CaseLife.case_id == Case.id)
        .where(
            Case.created_at >= from_at,
            Case.created_at < until_at,
            CaseLife.kind == CallKind.CONSULTATION,
            CaseLife.state.in_(_DRAWN_FROM),
        )
        .order_by(Case.id)
    )
    return list(rows.scalars())


def draws(connection: Connection, limit: int) -> list[Drawn]:
    """The last draws, the newest first."""
    rows = connection.execute(
        select(*RevisitDraw.__table__.c).order_by(RevisitDraw.until_at.desc()).limit(limit)
    )
    return [
        Drawn(
            row.id,
            row.at,
            row.from_at,
            row.until_at,
            row.seed,
            row.percent,
            tuple(row.population["cases"]),
            tuple(row.picks["cases"]),
        )
        for row in rows
    ]
