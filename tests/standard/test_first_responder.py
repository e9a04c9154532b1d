"""R-FR: the first responder stays, unless a supervisor hands over with a reason; late figures name them."""

from datetime import UTC, datetime

import pytest

from ivr.standard.case_life import Actor
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.first_responder import Handover, answerable, why_not

BOSS = frozenset({Actor.SUPERVISOR, Actor.AGENT})
AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def test_a_supervisor_hands_over_with_a_reason() -> None:
    assert why_not(BOSS, "休产假", 1, 2, to_answers=True) is None


@pytest.mark.parametrize(
    ("hats", "reason", "to", "answers", "refusal"),
    [
        (frozenset({Actor.AGENT, Actor.FIRST_RESPONDER}), "休假", 2, True, CaseRefusal.NOT_YOURS_TO_DO),
        (frozenset({Actor.UNIT}), "休假", 2, True, CaseRefusal.NOT_YOURS_TO_DO),
        (BOSS, "  ", 2, True, CaseRefusal.TEXT_MISSING),
        (BOSS, "休假", 1, True, CaseRefusal.SAME_PERSON),
        (BOSS, "休假", 2, False, CaseRefusal.NO_SUCH_PERSON),
    ],
)
def test_nobody_else_does_and_not_without_a_reason(
    hats: frozenset[Actor], reason: str, to: int, answers: bool, refusal: CaseRefusal
) -> None:
    assert why_not(hats, reason, 1, to, to_answers=answers) is refusal


def test_a_late_figure_names_the_first_responder_and_the_unit() -> None:
    assert answerable("王敏", [], "城南管理站") == ["王敏", "城南管理站"]
    assert answerable("王敏", [], None) == ["王敏"]


def test_after_a_handover_both_names_stay() -> None:
    handovers = [Handover(AT, "王敏", "李强", "赵琳", "休假"), Handover(AT, "李强", "王敏", "赵琳", "回岗")]
    assert answerable("李强", handovers[:1], "城南管理站") == ["王敏", "李强", "城南管理站"]
    assert answerable("王敏", handovers, None) == ["王敏", "李强"]
