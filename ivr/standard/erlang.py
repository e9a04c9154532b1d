"""How many agents a forecast needs: Erlang B, C and A, stable for thousands of agents.

Erlang C has callers who wait for ever; Erlang A (Palm) has callers who give up after a time that is
exponential with a known mean. Calls come at random (Poisson), service times are exponential. Sources:
A. K. Erlang 1917; C. Palm 1957; Mandelbaum and Zeltyn, "Service engineering in action", 2007.
"""

import math
from dataclasses import dataclass

MOST_AGENTS = 5000
"""Beyond that a forecast is a mistake of typing."""
_STEPS = 400
"""Of the integral over the waiting time, Simpson's rule; even."""
_NOTHING_LEFT = 40.0
"""As an exponent: of what is e**40 times smaller nothing is left."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected of an hour: calls, seconds of service (talk and wrap-up) of each, mean patience.

    ``patience_seconds`` None: nobody gives up (Erlang C).
    """

    calls_per_hour: float
    service_seconds: float
    patience_seconds: float | None = None

    @property
    def load(self) -> float:
        """Agents that would be busy all the time, in erlangs."""
        return self.calls_per_hour * self.service_seconds / 3600


@dataclass(frozen=True, slots=True)
class Expected:
    """What so many agents make of a forecast; shares from 0 to 1, times in seconds."""

    agents: int
    must_wait: float
    within: float
    """Share of all calls answered within the asked time."""
    mean_wait: float
    """Of all calls, those answered at once with 0; infinite where the queue only grows."""
    occupancy: float
    abandoned: float


def erlang_b(load: float, agents: int) -> float:
    """The share of calls that would find every agent busy and be lost.

    :param load: erlangs, at least 0. The recursion runs over agents, so nothing overflows.
    :raises ValueError: a negative load or number.
    """
    if load < 0 or agents < 0:
        raise ValueError(f"load {load}, agents {agents}: neither may be below 0")
    lost = 1.0
    for busy in range(1, agents + 1):
        lost = load * lost / (busy + load * lost)
    return lost


def erlang_c(load: float, agents: int) -> float:
    """The share of calls that must wait when nobody gives up; 1 where the agents cannot keep up."""
    if load >= agents:
        return 1.0
    lost = erlang_b(load, agents)
    return lost / (1 - load / agents * (1 - lost))


def expected(forecast: Forecast, agents: int, within_seconds: float) -> Expected:
    """What ``agents`` agents make of a forecast.

    :param within_seconds: of the service level: 15 (GB/T 33358), 20.
    :raises ValueError: a figure that cannot be: no agent, no service time, a negative time.
    """
    _check(forecast, within_seconds)
    if agents < 1:
        raise ValueError(f"{agents} agents: at least one")
    return _expected(forecast, agents, within_seconds, erlang_b(forecast.load, agents))


def agents_needed(
    forecast: Forecast, goal: float, within_seconds: float, most_occupancy: float = 1.0
) -> Expected | None:
    """The fewest agents with whom a share of the calls is answered in time, and what they make of it.

    :param goal: share, above 0 and below 1. ``most_occupancy``: nobody is to be busier than this share.
    :returns: None where :data:`MOST_AGENTS` are not enough.
    :raises ValueError: a figure that cannot be.
    """
    _check(forecast, within_seconds)
    if not 0 < goal < 1 or not 0 < most_occupancy <= 1:
        raise ValueError(f"goal {goal}, occupancy {most_occupancy}: shares lie between 0 and 1")
    load, lost = forecast.load, 1.0
    for agents in range(1, MOST_AGENTS + 1):
        lost = load * lost / (agents + load * lost)
        if forecast.patience_seconds is None and agents <= load:
            continue
        found = _expected(forecast, agents, within_seconds, lost)
        if found.within >= goal and found.occupancy <= most_occupancy:
            return found
    return None


def _check(forecast: Forecast, within_seconds: float) -> None:
    figures = (forecast.calls_per_hour, forecast.service_seconds, within_seconds)
    if not all(math.isfinite(each) and each >= 0 for each in figures) or forecast.service_seconds == 0:
        raise ValueError(f"{figures}: calls, service time and answer time are finite and not negative")
    patience = forecast.patience_seconds
    if patience is not None and not (math.isfinite(patience) and patience > 0):
        raise ValueError(f"patience {patience}: above 0 seconds, or none for callers who never give up")


def _expected(forecast: Forecast, agents: int, within_seconds: float, lost: float) -> Expected:
    if forecast.patience_seconds is not None and forecast.load > 0:
        return _with_patience(forecast, forecast.patience_seconds, agents, within_seconds, lost)
    load, spare = forecast.load, agents - forecast.load
    if spare <= 0:
        return Expected(agents, 1.0, 0.0, math.inf, 1.0, 0.0)
    wait = lost / (1 - load / agents * (1 - lost))
    return Expected(
        agents,
        must_wait=wait,
        within=1 - wait * math.exp(-spare * within_seconds / forecast.service_seconds),
        mean_wait=wait * forecast.service_seconds / spare,
        occupancy=load / agents,
        abandoned=0.0,
    )


def _with_patience(
    forecast: Forecast, patience: float, agents: int, within_seconds: float, lost: float
) -> Expected:
    """M/M/n+M. The sum A and the integral grow beyond floats under overload, so their logarithms are used."""
    arrivals = forecast.calls_per_hour / 3600
    served = agents / forecast.service_seconds
    log_a = _log_sum(served * patience, arrivals * patience)
    # P(wait) = A·B / (1 + (A−1)·B), divided by A·B.
    inverse = (1 - lost) / lost * math.exp(-log_a) if lost > 0 else math.inf
    wait = 1 / (1 + inverse)
    # Of those who wait: P(gives up) = 1/(ρA) + 1 − 1/ρ.
    rho = arrivals / served
    gives_up = min(1.0, max(0.0, math.exp(-log_a) / rho + 1 - 1 / rho))
    abandoned = wait * gives_up
    answered_soon = _integral(arrivals, served, patience, within_seconds, log_a)
    return Expected(
        agents,
        must_wait=wait,
        within=min(1.0, 1 - wait + wait * answered_soon),
        mean_wait=abandoned * patience,
        occupancy=min(1.0, forecast.load * (1 - abandoned) / agents),
        abandoned=abandoned,
    )


def _log_sum(x: float, y: float) -> float:
    """Logarithm of 1 + y/(x+1) + y²/((x+1)(x+2)) + …"""
    total = term = 1.0
    shift, step = 0.0, 0
    while term > total * 1e-16 or y > x + step:
        step += 1
        term *= y / (x + step)
        total += term
        if total > 1e200:
            total, term, shift = total * 1e-200, term * 1e-200, shift + 200 * math.log(10)
    return math.log(total) + shift


def _integral(arrivals: float, served: float, patience: float, until: float, log_a: float) -> float:
    """Of the callers who find everybody busy, the share who is answered within ``until`` seconds."""

    def density(wait: float) -> float:
        worn = -math.expm1(-wait / patience)  # share of those who would have given up by then
        return math.exp(arrivals * patience * worn - served * wait - wait / patience - log_a) * served

    # Beyond this the density is below e**-40 of what it may be, whatever the rest of the exponent is.
    until = min(until, max(0.0, arrivals * patience - log_a + _NOTHING_LEFT) / served)
    if until == 0:
        return 0.0
    width = until / _STEPS
    weights = [1, *[4, 2] * (_STEPS // 2 - 1), 4, 1]
    return sum(weight * density(step * width) for step, weight in enumerate(weights)) * width / 3
