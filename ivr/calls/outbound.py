"""The wish to call out becomes a call: judged, written down and reserved in one transaction, then lived."""

import uuid
from typing import Any

import structlog
from sqlalchemy import Connection

from ivr.calls.call import Call
from ivr.calls.call_out import reserve_own_device
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.inbound import live
from ivr.calls.targets import REFUSED_NUMBERS, caps_reached, judge_number
from ivr.errors import StorageError
from ivr.standard.agent_state import AgentEvent, AgentState
from ivr.standard.call_stage import CallDirection, CallOutcome, CallStage
from ivr.standard.conversation_refusal import Refusal, refusal_to_call_out
from ivr.standard.dial_preview import PreviewRefusal
from storage.dial_rules import dial_rules
from storage.queries import (
    calls_out,
    dial_preview,
    dial_results,
    dial_taking,
    dialer_state,
    directed_offers,
    presence,
)
from storage.queries.commands import TakenCommand
from storage.queries.dial_taking import Taken
from storage.queries.offers import NewOffer

log = structlog.get_logger(__name__)


async def call_out(hotline: Hotline, command: TakenCommand) -> None:
    """Write the call down, reserve the agent, and live it; or say why it cannot be."""
    try:
        begun = await hotline.ledger.decide(lambda c: _write(c, hotline, command))
    except StorageError as error:
        log.error("call_out.not_written", reason=str(error))
        hotline.wishes.settle(command, Refusal.NO_CONVERSATION)
        return
    if isinstance(begun, str):
        hotline.wishes.settle(command, begun)
        return
    row, offer = begun
    call = Call(hotline, row["id"], row["channel"], language=row["language"], arrived_at=row["arrived_at"])
    call.direction, call.leg_exists, call.plain = CallDirection.OUTBOUND, False, False
    call.caller_number, call.agent_id = row["caller_number"], command.agent_id
    call.outcome = CallOutcome.CALL_OUT_GIVEN_UP
    call.asked_for, call.own_offer = command, offer
    await live(call, CallStage.DIALLING)


def _write(
    connection: Connection, hotline: Hotline, command: TakenCommand
) -> tuple[dict[str, Any], NewOffer] | str:
    settings, now = hotline.settings, utc_now()
    task_id = _id(command.arguments.get("dial_task_id"))
    given = (
        command.arguments.get("number") if task_id is None else dial_preview.number_of(connection, task_id)
    )
    judged = judge_number(settings, str(given or ""))
    if judged.number is None:
        return REFUSED_NUMBERS[judged.verdict]
    if not hotline.trunks.any:
        return Refusal.NO_LINE_OUT
    if caps_reached(connection, settings, command.agent_id, now):
        log.warning("call_out.cap_reached", agent=command.agent_id)
        return Refusal.TOO_MANY_CALLS_OUT
    agent = directed_offers.by_id(connection, command.agent_id)
    if refusal := refusal_to_call_out(agent.state if agent is not None else None):
        return refusal
    if agent is None or not agent.device_present:
        return f"not_possible_while_{AgentState.DEVICE_GONE}"
    about = command.arguments
    taken = None
    if task_id is not None:
        begun = _of_the_queue(connection, hotline, task_id, agent.id)
        if isinstance(begun, PreviewRefusal):
            return begun
        taken, about = begun, {"customer_id": begun.customer_id, "case_id": begun.case_id}
    row: dict[str, Any] = {
        "pbx_node": hotline.node,
        "channel": f"out-{uuid.uuid4().hex}",
        "direction": CallDirection.OUTBOUND,
        "caller_number": judged.number,
        "dialled": judged.number,
        "language": taken.language if taken is not None else settings.default_language,
        "stage": CallStage.DIALLING,
        "agent_id": agent.id,
        "arrived_at": now,
        "customer_id": _id(about.get("customer_id")),
        "case_id": _id(about.get("case_id")),
    }
    row["id"] = calls_out.arrive(connection, row, command.id)
    if taken is not None:
        dial_results.note(connection, taken.attempt_id, call_id=row["id"])
    if agent.state is AgentState.BREAK:
        # Back to it after the call.
        reason = calls_out.reason_of_break(connection, agent.id)
        presence.remember(connection, agent.id, AgentEvent.ASK_BREAK, reason)
    offer = reserve_own_device(connection, hotline, row["id"], agent.id, agent.device)
    return (row, offer) if offer is not None else Refusal.IN_A_CALL


def _of_the_queue(
    connection: Connection, hotline: Hotline, task_id: int, agent_id: int
) -> Taken | PreviewRefusal:
    """The attempt of a call to a customer that the agent has looked at (R-16.6)."""
    settings, now = hotline.settings, utc_now()
    ways = hotline.trunks.ways("")
    dial_taking.one_at_a_time(connection)
    floor = dialer_state.floor(connection, now, lines=settings.dialer.lines, alarm_queue=settings.alarm.queue)
    return dial_preview.begin_call(
        connection,
        task_id,
        agent_id,
        hotline.node,
        now,
        dial_rules(settings),
        floor,
        shown_number=ways[0].shown_number if ways else None,
    )


def _id(given: object) -> int | None:
    """The id of a row; None for whatever else came."""
    return given if type(given) is int and 0 < given < 2**63 else None
