"""What follows from the steps of cases: who is told, in which words, with links that open one case."""

import re
from pathlib import Path

import pytest

from ivr.config import Settings, load
from ivr.config.notice_texts import load_notice_texts
from ivr.config.sections import CallKind
from ivr.errors import CaseRefused
from ivr.notices.letters import Letters
from ivr.notices.of_entries import EntryTeller
from ivr.notices.of_warnings import of_warning
from ivr.standard.case_life import CaseStep
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.notice_kind import NoticeReason, NoticeWay
from ivr.standard.urgency import Urgency
from storage.database import Database
from storage.models import Duty
from storage.queries import case_tokens, duty_calls, notice_carrying, notices, responsible_people
from storage.queries.case_entries_told import read_next
from storage.queries.notice_carrying import Lent
from storage.queries.notices import NoticeView
from storage.queries.obligation_warnings import take_due
from tests.conftest import PROJECT
from tests.standard.clockwork import CLOCKWORK
from tests.storage.queries.case_rows import HOUR, NOW, Team, add_team, make, step

D, T, M = NoticeWay.DESK, NoticeWay.TEXT, NoticeWay.MAIL


@pytest.fixture
def hotline(tmp_path: Path) -> Settings:
    changes = {
        "HOTLINE_HOME": str(tmp_path),
        "HOTLINE__MAIL__HOST": "127.0.0.1",
        "HOTLINE__CONSOLE__PUBLIC_URL": "https://hotline.example",
        "HOTLINE__DUTY_LIST__PEOPLE": "[{name: 孙总, number: '13900000008'}, "
        "{name: 值班室, device: 'sip:d@127.0.0.1'}]",
    }
    return load(PROJECT / "config.yaml", changes)


@pytest.fixture
def letters(hotline: Settings) -> Letters:
    return Letters(hotline, load_notice_texts(PROJECT / "prompts"))


@pytest.fixture
def team(database: Database) -> Team:
    """With a fitter who has a mobile telephone, and a manager with a work number."""
    with database.write() as connection:
        team = add_team(connection)
        responsible_people.add(
            connection,
            NOW,
            duty=Duty.FITTER,
            name="郑师傅",
            unit_id=team.unit,
            number="+8613900000002",
            agent_id=team.other.agent_id,
        )
        return team


def tell(database: Database, hotline: Settings, letters: Letters) -> None:
    """As the engine does, but at the tests' moment."""
    teller = EntryTeller(hotline, letters)
    with database.write() as connection:
        for entry in read_next(connection, NOW, 100) or []:
            teller.tell(connection, entry, NOW)


def of_case(database: Database, case_id: int, reason: NoticeReason) -> list[NoticeView]:
    with database.read() as connection:
        return [one for one in notices.of_case(connection, case_id) if one.reason is reason]


def lent(database: Database, way: NoticeWay) -> list[Lent]:
    found = []
    with database.write() as connection:
        while (one := notice_carrying.lend(connection, NOW, way, "pbx1", HOUR)) is not None:
            found.append(one)
    return found


def test_a_repair_is_told_to_the_customer_and_to_the_unit(
    database: Database, hotline: Settings, letters: Letters, team: Team
) -> None:
    """R-N, R-15.1, R-FR."""
    with database.write() as connection:
        case = make(connection, team)
    tell(database, hotline, letters)
    (to_customer,) = of_case(database, case.case_id, NoticeReason.CASE_OPENED)
    assert (to_customer.way, to_customer.number, to_customer.urgent) == (T, "+8613912341111", False)
    assert to_customer.text == (
        f"【泉城燃气】您好，您的报修已受理，工单号{case.number}。查询进度请致电95777，按提示输入工单号。"
    )
    to_unit = of_case(database, case.case_id, NoticeReason.PASSED_ON)
    assert [(one.way, one.to_name) for one in to_unit] == [(T, "孙站长"), (D, "郑师傅"), (T, "郑师傅")]
    assert "首问负责人：王敏" in to_unit[0].text and "地址：泉中小区 3号楼 2单元 501" in to_unit[0].text
    assert "截止11月18日15:00" in to_unit[0].text, "the first of its times, in the hotline's zone"
    assert "/f/" not in to_unit[1].text, "whoever signs in needs no link"
    with database.read() as connection:
        assert duty_calls.of_case(connection, case.case_id) == []
        assert not duty_calls.anything_to_take(connection)


def test_each_link_opens_the_one_case_for_the_one_who_got_it(
    database: Database, hotline: Settings, letters: Letters, team: Team
) -> None:
    with database.write() as connection:
        case, other = make(connection, team), make(connection, team)
    tell(database, hotline, letters)
    sent = [one for one in lent(database, T) if "/f/" in one.text and case.number in one.text]
    assert [one.to for one in sent] == ["+8613900000001", "+8613900000002"]
    links = [re.search(r"https://hotline\.example/f/([^/]+)/(\S+)", one.text) for one in sent]
    for link, name in zip(links, ("孙站长", "郑师傅"), strict=True):
        assert link is not None and link[1] == case.number
        with database.read() as connection:
            who = case_tokens.opened_by(connection, link[2], case.case_id, NOW)
            people = {person.id: person.name for person in responsible_people.of_unit(connection, team.unit)}
            assert people[who.person_id or 0] == name
            with pytest.raises(CaseRefused):
                case_tokens.opened_by(connection, link[2], other.case_id, NOW)


