"""What is to be called is gathered into one queue: revisits that are owed, call-backs that were promised.

Campaigns write their people themselves (:mod:`storage.queries.campaigns`). Planning may be done as often as
wanted and by several at once: what is planned already is never planned twice, unique keys see to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, literal, or_, select, update

from ivr.config.sections import CallKind
from ivr.standard.dial_attempt import DialEnd
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import CampaignState, DialStatus
from ivr.standard.obligations import ObligationKind
from ivr.standard.task_kind import TaskKind, TaskStatus
from storage.changes import announce
from storage.dial_rules import DialRules
from storage.models import Call, Campaign, Case, CaseLife, DialTask, Obligation, Task
from storage.queries.dial_rows import new_task
from storage.queries.many_rows import insert_new

AT_ONCE = 5000
"""Tasks of one transaction: on SQLite writing holds up all other writing."""
AT_ONCE_SIDE_BY_SIDE = 25_000
"""On PostgreSQL, where it holds up nobody, and each look for what is owed costs as much as any."""

_REASON_OF_TASK = {
    TaskKind.ALARM_CALL_BACK: DialReason.ALARM_CALL_BACK,
    TaskKind.CALL_BACK: DialReason.CALL_BACK,
}


@dataclass(frozen=True, slots=True)
class Planned:
    """What one planning did. ``refused``: revisits without a number that may be called."""

    revisits: int = 0
    call_backs: int = 0
    refused: int = 0
    dropped: int = 0
    more: bool = False
    """There is more to plan than one transaction takes."""
    last: int = field(default=0, compare=False)
    """The last obligation that was looked at: the next transaction begins behind it."""

    def __add__(self, other: "Planned") -> "Planned":
        return Planned(
            self.revisits + other.revisits,
            self.call_backs + other.call_backs,
            self.refused + other.refused,
            self.dropped + other.dropped,
            other.more,
            other.last,
        )


def plan(
    connection: Connection, now: datetime, rules: DialRules, at_once: int | None = None, *, after: int = 0
) -> Planned:
    """Plan what is to be called, ``at_once`` tasks at most; call again while there is ``more``.

    :param after: ``last`` of the planning before, where this one goes on with it.
    """
    if at_once is None:
        at_once = AT_ONCE_SIDE_BY_SIDE if connection.dialect.name == "postgresql" else AT_ONCE
    # Once for a planning: it looks at every task that is open.
    dropped = _drop(connection, now) if after == 0 else 0
    call_backs = plan_promised(connection, now, rules, at_once)
    owed = _owed(connection, at_once, after)
    rows = [_revisit(row, now, rules) for row in owed]
    _write(connection, rows)
    refused = sum(row["status"] is DialStatus.ENDED for row in rows)
    if rows or call_backs or dropped:
        announce(connection)
    more = len(owed) == at_once or call_backs == at_once
    last = owed[-1].id if owed else after
    return Planned(len(rows) - refused, call_backs, refused, dropped, more, last)


def _owed(connection: Connection, at_once: int, after: int) -> Sequence[Any]:
    """Revisits that are owed and not planned (R-13.5, R-14.4, R-15.4, R-CR)."""
    planned = select(literal(1)).where(DialTask.obligation_id == Obligation.id).exists()
    return connection.execute(
        select(
            Obligation.id,
            Obligation.case_id,
            Obligation.not_before,
            Obligation.due_at,
            CaseLife.kind,
            CaseLife.owner_id,
            Case.customer_id,
            func.coalesce(Case.contact_number, Call.caller_number).label("number"),
            Call.language,
        )
        .join(CaseLife, CaseLife.case_id == Obligation.case_id)
        .join(Case, Case.id == Obligation.case_id)
        .outerjoin(Call, Call.id == Case.call_id)
        .where(
            Obligation.outcome.is_(None),
            Obligation.settled_at.is_(None),
            Obligation.kind == ObligationKind.REVISIT,
            Obligation.running_since.is_not(None),
            Obligation.id > after,
            ~planned,
        )
        .order_by(Obligation.id)
        .limit(at_once)
    ).all()


def _revisit(row: Row[Any], now: datetime, rules: DialRules) -> dict[str, Any]:
    """A task; where there is no number to call it has ended, so that everybody sees why."""
    judged = rules.judge(row.number) if row.number else None
    number = judged.number if judged is not None else None
    refusal = None
    if number is None:
        refusal = DialRefusal.NO_NUMBER if judged is None else DialRefusal.NOT_TO_BE_CALLED
    questionnaire, way = rules.asking.get(row.kind, (None, DialWay.AGENT))
    return {
        **new_task(DialReason.REVISIT, now, number=number, refusal=refusal),
        "way": way,
        "language": row.language or rules.language,
        "customer_id": row.customer_id,
        "case_id": row.case_id,
        "obligation_id": row.id,
        "questionnaire": questionnaire,
        "agent_id": row.owner_id,
        "queue": rules.queues.get(row.kind) or rules.queues.get(CallKind.CONSULTATION),
        "due_at": row.due_at,
        "next_at": None if refusal else max(now, row.not_before or now),
    }


def plan_promised(connection: Connection, now: datetime, rules: DialRules, at_once: int = AT_ONCE) -> int:
    """Call-backs that were promised, in the order of the places that were kept, and of alarm callers."""
    planned = select(literal(1)).where(DialTask.task_id == Task.id).exists()
    owed = connection.execute(
        select(Task.id, Task.kind, Task.number, Task.language, Task.queue, Task.queued_at)
        .where(
            Task.status == TaskStatus.OPEN,
            Task.kind.in_(list(_REASON_OF_TASK)),
            Task.number.is_not(None),
            ~planned,
        )
        .order_by(Task.priority, Task.queued_at, Task.id)
        .limit(at_once)
    ).all()
    rows = [
        {
            # One spelling for one person; what is no number of ours is called back as the network sent it.
            **new_task(_REASON_OF_TASK[row.kind], now, number=rules.judge(row.number).number or row.number),
            "way": DialWay.AGENT,
            "language": row.language,
            "task_id": row.id,
            "queue": row.queue,
            "due_at": row.queued_at,
            "next_at": now,
        }
        for row in owed
    ]
    return _write(connection, rows)


def _write(connection: Connection, rows: list[dict[str, Any]]) -> int:
    """Write tasks; what another engine planned in the same moment is left as it is."""
    insert_new(connection, DialTask.__table__, rows)  # type: ignore[arg-type]
    return len(rows)


def _drop(connection: Connection, now: datetime) -> int:
    """Take out what is not owed any more: somebody asked the customer, or called back, by hand."""
    settled = (
        select(literal(1))
        .where(Obligation.id == DialTask.obligation_id, Obligation.settled_at.is_not(None))
        .exists()
    )
    done = select(literal(1)).where(Task.id == DialTask.task_id, Task.status != TaskStatus.OPEN).exists()
    # Of a campaign that was stopped while it was called, and not reached.
    stopped = (
        select(literal(1))
        .where(Campaign.id == DialTask.campaign_id, Campaign.state == CampaignState.STOPPED)
        .exists()
    )
    gone = connection.execute(
        update(DialTask)
        .where(
            DialTask.status == DialStatus.OPEN,
            or_(settled, done, stopped),
        )
        .values(status=DialStatus.ENDED, end=DialEnd.CANCELLED, ended_at=now, next_at=None)
    )
    late = connection.execute(
        update(DialTask)
        .where(DialTask.status == DialStatus.OPEN, DialTask.until_at <= now)
        .values(status=DialStatus.ENDED, end=DialEnd.NO_TIME_LEFT, ended_at=now, next_at=None)
    )
    return int(gone.rowcount) + int(late.rowcount)
