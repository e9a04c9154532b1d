"""A questionnaire that leads nowhere, in circles, or asks too much is never heard by anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.questionnaire import (
    END,
    Answered,
    Choice,
    Measures,
    Opinion,
    Question,
    Questionnaire,
    QuestionnaireFault,
    answer,
    is_dissatisfied,
    longest_way,
    mistakes,
    opinion,
)

NAMES = [f"q{place}" for place in range(7)]
AFTER = st.sampled_from([*NAMES, END, END, END])


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    """Of up to 7 questions that lead anywhere."""
    questions = []
    for name in NAMES[: draw(st.integers(0, 7))]:
        keys = draw(st.lists(st.sampled_from("12345"), max_size=3, unique=True))
        choices = {key: Choice(f"w{key}", draw(AFTER), int(key)) for key in keys}
        questions.append(Question(name, name, draw(AFTER), choices, remark=draw(st.booleans())))
    return Questionnaire("made_up", tuple(questions))


@given(questionnaires(), st.lists(st.sampled_from([*"123456", None]), min_size=20, max_size=20))
def test_every_way_through_one_without_mistakes_ends_in_time(
    questionnaire: Questionnaire, keys: list[str | None]
) -> None:
    if mistakes(questionnaire, 5):
        return
    asked = []
    name = questionnaire.first.id
    for key in keys:
        if name == END:
            break
        asked.append(name)
        _, name = answer(questionnaire.question(name), key)
    assert name == END
    assert len(asked) == len(set(asked)) <= longest_way(questionnaire) <= 5


def line_of(*names: str, last: str = END) -> Questionnaire:
    """Questions one after the other."""
    after = [*names[1:], last]
    return Questionnaire(
        "made_up",
        tuple(
            Question(name, name, then, {"1": Choice("yes", then)})
            for name, then in zip(names, after, strict=True)
        ),
    )


@pytest.mark.parametrize(
    ("questionnaire", "fault", "question"),
    [
        (Questionnaire("empty", ()), QuestionnaireFault.NO_QUESTION, ""),
        (line_of("a", "b", last="c"), QuestionnaireFault.NOWHERE, "b"),
        (line_of("a", "b", last="a"), QuestionnaireFault.LOOP, "a"),
        (line_of("a", last="a"), QuestionnaireFault.LOOP, "a"),
        (line_of(*"abcdef"), QuestionnaireFault.TOO_LONG, "a"),
        (line_of("a", "a"), QuestionnaireFault.TWICE, "a"),
        (Questionnaire("k", (Question("a", "a", END),)), QuestionnaireFault.NO_CHOICE, "a"),
        (
            Questionnaire("u", (*line_of("a").questions, *line_of("b").questions)),
            QuestionnaireFault.NEVER_ASKED,
            "b",
        ),
    ],
)
def test_what_is_wrong_is_named(
    questionnaire: Questionnaire, fault: QuestionnaireFault, question: str
) -> None:
    assert (fault, question) in [(one.fault, one.question) for one in mistakes(questionnaire, 5)]


def test_branches_share_the_limit_and_not_each_other() -> None:
    """Seven questions, but nobody is asked more than four."""
    fork = Question("a", "a", "b", {"1": Choice("yes", "b"), "2": Choice("no", "e")})
    questions = (fork, *line_of("b", "c", "d").questions, *line_of("e", "f", "g").questions)
    assert mistakes(Questionnaire("forked", questions), 5) == []
    assert longest_way(Questionnaire("forked", questions)) == 4


def test_a_key_that_means_nothing_and_silence_are_no_answer() -> None:
    question = Question("a", "a", "b", {"1": Choice("yes", "c", 1)}, Measures.SOLVED)
    assert answer(question, "1") == (Answered("a", Measures.SOLVED, "yes", 1), "c")
    assert answer(question, "7") == answer(question, None) == (None, "b")


@pytest.mark.parametrize(
    ("found", "dissatisfied"),
    [
        (Opinion(2, None), True),
        (Opinion(3, None), False),
        (Opinion(5, False), True),
        (Opinion(None, True), False),
        (Opinion(None, None), False),
        (Opinion(1, True), True),
    ],
)
def test_who_is_not_satisfied(found: Opinion, dissatisfied: bool) -> None:
    """R-16.5: at most 2, or not solved."""
    assert is_dissatisfied(found, 2) is dissatisfied


def test_the_worst_of_several_scores_counts() -> None:
    given_ = [
        Answered("a", Measures.SATISFACTION, "good", 5),
        Answered("b", Measures.SATISFACTION, "bad", 2),
        Answered("c", Measures.OTHER, "yes", 1),
        Answered("d", Measures.SOLVED, "yes", 1),
    ]
    assert opinion(given_) == Opinion(2, True)
    assert opinion([]) == Opinion(None, None)
