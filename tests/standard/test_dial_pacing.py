"""Lines and people are there for who calls us: the dialer takes what is left, and stops at once."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.dial_pacing import Floor, PacingRules, how_many

FEW = st.integers(0, 60)
RULES = st.builds(PacingRules, FEW, FEW, st.integers(0, 10), st.floats(0, 600), st.integers(1, 60))
FLOORS = st.builds(Floor, FEW, FEW, FEW, FEW, FEW, st.booleans(), st.floats(0, 900), st.integers(0, 3))


@given(RULES, FLOORS)
def test_never_more_than_the_lines_and_never_the_last_agent(rules: PacingRules, floor: Floor) -> None:
    allowed = how_many(rules, floor)
    assert 0 <= allowed.with_agent <= allowed.lines
    assert allowed.lines == 0 or floor.lines_used + allowed.lines + rules.kept_lines <= floor.lines
    assert allowed.lines == 0 or floor.dialing + allowed.lines <= rules.most_lines
    assert allowed.lines <= rules.most_at_once
    if allowed.with_agent:
        left = floor.free_agents - floor.promised_agents - allowed.with_agent
        assert left >= max(1, rules.kept_agents)
    assert allowed.urgent <= max(1, floor.lines - floor.lines_used)


@given(RULES, FLOORS)
def test_an_alarm_or_a_long_wait_stops_all_but_alarm_call_backs(rules: PacingRules, floor: Floor) -> None:
    allowed = how_many(rules, floor)
    if floor.alarm_waiting or floor.longest_wait_seconds > rules.longest_wait_seconds:
        assert (allowed.lines, allowed.with_agent) == (0, 0)
    assert allowed.urgent >= max(0, floor.lines - floor.lines_used)


@given(RULES, FLOORS)
def test_an_alarm_caller_is_called_back_though_all_lines_are_taken_by_the_count(
    rules: PacingRules, floor: Floor
) -> None:
    """One at a time: whether a line is free the carrier says, and the count may be of a smaller contract."""
    allowed = how_many(rules, floor)
    if floor.lines_used >= floor.lines:
        assert allowed.urgent == (0 if floor.urgent_out else 1)


def test_automatic_surveys_use_lines_and_no_agents() -> None:
    rules = PacingRules(most_lines=30, kept_lines=2, kept_agents=1, longest_wait_seconds=10, most_at_once=30)
    nobody = Floor(40, 0, 0, 0, 0, alarm_waiting=False, longest_wait_seconds=0)
    assert how_many(rules, nobody).lines == 30
    assert how_many(rules, nobody).with_agent == 0
