"""The caller leaves a message out of hours; it becomes a task to listen to."""

import asyncio

from ivr.asterisk.channel import KeyPressed
from ivr.calls.call import Call
from ivr.calls.hotline import utc_now
from ivr.calls.last_words import say_last
from ivr.calls.message_recording import Message
from ivr.errors import AriRefused, CallerHungUp
from ivr.journal import Fact
from ivr.speech.prompt_ids import Prompt
from ivr.standard.call_stage import CallOutcome, CallStage
from ivr.standard.task_kind import TaskKind
from storage.queries import recordings

BEEP = "sound:beep"


async def take_message(call: Call) -> CallStage:
    """Record a message; # or a hang-up ends it, the gas-leak key leaves for the alarm queue.

    :raises CallerHungUp: the usual end of a message, which is kept.
    """
    settings = call.hotline.settings
    limits, alarm_key = settings.recording, settings.alarm.key
    message, call.message = call.message, None
    if message is not None:  # an engine before this one began it
        begun = asyncio.get_running_loop().time() - (utc_now() - message.started_at).total_seconds()
        return await _until_said(call, message, begun)
    if await call.say([*call.phrase(Prompt.LEAVE_MESSAGE), BEEP], keys=alarm_key) == alarm_key:
        return call.to_alarm()
    begun = asyncio.get_running_loop().time()
    try:
        message = await call.hotline.messages.record(
            call.id, call.leg, limits.longest_message_seconds, limits.longest_silence_seconds
        )
    except AriRefused as error:
        call.log.error("message.not_recorded", reason=str(error))
        pressed = await call.say(call.phrase(Prompt.SYSTEM_FAULT), keys=alarm_key)
        return call.to_alarm() if pressed is not None else CallStage.CALL_BACK
    return await _until_said(call, message, begun)


async def _until_said(call: Call, message: Message, begun: float) -> CallStage:
    """The message itself.

    :param begun: loop time.
    """
    limits, alarm_key = call.hotline.settings.recording, call.hotline.settings.alarm.key
    closed = message.closed
    if not closed.done():
        closed.add_done_callback(lambda _: call.inbox.put(None))
    try:
        while not closed.done():
            match await call.next(begun + limits.longest_message_seconds + 5):
                case KeyPressed(key=key) if key == alarm_key:
                    await call.leg.stop_recording(message.part)
                    _keep(call, message.name)
                    call.hotline.messages.finish_later(message)
                    return call.to_alarm()
                case other:
                    call.overheard(other)
                    if other is None and not closed.done():
                        await call.leg.stop_recording(message.part)
    except CallerHungUp:
        await _keep_if_spoken(call, message)
        call.hotline.messages.finish_later(message)
        raise
    kept = await _keep_if_spoken(call, message)
    call.hotline.messages.finish_later(message)
    return await say_last(call, Prompt.MESSAGE_SAVED if kept else Prompt.MESSAGE_EMPTY, Prompt.GOODBYE)


async def _keep_if_spoken(call: Call, message: Message) -> bool:
    if await call.hotline.messages.holds_silence(message):
        return False
    _keep(call, message.name)
    return True


def _keep(call: Call, name: str) -> None:
    """The message is a task now."""
    call.outcome = CallOutcome.MESSAGE_LEFT
    now = utc_now()
    call.hotline.ledger.note(Fact(recordings.owe, call.id, TaskKind.MESSAGE, now, recording_name=name))
