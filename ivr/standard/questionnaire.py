"""A questionnaire 问卷 of a revisit: few questions by key, with branches, checked before anybody hears it.

R-16.2: asked only after consent. R-16.5: what was answered, and whether it means that all is well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

END = "end"
"""Where a question leads that is the last one."""


class Measures(StrEnum):
    """What the answer to a question says about the work."""

    SATISFACTION = "satisfaction"  # how satisfied, as a number: the higher the better
    SOLVED = "solved"  # whether the matter is settled: 1 yes, 0 no
    OTHER = "other"  # something to know


@dataclass(frozen=True, slots=True)
class Choice:
    """What a key means: the word that is kept, its number where it measures something, what comes next."""

    word: str
    next: str
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question by key, or with ``remark``: the customer says something, which is recorded.

    ``prompt``: what is said. ``choices``: by key. ``next``: after a remark, and where nothing was pressed.
    """

    id: str
    prompt: str
    next: str
    choices: Mapping[str, Choice] = field(default_factory=dict)
    measures: Measures = Measures.OTHER
    remark: bool = False


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Questions in the order of the file; the first is asked first."""

    id: str
    questions: tuple[Question, ...]

    @property
    def first(self) -> Question:
        """What is asked first."""
        return self.questions[0]

    def question(self, question_id: str) -> Question:
        """The question of this name.

        :raises KeyError: there is none.
        """
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)


class QuestionnaireFault(StrEnum):
    """What can be wrong with a questionnaire."""

    NOWHERE = "nowhere"  # an answer leads to a question that is not there
    LOOP = "loop"  # answers lead back to a question that was asked
    TOO_LONG = "too_long"  # somebody would be asked more than the limit
    NEVER_ASKED = "never_asked"  # no answers lead to the question
    NO_CHOICE = "no_choice"  # a question by key without keys
    TWICE = "twice"  # two questions of one name
    NO_QUESTION = "no_question"  # there is nothing to ask


@dataclass(frozen=True, slots=True)
class QuestionnaireMistake:
    """``question`` and ``key``: where; ``about``: the name or the number it is about."""

    fault: QuestionnaireFault
    question: str
    key: str | None = None
    about: str = ""


def mistakes(questionnaire: Questionnaire, most: int) -> list[QuestionnaireMistake]:
    """Everything that is wrong; an empty list: every way through ends, after ``most`` questions at most."""
    questions = questionnaire.questions
    if not questions:
        return [QuestionnaireMistake(QuestionnaireFault.NO_QUESTION, "")]
    found = list(_one_by_one(questions))
    if found:
        return found
    if loop := _loop(questions):
        return [QuestionnaireMistake(QuestionnaireFault.LOOP, loop[0], about=" → ".join(loop))]
    reached = _reached(questions)
    found += [
        QuestionnaireMistake(QuestionnaireFault.NEVER_ASKED, question.id)
        for question in questions
        if question.id not in reached
    ]
    if (longest := longest_way(questionnaire)) > most:
        found.append(
            QuestionnaireMistake(QuestionnaireFault.TOO_LONG, questions[0].id, about=f"{longest} > {most}")
        )
    return found


def longest_way(questionnaire: Questionnaire) -> int:
    """How many questions somebody is asked at most; of a questionnaire without loops."""
    by_id = {question.id: question for question in questionnaire.questions}
    known: dict[str, int] = {END: 0}

    def length(name: str) -> int:
        if name not in known:
            known[name] = 1 + max(length(after) for _, after in _ways(by_id[name]))
        return known[name]

    return length(questionnaire.first.id)


def _one_by_one(questions: Sequence[Question]) -> Iterator[QuestionnaireMistake]:
    names = [question.id for question in questions]
    for place, question in enumerate(questions):
        if question.id in names[:place] or question.id == END:
            yield QuestionnaireMistake(QuestionnaireFault.TWICE, question.id)
        if not question.remark and not question.choices:
            yield QuestionnaireMistake(QuestionnaireFault.NO_CHOICE, question.id)
        for key, after in _ways(question):
            if after != END and after not in names:
                yield QuestionnaireMistake(QuestionnaireFault.NOWHERE, question.id, key, after)


def _ways(question: Question) -> list[tuple[str | None, str]]:
    """Where a question leads: by key, and without one."""
    return [*((key, choice.next) for key, choice in question.choices.items()), (None, question.next)]


def _reached(questions: Sequence[Question]) -> set[str]:
    by_id = {question.id: question for question in questions}
    reached: set[str] = set()
    left = [questions[0].id]
    while left:
        name = left.pop()
        if name != END and name not in reached:
            reached.add(name)
            left += [after for _, after in _ways(by_id[name])]
    return reached


def _loop(questions: Sequence[Question]) -> list[str]:
    """The names of a loop, the first again at its end; empty without one."""
    by_id = {question.id: question for question in questions}
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name == END or name in done:
            return []
        for _, after in _ways(by_id[name]):
            if loop := walk(after, [*way, name]):
                return loop
        done.add(name)
        return []

    for question in questions:
        if loop := walk(question.id, []):
            return loop
    return []


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was given. ``value``: where the question measures something."""

    question: str
    measures: Measures
    word: str | None
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What answers come to; None: nothing was said of it."""

    satisfaction: int | None
    solved: bool | None


def answer(question: Question, key: str | None) -> tuple[Answered | None, str]:
    """Take an answer.

    :param key: that was pressed; None: none was, or the remark is over.
    :returns: the answer, None where there is none; and the next question or :data:`END`.
    """
    choice = question.choices.get(key) if key is not None else None
    if choice is None:
        return None, question.next
    return Answered(question.id, question.measures, choice.word, choice.value), choice.next


def walk(questionnaire: Questionnaire, chosen: Mapping[str, str]) -> tuple[list[Answered], bool]:
    """The answers that lie on the way which the chosen ones lead (an agent's buttons).

    :param chosen: the word chosen for a question, by its id; questions off the way are left out, and a word
        that a question does not have is none.
    :returns: the answers in order, and whether every question on the way but remarks has one.
    """
    answers: list[Answered] = []
    whole, name = True, questionnaire.first.id
    while name != END:
        question = questionnaire.question(name)
        keys = {choice.word: key for key, choice in question.choices.items()}
        given, name = answer(question, keys.get(chosen.get(question.id, "")))
        if given is not None:
            answers.append(given)
        elif not question.remark:
            whole = False
    return answers, whole


def opinion(answers: Iterable[Answered]) -> Opinion:
    """What the answers come to: the worst of several, as one bad thing is not made good by another."""
    given = [answer for answer in answers if answer.value is not None]
    scores = [one.value for one in given if one.measures is Measures.SATISFACTION and one.value is not None]
    solved = [bool(one.value) for one in given if one.measures is Measures.SOLVED]
    return Opinion(min(scores, default=None), all(solved) if solved else None)


def is_dissatisfied(found: Opinion, at_most: int) -> bool:
    """Whether the case is opened again (R-14.4, R-16.5): not solved, or no more satisfied than this."""
    return found.solved is False or (found.satisfaction is not None and found.satisfaction <= at_most)
