"""R-BL: a reason, an approver and an end; and an alarm is always an alarm."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.standard.blacklist import is_turned_away, why_no_entry
from ivr.standard.case_refusal import CaseRefusal

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def why(**changes: object) -> CaseRefusal | None:
    given: dict[str, object] = {
        "reason": "三个月内一百次无言骚扰",
        "proposed_by": 1,
        "approved_by": 2,
        "until": LATER,
        "now": NOW,
        "approver_is_supervisor": True,
        "longest_days": 365,
        **changes,
    }
    return why_no_entry(**given)  # type: ignore[arg-type]


def test_an_entry_with_all_of_them_is_made() -> None:
    assert why() is None


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": " "}, CaseRefusal.NO_REASON),
        ({"approved_by": None}, CaseRefusal.NO_APPROVER),
        ({"approved_by": 1}, CaseRefusal.NO_APPROVER),
        ({"approver_is_supervisor": False}, CaseRefusal.NO_APPROVER),
        ({"until": None}, CaseRefusal.NO_END),
        ({"until": NOW}, CaseRefusal.NO_END),
        ({"until": NOW + timedelta(days=366)}, CaseRefusal.NO_END),
    ],
)
def test_without_one_of_them_it_is_not(changes: dict[str, object], refusal: CaseRefusal) -> None:
    assert why(**changes) is refusal


@pytest.mark.parametrize("kind", ["consultation", "repair", "complaint", None])
def test_who_is_on_it_is_turned_away_until_its_end(kind: str | None) -> None:
    assert is_turned_away(kind, [LATER], NOW)
    assert not is_turned_away(kind, [LATER], LATER)
    assert not is_turned_away(kind, [], NOW)


def test_an_alarm_from_a_blacklisted_number_is_an_alarm() -> None:
    assert not is_turned_away("alarm", [LATER], NOW)
