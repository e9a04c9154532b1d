"""An agent is counted on for a call to a customer only while those who call us have enough without them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.agent_choice import FreeAgent, choose
from ivr.standard.dial_speakers import Speakers, Wanted
from ivr.standard.kept_agents import KeptAgents, demands_of
from tests.standard.test_kept_agents import KEPT, LANGUAGES, SKILLS

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

AGENTS = st.lists(
    st.builds(
        FreeAgent,
        id=st.integers(1, 12),
        skills=st.dictionaries(st.sampled_from((*SKILLS, *LANGUAGES)), st.integers(1, 3)),
        idle_since=st.integers(0, 5).map(lambda minutes: NOON - timedelta(minutes=minutes)),
    ),
    unique_by=lambda agent: agent.id,
    max_size=10,
)
CALLS = st.lists(
    st.builds(
        Wanted,
        st.sampled_from(SKILLS),
        st.none() | st.sampled_from(LANGUAGES),
        st.none() | st.integers(1, 12),
    ),
    max_size=8,
)


def able(agents: list[FreeAgent], demand: frozenset[str]) -> int:
    return sum(demand <= agent.skills.keys() for agent in agents)


@given(AGENTS, CALLS, KEPT)
def test_whatever_is_begun_every_kind_of_caller_keeps_its_free_agents(
    agents: list[FreeAgent], calls: list[Wanted], kept: KeptAgents
) -> None:
    """R-16.6: never the last free agent; who has fewer than are kept loses none of them."""
    speakers = Speakers(agents, kept)
    counted_on = [speakers.count_on(wanted) for wanted in calls]
    left = [agent for agent in agents if agent.id not in counted_on]
    for demand in kept.demands:
        assert able(left, demand) >= min(able(agents, demand), max(1, kept.number))
    taken = [agent for agent in counted_on if agent is not None]
    assert len(taken) == len(set(taken)), "each for one call"


@given(AGENTS, CALLS, KEPT)
def test_it_is_the_one_whom_matching_would_choose_of_those_who_need_not_stay(
    agents: list[FreeAgent], calls: list[Wanted], kept: KeptAgents
) -> None:
    speakers = Speakers(agents, kept)
    for wanted in calls:
        may_go = [agent for agent in agents if agent.id in speakers.agents]
        assert speakers.count_on(wanted) == choose(
            may_go,
            skill=wanted.skill,
            language_skill=wanted.language_skill,
            preferred_agent_id=wanted.first_responder,
        )


def test_a_first_responder_needs_no_skill_but_stays_where_callers_need_them() -> None:
    kept = KeptAgents(demands_of(["repair", "alarm"], []), 1)
    owner, gas = FreeAgent(1, {}, NOON), FreeAgent(2, {"alarm": 1}, NOON)
    repair = [FreeAgent(number, {"repair": 1}, NOON) for number in (3, 4)]
    assert Speakers([owner, gas], kept).count_on(Wanted("repair", None, 1)) == 1
    assert Speakers([owner, gas], kept).count_on(Wanted("repair", None, 2)) is None
    assert Speakers([owner, gas, *repair], kept).count_on(Wanted("repair", None, 2)) == 3


def test_calls_that_are_out_take_somebody_in_any_case() -> None:
    kept = KeptAgents(demands_of(["repair"], []), 1)
    speakers = Speakers([FreeAgent(number, {"repair": 1}, NOON) for number in (1, 2, 3)], kept)
    speakers.count_on_all([Wanted("repair")] * 2)
    assert (speakers.staying, speakers.agents, speakers.skills) == ({3}, frozenset(), frozenset())
    speakers.count_on_all([Wanted("repair")])
    assert speakers.staying == frozenset(), "nobody is left who could stay"
