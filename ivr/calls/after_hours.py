"""The queue the caller chose is closed: the hours, and what the caller may do instead."""

from datetime import date

from ivr.calls.call import Call
from ivr.calls.hotline import utc_now
from ivr.config import Settings
from ivr.config.sections import parse_span
from ivr.speech.prompt_ids import Prompt
from ivr.standard import opening_hours
from ivr.standard.call_stage import CallOutcome, CallStage
from ivr.standard.opening_hours import DayKind, Span
from ivr.working_calendar import published_kind

MESSAGE_KEY = "1"
CALL_BACK_KEY = "2"
ROUNDS = 2
"""How often the choice is told to somebody who presses nothing."""


def is_open(call: Call) -> bool:
    """Whether the call's queue is open now; the alarm queue always is."""
    return is_queue_open(call.hotline.settings, call.queue or "")


def is_queue_open(settings: Settings, queue: str) -> bool:
    """Whether a queue is open now."""
    hours = _spans(settings, queue)
    if hours is None:
        return True
    local_now = utc_now().astimezone(settings.zone)
    return opening_hours.is_open(*hours, _kind_of_day(settings, local_now.date()), local_now)


def _spans(settings: Settings, queue: str) -> tuple[list[Span], list[Span]] | None:
    name = settings.queues[queue].opening_hours
    if name is None:
        return None
    hours = settings.opening_hours[name]
    return [parse_span(span) for span in hours.working_day], [parse_span(span) for span in hours.day_off]


def _kind_of_day(settings: Settings, day: date) -> DayKind:
    own = settings.special_days
    return opening_hours.kind_of_day(day, published_kind, own.working_days, own.days_off)


async def choose_after_hours(call: Call) -> CallStage:
    """Tell the hours and let the caller leave a message, be called back, or report a gas leak.

    Nobody is hung up on at once: the choice is told twice, then the hotline says goodbye.
    """
    call.outcome = CallOutcome.LEFT_AFTER_HOURS
    alarm_key = call.hotline.settings.alarm.key
    sounds = _hours(call)
    for _ in range(ROUNDS):
        key = await call.ask(
            sounds + call.phrase(Prompt.AFTER_HOURS_CHOICE),
            keys=MESSAGE_KEY + CALL_BACK_KEY + alarm_key,
            patience=call.hotline.settings.silence.seconds,
        )
        if key == alarm_key:
            return call.to_alarm()
        if key is not None:
            return CallStage.MESSAGE if key == MESSAGE_KEY else CallStage.CALL_BACK
        sounds = []
    await call.say(call.phrase(Prompt.GOODBYE))
    return CallStage.ENDED


def _hours(call: Call) -> list[str]:
    """The hours of today, when there are any left to come or gone by."""
    settings = call.hotline.settings
    hours = _spans(settings, call.queue or "")
    local_now = utc_now().astimezone(settings.zone)
    today = opening_hours.todays_spans(*hours, _kind_of_day(settings, local_now.date())) if hours else []
    if not today:
        return call.phrase(Prompt.AFTER_HOURS_CLOSED_TODAY)
    return call.phrase(
        Prompt.AFTER_HOURS,
        from_time=_clock(today[0][0].strftime("%H:%M")),
        to_time=_clock(today[-1][1].strftime("%H:%M")),
    )


def _clock(text: str) -> str:
    return "24:00" if text == "23:59" else text
