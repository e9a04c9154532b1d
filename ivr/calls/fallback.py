"""A caller whom this engine cannot serve goes to the PBX's own fallback, with the gas leak just reported."""

from contextlib import suppress

import structlog

from ivr.asterisk.channel import KeyPressed, hang_up_quietly
from ivr.asterisk.connection import segment
from ivr.calls.call import Call
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.talk import end_every_part
from ivr.errors import AriError
from ivr.journal import Fact
from ivr.standard.call_stage import CallOutcome, CallStage, EndedBy
from ivr.standard.task_kind import TaskKind
from ivr.standard.transfer import TransferOutcome
from storage.queries import calls, presence, recordings

log = structlog.get_logger(__name__)

LISTENS_FOR_ALARM = frozenset(
    {CallStage.MENU, CallStage.AFTER_HOURS, CallStage.WAITING, CallStage.MESSAGE, CallStage.CALL_BACK}
)
"""Stages in which the gas-leak key leads to the alarm queue at any moment."""


async def give_up(call: Call) -> None:
    """Something of ours failed: the caller is not left in silence, the PBX's own fallback takes over."""
    call.forget()
    hotline, agent_leg, now = call.hotline, call.agent_leg, utc_now()
    unread = []
    while (happening := call.inbox.take()) is not None:
        unread.append(happening)
        if _is_alarm_key(call, happening):
            call.to_alarm()
    hotline.ledger.note(Fact(end_every_part, call.id, now, TransferOutcome.CALLER_GONE))
    hotline.ledger.note(Fact(calls.end, call.id, now, by=EndedBy.SYSTEM, outcome=CallOutcome.FAILED))
    if call.is_alarm and call.stage is CallStage.WAITING:
        # Whether a duty phone takes the call nobody here will know; who comes back is owed nothing any more.
        hotline.ledger.note(Fact(recordings.owe, call.id, TaskKind.ALARM_CALL_BACK, now))
    if call.agent_id is not None and agent_leg is not None:
        agent_id, until = call.agent_id, call.wrap_up_after(now)
        hotline.ledger.note(Fact(calls.finish_agent, call.id, agent_id, now, until))
        await hang_up_quietly(hotline.ari, agent_leg.id)
    if call.consulted_leg is not None:
        await hang_up_quietly(hotline.ari, call.consulted_leg.id)
        hotline.ledger.note(Fact(presence.free_lost_agents, now))
    for happening in unread:
        call.overheard(happening)
    if call.stage in (CallStage.DIALLING, CallStage.ASKING):
        await hang_up_quietly(hotline.ari, call.leg.id)  # somebody we called: there is nothing to wait for
    else:
        with suppress(AriError):
            await call.leg.stop_left_over()  # it would be said to its end before
        await to_fallback(hotline, call.leg.id, alarm=call.is_alarm)


def _is_alarm_key(call: Call, happening: object) -> bool:
    """Whether the caller pressed the gas-leak key, and nobody had come to read it."""
    match happening:
        case KeyPressed(key=key, leg=leg) if leg is call.leg and not call.is_alarm:
            return key == call.hotline.settings.alarm.key and call.stage in LISTENS_FOR_ALARM
        case _:
            return False


async def to_fallback(hotline: Hotline, channel: str, *, alarm: bool = False) -> None:
    """Hand the caller to the dialplan, which says what is wrong and tries us again every 10 s.

    :param alarm: a gas leak: the duty phones ring at once.
    """
    context = "hotline-fallback-alarm" if alarm else "hotline-fallback"
    try:
        await hotline.ari.post(
            f"/channels/{segment(channel)}/continue", {"context": context, "extension": "s", "priority": 1}
        )
    except AriError as error:
        log.error("call.not_handed_to_fallback", channel=channel, reason=str(error))