def test_an_alarm_is_urgent_for_the_fitters_and_begins_the_duty_list(
    database: Database, hotline: Settings, letters: Letters, team: Team
) -> None:
    """R-3.1: also the texts to leaders at once; a correction does not begin it again."""
    with database.write() as connection:
        case = make(connection, team, CallKind.ALARM, urgency=Urgency.CRITICAL)
        ordinary = make(connection, team, CallKind.ALARM)
    tell(database, hotline, letters)
    to_unit = of_case(database, case.case_id, NoticeReason.ALARM)
    assert all(one.urgent for one in to_unit) and {one.way for one in to_unit} == {D, T}
    (leader,) = of_case(database, case.case_id, NoticeReason.DUTY_LIST)
    assert (leader.number, leader.to_name, leader.urgent) == ("+8613900000008", "孙总", True)
    assert f"燃气报警，工单{case.number}，地址：泉中小区 3号楼 2单元 501，责任单位：城南管理站" in leader.text
    assert of_case(database, ordinary.case_id, NoticeReason.DUTY_LIST) == []
    with database.write() as connection:
        assert len(duty_calls.take(connection, "pbx1", NOW, HOUR, HOUR)) == 1
        assert not duty_calls.begin(connection, case.case_id, NOW)


def test_a_severe_complaint_reaches_the_manager_once(
    database: Database, hotline: Settings, letters: Letters, team: Team
) -> None:
    """R-CL."""
    with database.write() as connection:
        case = make(
            connection,
            team,
            CallKind.COMPLAINT,
            complaint_class=ComplaintClass.SERVICE,
            urgency=Urgency.CRITICAL,
        )
    tell(database, hotline, letters)
    (to_manager,) = of_case(database, case.case_id, NoticeReason.SEVERE_COMPLAINT)
    assert (to_manager.way, to_manager.mail, to_manager.urgent) == (M, "qian@gas.example", True)
    assert "首问负责人：王敏" in to_manager.text and "责任单位：城南管理站" in to_manager.text
    with database.write() as connection:
        assert notices.was_told(connection, case.case_id, NoticeReason.SEVERE_COMPLAINT)


def test_the_first_responder_hears_what_others_did_and_not_their_own_doing(
    database: Database, hotline: Settings, letters: Letters, team: Team
) -> None:
    """R-FR, R-3.2."""
    with database.write() as connection:
        done, back = make(connection, team).case_id, make(connection, team).case_id
        step(connection, done, CaseStep.ACCEPT, team.fitter)
        step(connection, done, CaseStep.FINISH, team.fitter, said="修好")
        step(connection, back, CaseStep.SEND_BACK, team.fitter, said="不属本站")
        step(connection, back, CaseStep.HAND_OVER, team.boss, said="休假", to_agent_id=team.other.agent_id)
    tell(database, hotline, letters)
    (finished,) = of_case(database, done, NoticeReason.FINISHED)
    assert (finished.way, finished.agent_id) == (D, team.agent.agent_id)
    assert "城南管理站已处理完毕，请答复用户" in finished.text
    (handed,) = of_case(database, back, NoticeReason.HANDED_OVER)
    assert handed.agent_id == team.other.agent_id
    assert of_case(database, back, NoticeReason.PASSED_ON) == [], "it is at the unit no more"


def test_only_mobile_numbers_get_texts_and_none_if_the_company_wants_none(
    database: Database, hotline: Settings, letters: Letters, team: Team
) -> None:
    with database.write() as connection:
        fixed = make(connection, team, contact_number="053188880001").case_id
        mobile = make(connection, team).case_id
    quiet = hotline.model_copy(update={"notices": hotline.notices.model_copy(update={"to_customers": False})})
    with database.write() as connection:
        entries = read_next(connection, NOW, 100) or []
        for entry in entries:
            EntryTeller(hotline if entry.case_id == fixed else quiet, letters).tell(connection, entry, NOW)
    assert of_case(database, fixed, NoticeReason.CASE_OPENED) == []
    assert of_case(database, mobile, NoticeReason.CASE_OPENED) == []


def test_warnings_climb_the_ladder_and_late_names_every_first_responder_and_the_unit(
    database: Database, hotline: Settings, letters: Letters, team: Team
) -> None:
    """R-OV, R-FR: at 50 percent the desk, at 80 also the head, when late also the manager."""
    with database.write() as connection:
        case_id = make(connection, team).case_id
    said = []
    for hours in (3, 4.8, 6):
        with database.write() as connection:
            (warning,) = take_due(connection, NOW + hours * HOUR, CLOCKWORK)
            found = of_warning(connection, letters, warning)
            said.append([(one.way, one.to_name, one.urgent, one.obligation_id) for one in found])
            if hours == 4.8:
                assert found[1].text == (
                    "【泉城燃气】时限提醒：工单2026-11-0001（报修）故障处置已用80%，截止11月18日15:00。"
                    "首问负责人：王敏，责任单位：城南管理站。"
                )
                step(
                    connection,
                    case_id,
                    CaseStep.HAND_OVER,
                    team.boss,
                    said="休假",
                    to_agent_id=team.other.agent_id,
                )
    obligation = warning.obligation_id
    assert said == [
        [(D, "王敏", False, obligation)],
        [(D, "王敏", False, obligation), (T, "孙站长", False, obligation)],
        [(D, "李强", True, obligation), (T, "孙站长", True, obligation), (M, "钱经理", True, obligation)],
    ]
    assert "首问负责人：王敏、李强，责任单位：城南管理站" in found[0].text
