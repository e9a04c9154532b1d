"""What happens inside conversations now: held, muted, consulting, three talk, what a colleague noted.

One place for all of it: the board asks here, the live pages' views show what is here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, and_, bindparam, cast, select
from sqlalchemy.orm import aliased

from ivr.standard.call_stage import CallDirection
from ivr.standard.transfer import TargetKind, TransferState
from storage.models import Agent, Call, Transfer, Unit


@dataclass(frozen=True, slots=True)
class PassedOn:
    """The newest transfer of a call, going on or over.

    ``to``: a person, a unit or a number as a page says it, or the key of a queue. ``state`` has a meaning
    while it goes on.
    """

    from_agent_id: int | None
    from_work_number: str | None
    to_kind: TargetKind
    to: str
    note: str
    attended: bool
    goes_on: bool
    state: TransferState
    since: datetime


@dataclass(frozen=True, slots=True)
class ConversationNow:
    """A conversation at one moment; the defaults are those of a plain call."""

    direction: CallDirection = CallDirection.INBOUND
    held_since: datetime | None = None
    hold_count: int = 0
    muted: bool = False
    three_way: bool = False
    passed_on: PassedOn | None = None


PLAIN = ConversationNow()

_INSIDE = select(Call.id, Call.direction, Call.held_since, Call.hold_count, Call.muted, Call.three_way).where(
    Call.id.in_(bindparam("ids", expanding=True))
)

_FROM, _TO = aliased(Agent), aliased(Agent)
_PASSED_ON = (
    select(
        Transfer.call_id,
        Transfer.from_agent_id,
        _FROM.work_number.label("from_work_number"),
        Transfer.to_kind,
        Transfer.to_value,
        _TO.work_number.label("to_work_number"),
        _TO.name.label("to_name"),
        Unit.name.label("unit"),
        Transfer.note,
        Transfer.attended,
        Transfer.state,
        Transfer.asked_at,
        Transfer.answered_at,
        Transfer.ended_at,
    )
    .outerjoin(_FROM, _FROM.id == Transfer.from_agent_id)
    .outerjoin(_TO, _TO.id == Transfer.to_agent_id)
    .outerjoin(Unit, and_(Transfer.to_kind == TargetKind.UNIT, cast(Unit.id, String) == Transfer.to_value))
    .where(Transfer.call_id.in_(bindparam("ids", expanding=True)))
    .order_by(Transfer.id)
)


def read(connection: Connection, calls: Collection[int]) -> dict[int, ConversationNow]:
    """What goes on in ``calls``, by call; two queries, none for no call."""
    if not calls:
        return {}
    wanted = {"ids": list(calls)}
    passed_on = {row.call_id: _passed_on(row) for row in connection.execute(_PASSED_ON, wanted)}
    return {
        row.id: ConversationNow(
            row.direction,
            row.held_since,
            row.hold_count,
            row.muted,
            row.three_way,
            passed_on.get(row.id),
        )
        for row in connection.execute(_INSIDE, wanted)
    }


def _passed_on(row: Any) -> PassedOn:
    person = f"{row.to_work_number} {row.to_name}" if row.to_work_number else None
    return PassedOn(
        from_agent_id=row.from_agent_id,
        from_work_number=row.from_work_number,
        to_kind=row.to_kind,
        to=(row.unit if row.to_kind is TargetKind.UNIT else person) or row.to_value,
        note=row.note,
        attended=row.attended,
        goes_on=row.ended_at is None,
        state=row.state,
        since=row.answered_at or row.asked_at,
    )
