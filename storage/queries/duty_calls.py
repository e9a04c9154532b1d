"""The duty list is called until somebody acknowledges (R-3.1): alerts, and every call, a row each."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, or_, select, update

from ivr.standard.duty_round import DutyOutcome, Turn
from storage.changes import announce
from storage.models import Case, CaseLife, DutyAlert, DutyCall, Engine
from storage.prepared import Prepared

_FREE = Prepared(
    select(DutyAlert.id).where(DutyAlert.ended_at.is_(None), DutyAlert.pbx_node.is_(None)).limit(1)
)
ENGINE_DEAD_AFTER = timedelta(seconds=10)
"""What an engine had taken is taken over by another one after so long a silence, once its calls are over."""


@dataclass(frozen=True, slots=True)
class DutyCallView:
    """A call to somebody on the duty list, as the incident's page shows it."""

    person: str
    number: str
    """As config.yaml names it; pages mask a telephone number (R-18)."""
    round: int
    asked_at: datetime
    rang_at: datetime | None
    answered_at: datetime | None
    acknowledged_at: datetime | None
    outcome: DutyOutcome | None
    """None while it rings or is talked."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A case of which the duty list is told."""

    id: int
    case_id: int
    case_number: str
    over: bool
    """Somebody has acknowledged, or the case is closed."""


@dataclass(frozen=True, slots=True)
class LastCall:
    """The last call of an alert."""

    id: int
    turn: Turn
    channel: str
    asked_at: datetime
    ended_at: datetime | None
    answered_at: datetime | None
    outcome: DutyOutcome | None


def of_case(connection: Connection, case_id: int) -> list[DutyCallView]:
    """All calls to the duty list about a case, in their order."""
    rows = connection.execute(
        select(
            DutyCall.person,
            DutyCall.number,
            DutyCall.round,
            DutyCall.asked_at,
            DutyCall.rang_at,
            DutyCall.answered_at,
            DutyCall.acknowledged_at,
            DutyCall.outcome,
        )
        .where(DutyCall.case_id == case_id)
        .order_by(DutyCall.id)
    )
    return [DutyCallView(*row) for row in rows]


def begin(connection: Connection, case_id: int, now: datetime) -> bool:
    """The duty list is to be told of a case; False: it is told, or was, already."""
    known = connection.execute(select(DutyAlert.id).where(DutyAlert.case_id == case_id)).first()
    if known is not None:
        return False
    connection.execute(insert(DutyAlert).values(case_id=case_id, begun_at=now))
    announce(connection)
    return True


def anything_to_take(connection: Connection) -> bool:
    """Whether an alert waits for an engine; a look at an index of those that go on."""
    return _FREE.first(connection) is not None


def take(
    connection: Connection, node: str, now: datetime, longest_ring: timedelta, longest_call: timedelta
) -> list[int]:
    """Take alerts that nobody calls for: new ones, and those of engines that are gone.

    Of an engine that is gone the PBX may still ring somebody; that is waited for, so that nobody is called
    twice at once.

    :param longest_ring: after so long nothing rings any more without its engine; ``longest_call``: nobody who
        has answered still listens.
    :returns: all alerts that go on and are this node's now.
    """
    # Whoever comes second waits here, and then sees the alert taken.
    rows = connection.execute(
        select(DutyAlert.id, DutyAlert.pbx_node)
        .where(DutyAlert.ended_at.is_(None), or_(DutyAlert.pbx_node.is_(None), DutyAlert.pbx_node != node))
        .order_by(DutyAlert.id)
        .with_for_update()
    ).all()
    alive = set(
        connection.execute(select(Engine.pbx_node).where(Engine.seen_at > now - ENGINE_DEAD_AFTER)).scalars()
    )
    for row in rows:
        lasts = (longest_ring, longest_call)
        if row.pbx_node is not None and (row.pbx_node in alive or _goes_on(connection, row.id, now, *lasts)):
            continue
        connection.execute(update(DutyAlert).where(DutyAlert.id == row.id).values(pbx_node=node))
    mine = select(DutyAlert.id).where(DutyAlert.ended_at.is_(None), DutyAlert.pbx_node == node)
    return list(connection.execute(mine.order_by(DutyAlert.id)).scalars())


def _goes_on(
    connection: Connection, alert_id: int, now: datetime, longest_ring: timedelta, longest_call: timedelta
) -> bool:
    """Whether somebody may still be rung, or listening."""
    last = last_call(connection, alert_id)
    if last is None or last.outcome is not None:
        return False
    return now < last.asked_at + (longest_ring if last.answered_at is None else longest_call)


