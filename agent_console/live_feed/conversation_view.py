"""What goes on inside a conversation, as the desk of one agent sees it (R-12.9, R-14.2)."""

from typing import Any

from agent_console.moments import milliseconds
from ivr.config import Settings
from ivr.config.value_types import Language
from ivr.standard.call_stage import CallStage
from ivr.standard.transfer import TargetKind, TransferState
from storage.queries.board import Board, CallNow
from storage.queries.conversation_now import PLAIN, PassedOn


def conversation_view(
    board: Board, call: CallNow, agent_id: int, settings: Settings, language: Language
) -> dict[str, Any]:
    """Held, muted, consulting, three talk; and the note of the colleague who passed the call on."""
    now = board.conversations.get(call.id, PLAIN)
    passed = now.passed_on
    mine = passed is not None and passed.from_agent_id == agent_id
    consult = passed if passed is not None and mine and passed.goes_on and passed.attended else None
    return {
        "direction": now.direction,
        "held_since": milliseconds(now.held_since),
        "hold_count": now.hold_count,
        "hold_limit": settings.hold.limit_seconds,
        "muted": now.muted,
        "three_way": now.three_way,
        "dialling": call.stage is CallStage.DIALLING,
        "consult": None
        if consult is None
        else {
            "to": _to(consult, settings, language),
            "state": "talking" if consult.state is TransferState.TALKING else "ringing",
            "since": milliseconds(consult.since),
        },
        "note": None
        if passed is None or mine or not passed.note
        else {"from": passed.from_work_number or "", "text": passed.note},
    }


def _to(passed: PassedOn, settings: Settings, language: Language) -> str:
    queue = settings.queues.get(passed.to) if passed.to_kind is TargetKind.QUEUE else None
    return queue.name.text(language) if queue is not None else passed.to
