"""What agents read is there, word for word where the standard demands it; mistakes are named by line."""

import shutil
from pathlib import Path

import pytest

from ivr.config.desk_texts import DeskTexts, load_desk_texts
from ivr.config.sections import CallKind
from ivr.errors import DeskTextError
from ivr.standard.call_script import (
    EITHER_FORM,
    PLACE,
    PLACES,
    CallFacts,
    CallOutPurpose,
    LineUse,
    Moment,
    lines_for,
    steps_for,
)
from ivr.standard.customer_type import CustomerType
from tests.conftest import PROJECT

MANDATED = {
    "R-12.4": "您好，{company}{work_no}号客服员为您服务",
    "R-12.6": "您是{小区}{楼}号楼{单元}单元{门牌}号{全称}先生/女士吗？",
    "R-12.12": "您还有其他问题吗？",
    "R-16.1": "您好，我是{company}{work_no}号客服员，想对您做一下回访，能占用您一点时间吗？",
    "R-16.3": "抱歉，打扰了，再见！",
}
"""The sentences the standard demands, by its rules."""

FORBIDDEN = (
    "不知道、不管；找领导去；不能办就是不能办，没有为什么，这是规矩；不是告诉你了吗，怎么还问；急也没用，我太忙了；"
    "有意见，告去；你尽管投诉好了；我没工夫；我就这态度；你问我，我问谁；快下班了，明天再来；我解决不了；"
    "我不是为你一个人服务的；嫌贵，就别用；现在才说，干吗不早说；你怎么这么多毛病；我们一向都是这样；自己看着办；没看到我在忙吗"
)
"""R-8, as in the standard."""


@pytest.fixture(scope="module")
def texts() -> DeskTexts:
    return load_desk_texts(PROJECT / "prompts")


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    """A copy of the desk's texts, to be spoiled."""
    shutil.copytree(PROJECT / "prompts" / "desk", tmp_path / "desk")
    return tmp_path


# -- what the standard demands --------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "sentence"), MANDATED.items())
def test_a_mandated_sentence_is_in_the_script_word_for_word(
    texts: DeskTexts, rule: str, sentence: str
) -> None:
    lines = [line for line in texts.script if line.rule == rule and line.mandated]
    assert [line.wordings["zh"][0] for line in lines] == [sentence]


def test_no_other_sentence_claims_to_be_mandated(texts: DeskTexts) -> None:
    assert {line.rule for line in texts.script if line.mandated} == set(MANDATED)


def test_the_forbidden_phrases_are_fifteen_groups_word_for_word(texts: DeskTexts) -> None:
    """R-8."""
    assert len(texts.forbidden) == 15
    phrases = [phrase for group in texts.forbidden for phrase in group.phrases]
    assert sorted(phrases) == sorted(FORBIDDEN.split("；"))


def test_nothing_an_agent_is_told_to_say_is_forbidden(texts: DeskTexts) -> None:
    """R-8 against R-4 to R-6."""
    told = [wording for line in texts.script if line.use is LineUse.SAY for wording in line.wordings["zh"]]
    told += [phrase.wording["zh"] for situation in texts.situations for phrase in situation.phrases]
    told += [instead["zh"] for group in texts.forbidden for instead in group.instead]
    for group in texts.forbidden:
        for phrase in group.phrases:
            assert [text for text in told if phrase in text] == []


def test_there_are_courteous_phrases_for_every_situation_of_the_standard(texts: DeskTexts) -> None:
    """R-4: these nine; R-5: in place of "no"; R-6: forms of address."""
    assert [situation.id for situation in texts.situations if situation.rule == "R-4"] == [
        "inquiry",
        "thanks",
        "listening",
        "waiting",
        "apology",
        "not_heard",
        "interrupting",
        "connecting",
        "goodbye",
    ]
    assert {situation.rule for situation in texts.situations} == {"R-4", "R-5", "R-6"}


def test_the_tactful_forms_of_the_standard_stand_in_place_of_no(texts: DeskTexts) -> None:
    """R-5."""
    (tactful,) = [situation for situation in texts.situations if situation.rule == "R-5"]
    said = "".join(phrase.wording["zh"] for phrase in tactful.phrases)
    assert all(form in said for form in ("我会", "我理解", "您能", "我能做到的是"))
    assert all(phrase.avoid is not None for phrase in tactful.phrases)


def test_every_type_of_customer_has_three_to_five_tips(texts: DeskTexts) -> None:
    """R-A."""
    assert {kind: 3 <= len(tips) <= 5 for kind, tips in texts.tips.items()} == dict.fromkeys(
        CustomerType, True
    )


@pytest.mark.parametrize("kind", list(CallKind))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_step_of_every_kind_of_call_has_something_to_say(
    texts: DeskTexts, kind: CallKind, language: str
) -> None:
    facts = CallFacts("泉城燃气", "95777", "1003", language=language, kind=kind.value)
    for step in steps_for(facts):
        said = [due for due in lines_for(texts.script, step, facts) if due.line.use is LineUse.SAY]
        assert said, (kind, step)


