"""The script's route: facts in, lines and steps out; whatever is sent, nothing is looked up or breaks."""

from collections.abc import Callable

import pytest
from flask import Flask

from agent_console.script.lines import tickable, tips_for
from ivr.standard.call_script import Moment
from ivr.standard.customer_type import CustomerType
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene

Visitors = Callable[..., Visitor]


@pytest.fixture
def agent(visitor: Visitors, scene: Scene) -> Visitor:
    scene.person("1003", name="王敏")
    somebody = visitor()
    somebody.sign_in("1003")
    return somebody


def script(agent: Visitor, **fields: str) -> dict[str, object]:
    answer = agent.fetch("/script", **fields)
    assert answer.status_code == 200
    told = answer.get_json()
    assert isinstance(told, dict)
    return told


def texts(agent: Visitor, **fields: str) -> list[str]:
    return [line["text"] for line in script(agent, **fields)["lines"]]  # type: ignore[attr-defined]


def test_a_call_begins_with_the_greeting_and_the_work_number(agent: Visitor) -> None:
    """R-12.4."""
    told = script(agent, kind="repair")
    assert told["moment"] == "greeting"
    first = told["lines"][0]  # type: ignore[index]
    assert first["text"] == "您好，泉城燃气1003号客服员为您服务"
    assert (first["id"], first["mandated"], first["tick"], first["rule"]) == (
        "greeting",
        True,
        True,
        "R-12.4",
    )


def test_the_steps_are_named_in_the_order_of_the_call(agent: Visitor) -> None:
    steps = script(agent, kind="repair")["steps"]
    assert [step["name"] for step in steps] == ["问候", "称呼", "核对", "办理", "结束"]  # type: ignore[attr-defined]
    alarm = script(agent, kind="alarm")["steps"]
    assert alarm[1]["moment"] == "handling"  # type: ignore[index]


def test_the_customer_of_the_archive_is_confirmed_word_for_word(agent: Visitor) -> None:
    """R-12.6."""
    fields = {"compound": "泉中小区", "building": "3", "entrance": "2", "door": "501"}
    said = texts(
        agent, moment="confirming", name="李建国", form_of_address="先生", number="13912341111", **fields
    )
    assert said[0] == "您是泉中小区3号楼2单元501号李建国先生吗？"
    assert "请问您的详细地址是哪个小区、几号楼、几单元、几号？" not in said


def test_an_unknown_caller_is_asked_for_surname_and_address(agent: Visitor) -> None:
    """R-12.5, R-12.6."""
    assert "请问您贵姓？" in texts(agent, moment="addressing")
    assert "请问您贵姓？" not in texts(agent, moment="addressing", surname="李")
    assert any("哪个小区" in text for text in texts(agent, moment="confirming"))


def test_what_is_typed_as_surname_is_used_from_then_on(agent: Visitor) -> None:
    """R-12.5."""
    said = texts(agent, moment="closing", surname="李", form_of_address="女士")
    assert said[:2] == ["您还有其他问题吗？", "感谢您的来电，李女士，再见！"]


def test_nobody_we_called_is_thanked_for_calling(agent: Visitor) -> None:
    said = texts(agent, moment="closing", purpose="case", surname="李", form_of_address="先生")
    assert said[1] == "感谢您的配合，李先生。您有需要随时拨打95777，再见！"
    assert not any("来电" in text for text in said)


def test_an_english_caller_gets_english_lines(agent: Visitor) -> None:
    first = script(agent, language="en")["lines"][0]  # type: ignore[index]
    assert first["text"] == "Hello, this is agent 1003 of Spring City Gas. How may I help you?"


def test_a_revisit_opens_with_its_own_sentence(agent: Visitor) -> None:
    """R-16.1."""
    told = script(agent, purpose="revisit")
    assert told["moment"] == "revisit_opening"
    assert told["lines"][0]["text"] == (  # type: ignore[index]
        "您好，我是泉城燃气1003号客服员，想对您做一下回访，能占用您一点时间吗？"
    )


def test_a_customers_type_brings_its_tips(agent: Visitor) -> None:
    """R-A."""
    assert "金额、周期、气量" in script(agent, customer_type="finance")["tips"][0]  # type: ignore[index]
    assert script(agent, customer_type="nobody")["tips"] == []


def test_courteous_phrases_come_with_the_moment_they_belong_to(agent: Visitor) -> None:
    """R-4 to R-6."""
    held = script(agent, moment="hold")["situations"]
    assert [one["name"] for one in held] == ["等待"]  # type: ignore[attr-defined]
    assert "请您稍候，不要挂机。" in [one["text"] for one in held[0]["phrases"]]  # type: ignore[index]
    handled = script(agent, moment="handling", kind="repair", language="en")["situations"]
    tactful = next(one for one in handled if one["id"] == "tactful")  # type: ignore[attr-defined]
    assert tactful["phrases"][0] == {
        "text": "I will find out for you right now.",
        "avoid": "I do not know",
    }
    assert tactful["language"] == "en"


@pytest.mark.parametrize("moment", list(Moment))
def test_every_moment_has_courteous_phrases(agent: Visitor, moment: Moment) -> None:
    assert script(agent, moment=moment)["situations"]


@pytest.mark.parametrize(
    "given",
    [
        {"moment": "nothing", "kind": "nothing", "purpose": "nothing", "language": "fr"},
        {"surname": "\x00\u202e李\n先生"},
        {"surname": "李" * 5000, "address": "😀" * 1000},
        {"name": "{company}{hotline}", "compound": "{{ 7*7 }}"},
    ],
)
def test_whatever_is_sent_lines_come_back(agent: Visitor, given: dict[str, str]) -> None:
    for moment in ("", *Moment):
        for line in script(agent, **{"moment": moment, **given})["lines"]:  # type: ignore[attr-defined]
            assert line["text"].isprintable()
            assert len(line["text"]) < 600


def test_the_desk_can_know_which_lines_are_ticked(app: Flask) -> None:
    with app.test_request_context():
        assert {"greeting", "ask_surname", "confirm_customer", "closing_anything_else"} <= tickable()
        assert "closing_wait" not in tickable()


def test_tips_are_there_for_code_too(app: Flask) -> None:
    with app.test_request_context():
        assert len(tips_for(CustomerType.HOUSEHOLD)) >= 3
        assert tips_for(None) == ()
