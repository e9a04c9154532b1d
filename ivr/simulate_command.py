"""`hotline simulate`: a day replayed against a roster by the engine's own rules, on virtual time."""

import argparse
import time as clock
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ivr.config import Settings
from ivr.config.sections import CallKind
from ivr.errors import ConfigError
from ivr.simulation import outcome
from ivr.simulation.day import PlannedAgent, PlannedCall, Shift, longest_gap, made_calls
from ivr.simulation.day_files import read_calls, read_roster
from ivr.simulation.outcome import Goals
from ivr.simulation.running import Habits, SimulatedQueue, Simulation
from ivr.standard.report_figures import Counts, Figure, Measure, measure, together, value

_OF_CALLERS = (
    Figure.OFFERED,
    Figure.ANSWERED,
    Figure.ABANDONED,
    Figure.NOT_WAITED,
    Figure.ANSWERED_SHARE,
    Figure.WITHIN_QUICK,
    Figure.WITHIN_SOON,
    Figure.MEAN_WAIT,
    Figure.MEAN_TALK,
    Figure.WITHIN_GOAL,
)
_OF_PEOPLE = (Figure.WITHIN_RINGS, Figure.MISSED, Figure.OCCUPANCY, Figure.WRAP_UP)
_MOST_HOURS = 24 * 31


def add_simulate_command(subparsers: Any) -> None:
    """Add `simulate` to the hotline's command line.

    :param subparsers: what ``ArgumentParser.add_subparsers()`` returned. The parsed arguments then have
        ``run``, to be called with (settings, arguments).
    """
    about = "replay a day by the hotline's own rules: how callers fare with a roster"
    command: argparse.ArgumentParser = subparsers.add_parser("simulate", help=about)
    calls = command.add_mutually_exclusive_group(required=True)
    calls.add_argument("--calls", type=Path, metavar="FILE", help="CSV: arrival,kind,service,patience")
    calls.add_argument(
        "--rate", action="append", metavar="QUEUE=CALLS", help="made calls, so many an hour; may be repeated"
    )
    people = command.add_mutually_exclusive_group(required=True)
    people.add_argument("--roster", type=Path, metavar="FILE", help="CSV: work_number,skills,from,until")
    people.add_argument("--agents", type=_whole, metavar="NUMBER", help="people who can do everything")
    command.add_argument("--day", metavar="2026-11-21", help="of times without a date (default: today)")
    command.add_argument("--hours", type=_positive, default=8.0, help="of made calls (default: %(default)s)")
    command.add_argument(
        "--service", type=_positive, default=180.0, metavar="SECONDS", help="mean of made calls"
    )
    command.add_argument(
        "--patience", type=_positive, metavar="SECONDS", help="mean of made calls; without: nobody gives up"
    )
    command.add_argument(
        "--seed", default="1", help="the same seed makes the same day (default: %(default)s)"
    )
    command.add_argument(
        "--answer-after", type=_not_negative, default=3.0, metavar="SECONDS", help="default: %(default)s"
    )
    command.add_argument(
        "--missed", type=_percent, default=0.0, metavar="PERCENT", help="offers that ring to the end"
    )
    command.add_argument(
        "--wrap-up", type=_not_negative, metavar="SECONDS", help="default: each queue's in config.yaml"
    )
    command.set_defaults(run=simulate)


def _number(text: str, lowest: float, most: float, *, above: bool = False) -> float:
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not lowest <= found <= most or (above and found == lowest):
        raise argparse.ArgumentTypeError(f'"{text}": write a number from {lowest:g} to {most:g}')
    return found


def _positive(text: str) -> float:
    return _number(text, 0, 86_400, above=True)


def _not_negative(text: str) -> float:
    return _number(text, 0, 86_400)


def _percent(text: str) -> float:
    return _number(text, 0, 100) / 100


def _whole(text: str) -> int:
    return int(_number(text, 1, 5000))


