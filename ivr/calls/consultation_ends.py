"""How a consultation ends: back to the caller, all three talk, the target takes the caller, or all leave."""

from datetime import datetime

from sqlalchemy import Connection

from ivr.asterisk.channel import Leg
from ivr.calls.call import Call
from ivr.calls.connecting import stop_ring
from ivr.calls.consultation import Consultation, settle, tone
from ivr.calls.hold import CallerOnHold
from ivr.calls.hotline import utc_now
from ivr.errors import AriDisconnected, AriError
from ivr.standard.conversation_refusal import Refusal
from ivr.standard.three_rings import OfferOutcome
from ivr.standard.transfer import TransferOutcome
from storage.queries import calls, talks, transfers


async def back_to_caller(
    call: Call, hold: CallerOnHold, consultation: Consultation, outcome: TransferOutcome
) -> None:
    """Whoever was asked is out of the call; agent and caller hear each other."""
    now = utc_now()

    def write(connection: Connection) -> None:
        _end_in(connection, call, consultation, outcome, now)
        hold.end_in(connection, now)
        calls.change(connection, call.id, three_way=False)

    in_bridge, call.three_way = hold.since is None, False
    await end_leg(call, consultation)
    await tone(call, on=False)
    if not in_bridge:
        await hold.back()
    await call.keep_and_match(write)


async def join(call: Call, hold: CallerOnHold, consultation: Consultation) -> None:
    """All three talk."""
    now = utc_now()
    agent_id = consultation.agent_id

    def write(connection: Connection) -> None:
        hold.end_in(connection, now)
        talks.go_on_with_caller(connection, call.id, agent_id, now)
        calls.change(connection, call.id, three_way=True)
        calls.note(connection, "call.three_way", now, call_id=call.id, agent_id=agent_id)

    await hold.back()
    call.three_way = True
    await call.keep(write)


async def hand_over(
    call: Call, hold: CallerOnHold, consultation: Consultation, *, agent_gone: bool = False
) -> None:
    """The one who was asked has the caller from now on, the agent is out of the call (R-12.12).

    :param agent_gone: the agent's leg dropped; else it ends now.
    """
    now, old_agent, old_leg = utc_now(), call.agent_id, call.agent_leg
    new_agent, leg, joined = consultation.agent_id, consultation.leg, call.three_way
    assert leg is not None
    until = call.wrap_up_after(now)

    def write(connection: Connection) -> None:
        transfers.end(connection, consultation.id, call.id, TransferOutcome.TAKEN, now)
        hold.end_in(connection, now)
        talks.end(connection, call.id, old_agent, now)
        if not joined:
            talks.go_on_with_caller(connection, call.id, new_agent, now)
        calls.change(
            connection,
            call.id,
            agent_id=new_agent,
            agent_channel=leg.id,
            three_way=False,
            muted=False,
            agent_left_first=agent_gone,
        )
        if old_agent is not None:
            calls.finish_agent(connection, call.id, old_agent, now, until)

    call.agent_leg, call.agent_id, call.three_way = leg, new_agent, False
    call.consulted_leg = None
    if not joined:
        await hold.back()
    if old_leg is not None:
        await _hang_up(call, old_leg)
    await call.keep_and_match(write)


async def leave(call: Call, consultation: Consultation, outcome: TransferOutcome) -> None:
    """The call goes on or ends without the one who was asked; nobody is brought together."""
    now = utc_now()
    await end_leg(call, consultation)
    call.hotline.ledger.note(lambda c: _end_in(c, call, consultation, outcome, now))


async def end_leg(call: Call, consultation: Consultation) -> None:
    """End the ringing, or the leg, of the one who was asked; each may have gone already."""
    settle(call, consultation, Refusal.NO_CONSULTATION)
    attempt, consultation.attempt = consultation.attempt, None
    if attempt is not None:
        await stop_ring(attempt, OfferOutcome.CALLER_GONE)
    call.consulted_leg = None
    if consultation.leg is not None:
        await _hang_up(call, consultation.leg)


def _end_in(
    connection: Connection, call: Call, consultation: Consultation, outcome: TransferOutcome, now: datetime
) -> None:
    transfers.end(connection, consultation.id, call.id, outcome, now)
    if consultation.leg is not None:
        talks.end(connection, call.id, consultation.agent_id, now)
        if consultation.agent_id is not None:
            calls.finish_agent(connection, call.id, consultation.agent_id, now, now)


async def _hang_up(call: Call, leg: Leg) -> None:
    try:
        await leg.hang_up()
    except AriDisconnected:
        raise
    except AriError as error:
        call.log.warning("leg.not_ended", channel=leg.id, reason=str(error))
    finally:
        call.hotline.dispatcher.remove(leg)