def others_open(connection: Connection, node: str) -> bool:
    """Whether an engine of another node is at an alert: should it die, this one goes on."""
    wanted = select(DutyAlert.id).where(DutyAlert.ended_at.is_(None), DutyAlert.pbx_node != node)
    return connection.execute(wanted.limit(1)).first() is not None


def alert(connection: Connection, alert_id: int, node: str) -> Alert | None:
    """An alert that goes on; None: it is another node's, or ended."""
    row = connection.execute(
        select(DutyAlert.id, DutyAlert.case_id, Case.number, CaseLife.closed_at, DutyAlert.ended_at)
        .join(Case, Case.id == DutyAlert.case_id)
        .join(CaseLife, CaseLife.case_id == DutyAlert.case_id)
        .where(DutyAlert.id == alert_id, DutyAlert.pbx_node == node)
    ).one_or_none()
    if row is None or row.ended_at is not None:
        return None
    return Alert(row.id, row.case_id, row.number, over=row.closed_at is not None)


def last_call(connection: Connection, alert_id: int) -> LastCall | None:
    """The last call of an alert; None before the first."""
    row = connection.execute(
        select(*DutyCall.__table__.c)
        .where(DutyCall.alert_id == alert_id)
        .order_by(DutyCall.attempt.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    turn = Turn(row.round, row.place)
    return LastCall(row.id, turn, row.channel, row.asked_at, row.ended_at, row.answered_at, row.outcome)


def ask(
    connection: Connection,
    found: Alert,
    turn: Turn,
    now: datetime,
    *,
    person: str,
    number: str,
    node: str,
    channel: str,
) -> int | None:
    """Write a call before it is made; returns its id, None where another call of the alert is not over."""
    last = connection.execute(
        select(func.max(DutyCall.attempt), func.count(DutyCall.id) - func.count(DutyCall.outcome)).where(
            DutyCall.alert_id == found.id
        )
    ).one()
    if last[1]:
        return None
    asked = insert(DutyCall).values(
        alert_id=found.id,
        case_id=found.case_id,
        attempt=(last[0] or 0) + 1,
        round=turn.round,
        place=turn.place,
        person=person[:40],
        number=number[:200],
        pbx_node=node,
        channel=channel,
        asked_at=now,
    )
    return int(connection.execute(asked.returning(DutyCall.id)).scalar_one())


def rang(connection: Connection, call_id: int, at: datetime) -> None:
    """It rings there."""
    _change(connection, call_id, rang_at=at)


def answered(connection: Connection, call_id: int, at: datetime) -> None:
    """Somebody has answered."""
    _change(connection, call_id, answered_at=at)


def acknowledged(connection: Connection, call_id: int, at: datetime) -> None:
    """The key was pressed."""
    settle(connection, call_id, DutyOutcome.ACKNOWLEDGED, at)


def settle(connection: Connection, call_id: int, outcome: DutyOutcome, at: datetime) -> None:
    """What came of a call, once; who acknowledges ends the alert."""
    by_key = outcome is DutyOutcome.ACKNOWLEDGED
    _change(connection, call_id, outcome=outcome, ended_at=at, acknowledged_at=at if by_key else None)
    if by_key:
        call = select(DutyCall.alert_id, DutyCall.person).where(DutyCall.id == call_id)
        row = connection.execute(call).one()
        end(connection, row.alert_id, at, acknowledged_by=row.person)


def _change(connection: Connection, call_id: int, **values: object) -> None:
    connection.execute(
        update(DutyCall).where(DutyCall.id == call_id, DutyCall.outcome.is_(None)).values(**values)
    )
    announce(connection)


def end(connection: Connection, alert_id: int, at: datetime, acknowledged_by: str | None = None) -> None:
    """Nobody is called about it any more."""
    connection.execute(
        update(DutyAlert)
        .where(DutyAlert.id == alert_id, DutyAlert.ended_at.is_(None))
        .values(ended_at=at, acknowledged_by=acknowledged_by)
    )
    announce(connection)


def open_channels(connection: Connection, node: str) -> set[str]:
    """Channels of calls of a node that are not over."""
    rows = connection.execute(
        select(DutyCall.channel).where(DutyCall.pbx_node == node, DutyCall.outcome.is_(None))
    )
    return set(rows.scalars())
