"""What each page sees of a board, as plain data for its script; pure, so that a board can be cut often.

Times are milliseconds since 1970 (UTC); the scripts count from them with the server's clock.
"""

from datetime import timedelta
from typing import Any

from agent_console.live_feed.conversation_view import conversation_view
from agent_console.menu_words import menu_words
from agent_console.moments import milliseconds
from agent_console.number_mask import shown
from ivr.config import Settings
from ivr.config.sections import CallKind, Role
from ivr.config.value_types import Language
from ivr.standard.agent_state import IN_A_CALL, AgentState
from storage.queries.board import AgentNow, Board, CallNow
from storage.queries.conversation_now import PLAIN
from storage.queries.day_figures import DayFigures
from storage.queries.desk_notices import Unread

ENGINE_SILENT_AFTER = timedelta(seconds=5)
"""An engine that gave no sign of life for so long is said to be dead."""

View = dict[str, Any]
_NO_FIGURES = DayFigures()


def engine_view(board: Board) -> str:
    """ "ok", "no_pbx" or "no_engine": whether any engine can offer calls now."""
    living = [engine for engine in board.engines if board.at - engine.seen_at <= ENGINE_SILENT_AFTER]
    if any(engine.pbx_connected for engine in living):
        return "ok"
    return "no_pbx" if living else "no_engine"


def waiting_view(board: Board, settings: Settings) -> list[View]:
    """How many wait in each queue and since when the first of them, in the order of the queues."""
    counted: dict[str, list[CallNow]] = {name: [] for name in settings.queues}
    for call in board.waiting:
        counted.setdefault(call.queue or "", []).append(call)
    return [
        {
            "queue": name,
            "count": len(calls),
            "since": min(
                (milliseconds(call.queued_at or call.arrived_at) or 0 for call in calls), default=None
            ),
        }
        for name, calls in counted.items()
        if name in settings.queues or calls
    ]


def me_view(board: Board, agent_id: int, settings: Settings, language: Language) -> View | None:
    """The agent's own state, call and figures; None where the person is no agent any more."""
    me = board.agents.get(agent_id)
    if me is None:
        return None
    figures = board.figures.get(agent_id, _NO_FIGURES)
    return {
        "state": me.state.value,
        "since": milliseconds(me.since),
        "reason": me.reason,
        "wrap_up_until": milliseconds(me.wrap_up_until) if me.state is AgentState.WRAP_UP else None,
        "device_present": me.device_present,
        "after_call": me.after_call,
        "asked_back": me.state is AgentState.BREAK
        and any(is_alarm(call, settings) for call in board.waiting),
        "elsewhere": _elsewhere(board, me),
        "call": _my_call(board, me, settings, language),
        "today": {
            "answered": figures.answered,
            "missed": figures.missed,
            "talk": round(figures.mean_talk) if figures.mean_talk is not None else None,
            "within": round(100 * figures.within_goal) if figures.within_goal is not None else None,
            "score": round(figures.mean_score, 1) if figures.mean_score is not None else None,
        },
    }


def _my_call(board: Board, me: AgentNow, settings: Settings, language: Language) -> View | None:
    call = board.calls.get(me.call_id) if me.call_id is not None else None
    if call is None:
        return None
    offer = board.offers.get(me.agent_id)
    rings = me.state is AgentState.OFFERED and offer is not None and offer.call_id == call.id
    return {
        "id": call.id,
        # The number is whole while it rings at me or talks to me; afterwards the task is over.
        "number": shown(call.caller_number, whole=me.state in IN_A_CALL),
        "queue": call.queue,
        "alarm": is_alarm(call, settings),
        "language": call.language,
        "path": [list(step) for step in menu_words(settings, call.menu_path, language)],
        "kind": call.kind,
        "returned": call.returned,
        **conversation_view(board, call, me.agent_id, settings, language),
        "queued_at": milliseconds(call.queued_at or call.arrived_at),
        "talk_at": milliseconds(call.talk_started_at),
        "talk_end": milliseconds(call.talk_ended_at),
        "ended_at": milliseconds(call.ended_at),
        "rung_at": milliseconds(offer.rung_at) if rings and offer is not None else None,
    }