@pytest.mark.parametrize("purpose", list(CallOutPurpose))
def test_every_call_we_make_has_its_own_opening(texts: DeskTexts, purpose: CallOutPurpose) -> None:
    facts = CallFacts("泉城燃气", "95777", "1003", purpose=purpose)
    due = lines_for(texts.script, steps_for(facts)[0], facts)
    assert [one.text.startswith("您好，我是泉城燃气1003号客服员") for one in due if one.line.tick] == [True]


def test_every_moment_has_lines_and_no_moment_is_forgotten(texts: DeskTexts) -> None:
    assert {line.moment for line in texts.script} == set(Moment)


def test_both_languages_take_the_same_condition_and_the_english_is_english(texts: DeskTexts) -> None:
    for line in texts.script:
        for wording in line.wordings["en"]:
            assert not any("一" <= sign <= "鿿" for sign in PLACE.sub("", wording)), line.id


def test_every_place_in_the_script_is_one_the_code_fills(texts: DeskTexts) -> None:
    used = {
        place
        for line in texts.script
        for each in line.wordings.values()
        for w in each
        for place in PLACE.findall(w)
    }
    everything = dict.fromkeys(
        (
            "surname",
            "name",
            "compound",
            "building",
            "entrance",
            "door",
            "address",
            "number",
            "case_number",
            "unit",
        ),
        "x",
    )
    filled = CallFacts("c", "h", "w", **everything).values()  # type: ignore[arg-type]
    assert used <= filled.keys()
    assert filled.keys() == PLACES


def test_the_form_of_address_is_written_so_that_it_can_be_put_in(texts: DeskTexts) -> None:
    (confirm,) = [line for line in texts.script if line.id == "confirm_customer"]
    assert all(EITHER_FORM["zh"] in wording for wording in confirm.wordings["zh"])
    assert all(EITHER_FORM["en"] in wording for wording in confirm.wordings["en"])


def test_what_is_ticked_is_said_and_not_only_done(texts: DeskTexts) -> None:
    assert [line.id for line in texts.script if line.tick and line.use is LineUse.DO] == []


# -- mistakes ------------------------------------------------------------------------------------------------


def spoil(prompts: Path, name: str, old: str, new: str) -> list[str]:
    """Change one file, and give the mistakes that are said then."""
    file = prompts / "desk" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DeskTextError) as raised:
        load_desk_texts(prompts)
    assert all(str(file) in problem for problem in raised.value.problems)
    return raised.value.problems


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("script.yaml", "{company}{work_no}号", "{compny}{work_no}号", 'there is no place "{compny}"'),
        ("script.yaml", "{company}{work_no}号", "{company}{work_no号", "has a brace too many"),
        ("script.yaml", "moment: greeting", "moment: greting", "lines.greeting.moment"),
        ("script.yaml", "rule: R-12.4", "rule: 12.4", "lines.greeting.rule"),
        ("script.yaml", "mandated: true", "mandatd: true", 'did you mean "mandated"?'),
        ("script.yaml", "format: 1", "format: 2", "format"),
        ("phrases.yaml", "rule: R-4", "rule: four", "such as R-12.4"),
        ("forbidden.yaml", "phrases: [找领导去]", "phrases: []", "groups.ask_the_boss.phrases"),
        ("tips.yaml", "  engineer:", "  enginer:", "types.enginer"),
        ("tips.yaml", "types:", "types: {}\nother:", "no tips for official"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_what_would_be_right(
    prompts: Path, name: str, old: str, new: str, said: str
) -> None:
    problems = spoil(prompts, name, old, new)
    assert any(said in problem and ": line " in problem for problem in problems), problems


def test_an_id_that_is_used_twice_is_named_with_both_lines(prompts: Path) -> None:
    (problem,) = spoil(prompts, "script.yaml", "  greeting_returned:", "  greeting:")
    assert "lines.greeting: used twice, first in line" in problem


def test_a_file_that_is_no_yaml_is_named_with_its_line(prompts: Path) -> None:
    (problem,) = spoil(prompts, "phrases.yaml", "format: 1", "format: [1")
    assert "not YAML" in problem


@pytest.mark.parametrize("name", ["script.yaml", "phrases.yaml", "forbidden.yaml", "tips.yaml"])
def test_a_missing_file_is_named(prompts: Path, name: str) -> None:
    (prompts / "desk" / name).unlink()
    with pytest.raises(DeskTextError, match=f"{name}: cannot be read"):
        load_desk_texts(prompts)


def test_a_file_that_is_not_utf8_is_named(prompts: Path) -> None:
    file = prompts / "desk" / "tips.yaml"
    file.write_bytes(file.read_text(encoding="utf-8").encode("gbk"))
    with pytest.raises(DeskTextError, match=r"tips\.yaml: is not UTF-8 text"):
        load_desk_texts(prompts)


def test_the_mistakes_of_all_files_are_said_at_once(prompts: Path) -> None:
    for name in ("tips.yaml", "forbidden.yaml"):
        (prompts / "desk" / name).write_text("format: 3\n", encoding="utf-8")
    with pytest.raises(DeskTextError) as raised:
        load_desk_texts(prompts)
    assert {name for name in ("tips", "forbidden") if name in str(raised.value)} == {"tips", "forbidden"}
