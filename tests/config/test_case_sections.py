"""The numbers of cases come from config.yaml; those that contradict each other are named."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from ivr.config import Settings
from ivr.config.case_sections import Obligations, working_days
from ivr.config.sections import SpecialDays
from ivr.working_calendar import published_kind


def test_the_file_holds_the_numbers_of_the_standard(settings: Settings) -> None:
    """R-13.3, R-13.5, R-15.1, R-CT, R-CR, R-CA, R-OV."""
    times = settings.obligations.times
    assert (times.consultation_answer_hours, times.consultation_revisit_hours) == (24, 48)
    assert (times.handle_hours, times.finish_hours) == (6, 24)
    assert (times.finding_days, times.opinion_days, times.complaint_answer_days) == (3, 1, 5)
    assert (times.close_days, times.close_days_outside) == (13, 17)
    assert (times.complaint_revisit_days, times.quality_revisit_day) == (15, 2)
    assert (times.objection_within_days, times.objection_answer_days) == (10, 15)
    assert settings.obligations.warn_at == [50, 80, 100]
    assert settings.obligations == Obligations()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"warn_at": [80, 50, 100]}, "from low to high"),
        ({"warn_at": [50, 50]}, "each once"),
        ({"warn_at": []}, "at least 1 item"),
        ({"warn_at": [50, 120]}, "less than or equal to 100"),
        ({"close_days_outside": 12}, r"must not be below close_days \(13\)"),
        ({"handle_hours": 0}, "greater than 0"),
        ({"finding_days": 1.5}, "valid integer"),
    ],
)
def test_what_cannot_be_is_named(values: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Obligations(**values)  # type: ignore[arg-type]


def test_working_days_are_the_published_ones_and_the_companys_own_win() -> None:
    """R-CT: holidays and swapped working days."""
    own = SpecialDays(working_days=[date(2026, 5, 1)], days_off=[date(2026, 3, 2)])
    calendar = working_days(ZoneInfo("Asia/Shanghai"), own, published_kind)
    days = {
        date(2025, 10, 1): False,  # National Day
        date(2025, 9, 28): True,  # a Sunday that was swapped
        date(2026, 5, 1): True,
        date(2026, 3, 2): False,
        date(2026, 3, 3): True,
        date(2099, 1, 3): False,  # not published yet: a Saturday
    }
    assert {day: calendar.is_working(day) for day in days} == days
