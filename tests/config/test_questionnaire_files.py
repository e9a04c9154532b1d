"""A questionnaire that leads nowhere, in circles or to no end is named with file, line and reason."""

import shutil
from pathlib import Path

import pytest

from ivr.config import Settings
from ivr.config.questionnaire_files import load_questionnaires, of_kinds
from ivr.config.sections import CallKind
from ivr.errors import QuestionnaireError
from ivr.speech.prompt_ids import Prompt
from ivr.standard.questionnaire import END, Measures, longest_way
from tests.conftest import PROJECT

PROMPTS = frozenset(str(prompt) for prompt in Prompt)

GOOD = """\
format: 1
name: {zh: 试, en: Try}
questions:
  solved:
    prompt: revisit_repair_solved
    measures: solved
    next: remark
    keys:
      "1": {word: solved, zh: 是, en: "Yes", value: 1}
      "2": {word: not_solved, zh: 否, en: "No", value: 0, next: end}
  remark:
    prompt: revisit_remark
    remark: true
    next: end
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A prompts folder with one questionnaire, to be spoiled."""
    (tmp_path / "questionnaires").mkdir()
    (tmp_path / "questionnaires" / "made_up.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def said(folder: Path, wrong: str, instead: str) -> list[str]:
    """What is said of the questionnaire with ``wrong`` replaced."""
    file = folder / "questionnaires" / "made_up.yaml"
    assert wrong in GOOD
    file.write_text(GOOD.replace(wrong, instead), encoding="utf-8")
    with pytest.raises(QuestionnaireError) as caught:
        load_questionnaires(folder, most=5, known_prompts=PROMPTS)
    return [problem.removeprefix(f"{file}: ") for problem in caught.value.problems]


def test_each_kind_of_case_has_a_survey_that_ends_in_time_and_measures_what_matters(
    settings: Settings,
) -> None:
    """R-3.6, R-13.5, R-14.4, R-15.4, R-16.5."""
    found = of_kinds(settings, PROJECT / "prompts", PROMPTS)
    for kind in (CallKind.REPAIR, CallKind.CONSULTATION, CallKind.COMPLAINT):
        worded = found[settings.revisits.kinds[kind].questionnaire]
        questions = worded.questionnaire.questions
        assert longest_way(worded.questionnaire) <= 5
        assert {Measures.SOLVED, Measures.SATISFACTION} <= {question.measures for question in questions}
        assert any(question.remark for question in questions)
        (score,) = [one for one in questions if one.measures is Measures.SATISFACTION]
        assert {key: choice.value for key, choice in score.choices.items()} == {
            str(value): value for value in range(1, 6)
        }
        for question in questions:
            for choice in question.choices.values():
                assert set(worded.words[question.id, choice.word]) == {"zh", "en"}


def test_what_a_key_has_no_next_of_goes_where_the_question_goes(folder: Path) -> None:
    questionnaire = load_questionnaires(folder, most=5)["made_up"].questionnaire
    choices = questionnaire.first.choices
    assert (choices["1"].next, choices["2"].next) == ("remark", END)


@pytest.mark.parametrize(
    ("wrong", "instead", "told"),
    [
        (
            "value: 0, next: end",
            "value: 0, next: there",
            'line 10: questions.solved.keys.2.next: there is no question "there"',
        ),
        (
            "remark: true\n    next: end",
            "remark: true\n    next: solved",
            "line 4: questions.solved: the answers lead in a circle: solved → remark → solved",
        ),
        (
            "    next: remark\n",
            "    next: end\n",
            "line 11: questions.remark: no answer leads to this question",
        ),
        ("    remark: true\n", "", "line 11: questions.remark: has neither keys nor remark"),
        ("    next: end\n", "", "line 11: questions.remark.next: is missing"),
        (
            '"1": {word',
            '"0": {word',
            'line 9: questions.solved.keys.0: "0" does not fit: write a key from "1" to "9"',
        ),
        ("value: 0,", "", "line 10: questions.solved.keys.2: needs a value: the question measures solved"),
        ("value: 0,", "value: 3,", "line 10: questions.solved.keys.2.value: must be 1 (solved) or 0 (not)"),
        ("word: not_solved", "word: solved", 'line 9: questions.solved.keys.1.word: two keys mean "solved"'),
        (
            "prompt: revisit_remark",
            "prompt: revisit_remrk",
            'line 12: questions.remark.prompt: there is no prompt "revisit_remrk"',
        ),
        ("measures: solved", "measure: solved", 'did you mean "measures"?'),
        ("  remark:\n", "  solved:\n", "questions.solved: used twice, first in line 4"),
        ("  solved:\n", "  end:\n", "questions.end: this name means something else"),
        ("format: 1", "format: [", "not YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line(folder: Path, wrong: str, instead: str, told: str) -> None:
    assert any(told in problem for problem in said(folder, wrong, instead)), said(folder, wrong, instead)


def test_too_many_questions_are_refused(folder: Path) -> None:
    with pytest.raises(QuestionnaireError, match=r"somebody would be asked 2 > 1 questions"):
        load_questionnaires(folder, most=1)


def test_every_file_is_read_and_every_mistake_named(folder: Path) -> None:
    other = folder / "questionnaires" / "other.yaml"
    other.write_bytes(b"\xff\xfe")
    assert any("other.yaml: is not UTF-8" in one for one in _problems(folder))
    shutil.copy(folder / "questionnaires" / "made_up.yaml", other)
    assert set(load_questionnaires(folder, most=5)) == {"made_up", "other"}


def _problems(folder: Path) -> list[str]:
    with pytest.raises(QuestionnaireError) as caught:
        load_questionnaires(folder, most=5)
    return caught.value.problems


def test_a_questionnaire_that_the_settings_name_must_be_there(settings: Settings, folder: Path) -> None:
    with pytest.raises(
        QuestionnaireError, match=r"revisits\.kinds\.repair\.questionnaire: there is no .*repair\.yaml"
    ):
        of_kinds(settings, folder)
