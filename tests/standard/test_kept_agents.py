"""Whoever calls us finds somebody free, whatever the dialer does."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.kept_agents import NOBODY_KEPT, KeptAgents, demands_of

SKILLS = ("alarm", "repair", "consultation")
LANGUAGES = ("english", "korean")
Free = Mapping[int, frozenset[str]]

FREE = st.dictionaries(st.integers(1, 30), st.frozensets(st.sampled_from((*SKILLS, *LANGUAGES))), max_size=10)
KEPT = st.builds(
    KeptAgents,
    st.builds(demands_of, st.sets(st.sampled_from(SKILLS)), st.sets(st.sampled_from(LANGUAGES))),
    st.integers(0, 4),
)


def able(free: Free, demand: frozenset[str]) -> int:
    """How many of the free agents could take such a call."""
    return sum(demand <= skills for skills in free.values())


def without(free: Free, agent: int) -> Free:
    return {one: skills for one, skills in free.items() if one != agent}


@given(KEPT, FREE)
def test_whoever_need_not_stay_leaves_enough_for_every_kind_of_caller(kept: KeptAgents, free: Free) -> None:
    for agent in free.keys() - kept.staying(free):
        for demand in kept.demands:
            left = able(without(free, agent), demand)
            assert left == able(free, demand) or left >= max(1, kept.number)


@given(KEPT, FREE)
def test_nobody_stays_without_need(kept: KeptAgents, free: Free) -> None:
    for agent in kept.staying(free):
        assert any(
            able(without(free, agent), demand) < max(1, kept.number)
            for demand in kept.demands
            if demand <= free[agent]
        )


@given(KEPT, FREE, st.data())
def test_who_stays_goes_on_staying_when_others_are_taken(
    kept: KeptAgents, free: Free, data: st.DataObject
) -> None:
    staying = kept.staying(free)
    while left := sorted(free):
        free = without(free, data.draw(st.sampled_from(left)))
        assert staying & free.keys() <= kept.staying(free)


@given(st.sets(st.sampled_from(SKILLS)), st.sets(st.sampled_from(LANGUAGES)))
def test_callers_ask_for_each_queue_in_each_language_and_in_any(
    skills: set[str], languages: set[str]
) -> None:
    demands = demands_of(skills, languages)
    assert len(demands) == len(skills) * (len(languages) + 1)
    assert all(len(demand & skills) == 1 and len(demand & languages) <= 1 for demand in demands)


@given(KEPT, FREE)
def test_what_one_alone_at_work_could_do_binds_nobody(kept: KeptAgents, at_work: Free) -> None:
    """R-16.5: that person would never call the own customers back."""
    held = kept.with_at_work(at_work.values())
    assert held.number == kept.number
    assert held.demands == {demand for demand in kept.demands if able(at_work, demand) > 1}


@given(FREE)
def test_where_nothing_is_asked_for_nobody_needs_to_stay(free: Free) -> None:
    assert NOBODY_KEPT.staying(free) == frozenset()
