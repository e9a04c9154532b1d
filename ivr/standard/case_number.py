"""The number of a case (R-N): year, month, serial within the month, 2026-11-0001; a separate series per kind.

The serial is counted in the database, in the transaction that makes the case, so that there is no gap.
"""

from datetime import date


def series(prefix: str, day: date) -> str:
    """What stands before the serial, and names the counter.

    :param prefix: of the kind of case, such as "TS" for complaints; may be empty.
    :param day: the hotline's day on which the case is made.

    >>> series("TS", date(2026, 11, 21))
    'TS2026-11'
    """
    return f"{prefix}{day.year:04}-{day.month:02}"


def case_number(series: str, serial: int, digits: int) -> str:
    """The whole number; a serial that needs more digits has them.

    :param serial: counted from 1 within the series.
    :param digits: least number of digits of the serial (config.yaml: cases.serial_digits).

    >>> case_number("2026-11", 1, 4)
    '2026-11-0001'
    """
    if serial < 1:
        raise ValueError(f"serials begin with 1, not with {serial}")
    return f"{series}-{serial:0{digits}}"
