"""R-16.6: not again within 30 days, never who asked not to be called; one reason a day for each person."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.dial_protection import DialRefusal, Known, why_not
from ivr.standard.dial_reason import ASKED_FOR, ASKS_FOR_OPINION, DialReason

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, tzinfo=ZONE)
REST = timedelta(days=30)
MOMENTS = st.datetimes(datetime(2026, 9, 1), datetime(2026, 11, 23, 10), timezones=st.just(ZONE))
REASONS = st.sampled_from(DialReason)
KNOWN = st.builds(
    Known,
    st.booleans(),
    st.none() | MOMENTS,
    st.none() | MOMENTS,
    st.none() | MOMENTS.map(lambda moment: moment.date()),
    st.none() | REASONS,
    st.none() | st.integers(1, 5),
)


@given(REASONS, KNOWN, st.integers(1, 5))
def test_nobody_is_called_unasked_who_is_protected(reason: DialReason, known: Known, task: int) -> None:
    if why_not(reason, known, NOW, rest=REST, task=task) is not None or reason in ASKED_FOR:
        return
    assert not known.do_not_call
    if reason in ASKS_FOR_OPINION and known.asked_at is not None:
        assert NOW - known.asked_at >= REST
    assert known.called_on != NOW.date() or known.called_task == task


@given(st.sampled_from(sorted(ASKED_FOR)), KNOWN)
def test_a_call_that_was_asked_for_is_made(reason: DialReason, known: Known) -> None:
    assert why_not(reason, known, NOW, rest=REST) is None


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (Known(do_not_call=True), DialRefusal.DO_NOT_CALL),
        (Known(asked_at=NOW - timedelta(days=29, hours=23)), DialRefusal.ASKED_RECENTLY),
        (Known(asked_at=NOW - timedelta(days=30)), None),
        (Known(empty_at=NOW - timedelta(days=2)), DialRefusal.EMPTY_NUMBER),
        (Known(called_on=NOW.date(), called_task=7), DialRefusal.OTHER_REASON_TODAY),
        (Known(called_on=NOW.date(), called_task=3), None),
        (Known(called_on=NOW.date() - timedelta(days=1), called_task=7), None),
        (Known(), None),
    ],
)
def test_who_is_protected_from_a_revisit(known: Known, said: DialRefusal | None) -> None:
    assert why_not(DialReason.REVISIT, known, NOW, rest=REST, task=3) is said


def test_a_notice_asks_for_no_opinion() -> None:
    """R-5.1: who was asked last week is still told that the gas will be off."""
    known = Known(asked_at=NOW - timedelta(days=7))
    assert why_not(DialReason.OUTAGE_NOTICE, known, NOW, rest=REST) is None
    assert why_not(DialReason.CAMPAIGN, known, NOW, rest=REST) is DialRefusal.ASKED_RECENTLY
