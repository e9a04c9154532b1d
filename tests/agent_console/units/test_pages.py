"""The unit's screen: its own cases by time left, alarms on top, and their steps."""

import re

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState, CaseStep
from tests.agent_console.units.conftest import Enter
from tests.agent_console.units.crew import Crew


def listed(page: str) -> list[str]:
    return re.findall(r'id="row-([^"]+)"', page)


def test_a_unit_sees_its_own_cases_by_time_left_alarms_on_top(crew: Crew, enter: Enter) -> None:
    """R-OV, R-3.1: what has the least time is first, a gas leak is before everything."""
    fresh, old = crew.case(ago=1), crew.case(ago=5)
    alarm = crew.case(CallKind.ALARM, address="柳岸花园 1号楼 1单元 101")
    done = crew.case(ago=2)
    crew.step(done.case_id, CaseStep.ACCEPT, crew.team.fitter)
    crew.step(done.case_id, CaseStep.FINISH, crew.team.fitter, "换了电磁阀")
    head = enter("5001")
    assert head.get("/").location == "/unit"
    shown = head.get("/unit").get_data(as_text=True)
    assert listed(shown) == [alarm.number, old.number, fresh.number, done.number]
    assert f'data-alarm="{alarm.number}"' in shown
    assert "柳岸花园 1号楼 1单元 101" in shown and "城南管理站" in shown
    part = head.get("/unit/part").get_data(as_text=True)
    assert listed(part) == listed(shown) and "<html" not in part


def test_no_unit_sees_another_units_case(crew: Crew, enter: Enter) -> None:
    case = crew.case()
    stranger = enter("5002")
    assert listed(stranger.get("/unit").get_data(as_text=True)) == []
    for path in (f"/unit/{case.number}", f"/unit/{case.number}/photos/1", "/unit/2026-11-9999"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/unit/{case.number}/step", step="accept").status_code == 404
    assert crew.line(case.number).state is CaseState.PASSED


def test_a_unit_takes_a_case_through_to_its_end(crew: Crew, enter: Enter) -> None:
    """R-3.2, R-15.1: accepted, begun, handled, finished; each an entry with who did it."""
    case = crew.case()
    head = enter("5001")
    shown = head.get(f"/unit/{case.number}").get_data(as_text=True)
    assert "13912341111" in shown and "灶具打不着火" in shown
    for step, said in (("accept", ""), ("start", ""), ("handle", "已关阀"), ("finish", "更换电磁阀")):
        answer = head.post(f"/unit/{case.number}/step", step=step, said=said)
        assert (answer.status_code, answer.location) == (303, f"/unit/{case.number}"), step
    assert crew.line(case.number).state is CaseState.FINISHED
    last = crew.entries(case.case_id)[-1]
    assert (last.step, last.work_number, last.said) == (CaseStep.FINISH, "5001", "更换电磁阀")


def test_a_refused_step_says_why_and_keeps_what_was_typed(crew: Crew, enter: Enter) -> None:
    case = crew.case()
    head = enter("5001")
    seen = str(crew.line(case.number).entries)
    crew.step(case.case_id, CaseStep.ACCEPT, crew.team.fitter)
    late = head.post(f"/unit/{case.number}/step", step="send_back", said="不归我们管", seen=seen)
    assert late.status_code == 409
    text = late.get_data(as_text=True)
    assert "不归我们管</textarea>" in text and 'role="alert"' in text
    empty = head.fetch(f"/unit/{case.number}/step", step="finish", said="  ")
    assert (empty.status_code, empty.is_json) == (409, True)
    assert empty.get_json()["error"]
    forged = head.fetch(f"/unit/{case.number}/step", step="close", said="x")
    assert forged.status_code == 409
    assert crew.line(case.number).state is CaseState.ACCEPTED


def test_a_case_that_is_sent_back_leaves_the_list(crew: Crew, enter: Enter) -> None:
    case = crew.case()
    head = enter("5001")
    answer = head.fetch(f"/unit/{case.number}/step", step="send_back", said="归城北站")
    assert answer.get_json() == {"done": True, "to": "/unit"}
    page = head.get("/unit").get_data(as_text=True)
    assert listed(page) == [] and "已不在本单位" in page


def test_a_complaint_gets_its_finding_from_the_unit(crew: Crew, enter: Enter) -> None:
    """R-CT."""
    case = crew.case(CallKind.COMPLAINT)
    head = enter("5001")
    head.post(f"/unit/{case.number}/step", step="accept")
    head.post(f"/unit/{case.number}/step", step="find", said="维修工迟到两小时")
    assert crew.line(case.number).state is CaseState.FOUND
