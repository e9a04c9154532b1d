"""Calls passed on and colleagues asked: begun, ringing, talking, and settled once (R-12.12)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from ivr.standard.transfer import PassedBefore, Target, TargetKind, TransferOutcome, TransferState
from storage.models import Agent, Transfer
from storage.queries import calls

_BEGIN = insert(Transfer).returning(Transfer.id)
_LIVE = (Transfer.id == bindparam("this_transfer"), Transfer.ended_at.is_(None))
_END = update(Transfer).where(*_LIVE).values(ended_at=bindparam("now"), outcome=bindparam("how"))
_OPEN = select(Transfer.__table__).where(
    Transfer.call_id == bindparam("this_call"), Transfer.ended_at.is_(None)
)
_TAKEN_BEFORE = (
    select(Agent.work_number, Transfer.to_kind, Transfer.to_value)
    .join(Agent, Agent.id == Transfer.from_agent_id)
    .where(
        Transfer.call_id == bindparam("this_call"),
        Transfer.outcome.in_((TransferOutcome.TAKEN, TransferOutcome.TO_QUEUE)),
    )
)


def begin(
    connection: Connection,
    *,
    call_id: int,
    from_agent_id: int | None,
    target: Target,
    to_number: str | None,
    to_agent_id: int | None,
    note: str,
    attended: bool,
    command_id: int | None,
    now: datetime,
) -> int:
    """Somebody passes a call on, or asks somebody about it; gives the transfer's id."""
    made = connection.execute(
        _BEGIN,
        {
            "call_id": call_id,
            "from_agent_id": from_agent_id,
            "to_kind": target.kind,
            "to_value": target.value,
            "to_number": to_number,
            "to_agent_id": to_agent_id,
            "note": note,
            "attended": attended,
            "command_id": command_id,
            "state": TransferState.RINGING,
            "asked_at": now,
        },
    )
    data = {"to": f"{target.kind}:{target.value}"}
    kind = "call.consulting" if attended else "call.passed_on"
    calls.note(connection, kind, now, call_id=call_id, agent_id=from_agent_id, data=data)
    return int(made.scalar_one())


def rings(
    connection: Connection,
    transfer_id: int,
    to_agent_id: int | None,
    state: TransferState = TransferState.RINGING,
) -> None:
    """Another one rings: the next of a queue, or who passed the call on."""
    connection.execute(
        update(Transfer).where(*_LIVE).values(to_agent_id=to_agent_id, state=state),
        {"this_transfer": transfer_id},
    )


def talks(
    connection: Connection, transfer_id: int, to_agent_id: int | None, channel: str, now: datetime
) -> None:
    """The one who is asked has answered."""
    connection.execute(
        update(Transfer)
        .where(*_LIVE)
        .values(to_agent_id=to_agent_id, channel=channel, state=TransferState.TALKING, answered_at=now),
        {"this_transfer": transfer_id},
    )


def end(
    connection: Connection, transfer_id: int, call_id: int, outcome: TransferOutcome, now: datetime
) -> None:
    """Write what became of a transfer, once."""
    done = connection.execute(_END, {"this_transfer": transfer_id, "now": now, "how": outcome})
    if done.rowcount:
        calls.note(connection, f"transfer.{outcome.value}", now, call_id=call_id)


def end_open(connection: Connection, call_id: int, outcome: TransferOutcome, now: datetime) -> None:
    """Settle whatever transfer of a call goes on, if one does."""
    row = open_of(connection, call_id)
    if row is not None:
        end(connection, row.id, call_id, outcome, now)


def open_of(connection: Connection, call_id: int) -> Row[Any] | None:
    """The transfer of a call that goes on; None where there is none."""
    return connection.execute(_OPEN, {"this_call": call_id}).one_or_none()


def taken_before(connection: Connection, call_id: int) -> list[PassedBefore]:
    """Earlier transfers of a call that somebody took: a blind one must not lead back there."""
    return [
        PassedBefore(row.work_number, Target(TargetKind(row.to_kind), row.to_value))
        for row in connection.execute(_TAKEN_BEFORE, {"this_call": call_id})
    ]


def channels_of_consulted(connection: Connection) -> dict[int, str]:
    """Call → leg of who is asked about it now, and has answered."""
    rows = connection.execute(
        select(Transfer.call_id, Transfer.channel).where(
            Transfer.ended_at.is_(None), Transfer.channel.is_not(None)
        )
    )
    return {row.call_id: str(row.channel) for row in rows}
