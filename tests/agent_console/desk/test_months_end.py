"""Midnight at the month's end, by the hotline's zone: numbers, and what a month's figures hold (R-N)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent_console.complaints.months import month_of
from agent_console.reports.periods import PeriodKind, period_of
from ivr.hotline_clock import HotlineClock
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from tests.agent_console.conftest import Visitor
from tests.agent_console.desk.test_records import FULL, Form
from tests.agent_console.scene import Scene

ZONE = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
"""The first moment of December in the hotline's zone."""


class Time:
    """The clock of the console, which a test lets go on."""

    def __init__(self, at: datetime) -> None:
        """It is ``at``."""
        self.counted = 0
        began = int(at.timestamp()) * 10**9
        self.clock = HotlineClock(lambda: began + self.counted, lambda: self.counted)

    def pass_by(self, seconds: float) -> None:
        """So many seconds go by."""
        self.counted += int(seconds * 10**9)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Two seconds before December."""
    time = Time(MIDNIGHT - timedelta(seconds=2))
    monkeypatch.setattr("ivr.hotline_clock.now", time.clock.now)
    return time


def test_a_case_has_the_number_of_the_month_in_which_it_is_made(
    time: Time, visitor: Callable[..., Visitor], scene: Scene, unit: int
) -> None:
    """R-N: also where UTC still has the month before, and by the moment of saving, not that of the call."""
    me = scene.person("1001")
    agent = visitor()
    agent.sign_in("1001")
    numbers = []
    for seconds in (1.999, 0.001, 8 * 3600 + 1):  # the last before, the first after, and past UTC's midnight
        call = scene.call(
            CallStage.TALKING,
            talk_started_at=time.clock.now() - timedelta(minutes=3),
            agent_id=me,
            pbx_node="pbx2",
        )
        scene.presence(me, AgentState.TALKING, call_id=call)
        form = Form(agent, call)
        time.pass_by(seconds)
        answer = form.send("case", {**FULL, "unit_id": str(unit)})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        numbers.append((answer.json or {})["case"]["number"])
    assert numbers == ["2026-11-0001", "2026-12-0001", "2026-12-0002"]


def test_months_meet_at_the_zones_midnight_and_leave_nothing_out() -> None:
    """R-CS: what is of a month's report is of no other's."""
    november, december = (period_of(PeriodKind.MONTH, date(2026, month, 15)) for month in (11, 12))
    assert november.span(ZONE)[1] == december.span(ZONE)[0] == MIDNIGHT
    assert december.span(ZONE)[1] == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    for moment, first in ((MIDNIGHT - timedelta(microseconds=1), 11), (MIDNIGHT, 12)):
        assert month_of(moment.astimezone(ZONE).date()).first == date(2026, first, 1)
    assert month_of(date(2026, 12, 31)).span(ZONE)[1] == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