def simulate(settings: Settings, arguments: argparse.Namespace) -> None:
    """Let the day pass and print what came of it.

    :raises ConfigError: an argument is wrong.
    :raises SimulationFileWrong: a file is wrong, a line for each mistake.
    """
    from ivr.calls.hotline import ring_rule, routing_rules  # the engine, which nobody else needs here

    day = _day(settings, arguments.day)
    if arguments.hours > _MOST_HOURS:
        raise ConfigError([f"--hours {arguments.hours:g}: at most {_MOST_HOURS}, a month"])
    calls = _calls(settings, arguments, day)
    agents = _agents(settings, arguments, day, calls)
    habits = Habits(arguments.answer_after, arguments.missed, seed=arguments.seed)
    simulation = Simulation(
        routing_rules(settings), ring_rule(settings), _queues(settings, arguments.wrap_up), habits
    )
    began = clock.monotonic()
    callers = simulation.run(calls, agents)
    took = clock.monotonic() - began
    reports = settings.reports
    goals = Goals(reports.quick_seconds, reports.soon_seconds, settings.talk.goal_seconds)
    _print(settings, outcome.by_queue(callers, goals), outcome.of_people(simulation.floor))
    if gap := longest_gap(calls):
        first, last = (f"{moment.astimezone(settings.zone):%m-%d %H:%M:%S}" for moment in gap)
        print(f"longest stretch without a call: {first} to {last}")
    print(f"{len(calls)} calls, {len(agents)} people, simulated in {took:.1f} s")


def _day(settings: Settings, text: str | None) -> datetime:
    if text is None:
        return datetime.now(settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=settings.zone)
    except ValueError:
        raise ConfigError([f"--day {text}: is no day; write it as 2026-11-21"]) from None


def _calls(settings: Settings, arguments: argparse.Namespace, day: datetime) -> list[PlannedCall]:
    if arguments.calls is not None:
        return read_calls(arguments.calls, settings.queues.keys(), settings.zone, day.date())
    rates: dict[str, float] = {}
    for given in arguments.rate:
        queue, _, rate = given.partition("=")
        known = queue in settings.queues
        if not known or not rate.replace(".", "", 1).isdecimal() or not 0 < float(rate) <= 1_000_000:
            names = ", ".join(settings.queues)
            raise ConfigError([f"--rate {given}: write QUEUE=CALLS, such as repair=100; queues: {names}"])
        rates[queue] = float(rate)
    return made_calls(
        day.replace(hour=8), arguments.hours, rates, arguments.service, arguments.patience, arguments.seed
    )


def _agents(
    settings: Settings, arguments: argparse.Namespace, day: datetime, calls: list[PlannedCall]
) -> list[PlannedAgent]:
    if arguments.roster is not None:
        return read_roster(arguments.roster, settings.skills, settings.zone, day.date())
    first = calls[0].arrival if calls else day
    last = calls[-1].arrival if calls else day
    whole_day = Shift(first - timedelta(hours=1), last + timedelta(days=2))
    can = dict.fromkeys((queue.skill for queue in settings.queues.values()), 1)
    return [PlannedAgent(str(1001 + number), can, (whole_day,)) for number in range(arguments.agents)]


def _queues(settings: Settings, wrap_up: float | None) -> dict[str, SimulatedQueue]:
    return {
        name: SimulatedQueue(
            queue.kind is CallKind.ALARM,
            queue.priority,
            queue.wrap_up_seconds if wrap_up is None else wrap_up,
        )
        for name, queue in settings.queues.items()
    }


def _print(settings: Settings, queues: Mapping[str, Counts], people: Counts) -> None:
    names = [name for name in settings.queues if name in queues]
    columns = [queues[name] for name in names]
    print(f"{'':<16}" + "".join(f"{name:>14}" for name in [*names, "together"]))
    for figure in _OF_CALLERS:
        cells = [written(figure, counts) for counts in [*columns, together(columns)]]
        print(f"{figure:<16}" + "".join(f"{cell:>14}" for cell in cells))
    for figure in _OF_PEOPLE:
        print(f"{figure:<16}{written(figure, people):>{14 * (len(names) + 1)}}")


def written(figure: Figure, counts: Counts) -> str:
    """A figure as the operator reads it."""
    found = value(figure, counts)
    if found is None:
        return "-"
    kind = measure(figure)
    if kind is Measure.SHARE:
        return f"{100 * found:.1f} %"
    return f"{found:.1f} s" if kind is Measure.SECONDS else f"{found:.0f}"
