"""The day's figures of the live board: each row is read while it may change, and once more.

What belongs to which figure is decided where reports decide it (:mod:`storage.queries.report_conditions`),
so both say the same. What is over is added to a sum and not read again; what goes on, and the last minute,
is read anew each time. So the cost does not grow with the day.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, not_, select

from ivr.standard.agent_state import TAKES_CALLS, AgentState
from ivr.standard.report_figures import Counts
from storage.models import AgentPresence, AgentSkill, Call, Offer
from storage.queries import report_conditions as what

LAST = timedelta(seconds=60)
"""Rows of so long a time are read anew each time: a row may be seen a little after the moment it names."""
ANEW = timedelta(minutes=15)
"""Everything is counted anew so often: a caller whom the PBX brought back changes a call that was over."""

ByQueue = dict[str, Counts]
Counted = Iterable[tuple[str, Counts]]


@dataclass(frozen=True, slots=True)
class AtWork:
    """People with a skill: who takes calls, busy or not, and who is free now."""

    takes_calls: int = 0
    free: int = 0


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is counted: a row's id, when it began, whether it may still change, and how it is counted."""

    id: Any
    at: Any
    goes_on: ColumnElement[bool]
    count: Callable[[Connection, ColumnElement[bool]], Counted]


@dataclass(slots=True)
class _Part:
    """The sum of what is over and began before ``until``, and ids of what goes on since before."""

    rows: _Rows
    until: datetime
    over: ByQueue = field(default_factory=dict)
    going_on: list[int] = field(default_factory=list)

    def read(self, connection: Connection, until: datetime, found: ByQueue) -> None:
        """Move on to ``until``, and add everything to ``found``."""
        rows = self.rows
        if until > self.until:
            between = and_(rows.at >= self.until, rows.at < until)
            # First who goes on: one that ends between the two readings is counted with the next one.
            newly = self._ids(connection, and_(rows.goes_on, between))
            _add(self.over, rows.count(connection, and_(between, rows.id.not_in(newly))))
            ended = set(self._ids(connection, and_(not_(rows.goes_on), rows.id.in_(self.going_on))))
            if ended:
                _add(self.over, rows.count(connection, rows.id.in_(list(ended))))
            self.going_on = [one for one in self.going_on if one not in ended] + newly
            self.until = until
        _add(found, self.over.items())
        _add(found, rows.count(connection, rows.at >= self.until))
        if self.going_on:
            _add(found, rows.count(connection, rows.id.in_(self.going_on)))

    def _ids(self, connection: Connection, condition: ColumnElement[bool]) -> list[int]:
        return [int(one) for one in connection.execute(select(self.rows.id).where(condition)).scalars()]


class DayCount:
    """The sums of one day, kept up to date by one reader.

    :param begin: of the day (UTC).
    :param quick: seconds within which an answer is quick, ``soon``: is soon (config.yaml: reports).
    """

    def __init__(self, begin: datetime, quick: float, soon: float) -> None:
        self.begin = begin
        self._calls = _Rows(
            Call.id, Call.arrived_at, Call.ended_at.is_(None), lambda c, w: _calls(c, w, quick, soon)
        )
        self._offers = _Rows(Offer.id, Offer.made_at, Offer.outcome.is_(None), _offers)
        self._parts: list[_Part] = []
        self._counted_anew: datetime | None = None

    def read(self, connection: Connection, now: datetime) -> ByQueue:
        """Figures by queue at ``now``: of callers who arrived, and offers made, since the day began."""
        if self._counted_anew is None or now - self._counted_anew >= ANEW:
            self._parts = [_Part(rows, self.begin) for rows in (self._calls, self._offers)]
            self._counted_anew = now
        found: ByQueue = {}
        for part in self._parts:
            part.read(connection, max(part.until, now - LAST), found)
        return found


def _add(sums: ByQueue, counted: Counted) -> None:
    for queue, counts in counted:
        sums.setdefault(queue, Counts()).add(counts)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def _calls(connection: Connection, where: ColumnElement[bool], quick: float, soon: float) -> Counted:
    lasted = and_(what.ANSWERED, Call.talk_ended_at.is_not(None))
    rows = connection.execute(
        select(
            Call.queue,
            func.count(),
            _number(what.ANSWERED),
            _number(what.ABANDONED),
            _number(what.answered_within(quick)),
            _number(what.answered_within(soon)),
            _number(lasted),
            func.sum(what.milliseconds(Call.talk_started_at, Call.talk_ended_at)).filter(lasted),
        )
        .where(where, what.OFFERED)
        .group_by(Call.queue)
    )
    for queue, offered, answered, abandoned, in_quick, in_soon, talks, talked in rows:
        yield (
            str(queue),
            Counts(
                offered=offered,
                answered=answered,
                abandoned=abandoned,
                within_quick=in_quick,
                within_soon=in_soon,
                talks=talks,
                talk_seconds=int(talked or 0) / 1000,
            ),
        )


def _offers(connection: Connection, where: ColumnElement[bool]) -> Counted:
    rows = connection.execute(
        select(Offer.queue, _number(what.OFFER_ANSWERED), _number(what.OFFER_MISSED))
        .where(where, what.RANG_TO_AN_AGENT)
        .group_by(Offer.queue)
    )
    for queue, answered, missed in rows:
        yield queue, Counts(offers_answered=answered, offers_missed=missed)


def at_work(connection: Connection) -> dict[str, AtWork]:
    """People by skill."""
    rows = connection.execute(
        select(AgentSkill.skill, func.count(), _number(AgentPresence.state == AgentState.READY))
        .join(AgentPresence, AgentPresence.agent_id == AgentSkill.agent_id)
        .where(AgentPresence.state.in_(TAKES_CALLS))
        .group_by(AgentSkill.skill)
    )
    return {skill: AtWork(takes_calls, free) for skill, takes_calls, free in rows}
