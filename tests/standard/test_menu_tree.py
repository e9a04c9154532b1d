"""What the menu does with a key or with silence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.menu_tree import KeyAction, MenuDecision, MenuRule, MenuStep, next_step

RULE = MenuRule(alarm_key="3", alarm_queue="alarm", rounds=2, silence_queue="consultation")
MAIN = {
    "1": KeyAction(queue="consultation"),
    "2": KeyAction(queue="repair"),
    "3": KeyAction(queue="alarm"),
    "4": KeyAction(queue="complaint"),
    "5": KeyAction(menu="bills"),
    "6": KeyAction(queue="repair", language="en"),
    "7": KeyAction(language="en"),
    "8": KeyAction(language="en", menu="english"),
    "*": KeyAction(repeat=True),
}


def _press(key: str | None, *, rounds_used: int = 0, rule: MenuRule = RULE) -> MenuDecision:
    return next_step(rule, MAIN, key, here="main", rounds_used=rounds_used)


@pytest.mark.parametrize(("key", "queue"), [("1", "consultation"), ("2", "repair"), ("4", "complaint")])
def test_a_key_leads_to_its_queue(key: str, queue: str) -> None:
    assert _press(key) == MenuDecision(MenuStep.QUEUE, queue=queue)


def test_a_caller_who_presses_three_is_an_alarm() -> None:
    assert _press("3") == MenuDecision(MenuStep.QUEUE, queue="alarm")


@pytest.mark.parametrize("keys", [{}, {"3": KeyAction(queue="complaint")}, {"3": KeyAction(repeat=True)}])
def test_the_alarm_key_wins_in_every_menu(keys: dict[str, KeyAction]) -> None:
    """Also where a menu does not list it, and in the last round."""
    decision = next_step(RULE, keys, "3", here="bills", rounds_used=1)
    assert (decision.step, decision.queue, decision.gave_up) == (MenuStep.QUEUE, "alarm", False)


def test_a_key_leads_to_another_menu_where_the_rounds_begin_anew() -> None:
    assert _press("5", rounds_used=1) == MenuDecision(MenuStep.MENU, menu="bills", rounds_used=0)


def test_a_key_changes_language_and_menu() -> None:
    assert _press("8") == MenuDecision(MenuStep.MENU, menu="english", language="en")


def test_a_key_that_only_changes_the_language_plays_the_same_menu_in_it() -> None:
    assert _press("7") == MenuDecision(MenuStep.MENU, menu="main", language="en")


def test_a_key_may_choose_a_queue_and_a_language_at_once() -> None:
    assert _press("6") == MenuDecision(MenuStep.QUEUE, queue="repair", language="en")


def test_star_repeats_the_menu_and_uses_up_no_round() -> None:
    assert _press("*", rounds_used=1) == MenuDecision(MenuStep.REPEAT, menu="main", rounds_used=1)


def test_silence_is_a_repeat_and_after_two_rounds_an_agent() -> None:
    first = _press(None)
    assert first == MenuDecision(MenuStep.REPEAT, menu="main", rounds_used=1)
    second = _press(None, rounds_used=first.rounds_used)
    assert (second.step, second.queue, second.gave_up) == (MenuStep.QUEUE, "consultation", True)


@pytest.mark.parametrize("key", ["0", "9", "#", "A", "D"])
def test_a_wrong_key_is_said_and_after_two_rounds_an_agent(key: str) -> None:
    first = _press(key)
    assert first == MenuDecision(MenuStep.WRONG_KEY, menu="main", rounds_used=1)
    second = _press(key, rounds_used=first.rounds_used)
    assert (second.step, second.queue, second.gave_up) == (MenuStep.QUEUE, "consultation", True)


def test_one_round_goes_to_an_agent_at_once() -> None:
    rule = MenuRule(alarm_key="3", alarm_queue="alarm", rounds=1, silence_queue="repair")
    assert _press(None, rule=rule).queue == "repair"


_keys = st.none() | st.sampled_from("0123456789*#ABCD")


@given(st.lists(_keys, min_size=1, max_size=40), st.integers(1, 5))
def test_whatever_is_pressed_the_caller_is_never_hung_up_on(pressed: list[str | None], rounds: int) -> None:
    """Each step leads on: to a queue, or to a menu that is played again; and the rounds come to an end."""
    rule = MenuRule(alarm_key="3", alarm_queue="alarm", rounds=rounds, silence_queue="consultation")
    here, used, unheard = "main", 0, 0
    for key in pressed:
        decision = next_step(rule, MAIN, key, here=here, rounds_used=used)
        assert (decision.queue is None) != (decision.menu is None)
        unheard = unheard + 1 if key not in MAIN else (unheard if key == "*" else 0)
        assert unheard <= rounds
        if decision.queue is not None:
            assert decision.gave_up == (unheard == rounds)
            return
        assert decision.menu is not None
        here, used = "main", decision.rounds_used


def test_the_key_for_cases_works_in_menus_that_have_no_other_use_for_it() -> None:
    """It is no round without a key; and the gas-leak key goes before it."""
    rule = MenuRule("3", "alarm", 2, "consultation", case_key="5")
    told = next_step(rule, {}, "5", here="main", rounds_used=1)
    assert (told.step, told.menu, told.queue, told.rounds_used) == (MenuStep.CASE_STATUS, "main", None, 1)
    taken = next_step(rule, {"5": KeyAction(queue="repair")}, "5", here="main", rounds_used=0)
    assert taken.queue == "repair"
    assert next_step(rule, {}, "3", here="main", rounds_used=0).queue == "alarm"
    none = MenuRule("3", "alarm", 2, "consultation")
    assert next_step(none, {}, "5", here="main", rounds_used=0).step is MenuStep.WRONG_KEY