def _elsewhere(board: Board, me: AgentNow) -> View | None:
    """Who was faster with a call that has just rung at the agent, too; until another one is there."""
    faster = board.answered_elsewhere.get(me.agent_id)
    if faster is None or me.call_id is not None:
        return None
    who = board.agents.get(faster.agent_id) if faster.agent_id is not None else None
    return {"call": faster.call_id, "who": who.work_number if who is not None else None}


def is_alarm(call: CallNow, settings: Settings) -> bool:
    """Whether a call is a gas-leak alarm, by what it is about or where it waits."""
    return call.kind is CallKind.ALARM or call.queue == settings.alarm.queue


def floor_view(board: Board, settings: Settings) -> View:
    """The supervisor's page: everybody at a desk, everybody who waits, and the engines."""
    ringing: dict[int, list[str]] = {}
    for agent_id, offer in board.offers.items():
        if agent_id in board.agents:
            ringing.setdefault(offer.call_id, []).append(board.agents[agent_id].work_number)
    return {
        "agents": [
            _agent(board, agent, settings)
            for agent in board.agents.values()
            if agent.role in (Role.AGENT, Role.SUPERVISOR)
        ],
        "queue": [
            {
                "id": call.id,
                "number": shown(call.caller_number, whole=False),
                "queue": call.queue,
                "alarm": is_alarm(call, settings),
                "since": milliseconds(call.queued_at or call.arrived_at),
                "returned": call.returned,
                "language": call.language,
                "rings": sorted(ringing.get(call.id, [])),
            }
            for call in board.waiting
        ],
        "engines": engine_states(board),
        "watches": [
            {
                "by": watch.by_agent_id,
                "agent": watch.agent_id,
                "call": watch.call_id,
                "mode": watch.mode.value,
                "answered": watch.answered,
            }
            for watch in board.watches
        ],
    }


def engine_states(board: Board) -> list[View]:
    """Every engine: works, has lost its PBX, or is silent and since when."""
    return [
        {
            "node": engine.pbx_node,
            "seen_at": milliseconds(engine.seen_at) if _silent(board, engine.seen_at) else None,
            "state": "silent"
            if _silent(board, engine.seen_at)
            else ("ok" if engine.pbx_connected else "no_pbx"),
        }
        for engine in board.engines
    ]


def _silent(board: Board, seen_at: Any) -> bool:
    return bool(board.at - seen_at > ENGINE_SILENT_AFTER)


def _agent(board: Board, agent: AgentNow, settings: Settings) -> View:
    call = board.calls.get(agent.call_id) if agent.call_id is not None and agent.state in IN_A_CALL else None
    figures = board.figures.get(agent.agent_id, _NO_FIGURES)
    offer = board.offers.get(agent.agent_id)
    return {
        "id": agent.agent_id,
        "work_number": agent.work_number,
        "name": agent.name,
        "state": agent.state.value,
        "since": milliseconds(agent.since),
        "reason": agent.reason,
        "device_present": agent.device_present,
        "after_call": agent.after_call,
        "missed": figures.missed,
        "answered": figures.answered,
        "call": None
        if call is None
        else {
            "id": call.id,
            "number": shown(call.caller_number, whole=False),
            "queue": call.queue,
            "alarm": is_alarm(call, settings),
            "talk_at": milliseconds(call.talk_started_at),
            "rung_at": milliseconds(offer.rung_at) if offer is not None else None,
            **_hold(board, call, settings),
        },
    }


def _hold(board: Board, call: CallNow, settings: Settings) -> View:
    """Whether the caller hears music, and for longer than the limit (R-12.9)."""
    limit = timedelta(seconds=settings.hold.limit_seconds)
    since = board.conversations.get(call.id, PLAIN).held_since
    return {"held": since is not None, "held_too_long": since is not None and board.at - since >= limit}


def notices_view(unread: Unread | None) -> View:
    """What the bell shows: how many notices are not read yet, and whether one of them is urgent."""
    if unread is None:
        return {"count": 0, "newest": 0, "urgent": False, "line": None}
    line = None if unread.line is None else {"id": unread.line.id, "text": unread.line.text}
    return {"count": unread.count, "newest": unread.newest, "urgent": unread.urgent, "line": line}


def asked_view(board: Board, agent_id: int) -> View | None:
    """The newest wish of the agent, about whomever, and what became of it."""
    asked = board.asked_by.get(agent_id)
    if asked is None:
        return None
    return {
        "id": asked.id,
        "kind": asked.kind.value,
        "done": asked.done_at is not None,
        "refusal": asked.refusal,
    }
