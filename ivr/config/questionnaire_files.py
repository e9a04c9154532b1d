"""Reads the questionnaires of revisits, prompts/questionnaires/*.yaml, and checks where they lead (R-16.5).

A file is one questionnaire, called as the file. How one is written stands at the head of repair.yaml.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from ivr.config.explanation import explain
from ivr.config.settings import Settings
from ivr.config.value_types import WORDS_OF_PATTERN, Name, Section, ShownText
from ivr.config.yaml_lines import FileMistakes, Path_, dotted, line_of, yaml_of_file
from ivr.errors import QuestionnaireError
from ivr.standard.questionnaire import (
    Choice,
    Measures,
    Question,
    Questionnaire,
    QuestionnaireFault,
    QuestionnaireMistake,
    mistakes,
)

QUESTIONNAIRES_FOLDER = "questionnaires"

_ANSWER_KEY = r"^[1-9]$"
WORDS_OF_PATTERN[_ANSWER_KEY] = 'a key from "1" to "9" in quotes; 0, * and # are the same everywhere'

AnswerKey = Annotated[str, StringConstraints(pattern=_ANSWER_KEY)]


class _Key(Section):
    """What a key means: the word that is kept, how pages show it, what it measures, what follows."""

    word: Name
    zh: ShownText
    en: ShownText
    value: Annotated[int, Field(ge=0, le=9)] | None = None
    next: Name | None = None


class _Both(Section):
    zh: ShownText
    en: ShownText


class _Question(Section):
    prompt: Name
    asked: _Both | None = None
    measures: Measures = Measures.OTHER
    remark: bool = False
    next: Name
    keys: dict[AnswerKey, _Key] = Field(default={})


class _File(Section):
    format: Literal[1]
    name: _Both
    questions: Annotated[dict[Name, _Question], Field(min_length=1, max_length=40)]


@dataclass(frozen=True, slots=True)
class WordedQuestionnaire:
    """A questionnaire with the words that pages show.

    ``names``: by language. ``words``: what an answer's word means, by question and word, then by language.
    ``asked``: what an agent asks, by question, then by language; of a question without it the name is shown.
    """

    questionnaire: Questionnaire
    names: Mapping[str, str]
    words: Mapping[tuple[str, str], Mapping[str, str]]
    asked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def questionnaire_files(prompts_folder: Path) -> list[Path]:
    """The files that questionnaires are read from."""
    return list((prompts_folder / QUESTIONNAIRES_FOLDER).glob("*.yaml"))


def load_questionnaires(
    prompts_folder: Path, *, most: int, known_prompts: frozenset[str] | None = None
) -> dict[str, WordedQuestionnaire]:
    """Read every questionnaire of ``prompts_folder``/questionnaires, by name.

    :param most: questions that anybody is asked (config.yaml: revisits.most_questions).
    :param known_prompts: ids of the catalogue; None: they are not looked at.
    :raises QuestionnaireError: with a line for each mistake in any of them: file, line, path, what is right.
    """
    problems: list[str] = []
    found: dict[str, WordedQuestionnaire] = {}
    for file in sorted(questionnaire_files(prompts_folder)):
        if one := _read(file, most, known_prompts, problems):
            found[file.stem] = one
    if problems:
        raise QuestionnaireError(problems)
    return found


def of_kinds(
    settings: Settings, prompts_folder: Path, known_prompts: frozenset[str] | None = None
) -> dict[str, WordedQuestionnaire]:
    """Every questionnaire, those that config.yaml names for kinds of cases among them.

    :raises QuestionnaireError: as :func:`load_questionnaires`, or one that is named is not there.
    """
    most = settings.revisits.most_questions
    found = load_questionnaires(prompts_folder, most=most, known_prompts=known_prompts)
    missing = [
        f"{settings.source}: revisits.kinds.{kind}.questionnaire: there is no "
        f"{prompts_folder / QUESTIONNAIRES_FOLDER / asking.questionnaire}.yaml; "
        f"write one of: {', '.join(found) or 'none'}"
        for kind, asking in settings.revisits.kinds.items()
        if asking.questionnaire not in found
    ]
    if missing:
        raise QuestionnaireError(missing)
    return found


def _read(
    file: Path, most: int, known_prompts: frozenset[str] | None, problems: list[str]
) -> WordedQuestionnaire | None:
    """One file, or None and its mistakes added to ``problems``."""
    try:
        tree, lines = yaml_of_file(file)
    except FileMistakes as mistakes:
        problems += mistakes.problems
        return None
    try:
        checked = _File.model_validate(tree)
    except ValidationError as error:
        for fault in error.errors():
            path = tuple(part for part in fault["loc"] if part != "[key]")
            line = line_of(lines, path)
            problems.append(f"{file}: line {line}: {dotted(path)}: {explain(fault, _File)}")
        return None
    questionnaire = _questionnaire(file.stem, checked)
    wrong = [*_mistakes(questionnaire, checked, most), *_unmeasured(checked)]
    for name, question in checked.questions.items():
        if known_prompts is not None and question.prompt not in known_prompts:
            wrong.append(
                (("questions", name, "prompt"), f'there is no prompt "{question.prompt}" in catalogue.yaml')
            )
    problems += [f"{file}: line {line_of(lines, path)}: {dotted(path)}: {message}" for path, message in wrong]
    return None if wrong else _worded(questionnaire, checked)


def _questionnaire(name: str, file: _File) -> Questionnaire:
    return Questionnaire(
        name,
        tuple(
            Question(
                id=question_id,
                prompt=question.prompt,
                next=question.next,
                choices={
                    key: Choice(does.word, does.next or question.next, does.value)
                    for key, does in question.keys.items()
                },
                measures=question.measures,
                remark=question.remark,
            )
            for question_id, question in file.questions.items()
        ),
    )


def _worded(questionnaire: Questionnaire, file: _File) -> WordedQuestionnaire:
    return WordedQuestionnaire(
        questionnaire,
        {"zh": file.name.zh, "en": file.name.en},
        {
            (question_id, does.word): {"zh": does.zh, "en": does.en}
            for question_id, question in file.questions.items()
            for does in question.keys.values()
        },
        {
            question_id: {"zh": question.asked.zh, "en": question.asked.en}
            for question_id, question in file.questions.items()
            if question.asked is not None
        },
    )


_WORDS = {
    QuestionnaireFault.LOOP: "the answers lead in a circle: {about}; let one of them lead on",
    QuestionnaireFault.TOO_LONG: "somebody would be asked {about} questions (revisits.most_questions)",
    QuestionnaireFault.NEVER_ASKED: "no answer leads to this question; let one lead here, or remove it",
    QuestionnaireFault.NO_CHOICE: "has neither keys nor remark: true, so nobody could answer",
    QuestionnaireFault.TWICE: 'this name means something else; call it otherwise ("end" is the end)',
    QuestionnaireFault.NO_QUESTION: "there is no question",
    QuestionnaireFault.NOWHERE: 'there is no question "{about}"; write the name of one, or end',
}


def _mistakes(questionnaire: Questionnaire, file: _File, most: int) -> Iterator[tuple[Path_, str]]:
    for one in mistakes(questionnaire, most):
        if one.key is not None and file.questions[one.question].keys[one.key].next is None:
            continue  # it goes where the question goes, which is named by itself
        yield _where(one), _WORDS[one.fault].format(about=one.about)


def _where(mistake: QuestionnaireMistake) -> Path_:
    if mistake.fault is QuestionnaireFault.NOWHERE:
        key = () if mistake.key is None else ("keys", mistake.key)
        return ("questions", mistake.question, *key, "next")
    return ("questions", mistake.question)


def _unmeasured(file: _File) -> Iterator[tuple[Path_, str]]:
    """Questions that measure something need a value for every key; remarks have no keys."""
    for name, question in file.questions.items():
        if question.remark and question.keys:
            yield ("questions", name, "keys"), "a remark is spoken and has no keys; remove one of the two"
        words = [does.word for does in question.keys.values()]
        for key, does in question.keys.items():
            path: Path_ = ("questions", name, "keys", key)
            if question.measures is not Measures.OTHER and does.value is None:
                yield path, f"needs a value: the question measures {question.measures}"
            if question.measures is Measures.SOLVED and does.value not in (0, 1, None):
                yield (*path, "value"), "must be 1 (solved) or 0 (not)"
            if words.count(does.word) > 1:
                yield (*path, "word"), f'two keys mean "{does.word}"; give each a word of its own'
