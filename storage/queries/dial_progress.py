"""How far calls to customers are: what waits, what came of today's, the lines in use, and at which pace."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, case, func, or_, select

from ivr.standard.dial_attempt import DialEnd, DialResult
from ivr.standard.dial_reason import RANK, DialReason, DialWay
from ivr.standard.dial_state import CampaignState, DialStatus
from storage.models import Campaign, DialAttempt, DialTask
from storage.queries.seconds_between import seconds_between


@dataclass(frozen=True, slots=True)
class Waiting:
    """Tasks of one reason and way that are not over.

    ``due``: could be called now; ``later``: from a moment on; ``held_back``: of a campaign that does not run.
    """

    reason: DialReason
    way: DialWay
    due: int
    later: int
    held_back: int
    calling: int

    @property
    def all(self) -> int:
        """Of them together, those of campaigns that do not run left out."""
        return self.due + self.later + self.calling


@dataclass(frozen=True, slots=True)
class Progress:
    """``made``: attempts of a day, ``results``: of them; ``ends``: of tasks that were over on it."""

    waiting: list[Waiting]
    made: int
    results: dict[DialResult, int]
    ends: dict[DialEnd, int]

    @property
    def done(self) -> int:
        """Tasks that were over on the day."""
        return sum(self.ends.values())


@dataclass(frozen=True, slots=True)
class Measured:
    """Calls by the program of a time: how many, how long together, and tasks that were over with them."""

    calls: int
    busy: timedelta
    tasks: int


def progress(connection: Connection, now: datetime, day_begin: datetime) -> Progress:
    """The queue now, and what came of it since the day began."""
    made, results = 0, {}
    for row in connection.execute(
        select(DialAttempt.result, func.count().label("attempts"))
        .where(DialAttempt.at >= day_begin, DialAttempt.at <= now)
        .group_by(DialAttempt.result)
    ):
        made += row.attempts
        if row.result is not None:
            results[row.result] = row.attempts
    ends = {
        row.end: row.tasks
        for row in connection.execute(
            select(DialTask.end, func.count().label("tasks"))
            .where(DialTask.ended_at >= day_begin, DialTask.ended_at <= now)
            .group_by(DialTask.end)
        )
        if row.end is not None
    }
    return Progress(list(_waiting(connection, now)), made, results, ends)


def _waiting(connection: Connection, now: datetime) -> Iterator[Waiting]:
    running = or_(DialTask.campaign_id.is_(None), Campaign.state == CampaignState.RUNNING)
    is_open = DialTask.status == DialStatus.OPEN
    rows = connection.execute(
        select(
            DialTask.reason,
            DialTask.way,
            func.count(case((and_(is_open, running, DialTask.next_at <= now), 1))).label("due"),
            func.count(case((and_(is_open, running, DialTask.next_at > now), 1))).label("later"),
            func.count(case((and_(is_open, ~running), 1))).label("held_back"),
            func.count(case((DialTask.status == DialStatus.TAKEN, 1))).label("calling"),
        )
        .outerjoin(Campaign, Campaign.id == DialTask.campaign_id)
        .where(DialTask.status.in_((DialStatus.OPEN, DialStatus.TAKEN)))
        .group_by(DialTask.reason, DialTask.way)
    ).all()
    for row in sorted(rows, key=lambda row: (RANK[row.reason], row.way)):
        yield Waiting(row.reason, row.way, row.due, row.later, row.held_back, row.calling)


def measured(connection: Connection, since: datetime, now: datetime) -> Measured:
    """What calls by the program took since a moment."""
    of_program = (DialAttempt.at >= since, DialAttempt.at <= now, DialAttempt.agent_id.is_(None))
    calls = connection.execute(
        select(
            func.count().label("calls"),
            func.coalesce(func.sum(seconds_between(DialAttempt.at, DialAttempt.ended_at)), 0).label(
                "seconds"
            ),
        ).where(*of_program, DialAttempt.result.is_not(None))
    ).one()
    tasks = connection.execute(
        select(func.count(func.distinct(DialAttempt.dial_task_id)))
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .where(*of_program, DialTask.status == DialStatus.ENDED)
    ).scalar_one()
    return Measured(int(calls.calls), timedelta(seconds=float(calls.seconds)), int(tasks))
