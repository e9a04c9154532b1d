"""How many agents a forecast needs: the form, its mistakes, and what so many would make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext

from ivr.config.quality_sections import Reports
from ivr.standard.erlang import Expected, Forecast, agents_needed, expected

AROUND = 4
"""So many agents more and fewer than are needed are shown."""


@dataclass(slots=True)
class Plan:
    """The form as typed, what is wrong in it, and the answer."""

    typed: dict[str, str]
    mistakes: dict[str, str] = field(default_factory=dict)
    needed: Expected | None = None
    rows: list[Expected] = field(default_factory=list)
    load: float = 0.0
    asked: bool = False
    goal: float = 0.0


_LIMITS = {
    "calls": (0.0, 100_000.0),
    "service": (1.0, 36_000.0),
    "patience": (1.0, 36_000.0),
    "within": (0.0, 3600.0),
    "goal": (1.0, 99.9),
    "occupancy": (1.0, 100.0),
}


def read(given: Mapping[str, str], settings: Reports) -> Plan:
    """Read the form; without an answer while something is missing or wrong."""
    typed = {
        "calls": "",
        "service": "",
        "patience": "",
        "within": f"{settings.quick_seconds:g}",
        "goal": f"{settings.goal_percent:g}",
        "occupancy": f"{settings.most_occupancy_percent:g}",
    }
    plan = Plan(typed | {name: given[name].strip()[:20] for name in typed if name in given})
    plan.asked = "calls" in given
    if not plan.asked:
        return plan
    numbers = {name: _number(plan, name) for name in typed}
    if plan.mistakes:
        return plan
    forecast = Forecast(numbers["calls"] or 0.0, numbers["service"] or 1.0, numbers["patience"])
    within, plan.goal = numbers["within"] or 0.0, (numbers["goal"] or 1.0) / 100
    plan.load = forecast.load
    plan.needed = agents_needed(forecast, plan.goal, within, (numbers["occupancy"] or 100.0) / 100)
    if plan.needed is not None:
        first = max(1, plan.needed.agents - AROUND)
        plan.rows = [
            expected(forecast, agents, within) for agents in range(first, plan.needed.agents + AROUND + 1)
        ]
    return plan


def _number(plan: Plan, name: str) -> float | None:
    text = plan.typed[name].replace(",", ".")
    if name == "patience" and not text:
        return None  # nobody gives up
    lowest, most = _LIMITS[name]
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not lowest <= found <= most:
        plan.mistakes[name] = gettext(
            "Write a number from %(lowest)s to %(most)s.", lowest=f"{lowest:g}", most=f"{most:g}"
        )
    return found
