"""Erlang's formulas against published figures, each other, and a plain solution of the balance equations."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.erlang import Forecast, agents_needed, erlang_b, erlang_c, expected


@pytest.mark.parametrize(
    ("calls", "service", "agents", "share", "wait"),
    [(100, 180, 7, 72.6, 29.2), (310, 183.45, 20, 83.4, 10.2)],
)
def test_erlang_c_gives_the_known_figures(
    calls: float, service: float, agents: int, share: float, wait: float
) -> None:
    found = expected(Forecast(calls, service), agents, 15)
    assert round(100 * found.within, 1) == share
    assert round(found.mean_wait, 1) == wait
    assert found.abandoned == 0


def test_erlang_b_gives_the_figures_of_the_tables() -> None:
    assert erlang_b(1, 1) == 0.5
    assert erlang_b(2, 2) == pytest.approx(0.4)
    assert erlang_b(10, 10) == pytest.approx(0.21458, abs=5e-6)
    assert erlang_b(0, 0) == 1 and erlang_b(0, 3) == 0


def test_hundreds_of_agents_neither_overflow_nor_lose_their_digits() -> None:
    assert 0 < erlang_c(900, 950) < 0.2
    assert 0 < erlang_c(4900, 5000) < 0.2
    crowded = expected(Forecast(100_000, 300, patience_seconds=120), 2000, 20)
    assert 0.7 < crowded.abandoned < 0.8 and math.isfinite(crowded.mean_wait)
    assert crowded.occupancy == pytest.approx(1)


def balanced(forecast: Forecast, agents: int) -> tuple[float, float, float]:
    """Share who wait, share who give up, mean wait: from the balance equations, state by state."""
    assert forecast.patience_seconds is not None
    arrivals, leave = forecast.calls_per_hour / 3600, 1 / forecast.patience_seconds
    weights = [1.0]
    for state in range(1, agents + 3000):
        busy = min(state, agents) / forecast.service_seconds
        weights.append(weights[-1] * arrivals / (busy + max(0, state - agents) * leave))
    total = sum(weights)
    waiting = sum(max(0, state - agents) * weight for state, weight in enumerate(weights)) / total
    return sum(weights[agents:]) / total, waiting * leave / arrivals, waiting / arrivals


@given(
    calls=st.floats(5, 600),
    service=st.floats(30, 400),
    patience=st.floats(10, 600),
    agents=st.integers(1, 40),
)
def test_erlang_a_agrees_with_the_balance_equations(
    calls: float, service: float, patience: float, agents: int
) -> None:
    forecast = Forecast(calls, service, patience)
    found = expected(forecast, agents, 20)
    wait, gave_up, mean = balanced(forecast, agents)
    assert found.must_wait == pytest.approx(wait, abs=1e-7)
    assert found.abandoned == pytest.approx(gave_up, abs=1e-7)
    assert found.mean_wait == pytest.approx(mean, rel=1e-5, abs=1e-6)
    # Everybody who does not give up is answered in the end.
    assert expected(forecast, agents, 20 * patience).within == pytest.approx(1 - gave_up, abs=1e-5)
    assert 0 <= found.within <= 1 - gave_up + 1e-6


def test_endless_patience_is_erlang_c() -> None:
    patient, endless = Forecast(310, 183.45, patience_seconds=1e7), Forecast(310, 183.45)
    almost, whole = expected(patient, 20, 15), expected(endless, 20, 15)
    assert almost.within == pytest.approx(whole.within, abs=1e-4)
    assert almost.mean_wait == pytest.approx(whole.mean_wait, rel=1e-3)


@pytest.mark.parametrize("patience", [None, 90.0])
def test_the_agents_needed_are_the_fewest_that_reach_the_goal(patience: float | None) -> None:
    forecast = Forecast(310, 183.45, patience)
    found = agents_needed(forecast, 0.9, 15)
    assert found is not None and found.within >= 0.9
    assert expected(forecast, found.agents - 1, 15).within < 0.9
    rested = agents_needed(forecast, 0.9, 15, most_occupancy=0.6)
    assert rested is not None and rested.agents > found.agents and rested.occupancy <= 0.6


def test_too_few_agents_let_the_queue_grow_for_ever() -> None:
    found = expected(Forecast(100, 180), 5, 15)
    assert (found.must_wait, found.within, found.occupancy) == (1, 0, 1)
    assert math.isinf(found.mean_wait)


def test_a_forecast_without_calls_needs_one_agent_and_one_beyond_all_agents_none() -> None:
    quiet = agents_needed(Forecast(0, 180), 0.9, 15)
    assert quiet is not None and (quiet.agents, quiet.within, quiet.mean_wait) == (1, 1, 0)
    assert agents_needed(Forecast(1_000_000, 600), 0.9, 15) is None


@pytest.mark.parametrize(
    "forecast", [Forecast(-1, 180), Forecast(10, 0), Forecast(10, 180, 0), Forecast(math.nan, 180)]
)
def test_figures_that_cannot_be_are_refused(forecast: Forecast) -> None:
    with pytest.raises(ValueError, match=r"."):
        expected(forecast, 5, 15)
    with pytest.raises(ValueError, match=r"."):
        agents_needed(forecast, 0.9, 15)
