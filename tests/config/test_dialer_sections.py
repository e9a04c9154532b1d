"""R-16.6 in config.yaml: a window that is wrong means no calls at all, and is named with line and reason."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from ivr.config import Settings
from ivr.config.dialer_sections import Attempts, Campaigns, Dialer, Revisits
from ivr.config.sections import SpecialDays
from ivr.standard.dial_attempt import DialResult
from ivr.standard.dialing_hours import DialDay, kind_of_dial_day, may_begin
from ivr.working_calendar import published_dial_day
from tests.config.mistakes import SMALLEST, mistake, mistakes, write


def test_the_file_holds_the_numbers_of_the_standard(settings: Settings) -> None:
    dialer = settings.dialer
    assert dialer == Dialer() and settings.revisits == Revisits() and settings.campaigns == Campaigns()
    assert dialer.hours.working_day == ((time(9), time(11, 30)), (time(14, 30), time(19, 30)))
    assert dialer.hours.holiday == () and dialer.rest == timedelta(days=30)
    rules = dialer.attempts.rules
    assert rules.most == 3 and rules.waits[DialResult.NO_ANSWER] == timedelta(hours=3)
    assert settings.revisits.dissatisfied_at_most == 2 and settings.revisits.kept_days >= 30


@pytest.mark.parametrize(
    ("windows", "said"),
    [
        ('["25:00-19:00"]', "25:00 is no time of day"),
        ('["9-11"]', 'is no span of hours; write it as "08:30-17:30"'),
        ('["19:00-09:00"]', "ends before it begins"),
        ('["09:00-12:00"]', "reaches into the rest hours 11:30-14:30 (dialer.rest_hours)"),
        ('["18:00-21:00"]', "reaches into the rest hours 19:30-24:00"),
        ('["08:59-10:00"]', "reaches into the rest hours 00:00-09:00"),
        ('"09:00-11:00"', "valid list"),
        ("[900]", "must be text: write it in quotes"),
    ],
)
def test_a_wrong_window_is_named_with_its_line_and_nothing_is_read(
    tmp_path: Path, windows: str, said: str
) -> None:
    text = yaml.safe_dump(SMALLEST, allow_unicode=True)
    line = text.count("\n") + 3
    file = write(tmp_path, f"{text}dialer:\n  windows:\n    working_day: {windows}\n")
    told = mistake(file)
    assert said in told and f"line {line}: dialer.windows.working_day" in told


def test_every_wrong_window_is_named(tmp_path: Path) -> None:
    windows = {"working_day": ["25:00-19:00"], "weekend": ["10:00-10:00"], "holydays": []}
    file = write(tmp_path, yaml.safe_dump({**SMALLEST, "dialer": {"windows": windows}}, allow_unicode=True))
    told = mistakes(file)
    assert len(told) == 3 and "did you mean" in told[2]


@pytest.mark.parametrize(
    ("section", "values", "said"),
    [
        (Dialer, {"lines": 5, "most_lines": 4, "kept_lines": 2}, "more than the 5 lines there are"),
        (Dialer, {"kept_agents": 0}, "greater than or equal to 1"),
        (Attempts, {"most": 4}, "less than or equal to 3"),
        (Attempts, {"evening_from": "6pm"}, "no span of hours"),
        (Revisits, {"kept_days": 29}, "greater than or equal to 30"),
        (Revisits, {"kinds": {"repair": {"questionnaire": "repair"}}}, "nothing is asked after"),
        (
            Revisits,
            {
                "kinds": {
                    kind: {"questionnaire": "a"} for kind in ("repair", "consultation", "complaint", "alarm")
                }
            },
            "has no revisit",
        ),
        (Campaigns, {"most_rows": 0}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_named(section: Any, values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        section(**values)


def test_the_companys_own_days_reach_the_rules() -> None:
    dialer = Dialer(never_on=[date(2026, 11, 24)])
    own = dialer.own_days(SpecialDays(working_days=[date(2026, 11, 22)], days_off=[date(2026, 11, 25)]))
    kinds = [kind_of_dial_day(date(2026, 11, day), published_dial_day, own) for day in (22, 24, 25, 26)]
    assert kinds == [DialDay.WORKING_DAY, DialDay.NEVER, DialDay.HOLIDAY, DialDay.WORKING_DAY]
    assert not may_begin(dialer.hours, DialDay.HOLIDAY, datetime(2026, 11, 25, 10))
