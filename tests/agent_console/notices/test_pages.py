"""Notices at the desk: counted at the bell by the live feed, listed, read by whom they are for."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from agent_console.context import console_of
from agent_console.live_feed.stream import Reader
from ivr.config import Settings
from ivr.config.sections import Role
from ivr.standard.notice_kind import NoticeReason, NoticeWay
from storage.models import SignIn
from storage.queries import notices
from storage.queries.notices import NewNotice
from tests.agent_console.cases.case_scene import CaseScene
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago


def tell(scene: Scene, agent_id: int, text: str, case_id: int | None = None, *, urgent: bool = False) -> int:
    """Write a notice; its id."""
    with scene.database.write() as connection:
        new = NewNotice(
            NoticeWay.DESK, text, NoticeReason.FINISHED, agent_id=agent_id, case_id=case_id, urgent=urgent
        )
        notices.add(connection, [new], ago(0))
        return notices.unread_of(connection, agent_id, 1)[0].id


@pytest.fixture
def me(scene: Scene) -> int:
    return scene.person("1001")


@pytest.fixture
def agent(me: int, visitor: Callable[..., Visitor]) -> Visitor:
    somebody = visitor()
    somebody.sign_in("1001")
    return somebody


def test_a_notice_is_listed_read_and_leads_to_its_case(
    agent: Visitor, me: int, scene: Scene, settings: Settings
) -> None:
    made = CaseScene(scene, settings).case(me)
    notice = tell(scene, me, "已处理，<b>请答复</b>", made.id)
    assert "已处理，&lt;b&gt;请答复" in agent.get("/notices").get_data(as_text=True)
    assert agent.post(f"/notices/{notice}/read").location == f"/cases/{made.number}"
    assert "没有新通知" in agent.get("/notices").get_data(as_text=True)
    assert agent.post(f"/notices/{notice}/read").status_code == 303
    assert agent.fetch(f"/notices/{notice}/read").json == {"unread": 0}


def test_nobody_reads_the_notice_of_somebody_else(
    agent: Visitor, me: int, scene: Scene, visitor: Callable[..., Visitor]
) -> None:
    other = scene.person("1002", "李强")
    notice = tell(scene, other, "给李强的")
    assert "给李强的" not in agent.get("/notices").get_data(as_text=True)
    assert agent.post(f"/notices/{notice}/read").status_code == 404
    assert agent.post(f"/notices/{2**70}/read").status_code == 404
    with scene.database.read() as connection:
        assert notices.count_unread(connection, other) == 1


def test_all_are_marked_as_read_at_once(agent: Visitor, me: int, scene: Scene) -> None:
    for text in ("一", "二", "三"):
        tell(scene, me, text)
    assert agent.post("/notices/read").location == "/notices"
    with scene.database.read() as connection:
        assert notices.count_unread(connection, me) == 0


def test_a_notice_without_a_case_leads_back_to_the_list_and_a_unit_to_its_own_page(
    scene: Scene, visitor: Callable[..., Visitor], settings: Settings, me: int, agent: Visitor
) -> None:
    assert agent.post(f"/notices/{tell(scene, me, '开会')}/read").location == "/notices"
    fitter = scene.person("6001", "周师傅", Role.UNIT)
    made = CaseScene(scene, settings).case(me)
    somebody = visitor()
    somebody.sign_in("6001")
    notice = tell(scene, fitter, "派单", made.id)
    assert somebody.post(f"/notices/{notice}/read").location == f"/unit/{made.number}"


def test_the_bell_is_told_by_the_live_feed_to_each_their_own(
    app: Flask, agent: Visitor, visitor: Callable[..., Visitor], scene: Scene, me: int
) -> None:
    other = scene.person("1002", "李强")
    visitor().sign_in("1002")
    with scene.database.read() as connection:
        found = connection.execute(select(SignIn.agent_id, SignIn.id))
        sessions = {row.agent_id: row.id for row in found}
    feed = console_of(app).feed
    mine = Reader(sessions[me], me, "zh", me=True, floor=False)
    theirs = Reader(sessions[other], other, "zh", me=True, floor=False)
    notice = tell(scene, me, "超时", urgent=True)
    with feed.open(mine) as stream, feed.open(theirs) as others:
        assert stream.take(0)["notices"] == {"count": 1, "newest": notice, "urgent": True, "line": None}
        assert others.take(0)["notices"] == {"count": 0, "newest": 0, "urgent": False, "line": None}
        second = tell(scene, other, "已处理")
        feed.refresh()
        assert others.take(0)["notices"] == {"count": 1, "newest": second, "urgent": False, "line": None}
        assert "notices" not in stream.take(0)
