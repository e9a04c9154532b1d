"""Steps done from a case's page: checked, told in words, nothing typed is lost, two at once are told."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from agent_console.cases.refusals import SENTENCES
from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.command_kind import CommandKind
from storage.models import CaseEntry, CaseLife, CasePhoto
from tests.agent_console.cases.case_scene import CaseScene, Made
from tests.agent_console.cases.conftest import People
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago

SignIn = Callable[[str], Visitor]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def seen(visitor: Visitor, made: Made) -> str:
    """How many entries the page shows."""
    page = visitor.get(f"/cases/{made.number}").get_data(as_text=True)
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found is not None
    return found.group(1)


def send(visitor: Visitor, made: Made, step: CaseStep, said: str = "", **fields: str) -> TestResponse:
    """Send a step's form as the page of this moment would."""
    fields = {"seen": seen(visitor, made), **fields}
    return visitor.post(f"/cases/{made.number}/steps", step=step.value, said=said, **fields)


def entries(scene: Scene, made: Made) -> int:
    with scene.database.read() as connection:
        found = connection.execute(select(CaseLife.entries).where(CaseLife.case_id == made.id))
        return int(found.scalar_one())


def test_a_repair_goes_from_done_to_told_to_revisited_to_closed(
    sign_in: SignIn, cases: CaseScene, people: People
) -> None:
    """R-15.4, R-5C: the whole way on the page, closing refused while a clear is missing."""
    made = cases.case(people.agent)
    agent, boss = sign_in("1001"), sign_in("2001")
    for step, said in (
        (CaseStep.ACCEPT, "派周师傅"),
        (CaseStep.FINISH, "换了电磁阀"),
        (CaseStep.ANSWER, "已告知"),
        (CaseStep.REVISIT, "满意"),
    ):
        who = boss if step in (CaseStep.ACCEPT, CaseStep.FINISH) else agent
        assert send(who, made, step, said).location == f"/cases/{made.number}", step
    refused = send(agent, made, CaseStep.CLOSE, "  ")
    assert refused.status_code == 422
    assert "一报" in refused.get_data(as_text=True)
    assert send(agent, made, CaseStep.CLOSE, "已修好").status_code == 303
    assert cases.state(made) is CaseState.CLOSED


def test_of_two_who_close_at_once_the_second_is_told_who_was_faster(
    sign_in: SignIn, cases: CaseScene, people: People, scene: Scene
) -> None:
    made = cases.case(people.agent, CallKind.CONSULTATION, answered=True)
    agent, boss = sign_in("1001"), sign_in("2001")
    both = seen(agent, made)
    assert send(boss, made, CaseStep.CLOSE, "已答复", seen=both).status_code == 303
    late = send(agent, made, CaseStep.CLOSE, "我也要办结：用户很满意", seen=both)
    page = late.get_data(as_text=True)
    assert late.status_code == 409
    assert f"2001 已将工单 {made.number} 办结" in page
    assert entries(scene, made) == 3


def test_a_step_on_what_has_changed_meanwhile_is_refused_and_what_was_typed_stays(
    sign_in: SignIn, cases: CaseScene, people: People, scene: Scene
) -> None:
    made = cases.case(people.agent)
    agent, boss = sign_in("1001"), sign_in("2001")
    old = seen(agent, made)
    send(boss, made, CaseStep.NOTE, "用户又来电催促")
    before = entries(scene, made)
    late = send(agent, made, CaseStep.NOTE, "我写了很久的备注 <b>", seen=old)
    page = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "2001 更新了工单" in page and "我写了很久的备注 &lt;b&gt;</textarea>" in page
    assert entries(scene, made) == before
    assert send(agent, made, CaseStep.NOTE, "我写了很久的备注 <b>").status_code == 303


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("", 422),
        (" \n ", 422),
        ("零\0字节", 422),
        ("字" * 10_000, 422),
        ("<script>x</script>", 303),
        ("好" * 4000, 303),
    ],
)
def test_what_is_typed_is_kept_or_refused_clearly(
    sign_in: SignIn, cases: CaseScene, people: People, scene: Scene, said: str, status: int
) -> None:
    made = cases.case(people.agent)
    agent = sign_in("1001")
    answer = send(agent, made, CaseStep.NOTE, said)
    assert answer.status_code == status
    with scene.database.read() as connection:
        told = (
            connection.execute(select(CaseEntry.said).where(CaseEntry.step == CaseStep.NOTE)).scalars().all()
        )
    assert told == ([said] if status == 303 else [])
    if status != 303 and said.strip():
        assert said[-20:].replace("\0", "\ufffd") in answer.get_data(as_text=True)


