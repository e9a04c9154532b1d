"""A supervisor takes a conversation over: has the caller from then on, and the agent leaves."""

from datetime import datetime

from sqlalchemy import Connection

from ivr.calls.call import Call
from ivr.calls.hold import CallerOnHold
from ivr.calls.hotline import utc_now
from ivr.calls.watch import Watch
from ivr.errors import AriDisconnected, AriError
from ivr.journal import Fact
from ivr.standard.agent_state import AgentEvent
from ivr.standard.conversation_refusal import Refusal
from ivr.standard.intervention import InterventionOutcome
from storage.queries import calls, holds, interventions, presence, talks
from storage.queries.commands import TakenCommand


def who_joined(call: Call) -> Watch | None:
    """The supervisor who talks with caller and agent; None where there is none."""
    return next((w for w in call.hotline.watches.values() if w.call is call and w.joined), None)


async def take_over_as_asked(call: Call, hold: CallerOnHold, command: TakenCommand) -> Refusal | None:
    """Do what a supervisor asked for, or say why not; of two who ask, the first has the caller.

    :raises AriRefused: the PBX did not bring them together; agent and caller talk on.
    """
    watch = call.hotline.watches.get(command.by_agent_id)
    if command.agent_id != call.agent_id:
        return Refusal.TAKEN_ALREADY
    if watch is None or watch.call is not call or not watch.talking:
        return Refusal.NOT_LISTENING
    await take_over(call, hold, watch)
    return None


async def take_over(call: Call, hold: CallerOnHold, watch: Watch, *, agent_gone: bool = False) -> None:
    """The supervisor has the caller, who notices nothing but another voice; the recording goes on.

    :param agent_gone: the agent's leg dropped (R-12.12); else it ends now.
    """
    now, old_agent, old_leg, new_agent = utc_now(), call.agent_id, call.agent_leg, watch.by_agent_id
    await watch.into_the_call()
    if hold.since is not None:
        await hold.back()
    leg = watch.hand_over()
    until = call.wrap_up_after(now)
    taken = Fact(
        _write, call.id, watch.row_id, old_agent, new_agent, now, until, channel=leg.id, agent_gone=agent_gone
    )
    call.agent_leg, call.agent_id = leg, new_agent
    try:
        if old_leg is not None:
            await old_leg.hang_up()
    except AriDisconnected:
        raise
    except AriError as error:
        call.log.warning("leg.not_ended", reason=str(error))
    finally:
        if old_leg is not None:
            call.hotline.dispatcher.remove(old_leg)
    await call.keep_and_match(taken)


def _write(
    connection: Connection,
    call_id: int,
    intervention_id: int,
    old_agent: int | None,
    new_agent: int,
    now: datetime,
    until: datetime,
    *,
    channel: str,
    agent_gone: bool,
) -> None:
    holds.end(connection, call_id, now)
    talks.end(connection, call_id, old_agent, now)
    talks.begin(connection, call_id, new_agent, now)
    calls.change(
        connection,
        call_id,
        agent_id=new_agent,
        agent_channel=channel,
        muted=False,
        agent_left_first=agent_gone,
    )
    interventions.end(connection, intervention_id, InterventionOutcome.TOOK_OVER, now)
    presence.apply(connection, new_agent, AgentEvent.ANSWER, now, call_id=call_id)
    if old_agent is not None:
        calls.finish_agent(connection, call_id, old_agent, now, until)
    calls.note(connection, "call.taken_over", now, call_id=call_id, agent_id=new_agent)
