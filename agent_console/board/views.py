"""What a board shows, as plain data for its script; levels by the thresholds of config.yaml (board).

Agents are parts of their own, so that of five hundred only those who changed are told.
"""

from datetime import datetime
from typing import Any

from agent_console.board.figures import BoardFigures
from agent_console.live_feed.views import engine_states, is_alarm
from agent_console.moments import milliseconds
from ivr.config import Settings
from ivr.config.board_section import Falling, Rising
from ivr.config.sections import Role
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.expected_wait import expected_wait
from ivr.standard.report_figures import Counts, Figure, together, value
from ivr.standard.trunk_choice import WRONG
from storage.queries.board import AgentNow, Board, CallNow
from storage.queries.board_figures import AtWork

View = dict[str, Any]
NEEDS_A_HAND = frozenset({AgentState.NOT_ANSWERING, AgentState.DEVICE_GONE})
"""States out of which somebody must be helped."""
SHARES = {
    "rings": Figure.WITHIN_RINGS,
    "quick": Figure.WITHIN_QUICK,
    "soon": Figure.WITHIN_SOON,
}


class BoardViews:
    """Makes views of one board after the other; what is the same of an agent is not made anew."""

    def __init__(self, settings: Settings) -> None:
        """By the thresholds and queues of the settings."""
        self._settings = settings
        self._agents: dict[str, tuple[AgentNow, str | None, View]] = {}

    def of(self, board: Board, figures: BoardFigures) -> View:
        """Every part of a board; the names of agents' parts begin with ``agent.``."""
        settings = self._settings
        people = [agent for agent in board.agents.values() if agent.role in (Role.AGENT, Role.SUPERVISOR)]
        queues = [_queue(board, figures, settings, name) for name in settings.queues]
        totals = _totals(board, figures, settings, people)
        self._agents = {f"agent.{agent.agent_id}": self._agent(board, agent) for agent in people}
        return {
            "queues": queues,
            "totals": totals,
            "owed": _owed(figures),
            "lines": _lines(board, figures),
            "order": [agent.agent_id for agent in people],
            "sounds": _sounds(queues, totals, settings),
            **{name: view for name, (_, _, view) in self._agents.items()},
        }

    def _agent(self, board: Board, agent: AgentNow) -> tuple[AgentNow, str | None, View]:
        call = board.calls.get(agent.call_id) if agent.call_id is not None else None
        queue = call.queue if call is not None and agent.state is AgentState.TALKING else None
        known = self._agents.get(f"agent.{agent.agent_id}")
        if known is not None and known[0] is agent and known[1] == queue:
            return known
        return agent, queue, _agent(agent, queue)


def _queue(board: Board, figures: BoardFigures, settings: Settings, name: str) -> View:
    rules, queue = settings.board, settings.queues[name]
    waiting = [call for call in board.waiting if call.queue == name]
    counts = figures.day.get(name, Counts())
    people = figures.at_work.get(queue.skill, AtWork())
    since = min((call.queued_at or call.arrived_at for call in waiting), default=None)
    longest = (board.at - since).total_seconds() if since is not None else None
    expected = _expected(len(waiting), counts, people, settings, name)
    waits = rules.alarms_waiting if name == settings.alarm.queue else rules.waiting
    return {
        "queue": name,
        "count": len(waiting),
        "count_level": waits.level(len(waiting)),
        "since": milliseconds(since),
        "longest_level": rules.longest_wait.level(longest),
        "expected": round(expected) if expected is not None else None,
        "expected_level": rules.expected_wait.level(expected),
        "at_work": people.takes_calls,
        "free": people.free,
        **_shares(counts, settings),
    }


def _expected(waiting: int, counts: Counts, people: AtWork, settings: Settings, name: str) -> float | None:
    """Seconds until somebody who calls now is answered; None: nobody is at work."""
    if waiting == 0 and people.free:
        return 0.0
    mean = counts.talk_seconds / counts.talks if counts.talks else settings.waiting.assumed_talk_seconds
    return expected_wait(waiting + 1, people.takes_calls, mean + settings.queues[name].wrap_up_seconds)


