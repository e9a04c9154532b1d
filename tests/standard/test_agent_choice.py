"""Who gets whom."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.agent_choice import FreeAgent, WaitingCall, choose, pair
from ivr.standard.kept_agents import KeptAgents, demands_of
from ivr.standard.queue_order import order_key

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SKILLS = ("consultation", "repair", "alarm")
KEPT = KeptAgents(demands_of(SKILLS, ["english"]), 1)


def _agent(
    agent_id: int, skills: Mapping[str, int], *, idle_minutes: int = 1, wrapping_up: bool = False
) -> FreeAgent:
    return FreeAgent(agent_id, skills, NOON - timedelta(minutes=idle_minutes), wrapping_up)


def _call(
    call_id: int,
    skill: str = "repair",
    *,
    language_skill: str | None = None,
    preferred: int | None = None,
    alarm: bool = False,
    returned: bool = False,
    ring_all: bool = False,
    open_offers: int = 0,
    called: bool = False,
) -> WaitingCall:
    order = order_key(alarm=alarm, returned=returned, priority=40, queued_at=NOON, call_id=call_id)
    return WaitingCall(
        call_id,
        "pbx1",
        skill,
        skill,
        language_skill,
        order,
        preferred,
        ring_all,
        open_offers,
        alarm,
        called=called,
    )


def _ids(pairs: list[tuple[WaitingCall, FreeAgent]]) -> list[tuple[int, int]]:
    return [(call.id, agent.id) for call, agent in pairs]


def test_the_longest_idle_is_asked_first() -> None:
    agents = [_agent(1, {"repair": 1}, idle_minutes=3), _agent(2, {"repair": 1}, idle_minutes=9)]
    assert choose(agents, skill="repair") == 2


def test_the_best_level_is_asked_before_the_longest_idle() -> None:
    agents = [_agent(1, {"repair": 1}), _agent(2, {"repair": 2}, idle_minutes=60)]
    assert choose(agents, skill="repair") == 1


def test_who_speaks_the_callers_language_is_asked_before_the_best_level() -> None:
    agents = [_agent(1, {"repair": 1}), _agent(2, {"repair": 5, "english": 1})]
    assert choose(agents, skill="repair", language_skill="english") == 2


def test_without_anybody_of_the_language_the_others_are_asked() -> None:
    assert choose([_agent(1, {"repair": 1})], skill="repair", language_skill="english") == 1


def test_the_agent_the_caller_lost_is_asked_first_even_without_the_skill() -> None:
    """R-12.12: offered back to the same agent, then to the next."""
    agents = [_agent(1, {"repair": 1, "english": 1}, idle_minutes=60), _agent(2, {"alarm": 1})]
    assert choose(agents, skill="repair", language_skill="english", preferred_agent_id=2) == 2
    assert choose(agents[:1], skill="repair", preferred_agent_id=2) == 1


def test_without_the_skill_nobody_is_asked() -> None:
    assert choose([_agent(1, {"alarm": 1})], skill="repair") is None
    assert choose([], skill="repair") is None


def test_callers_take_agents_in_their_order() -> None:
    calls = [_call(3), _call(1), _call(2, alarm=True)]
    agents = [_agent(1, {"repair": 1}, idle_minutes=9), _agent(2, {"repair": 1}, idle_minutes=5)]
    assert _ids(pair(calls, agents)) == [(2, 1), (1, 2)]


def test_a_returned_caller_is_served_ahead_of_the_queue() -> None:
    """R-12.12."""
    calls = [_call(1), _call(2, returned=True, preferred=7)]
    assert _ids(pair(calls, [_agent(7, {"repair": 1})])) == [(2, 7)]


def test_a_caller_who_rings_somewhere_takes_nobody_else() -> None:
    calls = [_call(1, open_offers=1), _call(2, "alarm", alarm=True, open_offers=1)]
    assert pair(calls, [_agent(1, {"repair": 1, "alarm": 1})]) == []


def test_wrap_up_is_left_in_peace_by_everybody_but_an_alarm() -> None:
    resting = _agent(1, {"repair": 1, "alarm": 1}, wrapping_up=True)
    assert pair([_call(1)], [resting]) == []
    assert _ids(pair([_call(1), _call(2, "alarm", alarm=True)], [resting])) == [(2, 1)]


def test_an_alarm_takes_who_is_ready_before_who_is_in_wrap_up() -> None:
    agents = [
        _agent(1, {"alarm": 1}, wrapping_up=True, idle_minutes=60),
        _agent(2, {"alarm": 3}),
    ]
    assert _ids(pair([_call(1, "alarm", alarm=True)], agents)) == [(1, 2)]


def test_an_alarm_that_waited_too_long_rings_every_free_agent_of_any_skill() -> None:
    agents = [_agent(1, {"repair": 1}), _agent(2, {}, wrapping_up=True), _agent(3, {"alarm": 1})]
    calls = [_call(1), _call(2, "alarm", alarm=True, ring_all=True, open_offers=1)]
    pairs = _ids(pair(calls, agents))
    assert sorted(pairs) == [(2, 1), (2, 2), (2, 3)]
    assert pairs[0] == (2, 3), "who has the skill is dialled first"


def test_two_alarms_that_ring_everybody_share_who_is_free() -> None:
    agents = [_agent(number, {}) for number in range(1, 6)]
    calls = [_call(number, "alarm", alarm=True, ring_all=True) for number in (1, 2)]
    served = Counter(call for call, _ in _ids(pair(calls, agents)))
    assert served == {1: 3, 2: 2}


def test_a_new_alarm_is_served_beside_one_that_rings_everybody() -> None:
    agents = [_agent(1, {"alarm": 1}), _agent(2, {"alarm": 1}), _agent(3, {"alarm": 1})]
    calls = [_call(1, "alarm", alarm=True, ring_all=True), _call(2, "alarm", alarm=True)]
    assert Counter(call for call, _ in _ids(pair(calls, agents))) == {1: 2, 2: 1}


_skills = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 3))
_agents = st.lists(
    st.builds(
        FreeAgent,
        id=st.integers(1, 12),
        skills=_skills,
        idle_since=st.integers(0, 5).map(lambda minutes: NOON - timedelta(minutes=minutes)),
        wrapping_up=st.booleans(),
    ),
    unique_by=lambda agent: agent.id,
    max_size=8,
)


@st.composite
def _calls(draw: st.DrawFn) -> list[WaitingCall]:
    calls = []
    for call_id in range(draw(st.integers(0, 8))):
        alarm = draw(st.booleans())
        ring_all = alarm and draw(st.booleans())
        call = _call(
            call_id,
            "alarm" if alarm else draw(st.sampled_from(SKILLS[:2])),
            preferred=draw(st.none() | st.integers(1, 12)),
            alarm=alarm,
            returned=draw(st.booleans()),
            ring_all=ring_all,
            open_offers=draw(st.integers(0, 1)),
            called=draw(st.booleans()),
        )
        calls.append(call)
    return draw(st.permutations(calls))


def _may_serve(agent: FreeAgent, call: WaitingCall) -> bool:
    fits = call.ring_all or call.skill in agent.skills or agent.id == call.preferred_agent_id
    return fits and (call.alarm or not agent.wrapping_up)


@given(_calls(), _agents)
def test_nobody_gets_two_calls_and_no_call_two_agents_unless_it_rings_everybody(
    calls: list[WaitingCall], agents: list[FreeAgent]
) -> None:
    pairs = pair(calls, agents, KEPT)
    assert max(Counter(agent.id for _, agent in pairs).values(), default=1) == 1
    for call, agent in pairs:
        assert _may_serve(agent, call)
        assert call.ring_all or not call.open_offers
    several = {call_id for call_id, count in Counter(call.id for call, _ in pairs).items() if count > 1}
    assert several <= {call.id for call in calls if call.ring_all}


@given(_calls(), _agents)
def test_no_agent_goes_to_a_later_caller_while_an_earlier_one_they_could_serve_goes_without(
    calls: list[WaitingCall], agents: list[FreeAgent]
) -> None:
    pairs = pair(calls, agents, KEPT)
    served = {call.id for call, _ in pairs}
    for call, agent in pairs:
        for earlier in calls:
            if earlier.order < call.order and earlier.id not in served and not earlier.open_offers:
                assert not _may_serve(agent, earlier)


@given(_calls(), _agents)
def test_nobody_stays_free_while_somebody_they_could_serve_goes_without(
    calls: list[WaitingCall], agents: list[FreeAgent]
) -> None:
    pairs = pair(calls, agents, KEPT)
    served = {call.id for call, _ in pairs}
    busy = {agent.id for _, agent in pairs}
    for agent in agents:
        for call in calls:
            if agent.id not in busy and (call.ring_all or (call.id not in served and not call.open_offers)):
                assert not _may_serve(agent, call)


@given(_calls(), _agents)
def test_every_engine_computes_the_same_pairs(calls: list[WaitingCall], agents: list[FreeAgent]) -> None:
    """Two engines on one database read the same rows in any order."""
    assert _ids(pair(calls, agents, KEPT)) == _ids(pair(calls[::-1], agents[::-1], KEPT))


@given(_agents, st.sampled_from(SKILLS))
def test_among_equals_the_longest_idle_is_asked(agents: list[FreeAgent], skill: str) -> None:
    equals = [replace(agent, skills={skill: 1}, wrapping_up=False) for agent in agents]
    chosen = choose(equals, skill=skill)
    if equals:
        idle = {agent.id: agent.idle_since for agent in equals}
        assert chosen is not None and idle[chosen] == min(idle.values())


def test_the_first_responder_of_the_callers_case_is_asked_before_others_of_the_skill() -> None:
    """R-FR; the one who lost the caller goes before (R-12.12)."""
    agents = [_agent(1, {"repair": 1}), _agent(2, {"repair": 5}), _agent(3, {"repair": 9})]
    assert choose(agents, skill="repair", first_responder_id=2) == 2
    assert choose(agents, skill="repair", first_responder_id=2, preferred_agent_id=3) == 3
    assert choose(agents, skill="repair", first_responder_id=7) == 1


def test_a_first_responder_without_the_skill_is_not_asked() -> None:
    agents = [_agent(1, {"repair": 1}), _agent(2, {"consultation": 1})]
    assert choose(agents, skill="repair", first_responder_id=2) == 1
    assert choose(agents[1:], skill="repair", first_responder_id=2) is None
    assert choose(agents, skill="alarm", first_responder_id=2, anybody=True) == 1


def test_a_first_responder_is_taken_from_nobody_who_comes_before() -> None:
    """The order of callers stays; an alarm has no first responder."""
    agents = [_agent(1, {"repair": 1}), _agent(2, {"repair": 2})]
    earlier, later = _call(1), replace(_call(2), first_responder_id=1)
    assert _ids(pair([later, earlier], agents)) == [(1, 1), (2, 2)]
    both = [_agent(1, {"alarm": 1}), _agent(2, {"alarm": 2})]
    alarm = replace(_call(3, "alarm", alarm=True), first_responder_id=2)
    assert _ids(pair([alarm], both)) == [(3, 1)]


def test_whom_we_called_gets_nobody_who_must_stay_while_another_could_speak() -> None:
    """Not their first responder either; who calls us may have everybody, and so may a gas leak."""
    agents = [
        _agent(1, {"repair": 1, "english": 1}, idle_minutes=60),
        _agent(2, {"repair": 1, "alarm": 1}, idle_minutes=30),
        _agent(3, {"repair": 3}),
        _agent(4, {"repair": 3}),
    ]
    called = [_call(number, returned=True, preferred=2, called=True) for number in (1, 2)]
    assert _ids(pair(called, agents, KEPT)) == [(1, 3), (2, 4)]
    assert _ids(pair([_call(1)], agents, KEPT)) == [(1, 1)]
    assert _ids(pair([replace(called[0], alarm=True)], agents, KEPT)) == [(1, 2)]


def test_whom_we_called_is_not_left_without_anybody() -> None:
    assert _ids(pair([_call(1, called=True)], [_agent(1, {"repair": 1})], KEPT)) == [(1, 1)]


def test_somebody_in_wrap_up_is_no_free_agent_whom_callers_could_have() -> None:
    agents = [_agent(1, {"repair": 1}), _agent(2, {"repair": 1}, wrapping_up=True)]
    agents.append(_agent(3, {"alarm": 1}))
    assert _ids(pair([_call(1, called=True, preferred=3)], agents, KEPT)) == [(1, 3)]
