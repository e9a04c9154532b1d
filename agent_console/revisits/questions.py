"""The questionnaires as the pages show them: read when a file has changed, worded in the page's language."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from agent_console.context import console
from agent_console.languages import language
from ivr.config.questionnaire_files import WordedQuestionnaire, load_questionnaires, questionnaire_files
from ivr.errors import QuestionnaireError


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """A button. ``next``: the question it leads to."""

    word: str
    text: str
    next: str


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question with its buttons; a remark has none. ``next``: what follows where nothing is chosen."""

    id: str
    text: str
    remark: bool
    next: str
    choices: list[ShownChoice]


def known() -> dict[str, WordedQuestionnaire]:
    """Every questionnaire by name; none while a file is wrong (``hotline check`` names the mistake)."""
    settings = console().settings
    folder = settings.prompts_folder
    try:
        stamp = tuple(file.stat().st_mtime_ns for file in sorted(questionnaire_files(folder)))
        return _read(folder, settings.revisits.most_questions, stamp)
    except QuestionnaireError:
        return {}


@lru_cache(maxsize=2)
def _read(folder: Path, most: int, stamp: tuple[int, ...]) -> dict[str, WordedQuestionnaire]:
    return load_questionnaires(folder, most=most)


def named(name: str | None) -> str:
    """What a questionnaire is called."""
    worded = known().get(name or "")
    return worded.names[language()] if worded is not None else name or "–"


def question_text(questionnaire: str | None, question: str) -> str:
    """What is asked; the question's name where the file does not say."""
    worded = known().get(questionnaire or "")
    asked = worded.asked.get(question) if worded is not None else None
    return asked[language()] if asked is not None else question


def answer_text(questionnaire: str | None, question: str, word: str | None) -> str:
    """What was answered; the word itself where the file has changed since."""
    worded = known().get(questionnaire or "")
    text = worded.words.get((question, word)) if worded is not None and word is not None else None
    return text[language()] if text is not None else word or "–"


def shown(name: str | None) -> list[ShownQuestion]:
    """The questions of a questionnaire in the order of the file; empty where there is none."""
    worded = known().get(name or "")
    if worded is None:
        return []
    return [
        ShownQuestion(
            one.id,
            question_text(name, one.id),
            one.remark,
            one.next,
            [
                ShownChoice(choice.word, answer_text(name, one.id, choice.word), choice.next)
                for choice in one.choices.values()
            ],
        )
        for one in worded.questionnaire.questions
    ]
