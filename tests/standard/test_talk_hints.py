"""Hints of who spoke when: interruptions, silences, shares and the rate of speech (R-4, R-9, R-QA2)."""

import pytest

from ivr.standard.talk_hints import (
    Heard,
    Hint,
    HintKind,
    HintRules,
    Span,
    agent_share,
    characters,
    interruptions,
    rate_hints,
    silences,
    speech_rate,
)

RULES = HintRules(silence_seconds=10, overlap_seconds=0.6, slowest=120, fastest=140)


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        (Span(4, 6), [(4, 5)]),  # began while the caller spoke, who went on for a second
        (Span(4.5, 6), []),  # the caller was all but done
        (Span(2.2, 2.9), []),  # both began at once: nobody was interrupted
        (Span(3, 3.4), []),  # "嗯": listening, not interrupting
        (Span(5.2, 8), []),  # after the caller
    ],
)
def test_an_interruption_needs_both_to_speak_on(agent: Span, found: list[tuple[float, float]]) -> None:
    hints = interruptions([Span(2, 5)], [agent], 0.6)
    assert [(hint.begin, hint.end) for hint in hints] == found


def test_a_silence_is_longer_than_the_limit_and_never_within_a_hold() -> None:
    caller, agent = [Span(12, 20), Span(60, 61)], [Span(0.5, 2), Span(19, 30), Span(85, 86)]
    # From 2 to 12 it is ten seconds, and not more.
    found = silences(caller, agent, [Span(31, 59.5)], 96, 10)
    assert [(hint.begin, hint.end, hint.detail) for hint in found] == [
        (61, 85, "24")
    ]  # 2 to 12 is exactly 10
    assert silences([], [], [], 30, 10) == [Hint(HintKind.SILENCE, 0.0, 30, "30")]


def test_the_agents_share_is_of_what_was_spoken() -> None:
    assert agent_share([Span(0, 1)], [Span(2, 5)]) == 0.75
    assert agent_share([], []) is None


def test_characters_are_signs_figures_and_foreign_words() -> None:
    assert characters("您好，我是 95777 号客服员。") == 4 + 5 + 4
    assert characters("IC card 卡") == 3


@pytest.mark.parametrize(
    ("signs", "seconds", "kind"),
    [(13, 6, None), (20, 6, HintKind.FAST), (11, 6, HintKind.SLOW), (30, 4, None)],
)
def test_the_rate_is_held_against_120_to_140_characters_a_minute(
    signs: int, seconds: float, kind: HintKind | None
) -> None:
    """R-9; of less than five seconds nothing is said."""
    heard = [Heard(10, 10 + seconds, "好" * signs)]
    found = rate_hints(heard, RULES)
    assert [hint.kind for hint in found] == ([kind] if kind else [])
    if kind is not None:
        assert found[0].detail == f"{60 * signs / seconds:.0f}"


def test_pauses_of_breath_belong_to_speaking_and_longer_ones_do_not() -> None:
    heard = [Heard(0, 3, "好" * 6), Heard(4, 7, "好" * 6), Heard(30, 33, "好" * 6)]
    assert speech_rate(heard) == 60 * 18 / 10
