"""Scores and rankings as the sheet's points give them (R-QA2, R-QA3)."""

import pytest

from ivr.standard.score_sheet import Mark, ScoreSheet, SheetItem, percent, ranking, unmarked

SHEET = ScoreSheet(
    "v1",
    (
        SheetItem("greeting", "R-12.4", 10, {}),
        SheetItem("hold", "R-12.9", 30, {}),
        SheetItem("forbidden", "R-8", 60, {}, grave=True),
    ),
)


@pytest.mark.parametrize(
    ("greeting", "hold", "forbidden", "score"),
    [
        (Mark.MET, Mark.MET, Mark.MET, 100),
        (Mark.FAILED, Mark.MET, Mark.MET, 90),
        (Mark.FAILED, Mark.NONE, Mark.MET, 100 * 60 / 70),
        (Mark.MET, Mark.MET, Mark.FAILED, 0),
        (Mark.NONE, Mark.NONE, Mark.NONE, 100),
        (Mark.FAILED, Mark.FAILED, Mark.NONE, 0),
    ],
)
def test_a_score_is_the_points_met_of_those_there_was_occasion_for(
    greeting: Mark, hold: Mark, forbidden: Mark, score: float
) -> None:
    marks = {"greeting": greeting, "hold": hold, "forbidden": forbidden}
    assert percent(SHEET, marks) == pytest.approx(score)


def test_items_without_a_mark_are_named() -> None:
    assert unmarked(SHEET, {"hold": Mark.MET}) == ["greeting", "forbidden"]


def test_the_ranking_is_by_mean_and_equals_share_a_place() -> None:
    found = ranking([(1, 80), (2, 90), (1, 100), (3, 50), (4, 90)])
    assert [(each.place, each.agent_id, each.mean, each.scores) for each in found] == [
        (1, 1, 90, 2),
        (1, 2, 90, 1),
        (1, 4, 90, 1),
        (4, 3, 50, 1),
    ]
    assert ranking([]) == []
