"""R-3.1: calls from one neighbourhood within an hour are proposed as one incident."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.incident import Located, neighbourhood, proposals

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def located(*cases: tuple[int, float, str]) -> list[Located]:
    return [Located(case_id, AT + timedelta(minutes=minutes), place) for case_id, minutes, place in cases]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("泉中小区 3号楼 2单元 501", "泉中小区"),
        ("泉中小区3-2-501", "泉中小区"),
        ("济南市历下区泉中小区３号楼", "泉中小区"),
        ("山东省济南市历下区泉中小区 3号楼", "泉中小区"),
        ("历山名郡", "历山名郡"),
        ("501", ""),
        ("", ""),
    ],
)
def test_the_neighbourhood_is_what_stands_before_the_first_figure(address: str, place: str) -> None:
    assert neighbourhood(address) == place


def test_calls_of_one_neighbourhood_that_come_close_together_are_proposed() -> None:
    cases = located((3, 30, "泉中小区"), (1, 0, "泉中小区"), (2, 70, "泉中小区"), (4, 5, "历山名郡"))
    (proposal,) = proposals(cases, HOUR, 3)
    assert (proposal.case_ids, proposal.first_at) == ((1, 3, 2), AT)


def test_a_long_silence_divides_them() -> None:
    cases = located((1, 0, "泉中小区"), (2, 61, "泉中小区"), (3, 62, "泉中小区"))
    assert [proposal.case_ids for proposal in proposals(cases, HOUR, 2)] == [(2, 3)]


def test_calls_from_nobody_knows_where_are_no_incident() -> None:
    assert proposals(located((1, 0, ""), (2, 1, ""), (3, 2, "")), HOUR, 2) == []


@given(
    st.lists(
        st.tuples(st.integers(1, 60), st.floats(0, 500), st.sampled_from(["甲", "乙", ""])),
        unique_by=lambda case: case[0],
    ),
    st.integers(2, 5),
)
def test_no_case_is_in_two_proposals_and_each_is_large_enough(
    cases: list[tuple[int, float, str]], at_least: int
) -> None:
    found = proposals(located(*cases), HOUR, at_least)
    ids = [case_id for proposal in found for case_id in proposal.case_ids]
    assert len(ids) == len(set(ids))
    assert all(len(proposal.case_ids) >= at_least for proposal in found)
    assert all(proposal.first_at <= proposal.last_at for proposal in found)
