"""Which lines of the script are due, and how they are filled in (R-12.4 to R-16.4)."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.call_script import (
    PLACES,
    CallFacts,
    CallOutPurpose,
    LineUse,
    Moment,
    ScriptLine,
    When,
    lines_for,
    purpose_of_task,
    steps_for,
)
from ivr.standard.task_kind import TaskKind

NOTHING = CallFacts(company="泉城燃气", hotline="95777", work_number="1003")
CUSTOMER = dataclasses.replace(
    NOTHING,
    name="李建国",
    compound="泉中小区",
    building="3",
    entrance="2",
    door="501",
    address="泉中小区 3号楼",
)


def line(
    *chinese: str, moment: Moment = Moment.HANDLING, english: str = "Yes.", **more: object
) -> ScriptLine:
    wordings = {"zh": chinese, "en": (english,)}
    return ScriptLine("one", moment, wordings, **more)  # type: ignore[arg-type]


def said(script: ScriptLine, facts: CallFacts = NOTHING) -> list[str]:
    return [due.text for due in lines_for([script], script.moment, facts)]


def test_only_the_lines_of_the_moment_are_due_in_their_order() -> None:
    script = [
        line("一", moment=Moment.GREETING),
        line("二", moment=Moment.CLOSING),
        line("三", moment=Moment.GREETING),
    ]
    assert [due.text for due in lines_for(script, Moment.GREETING, NOTHING)] == ["一", "三"]


def test_a_line_is_filled_with_what_is_known() -> None:
    """R-12.4."""
    assert said(line("您好，{company}{work_no}号客服员为您服务")) == ["您好，泉城燃气1003号客服员为您服务"]


def test_a_line_that_cannot_be_filled_is_not_read_with_a_gap() -> None:
    assert said(line("您的受理编号是{case_number}。")) == []


def test_the_first_wording_that_can_be_filled_is_said() -> None:
    both = line("请{unit}答复您。", "请同事答复您。")
    assert said(both) == ["请同事答复您。"]
    assert said(both, dataclasses.replace(NOTHING, unit="城南管理站")) == ["请城南管理站答复您。"]


def test_the_form_of_address_is_left_open_until_it_is_known() -> None:
    """R-12.5: 姓 and 先生 or 女士."""
    asked = dataclasses.replace(NOTHING, surname="李")
    assert said(line("好的，{caller}。"), asked) == ["好的，李先生/女士。"]
    known = dataclasses.replace(asked, form_of_address="女士")
    assert said(line("好的，{caller}。"), known) == ["好的，李女士。"]


def test_an_english_caller_hears_english_with_mr_or_ms() -> None:
    facts = dataclasses.replace(NOTHING, language="en", surname="Li")
    script = line("好", english="Thank you, {caller}.")
    assert said(script, facts) == ["Thank you, Mr/Ms Li."]
    assert said(script, dataclasses.replace(facts, form_of_address="先生")) == ["Thank you, Mr Li."]


def test_the_customer_of_the_archive_is_confirmed_with_the_parts_of_the_address() -> None:
    """R-12.6."""
    script = line(
        "您是{小区}{楼}号楼{单元}单元{门牌}号{全称}先生/女士吗？", "您是{address}的{全称}先生/女士吗？"
    )
    whole = dataclasses.replace(CUSTOMER, form_of_address="先生")
    assert said(script, whole) == ["您是泉中小区3号楼2单元501号李建国先生吗？"]
    no_entrance = dataclasses.replace(whole, entrance=None)
    assert said(script, no_entrance) == ["您是泉中小区 3号楼的李建国先生吗？"]
    assert said(script, NOTHING) == []


def test_a_line_of_another_kind_of_call_is_not_due() -> None:
    only_repair = line("哪台设备？", kinds=frozenset({"repair"}))
    assert said(only_repair, dataclasses.replace(NOTHING, kind="repair")) == ["哪台设备？"]
    assert said(only_repair, dataclasses.replace(NOTHING, kind="alarm")) == []
    assert said(only_repair, NOTHING) == []


def test_a_line_for_calls_we_make_is_due_for_its_purpose_only() -> None:
    script = line("您要求回电话。", purposes=frozenset({CallOutPurpose.CALL_BACK}))
    assert said(script, dataclasses.replace(NOTHING, purpose=CallOutPurpose.CALL_BACK))
    assert not said(script, dataclasses.replace(NOTHING, purpose=CallOutPurpose.CASE))
    assert not said(script)


@pytest.mark.parametrize(
    ("when", "change"),
    [
        (When.SURNAME_UNKNOWN, {"surname": "李"}),
        (When.CUSTOMER_UNKNOWN, {"name": "李建国"}),
        (When.NUMBER_UNKNOWN, {"number": "13900001111"}),
        (When.FIRST_CONTACT, {"returned": True}),
        (When.FIRST_CONTACT, {"transferred": True}),
        (When.THEY_CALLED, {"purpose": CallOutPurpose.CASE}),
    ],
)
def test_a_condition_ends_with_what_it_waits_for(when: When, change: dict[str, object]) -> None:
    script = line("问", when=when)
    assert said(script) == ["问"]
    assert said(script, dataclasses.replace(NOTHING, **change)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("when", [When.RETURNED, When.TRANSFERRED])
def test_a_caller_who_was_cut_off_or_passed_on_is_greeted_as_such(when: When) -> None:
    script = line("接着说", when=when)
    assert said(script) == []
    assert said(script, dataclasses.replace(NOTHING, **{when.value: True})) == ["接着说"]  # type: ignore[arg-type]


def test_an_alarm_asks_for_safety_and_place_before_the_name() -> None:
    usual = steps_for(NOTHING)
    alarm = steps_for(dataclasses.replace(NOTHING, kind="alarm"))
    assert usual == (
        Moment.GREETING,
        Moment.ADDRESSING,
        Moment.CONFIRMING,
        Moment.HANDLING,
        Moment.CLOSING,
    )
    assert alarm.index(Moment.HANDLING) == 1
    assert sorted(alarm) == sorted(usual)


def test_a_revisit_asks_for_consent_first_and_thanks_last() -> None:
    """R-16.1 to R-16.4."""
    steps = steps_for(dataclasses.replace(NOTHING, purpose=CallOutPurpose.REVISIT))
    assert steps == (Moment.REVISIT_OPENING, Moment.REVISIT_QUESTIONS, Moment.REVISIT_CLOSING)


def test_a_missed_alarm_is_called_back_with_its_own_opening() -> None:
    purpose = purpose_of_task(TaskKind.ALARM_CALL_BACK)
    steps = steps_for(dataclasses.replace(NOTHING, purpose=purpose))
    assert steps[:2] == (Moment.CALL_OUT_OPENING, Moment.HANDLING)
    assert purpose_of_task(TaskKind.MESSAGE) is CallOutPurpose.CALL_BACK
    script = line("不要点火", kinds=frozenset({"alarm"}))
    assert said(script, dataclasses.replace(NOTHING, purpose=purpose)) == ["不要点火"]


TEXT = st.text(max_size=12)


@given(
    wording=st.lists(
        st.one_of(
            TEXT.filter(lambda text: "{" not in text and "}" not in text),
            st.sampled_from([f"{{{place}}}" for place in sorted(PLACES)]),
        ),
        max_size=6,
    ).map("".join),
    values=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("surname", "form_of_address", "name", "compound", "door", "address", "number", "unit"), TEXT
        ),
    ),
    language=st.sampled_from(["zh", "en"]),
)
def test_nothing_that_is_read_aloud_has_a_place_left(
    wording: str, values: dict[str, str], language: str
) -> None:
    script = ScriptLine("one", Moment.HANDLING, {"zh": (wording,), "en": (wording,)}, use=LineUse.SAY)
    facts = dataclasses.replace(NOTHING, language=language, **values)  # type: ignore[arg-type]
    typed = "".join(values.values())
    for due in lines_for([script], Moment.HANDLING, facts):
        left = [f"{{{place}}}" for place in PLACES if f"{{{place}}}" in due.text]
        assert all(place in typed for place in left)
