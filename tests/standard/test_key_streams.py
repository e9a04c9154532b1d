"""Streams of keys into every kind of menu: nobody is lost, and the gas-leak key works at every moment."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.keyed_number import MOST, Keyed, judge, patience
from ivr.standard.menu_tree import KeyAction, MenuRule, MenuStep, next_step

KEYS = "0123456789*#"
MENUS = ("main", "english", "more")
ALARM = "3"

ACTIONS = st.one_of(
    st.builds(KeyAction, queue=st.sampled_from(["repair", "consultation"])),
    st.builds(KeyAction, menu=st.sampled_from(MENUS), language=st.sampled_from([None, "zh", "en"])),
    st.builds(KeyAction, language=st.sampled_from(["zh", "en"])),
    st.builds(KeyAction, repeat=st.just(True)),
)
TREES = st.fixed_dictionaries(
    {name: st.dictionaries(st.sampled_from(KEYS), ACTIONS, max_size=6) for name in MENUS}
)
STREAMS = st.lists(st.none() | st.sampled_from([*KEYS, "A", "D"]), max_size=60)
RULES = st.builds(
    MenuRule,
    alarm_key=st.just(ALARM),
    alarm_queue=st.just("alarm"),
    rounds=st.integers(1, 5),
    silence_queue=st.just("consultation"),
    case_key=st.sampled_from([None, "5"]),
)


@given(RULES, TREES, STREAMS)
def test_every_stream_of_keys_stays_in_a_menu_there_is_or_reaches_a_queue(
    rule: MenuRule, tree: dict[str, dict[str, KeyAction]], stream: list[str | None]
) -> None:
    here, used = "main", 0
    for pressed in stream:
        alarm = next_step(rule, tree[here], ALARM, here=here, rounds_used=used)
        assert (alarm.step, alarm.queue) == (MenuStep.QUEUE, "alarm")
        decision = next_step(rule, tree[here], pressed, here=here, rounds_used=used)
        if decision.queue is not None:
            assert decision.queue in {"alarm", "repair", "consultation"}
            return
        assert decision.menu in tree
        assert decision.rounds_used < rule.rounds
        here, used = str(decision.menu), decision.rounds_used


@given(RULES, TREES)
def test_silence_comes_to_an_agent_from_every_menu(
    rule: MenuRule, tree: dict[str, dict[str, KeyAction]]
) -> None:
    for here in MENUS:
        used = 0
        for _ in range(rule.rounds):
            decision = next_step(rule, tree[here], None, here=here, rounds_used=used)
            used = decision.rounds_used
        assert (decision.queue, decision.gave_up) == (rule.silence_queue, True)


@given(st.text(alphabet=KEYS, max_size=40), st.sampled_from(KEYS))
def test_keys_for_a_number_come_to_an_end(stream: str, alarm_key: str) -> None:
    """Key by key as a caller presses them: after so many keys nobody is listened to any longer."""
    typed = ""
    for key in stream:
        typed += key
        judged = judge(typed, over=False, alarm_key=alarm_key)
        assert 0 < patience(typed, alarm_key, 4) <= 4
        if judged is not Keyed.MORE:
            return
        assert len(typed) < MOST
    assert judge(typed, over=True, alarm_key=alarm_key) is not Keyed.MORE


@given(st.sampled_from("0123456789"), st.integers(4, 30))
def test_who_presses_the_gas_leak_key_again_and_again_is_heard(alarm_key: str, times: int) -> None:
    """Where a number is asked for, too."""
    typed = ""
    for _ in range(times):
        typed += alarm_key
        judged = judge(typed, over=False, alarm_key=alarm_key)
        if judged is not Keyed.MORE:
            break
    assert judged is Keyed.ALARM
