"""How a consultation ends: back to the caller, all three talk, the target takes the caller, or all leave."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from ivr.asterisk.channel import Leg
from ivr.calls.call import Call
from ivr.calls.connecting import stop_ring
from ivr.calls.consultation import Consultation, settle, tone
from ivr.calls.hold import CallerOnHold
from ivr.calls.hotline import utc_now
from ivr.errors import AriDisconnected, AriError
from ivr.journal import Fact
from ivr.standard.conversation_refusal import Refusal
from ivr.standard.three_rings import OfferOutcome
from ivr.standard.transfer import TransferOutcome
from storage.queries import calls, holds, talks, transfers


async def back_to_caller(
    call: Call, hold: CallerOnHold, consultation: Consultation, outcome: TransferOutcome
) -> None:
    """Whoever was asked is out of the call; agent and caller hear each other."""
    over = _over(_write_back, call, consultation, outcome)
    in_bridge, call.three_way = hold.since is None, False
    await end_leg(call, consultation)
    await tone(call, on=False)
    if not in_bridge:
        await hold.back()
    await call.keep_and_match(over)


async def join(call: Call, hold: CallerOnHold, consultation: Consultation) -> None:
    """All three talk."""
    now = utc_now()
    await hold.back()
    call.three_way = True
    await call.keep(Fact(_write_three_way, call.id, consultation.agent_id, now))


async def hand_over(
    call: Call, hold: CallerOnHold, consultation: Consultation, *, agent_gone: bool = False
) -> None:
    """The one who was asked has the caller from now on, the agent is out of the call (R-12.12).

    :param agent_gone: the agent's leg dropped; else it ends now.
    """
    now, old_leg, leg, joined = utc_now(), call.agent_leg, consultation.leg, call.three_way
    assert leg is not None
    handed = Fact(
        _write_hand_over,
        call.id,
        consultation.id,
        call.agent_id,
        consultation.agent_id,
        now,
        call.wrap_up_after(now),
        channel=leg.id,
        joined=joined,
        agent_gone=agent_gone,
    )
    call.agent_leg, call.agent_id, call.three_way = leg, consultation.agent_id, False
    call.consulted_leg = None
    if not joined:
        await hold.back()
    if old_leg is not None:
        await _hang_up(call, old_leg)
    await call.keep_and_match(handed)


async def leave(call: Call, consultation: Consultation, outcome: TransferOutcome) -> None:
    """The call goes on or ends without the one who was asked; nobody is brought together."""
    over = _over(_write_end, call, consultation, outcome)
    await end_leg(call, consultation)
    call.hotline.ledger.note(over)


def nobody_left(call: Call, transfer_id: int, now: datetime) -> Fact:
    """What writes that nobody is asked any more: agent and caller hear each other."""
    return Fact(_write_back, call.id, transfer_id, TransferOutcome.NOT_TAKEN, now, False, None)


async def end_leg(call: Call, consultation: Consultation) -> None:
    """End the ringing, or the leg, of the one who was asked; each may have gone already."""
    settle(call, consultation, Refusal.NO_CONSULTATION)
    attempt, consultation.attempt = consultation.attempt, None
    if attempt is not None:
        await stop_ring(attempt, OfferOutcome.CALLER_GONE)
    call.consulted_leg = None
    if consultation.leg is not None:
        await _hang_up(call, consultation.leg)


# -- what is written: facts, which the journal keeps while the database is away ------------------


def _over(
    write: Callable[..., None], call: Call, consultation: Consultation, outcome: TransferOutcome
) -> Fact:
    talked = consultation.leg is not None
    return Fact(write, call.id, consultation.id, outcome, utc_now(), talked, consultation.agent_id)


def _write_end(
    connection: Connection,
    call_id: int,
    transfer_id: int,
    outcome: TransferOutcome,
    now: datetime,
    talked: bool,
    agent_id: int | None,
) -> None:
    transfers.end(connection, transfer_id, call_id, outcome, now)
    if talked:
        talks.end(connection, call_id, agent_id, now)
        if agent_id is not None:
            calls.finish_agent(connection, call_id, agent_id, now, now)


def _write_back(
    connection: Connection,
    call_id: int,
    transfer_id: int,
    outcome: TransferOutcome,
    now: datetime,
    talked: bool,
    agent_id: int | None,
) -> None:
    _write_end(connection, call_id, transfer_id, outcome, now, talked, agent_id)
    holds.end(connection, call_id, now)
    calls.change(connection, call_id, three_way=False)


def _write_three_way(connection: Connection, call_id: int, agent_id: int | None, now: datetime) -> None:
    holds.end(connection, call_id, now)
    talks.go_on_with_caller(connection, call_id, agent_id, now)
    calls.change(connection, call_id, three_way=True)
    calls.note(connection, "call.three_way", now, call_id=call_id, agent_id=agent_id)


def _write_hand_over(
    connection: Connection,
    call_id: int,
    transfer_id: int,
    old_agent: int | None,
    new_agent: int | None,
    now: datetime,
    until: datetime,
    *,
    channel: str,
    joined: bool,
    agent_gone: bool,
) -> None:
    transfers.end(connection, transfer_id, call_id, TransferOutcome.TAKEN, now)
    holds.end(connection, call_id, now)
    talks.end(connection, call_id, old_agent, now)
    if not joined:
        talks.go_on_with_caller(connection, call_id, new_agent, now)
    calls.change(
        connection,
        call_id,
        agent_id=new_agent,
        agent_channel=channel,
        three_way=False,
        muted=False,
        agent_left_first=agent_gone,
    )
    if old_agent is not None:
        calls.finish_agent(connection, call_id, old_agent, now, until)


async def _hang_up(call: Call, leg: Leg) -> None:
    try:
        await leg.hang_up()
    except AriDisconnected:
        raise
    except AriError as error:
        call.log.warning("leg.not_ended", channel=leg.id, reason=str(error))
    finally:
        call.hotline.dispatcher.remove(leg)
