"""What callers are told of the hours of a closed queue."""

import json
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.calls.after_hours import hours_to_tell
from ivr.config import Settings, load
from ivr.speech.catalogue import load_catalogue
from ivr.speech.phrases import media
from ivr.speech.prompt_ids import Prompt

PROJECT = Path(__file__).parents[2]
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = {"from_time": time(14), "to_time": time(20)}
MORNING = {"from_time": time(8), "to_time": time(12)}
NIGHT = {"from_time": time(18), "to_time": "24:00"}


def settings(working_day: list[str], day_off: list[str]) -> Settings:
    hours = {
        "office": {"working_day": working_day, "day_off": day_off},
        "long": {"working_day": ["18:00-24:00"]},
    }
    return load(PROJECT / "config.yaml", {"HOTLINE__OPENING_HOURS": json.dumps(hours)})


@pytest.mark.parametrize(
    ("now", "queue", "told"),
    [
        ("2026-11-23 06:00", "consultation", (Prompt.AFTER_HOURS, MORNING)),
        ("2026-11-23 13:00", "consultation", (Prompt.AFTER_HOURS, NOON)),
        ("2026-11-23 20:00", "consultation", (Prompt.AFTER_HOURS_TOMORROW, MORNING)),
        ("2026-11-23 12:00", "repair", (Prompt.AFTER_HOURS, NIGHT)),
        # Friday evening, and the weekend is closed; National Day begins on a Thursday of 2026.
        (
            "2026-11-20 21:00",
            "consultation",
            (Prompt.AFTER_HOURS_NEXT, {"day": date(2026, 11, 23), **MORNING}),
        ),
        (
            "2026-09-30 21:00",
            "consultation",
            (Prompt.AFTER_HOURS_NEXT, {"day": date(2026, 10, 8), **MORNING}),
        ),
    ],
)
def test_a_caller_is_told_when_the_queue_opens_next(
    now: str, queue: str, told: tuple[Prompt, dict[str, object]]
) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    prompt, values = hours_to_tell(settings(["08:00-12:00", "14:00-20:00"], []), queue, at)
    assert (prompt, values) == told
    catalogue = load_catalogue(PROJECT / "prompts")
    assert all(media(catalogue, prompt, language, **values) for language in ("zh", "en"))


def test_of_a_queue_that_never_opens_no_hours_are_told() -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
    assert hours_to_tell(settings([], []), "consultation", now) == (Prompt.AFTER_HOURS_CLOSED_TODAY, {})
