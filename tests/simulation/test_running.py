"""The simulated day against Erlang's formulas, and what the rules demand of it (R-12.3, R-12.10)."""

import math
import statistics
from datetime import UTC, datetime, timedelta

import pytest

from ivr.simulation.day import PlannedAgent, PlannedCall, Shift, longest_gap, made_calls
from ivr.simulation.outcome import Goals, by_queue, of_people
from ivr.simulation.running import Caller, Habits, SimulatedQueue, Simulation
from ivr.standard.agent_choice import RoutingRules
from ivr.standard.erlang import Forecast, expected
from ivr.standard.report_figures import Figure, value
from ivr.standard.three_rings import RingRule

BEGIN = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
GOALS = Goals(quick=15, soon=20, talk=180)
RULES = RoutingRules({"repair": "repair", "alarm": "alarm"}, {}, timedelta(seconds=20))
RING = RingRule(5, 3, 3)
QUEUES = {"repair": SimulatedQueue(False, 20, 0), "alarm": SimulatedQueue(True, 1, 0)}


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def people(number: int, days: float = 60, **skills: int) -> list[PlannedAgent]:
    shift = Shift(BEGIN, BEGIN + timedelta(days=days))
    return [PlannedAgent(str(1001 + each), skills or {"repair": 1}, (shift,)) for each in range(number)]


def simulated(
    calls: list[PlannedCall],
    agents: list[PlannedAgent],
    habits: Habits | None = None,
    wrap_up: float = 0,
) -> tuple[list[Caller], Simulation]:
    queues = {name: SimulatedQueue(each.alarm, each.priority, wrap_up) for name, each in QUEUES.items()}
    simulation = Simulation(RULES, RING, queues, habits or Habits())
    return simulation.run(calls, agents), simulation


@pytest.mark.parametrize(("rate", "service", "agents"), [(100, 180, 7), (310, 183.45, 20)])
def test_simulated_waits_agree_with_erlang_c_inside_the_confidence_interval(
    rate: float, service: float, agents: int
) -> None:
    shares, waits = [], []
    for seed in range(12):  # independent days; a week each, its mean is one observation
        calls = made_calls(BEGIN, 400_000 / rate / 80, {"repair": rate}, service, None, f"erlang {seed}")
        counts = by_queue(simulated(calls, people(agents))[0], GOALS)["repair"]
        shares.append(value(Figure.WITHIN_QUICK, counts) or 0)
        waits.append(value(Figure.MEAN_WAIT, counts) or 0)
    known = expected(Forecast(rate, service), agents, 15)
    for seen, truth in ((shares, known.within), (waits, known.mean_wait)):
        half = 3.106 * statistics.stdev(seen) / math.sqrt(len(seen))  # Student's t, 11 degrees, 99 %
        assert abs(statistics.mean(seen) - truth) <= half


def test_callers_who_give_up_agree_with_erlang_a() -> None:
    forecast = Forecast(310, 183.45, 60)
    calls = made_calls(BEGIN, 120, {"repair": 310}, 183.45, 60, "patience")
    counts = by_queue(simulated(calls, people(15))[0], GOALS)["repair"]
    known = expected(forecast, 15, 15)
    assert counts.abandoned / counts.offered == pytest.approx(known.abandoned, abs=0.01)
    assert counts.answered + counts.abandoned == counts.offered


def test_the_same_seed_gives_the_same_day_and_another_one_another() -> None:
    days = [made_calls(BEGIN, 2, {"repair": 50}, 100, 30, seed) for seed in ("a", "a", "b")]
    assert days[0] == days[1] != days[2]
    assert simulated(days[0], people(2))[0] == simulated(days[1], people(2))[0]


def test_callers_are_served_in_order_and_by_who_is_idle_longest() -> None:
    calls = [PlannedCall(at(each), "repair", 100) for each in (10, 11, 12)]
    callers, _ = simulated(calls, people(2))
    assert [caller.agent for caller in callers] == ["1001", "1002", "1001"]
    assert callers[2].answered_at == at(110)


def test_an_alarm_is_first_and_takes_an_agent_out_of_wrap_up() -> None:
    calls = [
        PlannedCall(at(0), "repair", 50),
        PlannedCall(at(1), "repair", 50),
        PlannedCall(at(60), "alarm", 10),
    ]
    callers, _ = simulated(calls, people(1, repair=1, alarm=1), wrap_up=300)
    assert callers[2].answered_at == at(60)  # in the wrap-up of the first
    assert callers[1].answered_at is not None and callers[2].answered_at < callers[1].answered_at


def test_an_alarm_rings_everybody_after_twenty_seconds_with_the_skill_or_without() -> None:
    callers, simulation = simulated([PlannedCall(at(5), "alarm", 10)], people(3, repair=1), Habits(4))
    assert callers[0].answered_at == at(5 + 20 + 4)
    assert [agent.counts.offers_answered for agent in simulation.floor.agents] == [1, 0, 0]
    assert of_people(simulation.floor).offers_missed == 0  # answered elsewhere is nobody's fault


def test_an_offer_that_rings_to_the_end_goes_to_the_next_one_and_the_caller_keeps_the_place() -> None:
    calls = [PlannedCall(at(0), "repair", 10), PlannedCall(at(1), "repair", 10)]
    callers, simulation = simulated(calls, people(1), Habits(answer_after=20, back_after=30))
    counts = of_people(simulation.floor)
    assert callers[0].waits and counts.offers_answered == 0 and counts.offers_missed > 2
    # Somebody who answers in time gets the one who waited longer.
    callers, _ = simulated(calls, people(1), Habits(answer_after=14.9))
    assert callers[0].answered_at == at(14.9)


def test_a_shift_that_ends_in_a_conversation_ends_after_it() -> None:
    """R-12.10."""
    agent = PlannedAgent("1001", {"repair": 1}, (Shift(at(0), at(60)), Shift(at(200), at(400))))
    calls = [PlannedCall(at(50), "repair", 100), PlannedCall(at(55), "repair", 10)]
    callers, simulation = simulated(calls, [agent])
    assert callers[1].answered_at == at(200)
    assert of_people(simulation.floor).busy_seconds == 110


def test_a_caller_who_gives_up_while_it_rings_leaves_the_agent_free() -> None:
    calls = [PlannedCall(at(0), "repair", 10, patience=2), PlannedCall(at(2), "repair", 10)]
    callers, simulation = simulated(calls, people(1), Habits(answer_after=5))
    assert callers[0].left_at == at(2) and callers[0].answered_at is None
    assert callers[1].answered_at == at(7)
    assert of_people(simulation.floor).offers_missed == 0


def test_the_longest_gap_is_told() -> None:
    calls = [PlannedCall(at(each), "repair", 1) for each in (0, 5, 50, 60)]
    assert longest_gap(calls) == (at(5), at(50))
    assert longest_gap(calls[:1]) is None
