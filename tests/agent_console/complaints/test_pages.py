"""Complaints by their paths (R-CL), the monthly summary as page and workbook (R-CS), the blacklist (R-BL)."""

import io
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from agent_console.complaints import months
from ivr.config import Settings
from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseStep
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import Responsibility
from ivr.standard.complaint_summary import month_before
from ivr.standard.urgency import Urgency
from storage.queries import blacklist, blacklist_proposals, unit_keeping
from tests.agent_console.scene import Scene
from tests.agent_console.units.conftest import Enter
from tests.agent_console.units.crew import Crew, now


def close_complaint(crew: Crew, ago_days: float, responsibility: Responsibility) -> None:
    """A complaint from its call to its closing, the closing so many days ago."""
    hours = 24 * ago_days
    case = crew.case(CallKind.COMPLAINT, ago=hours + 30)
    team = crew.team
    for step, who, said, more in (
        (CaseStep.ACCEPT, team.fitter, "", {}),
        (CaseStep.FIND, team.fitter, "迟到两小时", {}),
        (CaseStep.OPINE, team.boss, "上门道歉", {"responsibility": responsibility}),
        (CaseStep.ANSWER, team.agent, "已致歉", {}),
        (CaseStep.REVISIT, team.agent, "满意", {}),
        (CaseStep.CLOSE, team.agent, "已上报", {}),
    ):
        hours -= 0 if step is CaseStep.CLOSE else 0.01
        crew.step(case.case_id, step, who, said, ago=hours, **more)


def days_back_to_last_month(settings: Settings) -> float:
    """From now into the middle of last month."""
    today = now().astimezone(settings.zone).date()
    return (today - month_before(today)[0]).days - 14


def test_complaints_stand_with_severity_and_path(crew: Crew, enter: Enter) -> None:
    """R-CL."""
    ordinary = crew.case(CallKind.COMPLAINT)
    severe = crew.case(CallKind.COMPLAINT, urgency=Urgency.CRITICAL, complaint_class=ComplaintClass.QUALITY)
    page = enter("1001").get("/complaints").get_data(as_text=True)
    assert page.index(severe.number) < page.index(ordinary.number)
    row = page[page.index(severe.number) : page.index(ordinary.number)]
    assert "立即报主管领导" in row and "责任单位调查" in row
    assert page.count("先由班长判定") == 3  # of malicious ones, at each severity


def test_last_months_summary_is_a_page_a_workbook_and_is_handed_in_once(
    crew: Crew, enter: Enter, settings: Settings, scene: Scene
) -> None:
    """R-CS: responsibility and share per unit; no cell is taken for a formula."""
    with crew.database.write() as connection:
        unit_keeping.change(connection, crew.team.unit, "=HYPERLINK(1)", None)
    back = days_back_to_last_month(settings)
    close_complaint(crew, back, Responsibility.UNIT)
    close_complaint(crew, back - 1, Responsibility.NOBODY)
    boss = enter("2001")
    page = boss.get("/complaints/summary").get_data(as_text=True)
    assert "=HYPERLINK(1)" in page and "100.0 %" in page and "尚未上报" in page
    file = boss.get("/complaints/summary.xlsx")
    sheet = load_workbook(io.BytesIO(file.data)).active
    assert sheet is not None
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] is not None]
    assert rows[-2][:5] == ("'=HYPERLINK(1)", 2, 100, 1, 100)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    month = months.read(None, now().astimezone(settings.zone).date())
    assert boss.post("/complaints/summary", month=month.name).status_code == 303
    close_complaint(crew, back - 2, Responsibility.UNIT)
    kept = boss.get(f"/complaints/summary?month={month.name}").get_data(as_text=True)
    assert "赵琳 于" in kept and ">2<" in kept and ">3<" not in kept
    boss.post("/complaints/summary", month=month.name)
    assert "已经上报过" in boss.get("/complaints/summary").get_data(as_text=True)
    whats = [line.data["what"] for line in scene.events("console.summary_taken")]
    assert whats == ["workbook", "handed in"]


