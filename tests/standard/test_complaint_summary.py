"""R-CS: last month's closed complaints with responsibility and share per unit, by the 10th."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import Responsibility
from ivr.standard.complaint_summary import ClosedComplaint, is_late, month_before, summary

COMPLAINTS = st.lists(
    st.builds(
        ClosedComplaint,
        st.sampled_from(["城南", "城北", None]),
        st.sampled_from(ComplaintClass),
        st.none() | st.sampled_from(Responsibility),
        st.booleans(),
        st.booleans(),
    )
)


@pytest.mark.parametrize(
    ("day", "first", "after"),
    [
        (date(2026, 11, 10), date(2026, 10, 1), date(2026, 11, 1)),
        (date(2027, 1, 1), date(2026, 12, 1), date(2027, 1, 1)),
        (date(2028, 3, 31), date(2028, 2, 1), date(2028, 3, 1)),
    ],
)
def test_the_month_is_the_one_before(day: date, first: date, after: date) -> None:
    assert month_before(day) == (first, after)


def test_the_10th_is_in_time_and_the_11th_is_late() -> None:
    assert not is_late(date(2026, 11, 10), 10)
    assert is_late(date(2026, 11, 11), 10)


def test_each_unit_has_its_count_its_share_and_its_responsibility() -> None:
    fees, service = ComplaintClass.FEES, ComplaintClass.SERVICE
    rows = summary(
        [
            ClosedComplaint("城南", fees, Responsibility.UNIT, late=True, objected=False),
            ClosedComplaint("城南", fees, Responsibility.CUSTOMER, late=False, objected=True),
            ClosedComplaint("城南", service, Responsibility.SHARED, late=False, objected=False),
            ClosedComplaint("城北", service, Responsibility.UNIT, late=False, objected=False),
        ]
    )
    south, north = rows
    assert (south.unit, south.closed, south.share, south.responsible) == ("城南", 3, 75.0, 2)
    assert south.responsible_share == pytest.approx(66.667, abs=0.001)
    assert (south.late, south.objected, south.by_class) == (1, 1, {fees: 2, service: 1})
    assert (north.unit, north.share, north.late) == ("城北", 25.0, 0)


def test_nothing_closed_is_an_empty_table() -> None:
    assert summary([]) == []


@given(COMPLAINTS)
def test_no_complaint_is_lost_and_shares_add_up(complaints: list[ClosedComplaint]) -> None:
    rows = summary(complaints)
    assert sum(row.closed for row in rows) == len(complaints)
    assert sum(row.share for row in rows) == pytest.approx(100 if complaints else 0)
    assert all(row.responsible <= row.closed for row in rows)
    assert sum(row.responsible_share for row in rows) == pytest.approx(
        100 if any(row.responsible for row in rows) else 0
    )
