"""The queue the caller chose is closed: the hours, and what the caller may do instead."""

from datetime import date, datetime, time, timedelta

from ivr.calls.call import Call
from ivr.calls.hotline import utc_now
from ivr.calls.last_words import say_last
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
    return await say_last(call, Prompt.GOODBYE)


def _hours(call: Call) -> list[str]:
    prompt, values = hours_to_tell(call.hotline.settings, call.queue or "", utc_now())
    return call.phrase(prompt, **values)


def hours_to_tell(settings: Settings, queue: str, now: datetime) -> tuple[Prompt, dict[str, object]]:
    """What a caller is told of the hours: when the closed queue opens next.

    :param now: with its zone.
    :returns: the prompt and the values it takes.
    """
    local_now = now.astimezone(settings.zone)
    hours = _spans(settings, queue) or ([], [])
    opens = opening_hours.span_to_speak(*hours, lambda day: _kind_of_day(settings, day), local_now)
    if opens is None:
        return Prompt.AFTER_HOURS_CLOSED_TODAY, {}
    day, (begin, end) = opens
    values: dict[str, object] = {"from_time": begin, "to_time": _clock(end)}
    if day == local_now.date():
        return Prompt.AFTER_HOURS, values
    if day == local_now.date() + timedelta(days=1):
        return Prompt.AFTER_HOURS_TOMORROW, values
    return Prompt.AFTER_HOURS_NEXT, {"day": day, **values}


def _clock(end: time) -> time | str:
    return "24:00" if end == opening_hours.END_OF_DAY else end
