"""The monthly summary (R-CS): last month's closed complaints with responsibility and share per unit."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import COUNTS_AGAINST_UNIT, Responsibility


@dataclass(frozen=True, slots=True)
class ClosedComplaint:
    """A complaint that was closed in the month."""

    unit: str | None
    complaint_class: ComplaintClass | None
    responsibility: Responsibility | None
    """None: the opinion does not say."""
    late: bool
    """Something that it owed was kept too late."""
    objected: bool
    """The customer did not accept the answer."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """The line of a unit; ``unit`` None is of complaints that no unit had."""

    unit: str | None
    closed: int
    share: float
    """Of all closed complaints, in percent."""
    responsible: int
    """The unit answers for so many, alone or with others."""
    responsible_share: float
    """Of all complaints that some unit answers for, in percent."""
    late: int
    objected: int
    by_class: dict[ComplaintClass, int]


def month_before(day: date) -> tuple[date, date]:
    """The first day of last month, and the first day of this one, which is not in it any more."""
    this = day.replace(day=1)
    last = (
        this.replace(year=this.year - 1, month=12) if this.month == 1 else this.replace(month=this.month - 1)
    )
    return last, this


def is_late(day: date, due_day: int) -> bool:
    """Whether last month's summary should have been there before ``day``.

    :param due_day: of the month, the last one in time (config.yaml: obligations.summary_day).
    """
    return day.day > due_day


def summary(complaints: Iterable[ClosedComplaint]) -> list[UnitRow]:
    """A line per unit, the most complaints first; shares of nothing are 0."""
    by_unit: dict[str | None, list[ClosedComplaint]] = {}
    for complaint in complaints:
        by_unit.setdefault(complaint.unit, []).append(complaint)
    closed = sum(len(some) for some in by_unit.values())
    responsible = {unit: sum(_is_units(one) for one in some) for unit, some in by_unit.items()}
    rows = [
        UnitRow(
            unit=unit,
            closed=len(some),
            share=_percent(len(some), closed),
            responsible=responsible[unit],
            responsible_share=_percent(responsible[unit], sum(responsible.values())),
            late=sum(one.late for one in some),
            objected=sum(one.objected for one in some),
            by_class=dict(Counter(one.complaint_class for one in some if one.complaint_class)),
        )
        for unit, some in by_unit.items()
    ]
    return sorted(rows, key=lambda row: (-row.closed, row.unit is None, row.unit or ""))


def _is_units(complaint: ClosedComplaint) -> bool:
    return complaint.unit is not None and complaint.responsibility in COUNTS_AGAINST_UNIT


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