def test_every_field_is_checked_and_nothing_is_done_by_mistake(
    sign_in: SignIn, cases: CaseScene, people: People, scene: Scene
) -> None:
    made = cases.case(people.agent, CallKind.COMPLAINT)
    agent, boss = sign_in("1001"), sign_in("2001")
    for who, step, fields in (
        (agent, CaseStep.PASS_ON, {"unit_id": ""}),
        (agent, CaseStep.PASS_ON, {"unit_id": "999999999999999999999999"}),
        (agent, CaseStep.PASS_ON, {"unit_id": str(cases.unit)}),
        (agent, CaseStep.AGREE_TIME, {"due_at": "morgen"}),
        (agent, CaseStep.AGREE_TIME, {"due_at": "2001-01-01T10:00"}),
        (agent, CaseStep.HAND_OVER, {"to_agent_id": str(people.other)}),
        (boss, CaseStep.HAND_OVER, {"to_agent_id": str(people.agent)}),
        (boss, CaseStep.HAND_OVER, {"to_agent_id": "\0"}),
        (boss, CaseStep.OPINE, {"responsibility": "everybody"}),
        (agent, CaseStep.ACCEPT, {}),
        (agent, CaseStep.CLOSE, {}),
    ):
        answer = send(who, made, step, "原因", **fields)
        assert answer.status_code in (409, 422), (step, fields)
        assert 'id="refused"' in answer.get_data(as_text=True)
    assert agent.post(f"/cases/{made.number}/steps", step="explode").status_code == 400
    assert agent.post("/cases/2026-11-9999/steps", step="note", said="x").status_code == 404
    assert entries(scene, made) == 2


def test_another_time_is_agreed_in_the_hotlines_zone(
    sign_in: SignIn, cases: CaseScene, people: People, scene: Scene
) -> None:
    """R-CT."""
    made = cases.case(people.agent, CallKind.COMPLAINT)
    day = (ago(0) + timedelta(days=20)).astimezone(cases.settings.zone).date()
    agent = sign_in("1001")
    assert send(agent, made, CaseStep.AGREE_TIME, "用户出差", due_at=f"{day}T10:30").status_code == 303
    assert f"{day} 10:30:00" in agent.get(f"/cases/{made.number}").get_data(as_text=True)


def test_a_complaint_that_is_not_accepted_becomes_a_linked_new_form(
    sign_in: SignIn, cases: CaseScene, people: People
) -> None:
    """R-CA, R-14.4."""
    made = cases.case(people.agent, CallKind.COMPLAINT)
    cases.conclude(made, people.boss, people.agent)
    agent = sign_in("1001")
    stale = send(agent, made, CaseStep.OBJECT, "不认可", seen="1")
    assert (stale.status_code, len(cases.numbers())) == (409, 1)
    answer = send(agent, made, CaseStep.OBJECT, "道歉没有诚意", urgency="urgent")
    new = cases.numbers()[-1]
    assert answer.location == f"/cases/{new}"
    page = agent.get(f"/cases/{new}").get_data(as_text=True)
    assert "道歉没有诚意" in page and f'href="/cases/{made.number}"' in page and "R-CA" in page
    assert f'href="/cases/{new}"' in agent.get(f"/cases/{made.number}").get_data(as_text=True)


def test_the_customer_is_called_from_the_case(
    sign_in: SignIn, cases: CaseScene, people: People, scene: Scene
) -> None:
    made = cases.case(people.agent)
    assert sign_in("1002").post(f"/cases/{made.number}/call").status_code == 303
    asked = scene.commands(people.other)[-1]
    assert asked.kind is CommandKind.CALL_OUT
    assert asked.arguments == {"number": "13912341111", "customer_id": None, "case_id": made.id}


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [(PNG, "现场.png", 303), (b"MZ\x90\0" + b"\0" * 90, "现场.jpg", 415), (b"", "leer.jpg", 415)],
)
def test_a_photo_is_judged_by_what_is_in_it(
    sign_in: SignIn, cases: CaseScene, people: People, scene: Scene, content: bytes, name: str, status: int
) -> None:
    made = cases.case(people.agent)
    agent = sign_in("1001")
    data = {"csrf_token": agent.token(), "photo": (io.BytesIO(content), name)}
    assert agent.client.post(f"/cases/{made.number}/photos", data=data).status_code == status
    with scene.database.read() as connection:
        photos = connection.execute(select(CasePhoto.id)).scalars().all()
    assert len(photos) == (1 if status == 303 else 0)
    if photos:
        shown = agent.get(f"/cases/{made.number}/photos/{photos[0]}")
        assert (shown.mimetype, shown.get_data()) == ("image/png", PNG)
        other = cases.case(people.agent)
        assert agent.get(f"/cases/{other.number}/photos/{photos[0]}").status_code == 404


def test_every_refusal_has_a_sentence() -> None:
    assert set(SENTENCES) == set(CaseRefusal)
