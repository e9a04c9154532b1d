"""The caller asks to be called back, and keeps the place in the queue; a task is stored for the dialer."""

from ivr.calls.call import Call
from ivr.calls.hotline import utc_now
from ivr.calls.last_words import say_last
from ivr.journal import Fact
from ivr.speech.prompt_ids import Prompt
from ivr.standard.call_stage import CallOutcome, CallStage
from ivr.standard.caller_number import can_be_called
from ivr.standard.task_kind import TaskKind
from storage.queries import recordings

CONFIRM_KEY = "1"
PATIENCE = 6.0
"""Seconds for the key that confirms."""


async def confirm_call_back(call: Call) -> CallStage:
    """Read the number back and store the call-back when it is confirmed.

    Not confirmed, a caller who waited waits on with the old place; one who called out of hours hears
    the choice again.
    """
    number, alarm_key = call.caller_number, call.hotline.settings.alarm.key
    waited = call.queued_at is not None
    if number is None or not can_be_called(number):
        key = await call.say(call.phrase(Prompt.CALLBACK_NO_NUMBER), keys=alarm_key)
        if key == alarm_key:
            return call.to_alarm()
        return CallStage.WAITING if waited else CallStage.MESSAGE
    key = await call.ask(
        call.phrase(Prompt.CALLBACK_NUMBER, number=number), keys=CONFIRM_KEY + alarm_key, patience=PATIENCE
    )
    if key == alarm_key:
        return call.to_alarm()
    if key != CONFIRM_KEY:
        return CallStage.WAITING if waited else CallStage.AFTER_HOURS
    call.outcome = CallOutcome.CALL_BACK_STORED
    now = utc_now()
    await call.keep(Fact(recordings.owe, call.id, TaskKind.CALL_BACK, now))
    return await say_last(call, Prompt.CALLBACK_STORED)