def test_a_month_that_goes_on_is_not_handed_in(crew: Crew, enter: Enter, settings: Settings) -> None:
    boss = enter("2001")
    this = f"{now().astimezone(settings.zone):%Y-%m}"
    assert "本月未结束" in boss.get(f"/complaints/summary?month={this}").get_data(as_text=True)
    boss.post("/complaints/summary", month=this)
    assert "本月尚未结束" in boss.get("/complaints").get_data(as_text=True)
    assert enter("1001").get("/complaints/summary").status_code == 403


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (None, "2026-01"),
        ("2025-12", "2025-12"),
        ("2026-03", "2026-01"),
        ("2026-13", "2026-01"),
        ("x", "2026-01"),
    ],
)
def test_an_address_names_a_month_or_last_month_is_meant(text: str | None, name: str) -> None:
    month = months.read(text, date(2026, 2, 7))
    assert month.name == name
    assert month.after.before == month
    assert month.due_on(10) == month.end + timedelta(days=9)


def test_the_blacklist_needs_reason_end_and_another_supervisor(
    crew: Crew, enter: Enter, scene: Scene
) -> None:
    """R-BL: proposed, refused in sentences, approved by somebody else, lifted."""
    boss, other, agent = enter("2001"), enter("2002"), enter("1001")
    day = f"{now() + timedelta(days=20):%Y-%m-%d}"
    right = {"number": "13912349999", "reason": "一天辱骂 30 次", "until": day}
    for wrong in ({"reason": " "}, {"until": ""}, {"until": "2020-01-01"}, {"number": "x"}, {"case": "abc"}):
        answer = boss.post("/blacklist", **{**right, **wrong})
        assert answer.status_code == 422, wrong
        assert "field-mistake" in answer.get_data(as_text=True)
    assert boss.post("/blacklist", **right).status_code == 303
    page = agent.get("/blacklist").get_data(as_text=True)
    assert "139****9999" in page and "13912349999" not in page
    with crew.database.read() as connection:
        [proposal] = blacklist_proposals.proposals(connection, decided=False, limit=9)
        assert not blacklist.turns_away(connection, ["+8613912349999"], None, now())
    assert agent.post(f"/blacklist/proposals/{proposal.id}/approve").status_code == 403
    mine = boss.post(f"/blacklist/proposals/{proposal.id}/approve")
    assert mine.status_code == 409 and "另一位班长" in mine.get_data(as_text=True)
    assert other.post(f"/blacklist/proposals/{proposal.id}/approve").status_code == 303
    with crew.database.read() as connection:
        [entry] = blacklist.entries(connection, now())
        assert blacklist.turns_away(connection, ["+8613912349999"], None, now())
        assert not blacklist.turns_away(connection, ["+8613912349999"], "alarm", now())
    assert (entry.proposed_by, entry.approved_by) == ("赵琳", "吴班长")
    other.post(f"/blacklist/proposals/{proposal.id}/turn-down", why="太晚了")
    assert other.post(f"/blacklist/entries/{entry.id}/lift").status_code == 303
    with crew.database.read() as connection:
        assert blacklist.entries(connection, now()) == []
    whats = [line.data["what"] for line in scene.events("console.blacklist_changed")]
    assert whats == ["propose", "approve", "lift"]


def test_a_proposal_is_turned_down_with_a_reason(crew: Crew, enter: Enter) -> None:
    boss, other = enter("2001"), enter("2002")
    day = f"{now() + timedelta(days=20):%Y-%m-%d}"
    boss.post("/blacklist", number="13912349999", reason="吵", until=day)
    with crew.database.read() as connection:
        [proposal] = blacklist_proposals.proposals(connection, decided=False, limit=9)
    path = f"/blacklist/proposals/{proposal.id}/turn-down"
    assert other.post(path, why="").status_code == 422
    assert other.post(path, why="用户确有急事").status_code == 303
    page = boss.get("/blacklist").get_data(as_text=True)
    assert "用户确有急事" in page