def _shares(counts: Counts, settings: Settings) -> View:
    """Shares in percent with their levels, and what they are of; few calls are not judged."""
    rules = settings.board
    rule: dict[str, Falling] = {
        "rings": rules.within_rings,
        "quick": rules.answered_quick,
        "soon": rules.answered_soon,
    }
    enough = counts.offered >= rules.least_calls
    found: View = {"offered": counts.offered, "answered": counts.answered, "abandoned": counts.abandoned}
    for name, figure in SHARES.items():
        share = value(figure, counts)
        percent = None if share is None else 100 * share
        found[name] = None if percent is None else round(percent, 1)
        found[f"{name}_level"] = rule[name].level(percent) if enough else ""
    lost = 100 * counts.abandoned / counts.offered if enough else None
    found["abandoned_level"] = rules.abandoned.level(lost)
    return found


def _totals(board: Board, figures: BoardFigures, settings: Settings, people: list[AgentNow]) -> View:
    rules, lines = settings.board, figures.lines
    states = {state.value: 0 for state in AgentState}
    for agent in people:
        states[agent.state.value] += 1
    helpless = sum(states[state.value] for state in NEEDS_A_HAND)
    alarms = [call for call in board.calls.values() if call.ended_at is None and is_alarm(call, settings)]
    waiting = [call for call in alarms if call.stage is CallStage.WAITING]
    return {
        **_shares(together(figures.day.values()), settings),
        "waiting": len(board.waiting),
        "waiting_level": rules.waiting.level(len(board.waiting)),
        "longest": milliseconds(_first(board.waiting)),
        "talking": sum(
            call.stage is CallStage.TALKING and call.ended_at is None for call in board.calls.values()
        ),
        "states": states,
        "helpless_level": rules.not_answering.level(helpless),
        "alarms_waiting": len(waiting),
        "alarms_level": rules.alarms_waiting.level(len(waiting)),
        "alarms_talking": len(alarms) - len(waiting),
        "gas_leaks": lines.gas_leaks,
        "due": lines.due,
        "due_level": rules.cases_due.level(lines.due),
        "late": lines.late,
        "late_level": rules.cases_late.level(lines.late),
    }


def _first(waiting: list[CallNow]) -> datetime | None:
    return min((call.queued_at or call.arrived_at for call in waiting), default=None)


def _owed(figures: BoardFigures) -> list[View]:
    return [
        {
            "number": case.number,
            "kind": case.kind.value,
            "due_at": milliseconds(case.due_at),
            "unit": case.unit,
            "owner": f"{case.work_number} {case.owner}",
        }
        for case in figures.lines.cases
    ]


def _lines(board: Board, figures: BoardFigures) -> View:
    return {
        "engines": engine_states(board),
        "trunks": [
            {
                "node": trunk.pbx_node,
                "name": trunk.name,
                "state": trunk.state.value,
                "level": "alarm" if trunk.state in WRONG else "",
                "since": milliseconds(trunk.since),
            }
            for trunk in figures.lines.trunks
        ],
    }


def _agent(agent: AgentNow, queue: str | None) -> View:
    return {
        "who": agent.work_number,
        "name": agent.name,
        "state": agent.state.value,
        "since": milliseconds(agent.since),
        "reason": agent.reason,
        "queue": queue,
    }


def _sounds(queues: list[View], totals: View, settings: Settings) -> list[str]:
    """Names of figures that are at "alarm" and are to be heard."""
    rules = settings.board
    queue_rules: dict[str, Rising | Falling] = {
        "count_level": rules.waiting,
        "longest_level": rules.longest_wait,
        "expected_level": rules.expected_wait,
    }
    total_rules: dict[str, Rising | Falling] = {
        "alarms_level": rules.alarms_waiting,
        "rings_level": rules.within_rings,
        "quick_level": rules.answered_quick,
        "soon_level": rules.answered_soon,
        "abandoned_level": rules.abandoned,
        "helpless_level": rules.not_answering,
        "due_level": rules.cases_due,
        "late_level": rules.cases_late,
    }
    heard = [
        f"{queue['queue']} {name}"
        for queue in queues
        for name, rule in queue_rules.items()
        if rule.sound and queue[name] == "alarm"
    ]
    return heard + [name for name, rule in total_rules.items() if rule.sound and totals[name] == "alarm"]
