"""Live pages of gas leaks: courses of alarms, proposals of one incident, an incident to its end (R-3.1)."""

import re

from sqlalchemy import update

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseStep
from ivr.standard.duty_round import DutyOutcome, Turn
from ivr.standard.objection import LinkKind
from storage.models import DutyAlert
from storage.queries import case_view, duty_calls, incidents
from tests.agent_console.units.conftest import Enter
from tests.agent_console.units.crew import Crew, now

PLACE = "荷风苑 2号楼 1单元 302"


def test_an_alarm_shows_who_called_who_goes_and_whom_the_duty_list_reached(crew: Crew, enter: Enter) -> None:
    """R-3.1."""
    alarm = crew.case(CallKind.ALARM, address=PLACE)
    boss = enter("2001")
    assert "unanswered" in boss.get("/incidents").get_data(as_text=True)
    for step, said in ((CaseStep.ACCEPT, ""), (CaseStep.ARRIVE, ""), (CaseStep.FINISH, "软管脱落，已更换")):
        crew.step(alarm.case_id, step, crew.team.fitter, said)
    with crew.database.write() as connection:
        duty_calls.begin(connection, alarm.case_id, now())
        taken = update(DutyAlert).values(pbx_node="pbx1").returning(DutyAlert.id)
        alert_id = connection.execute(taken).scalar_one()
        alert = duty_calls.alert(connection, alert_id, "pbx1")
        assert alert is not None
        call = duty_calls.ask(
            connection,
            alert,
            Turn(1, 1),
            now(),
            person="孙总",
            number="13900000008",
            node="pbx1",
            channel="d1",
        )
        assert call is not None
        duty_calls.settle(connection, call, DutyOutcome.ACKNOWLEDGED, now())
    for path in ("/incidents", "/incidents/part"):
        page = boss.get(path).get_data(as_text=True)
        for shown in (alarm.number, PLACE, "周师傅", "软管脱落，已更换", "孙总 已确认", "139****0008"):
            assert shown in page, (path, shown)
        assert "unanswered" not in page and "13900000008" not in page


def test_three_calls_from_one_place_within_the_hour_become_one_incident(crew: Crew, enter: Enter) -> None:
    """R-3.1: proposed, accepted once, linked, joined by a later one, closed with what it was."""
    first, second, third = (
        crew.case(kind, ago=ago, address=f"荷风苑 {number}号楼 1单元 302")
        for kind, ago, number in (
            (CallKind.ALARM, 1.2, 2),
            (CallKind.REPAIR, 0.7, 3),
            (CallKind.ALARM, 0.2, 5),
        )
    )
    crew.case(CallKind.ALARM, address="柳岸花园 1号楼")
    boss, other = enter("2001"), enter("2002")
    page = boss.get("/incidents").get_data(as_text=True)
    proposed = re.findall(r'name="case" value="(\d+)"', page)
    assert "荷风苑" in page and proposed == [str(one.case_id) for one in (first, second, third)]
    made, again = (
        one.client.post(
            "/incidents", data={"csrf_token": one.token(), "neighbourhood": "荷风苑", "case": proposed}
        )
        for one in (boss, other)
    )
    assert again.location == "/incidents"
    with crew.database.read() as connection:
        [incident] = incidents.newest(connection, limit=10)
        linked = case_view.linked(connection, third.case_id)
    assert made.location == f"/incidents/{incident.id}"
    assert [(one.number, one.kind) for one in linked] == [(first.number, LinkKind.SAME_INCIDENT)]
    late = crew.case(CallKind.REPAIR, address="荷风苑 9号楼 2单元 101")
    assert late.number in boss.get(made.location).get_data(as_text=True)
    mistyped = boss.post(f"{made.location}/cases", number=late.number[:-1] + "9")
    assert mistyped.status_code == 422 and late.number in mistyped.get_data(as_text=True)
    assert boss.post(f"{made.location}/cases", number=late.number).status_code == 303
    assert boss.post(f"{made.location}/cases", number=late.number).status_code == 409
    part = boss.get(f"{made.location}/part").get_data(as_text=True)
    assert all(one.number in part for one in (first, second, third, late))
    assert boss.post(f"{made.location}/close", summary=" ").status_code == 422
    assert boss.post(f"{made.location}/close", summary="楼前阀井渗漏，已更换垫片").status_code == 303
    assert other.post(f"{made.location}/close", summary="又一次").status_code == 409
    assert "楼前阀井渗漏" in boss.get(made.location).get_data(as_text=True)


def test_agents_watch_and_only_supervisors_decide(crew: Crew, enter: Enter) -> None:
    cases = [crew.case(CallKind.ALARM, address=f"荷风苑 {number}号楼") for number in (1, 2, 3)]
    agent = enter("1001")
    page = agent.get("/incidents").get_data(as_text=True)
    assert "可能是同一事件" in page and "合并为一个事件" not in page
    refused = agent.post("/incidents", neighbourhood="荷风苑", case=str(cases[0].case_id))
    assert refused.status_code == 403
    assert agent.get("/incidents/77").status_code == 404
    assert enter("2001").post("/incidents", neighbourhood="").status_code == 400
