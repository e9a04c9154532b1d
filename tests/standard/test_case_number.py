"""R-N: year, month, serial within the month; a separate series per kind."""

from datetime import date

import pytest

from ivr.standard.case_number import case_number, series


@pytest.mark.parametrize(
    ("prefix", "day", "serial", "number"),
    [
        ("", date(2026, 11, 21), 1, "2026-11-0001"),
        ("TS", date(2026, 11, 30), 1, "TS2026-11-0001"),
        ("", date(2026, 12, 1), 42, "2026-12-0042"),
        ("ZX", date(2027, 1, 1), 9999, "ZX2027-01-9999"),
        ("ZX", date(2027, 1, 1), 10000, "ZX2027-01-10000"),
    ],
)
def test_a_number_is_year_month_and_serial(prefix: str, day: date, serial: int, number: str) -> None:
    assert case_number(series(prefix, day), serial, 4) == number


def test_there_is_no_serial_before_the_first() -> None:
    with pytest.raises(ValueError, match="serials begin with 1"):
        case_number("2026-11", 0, 4)
