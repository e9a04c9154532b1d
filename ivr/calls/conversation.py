"""Caller and agent talk; what ends it, and what then becomes of the caller (R-12.12)."""

import asyncio

from ivr.asterisk.channel import LegEnded, LegHungUp
from ivr.calls.call import Call
from ivr.calls.happenings import Asked
from ivr.calls.hotline import utc_now
from ivr.errors import AriDisconnected, AriError, CallEnded
from ivr.ledger import Write
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from storage.queries import calls


async def talk(call: Call) -> CallStage:
    """The conversation, from the moment both hear each other.

    :returns: SURVEY after "invite to rate"; WAITING when the agent's leg went first; ENDED when there
        is no survey.
    :raises CallerHungUp: the caller hung up, as it should be (R-12.12).
    """
    assert call.agent_leg is not None
    assert call.bridge is not None
    if call.hotline.settings.recording.enabled:
        call.hotline.recorder.record_talk(call.id, call.agent_id, call.leg.id)
    try:
        following = await _until_somebody_leaves(call)
    except CallEnded:
        wrap_up = _agents_wrap_up(call, CallStage.TALKING)
        # The leg first: an agent is not free for the next caller while the phone is still in this call.
        await _end_agents_part(call)
        # Noted, so that it is written in one transaction with the call's end, see inbound.live.
        call.hotline.ledger.note(wrap_up)
        raise
    await _end_agents_part(call)
    if following is CallStage.WAITING:
        now, agent_id = utc_now(), call.agent_id
        call.returned = True
        call.log.warning("call.agent_left_first", agent=agent_id)
        await call.keep(lambda c: calls.lose_agent(c, call.id, agent_id, now))
    else:
        await call.keep_and_match(_agents_wrap_up(call, following))
    return following


async def _until_somebody_leaves(call: Call) -> CallStage:
    while True:
        match await call.next():
            case LegHungUp(leg=leg) | LegEnded(leg=leg) if leg is call.agent_leg:
                return CallStage.WAITING
            case Asked(command=command) if command.kind is CommandKind.INVITE_TO_RATE:
                call.hotline.wishes.settle(command)
                call.note("call.invited_to_rate")
                return CallStage.SURVEY if call.hotline.settings.survey.enabled else CallStage.ENDED
            case other:
                call.overheard(other)


async def _end_agents_part(call: Call) -> None:
    """Take the agent's leg and the bridge out of the call; each may have gone already."""
    leg, bridge = call.agent_leg, call.bridge
    call.agent_leg = call.bridge = None
    try:
        # Sent together: neither needs the other's answer, and the PBX takes them in this order.
        if leg is not None and bridge is not None:
            await asyncio.gather(leg.hang_up(), bridge.destroy())
        elif leg is not None:
            await leg.hang_up()
    except AriDisconnected:
        raise
    except AriError as error:
        call.log.error("conversation.not_cleared", reason=str(error))
    finally:
        if leg is not None:
            call.hotline.dispatcher.remove(leg)


def _agents_wrap_up(call: Call, following: CallStage) -> Write[None]:
    """What sends the agent into wrap-up; a call that ends keeps its stage until its end is written."""
    now, agent_id = utc_now(), call.agent_id
    until = call.wrap_up_after(now)
    stage = CallStage.TALKING if following is CallStage.ENDED else following
    return lambda c: calls.end_talk(c, call.id, agent_id, now, until, stage)
