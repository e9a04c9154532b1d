"""The list of cases and the page of one: by right, by time left, filtered, paged by key, never by guess."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from ivr.config import Settings
from ivr.config.sections import CallKind, Role
from ivr.standard.case_life import CaseStep
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.notice_kind import NoticeReason, NoticeWay
from ivr.standard.obligations import ObligationKind
from storage.models import Event
from storage.queries import notices
from storage.queries.notices import NewNotice
from tests.agent_console.cases.case_scene import CaseScene
from tests.agent_console.cases.conftest import People
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago

SignIn = Callable[[str], Visitor]
NASTY = "<script>alert('工单')</script>"


def listed(page: str) -> list[str]:
    """The numbers of the list, in their order."""
    return re.findall(r'href="/cases/([^"/]+)">\1</a>', page)


def test_an_agent_sees_their_own_cases_and_a_supervisor_all_by_time_left(
    sign_in: SignIn, cases: CaseScene, people: People
) -> None:
    """R-FR, R-OV."""
    soon = cases.case(people.agent, hours_ago=5)
    late = cases.case(people.other, hours_ago=7)
    fresh = cases.case(people.agent)
    closed = cases.case(people.agent, CallKind.CONSULTATION, answered=True)
    cases.step(closed, CaseStep.CLOSE, people.agent, "已答复")
    mine = sign_in("1001").get("/cases").get_data(as_text=True)
    assert listed(mine) == [soon.number, fresh.number]
    everybodys = sign_in("2001").get("/cases").get_data(as_text=True)
    assert listed(everybodys) == [late.number, soon.number, fresh.number]
    assert "首问负责人 1002 李强，责任单位 城南管理站" in everybodys
    assert listed(sign_in("1002").get("/cases?owner=").get_data(as_text=True)) == [late.number]


def test_the_list_is_narrowed_down_by_everything_it_offers(
    sign_in: SignIn, cases: CaseScene, people: People
) -> None:
    boss = sign_in("2001")
    north = cases.add_unit("城北管理站")
    late = cases.case(people.agent, hours_ago=7, content="厨房燃气表黑屏")
    alarm = cases.case(people.other, CallKind.ALARM, unit=north)
    stopped = cases.case(people.agent, hours_ago=1)
    cases.step(stopped, CaseStep.PAUSE, people.agent, "等用户到家")
    closed = cases.case(people.agent, CallKind.CONSULTATION, hours_ago=30, answered=True)
    cases.step(closed, CaseStep.CLOSE, people.agent, "已答复")
    days = [ago(30 * 3600).astimezone(cases.settings.zone).date().isoformat()] * 2
    for asked, found in (
        ("kind=alarm", [alarm]),
        ("due=late", [late]),
        ("due=stopped", [stopped]),
        (f"unit={north}", [alarm]),
        (f"owner={people.other}", [alarm]),
        ("state=closed&which=all", [closed]),
        ("which=closed", [closed]),
        ("q=燃气表 黑屏", [late]),
        ("q=没有这样的词", []),
        (f"which=all&since={days[0]}&until={days[1]}", [closed]),
        ("kind=nonsense&state=x&due=y&unit=z&owner=%00&which=q", [late, alarm, stopped]),
    ):
        page = boss.get(f"/cases?{asked}").get_data(as_text=True)
        assert sorted(listed(page)) == sorted(one.number for one in found), asked
    assert "不是日期" in boss.get("/cases?since=2026-13-40").get_data(as_text=True)
    assert "早于" in boss.get("/cases?since=2026-11-20&until=2026-11-01").get_data(as_text=True)


def test_pages_follow_each_other_by_key_and_leave_nothing_out(
    sign_in: SignIn, cases: CaseScene, people: People
) -> None:
    made = [cases.case(people.agent, hours_ago=1 + place / 100).number for place in range(52)]
    boss, found, path = sign_in("2001"), [], "/cases"
    while path:
        page = boss.get(path).get_data(as_text=True)
        found += listed(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following.group(1).replace("&amp;", "&") if following else ""
    assert found == made[::-1]
    for nonsense in ("x", "1-", "-1", "99999999999999999999999-1", "1-99999999999999999999", "0-0"):
        assert boss.get(f"/cases?after={nonsense}").status_code == 200


def test_a_case_is_on_one_page_with_everything_and_the_look_is_noted(
    sign_in: SignIn, cases: CaseScene, people: People, scene: Scene
) -> None:
    """R-AR, R-18."""
    made = cases.case(people.agent, hours_ago=3, content=NASTY)
    cases.finish(made, hours_ago=2)
    with scene.database.write() as connection:
        told = NewNotice(
            NoticeWay.TEXT, "您的工单号", NoticeReason.CASE_OPENED, number="+8613912341111", case_id=made.id
        )
        notices.add(connection, [told], ago(1))
    page = sign_in("1001").get(f"/cases/{made.number}").get_data(as_text=True)
    for part in (
        "更换电磁阀，试火正常",
        "周师傅",
        "R-15.1",
        "按时完成",
        "答复用户",
        "13912341111",
        "139****1111",
    ):
        assert part in page, part
    assert NASTY not in page and "&lt;script&gt;" in page
    with scene.database.read() as connection:
        looked = connection.execute(select(Event.data).where(Event.kind == "console.case_looked_at")).all()
    assert [row.data["case"] for row in looked] == [made.number]


def test_who_is_not_first_responder_sees_a_masked_number(
    sign_in: SignIn, cases: CaseScene, people: People
) -> None:
    """R-18."""
    made = cases.case(people.agent)
    seen = sign_in("1002").get(f"/cases/{made.number}").get_data(as_text=True)
    assert "139****1111" in seen and "13912341111" not in seen
    assert "13912341111" in sign_in("2001").get(f"/cases/{made.number}").get_data(as_text=True)


def test_a_late_case_names_first_responder_and_unit_and_everybody_who_had_it(
    sign_in: SignIn, cases: CaseScene, people: People
) -> None:
    """R-FR, R-OV."""
    made = cases.case(people.agent, hours_ago=7)
    cases.step(made, CaseStep.HAND_OVER, people.boss, "休假", to_agent_id=people.other)
    cases.warn()
    page = sign_in("2001").get(f"/cases/{made.number}").get_data(as_text=True)
    assert "王敏、李强、城南管理站" in page
    assert "100% 已提醒" in page and "休假" in page


@pytest.mark.parametrize(("percent", "warned"), [(50, 1), (80, 2), (100, 3)])
def test_a_clock_at_each_warning_shows_it_on_list_and_page(
    sign_in: SignIn, cases: CaseScene, people: People, percent: int, warned: int
) -> None:
    """R-OV."""
    made = cases.case(people.agent)
    cases.move_clock(made, ObligationKind.HANDLE, percent)
    assert cases.warn()
    somebody = sign_in("1001")
    level = {50: "level-1", 80: "level-2", 100: "late"}[percent]
    assert f'class="clock-bar {level}"' in somebody.get("/cases").get_data(as_text=True)
    page = somebody.get(f"/cases/{made.number}").get_data(as_text=True)
    assert page.count("% 已提醒</span>") == warned
    assert f"已到 {percent}% 提醒" in page


def test_a_mistyped_number_is_put_right_or_suggestions_lead_on(
    sign_in: SignIn, cases: CaseScene, people: People
) -> None:
    """R-N."""
    made = cases.case(people.agent)
    somebody = sign_in("1001")
    loosely = made.number.replace("-", "/")
    assert somebody.get(f"/cases/{loosely}").status_code == 404  # a slash is a path
    right = somebody.get(f"/cases/{made.number.lower().replace('-', '.')}")
    assert (right.status_code, right.location) == (303, f"/cases/{made.number}")
    near = somebody.get(f"/cases/{made.number[:-1]}7")
    assert near.status_code == 404
    assert made.number in near.get_data(as_text=True)
    for nonsense in ("x", "%00", "2026-13-0001", "字" * 300, "<script>", "..%2f..%2fetc"):
        answer = somebody.get(f"/cases/{nonsense}")
        assert answer.status_code == 404
        assert "<script>alert" not in answer.get_data(as_text=True)
    found = somebody.get(f"/cases?q={made.number}")
    assert (found.status_code, listed(found.get_data(as_text=True))) == (200, [made.number])


def test_a_case_prints_as_the_companys_form(sign_in: SignIn, cases: CaseScene, people: People) -> None:
    made = cases.case(people.agent, CallKind.COMPLAINT, complaint_class=ComplaintClass.QUALITY)
    paper = sign_in("1001").get(f"/cases/{made.number}/print").get_data(as_text=True)
    for part in ("泉城燃气", made.number, "首问负责人（签字、日期）", "R-CT", "李先生"):
        assert part in paper, part
    assert "<nav" not in paper


def test_only_some_roles_open_cases(
    scene: Scene, visitor: Callable[..., Visitor], cases: CaseScene, people: People
) -> None:
    """R-18."""
    made = cases.case(people.agent)
    scene.person("7001", "孙审计", Role.AUDITOR)
    scene.person("6001", "周师傅", Role.UNIT)
    for work_number in ("7001", "6001"):
        somebody = visitor()
        somebody.sign_in(work_number)
        for path in ("/cases", f"/cases/{made.number}", f"/cases/{made.number}/print", "/search?q=x"):
            assert somebody.get(path).status_code == 403, path


def test_the_next_thing_is_one_form_and_the_clears_are_shown(
    sign_in: SignIn, cases: CaseScene, people: People, settings: Settings
) -> None:
    """R-5C, R-3.2."""
    made = cases.case(people.agent)
    agent = sign_in("1001")
    assert "由责任单位处理" in agent.get(f"/cases/{made.number}").get_data(as_text=True)
    cases.finish(made)
    page = agent.get(f"/cases/{made.number}").get_data(as_text=True)
    head = page[page.index('id="next-title"') : page.index('id="others-title"')]
    assert head.count("<form") == 1 and 'value="answer"' in head
    clears = re.findall(r'<li class="(there|missing)">', head)
    assert clears == ["there", "there", "there", "missing", "there", "missing"]
