"""Caller and agent talk, from the answer until nobody of ours has the caller any more (R-12.12)."""

import asyncio
from datetime import datetime

from sqlalchemy import Connection

from ivr.calls.call import Call
from ivr.calls.conversation import Conversation
from ivr.calls.hotline import utc_now
from ivr.errors import AriDisconnected, AriError, CallEnded
from ivr.journal import Fact
from ivr.standard.call_stage import CallStage
from ivr.standard.transfer import TransferOutcome
from storage.queries import calls, holds, talks, transfers


async def talk(call: Call) -> CallStage:
    """The conversation, from the moment both hear each other.

    :returns: SURVEY after "invite to rate"; WAITING when the agent's leg went first or the caller was
        passed on into a queue; PASSING_ON while a target rings; ENDED when it is over.
    :raises CallerHungUp: the caller hung up, as it should be (R-12.12).
    """
    assert call.agent_leg is not None
    assert call.bridge is not None
    if call.hotline.settings.recording.enabled:
        call.hotline.recorder.record_talk(call.id, call.agent_id, call.leg.id)
    conversation = Conversation(call)
    try:
        await conversation.take_up()
        following = await conversation.go_on()
    except CallEnded:
        await conversation.caller_left()
        wrap_up = _agents_wrap_up(call, CallStage.TALKING)
        # The leg first: an agent is not free for the next caller while the phone is still in this call.
        await end_agents_part(call)
        # Noted, so that it is written in one transaction with the call's end, see inbound.live.
        call.hotline.ledger.note(wrap_up)
        raise
    finally:
        call.hotline.recorder.talk_over(call.leg.id)
    if following is CallStage.WAITING and not call.passed_on:
        await end_agents_part(call)
        now, agent_id = utc_now(), call.agent_id
        call.returned = True
        call.queue = call.own_queue
        call.log.warning("call.agent_left_first", agent=agent_id)
        await call.keep(Fact(_lose_agent, call.id, agent_id, now, call.queue, call.plain))
    elif following in (CallStage.WAITING, CallStage.PASSING_ON):
        await end_agents_part(call)  # written with the decision to pass it on
        call.hotline.presence.poke()
        call.hotline.matcher.poke()
    else:
        await end_agents_part(call)
        await call.keep_and_match(_agents_wrap_up(call, following))
    return following


def end_parts(connection: Connection, call_id: int, now: datetime, *, plain: bool) -> None:
    """Write that nobody of ours has the caller any more.

    :param plain: nothing but talking has happened, so that there is nothing else to end.
    """
    talks.end_all(connection, call_id, now)
    if not plain:
        holds.end(connection, call_id, now)
        calls.change(connection, call_id, muted=False, three_way=False)


def end_every_part(connection: Connection, call_id: int, now: datetime, outcome: TransferOutcome) -> None:
    """Write that a call is over whatever went on in it.

    :param outcome: of a transfer that went on.
    """
    end_parts(connection, call_id, now, plain=False)
    transfers.end_open(connection, call_id, outcome, now)


async def end_agents_part(call: Call) -> None:
    """Take the agent's leg and the bridge out of the call; each may have gone already."""
    leg, bridge = call.agent_leg, call.bridge
    call.agent_leg = call.bridge = None
    call.three_way, call.held_since = False, None
    try:
        # Sent together: neither needs the other's answer, and the PBX takes them in this order.
        if leg is not None and bridge is not None:
            staying = None if call.leg.ended else call.leg.id
            await asyncio.gather(leg.hang_up(), bridge.destroy(staying=staying))
        elif leg is not None:
            await leg.hang_up()
    except AriDisconnected:
        raise
    except AriError as error:
        call.log.error("conversation.not_cleared", reason=str(error))
    finally:
        if leg is not None:
            call.hotline.dispatcher.remove(leg)


def _agents_wrap_up(call: Call, following: CallStage) -> Fact:
    """What sends the agent into wrap-up; a call that ends keeps its stage until its end is written."""
    now, agent_id = utc_now(), call.agent_id
    until = call.wrap_up_after(now)
    stage = CallStage.TALKING if following is CallStage.ENDED else following
    return Fact(_end_talk, call.id, agent_id, now, until, stage, call.plain)


def _end_talk(
    connection: Connection,
    call_id: int,
    agent_id: int | None,
    now: datetime,
    until: datetime,
    stage: CallStage,
    plain: bool,
) -> None:
    end_parts(connection, call_id, now, plain=plain)
    calls.end_talk(connection, call_id, agent_id, now, until, stage)


def _lose_agent(
    connection: Connection, call_id: int, agent_id: int | None, now: datetime, queue: str | None, plain: bool
) -> None:
    end_parts(connection, call_id, now, plain=plain)
    calls.change(connection, call_id, queue=queue)
    calls.lose_agent(connection, call_id, agent_id, now)
