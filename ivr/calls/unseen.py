"""Callers whom no engine saw: entered afterwards from the PBX's own log.

While the engine or the database is away the PBX's fallback has the callers. Who leaves before they are
taken in has a row all the same, with true times; a gas leak that nobody answered is called back (R-12.3).
"""

import asyncio
from datetime import datetime

import structlog
from sqlalchemy import Connection

from ivr.calls.channel_log import ChannelLog, UnseenCaller
from ivr.calls.hotline import Hotline, utc_now
from ivr.standard.call_stage import CallOutcome, CallStage, EndedBy, TimeSource
from ivr.standard.caller_number import read_caller_number
from ivr.standard.task_kind import TaskKind
from storage.queries import calls, recordings

log = structlog.get_logger(__name__)

LONGEST_DIALLED = 80


async def enter_unseen(hotline: Hotline, channel_log: ChannelLog, since: datetime) -> bool:
    """Write a row for every caller who came after ``since``, has left and has none.

    :param since: the last moment (UTC) at which an engine could still write: who came before has a row.
    :returns: whether somebody without a row is still on the line, so that it is to be looked again.
    :raises StorageError: the database is away again. ``AriError``: the PBX is.
    """
    found = await asyncio.to_thread(channel_log.callers, since)
    if not found:
        return False
    on_the_line = {str(channel["id"]) for channel in await hotline.ari.get("/channels")}
    known = await hotline.ledger.read(
        lambda c: calls.known_channels(c, hotline.node, [caller.channel for caller in found])
    )
    unseen = [caller for caller in found if caller.channel not in known]
    left = [caller for caller in unseen if caller.ended or caller.channel not in on_the_line]
    if left:
        await hotline.ledger.decide(lambda c: _enter(c, hotline, left))
        log.warning("calls.entered_from_pbx_log", calls=len(left))
    return len(left) < len(unseen)


def _enter(connection: Connection, hotline: Hotline, unseen: list[UnseenCaller]) -> None:
    known = calls.known_channels(connection, hotline.node, [caller.channel for caller in unseen])
    for caller in unseen:
        if caller.channel not in known:
            _enter_one(connection, hotline, caller)


def _enter_one(connection: Connection, hotline: Hotline, caller: UnseenCaller) -> None:
    settings = hotline.settings
    read = read_caller_number(caller.number)
    row = {
        "pbx_node": hotline.node,
        "channel": caller.channel,
        "caller_number": read.number,
        "caller_given": read.given,
        "dialled": caller.dialled[:LONGEST_DIALLED],
        "language": settings.default_language,
        "stage": CallStage.ARRIVED,
        "arrived_at": caller.arrived_at,
    }
    call_id = calls.arrive(connection, row)
    assert call_id is not None, "the channel is not known"
    outcome = CallOutcome.ABANDONED_IN_MENU
    if caller.alarm:
        queue = settings.queues[settings.alarm.queue]
        calls.wait(
            connection,
            call_id,
            caller.arrived_at,
            queue=settings.alarm.queue,
            kind=queue.kind,
            priority=queue.priority,
            menu_path=settings.alarm.key,
            language=settings.default_language,
        )
        outcome = CallOutcome.ABANDONED_WAITING
    if caller.talked is not None:
        begun, ended = caller.talked
        calls.change(connection, call_id, talk_started_at=begun, talk_ended_at=ended)
        calls.note(connection, "call.duty_phone_answered", begun, call_id=call_id)
        outcome = CallOutcome.ANSWERED
    calls.end(
        connection,
        call_id,
        caller.ended_at,
        by=_ended_by(caller),
        outcome=outcome,
        source=TimeSource.PBX_LOG if caller.ended else TimeSource.ESTIMATE,
    )
    if outcome is CallOutcome.ABANDONED_WAITING:
        recordings.owe(connection, call_id, TaskKind.ALARM_CALL_BACK, utc_now())


def _ended_by(caller: UnseenCaller) -> EndedBy:
    if not caller.ended:
        return EndedBy.UNKNOWN
    return EndedBy.CALLER if caller.by_peer else EndedBy.SYSTEM
