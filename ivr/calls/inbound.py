"""One inbound call, from its arrival to its end.

:func:`live` is the call: it walks from stage to stage, and a hang-up is an exception out of whatever the
stage was waiting for. Every stage can be the first one, which is how a restart takes calls up again.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from ivr import hotline_clock
from ivr.asterisk.connection import segment
from ivr.asterisk.events import ChannelInfo, StasisStart
from ivr.calls.after_hours import choose_after_hours
from ivr.calls.asking import ask_customer
from ivr.calls.call import Call
from ivr.calls.call_back import confirm_call_back
from ivr.calls.call_out import dial_out
from ivr.calls.crowd import turn_to_call_back
from ivr.calls.fallback import give_up, to_fallback
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.menu import choose_from_menu
from ivr.calls.message import take_message
from ivr.calls.passing_on import ring_target
from ivr.calls.survey import ask_to_rate
from ivr.calls.talk import talk
from ivr.calls.waiting import wait_for_agent
from ivr.errors import AriDisconnected, AriError, CallerHungUp, DatabaseUnreachable, StorageError
from ivr.journal import Fact
from ivr.ledger import AWAY
from ivr.speech.prompt_ids import Prompt
from ivr.standard.call_stage import CallDirection, CallOutcome, CallStage, EndedBy
from ivr.standard.caller_number import read_caller_number
from ivr.standard.task_kind import TaskKind
from storage.queries import calls, recordings

log = structlog.get_logger(__name__)


async def _menu(call: Call) -> CallStage:
    """The menu; who comes while there are more callers than can be served hears that first."""
    if call.crowded_out:
        call.crowded_out = False
        following = await turn_to_call_back(call)
        if following is not CallStage.MENU:
            return following
    return await choose_from_menu(call)


STAGES: dict[CallStage, Callable[[Call], Awaitable[CallStage]]] = {
    CallStage.MENU: _menu,
    CallStage.AFTER_HOURS: choose_after_hours,
    CallStage.WAITING: wait_for_agent,
    CallStage.DIALLING: dial_out,
    CallStage.TALKING: talk,
    CallStage.PASSING_ON: ring_target,
    CallStage.SURVEY: ask_to_rate,
    CallStage.MESSAGE: take_message,
    CallStage.CALL_BACK: confirm_call_back,
    CallStage.ASKING: ask_customer,
}
"""What a call does in each stage; each returns the stage that follows."""

WRITES_ITSELF = frozenset(
    {
        CallStage.WAITING,
        CallStage.DIALLING,
        CallStage.ASKING,
        CallStage.TALKING,
        CallStage.PASSING_ON,
        CallStage.SURVEY,
    }
)
"""Stages that are written together with the decision that leads there."""

LONGEST_DIALLED = 80


async def arrive(hotline: Hotline, start: StasisStart) -> None:
    """A caller has entered our application: write the call down, then answer it (R-12.3b)."""
    channel = start.channel
    if (came_back := hotline.away.pop(channel.id, None)) is not None:
        came_back(start)
        return
    if channel.id in hotline.starting or hotline.dispatcher.knows(channel.id):
        return
    alarm = "alarm" in start.arguments[2:]
    hotline.starting.add(channel.id)
    try:
        call = await _written_down(hotline, channel, _arrived_at(start.arguments), alarm=alarm)
        if call is None:
            return
    finally:
        hotline.starting.discard(channel.id)
    first = CallStage.WAITING if alarm else CallStage.MENU
    if first is CallStage.WAITING:
        call.queue = hotline.settings.alarm.queue
    call.crowded_out = first is CallStage.MENU and hotline.is_crowded()
    await live(call, first, up=channel.state == "Up")


async def _written_down(
    hotline: Hotline, channel: ChannelInfo, arrived_at: datetime, *, alarm: bool
) -> Call | None:
    """The call with its row; None when it cannot be kept, then the PBX's own fallback has the caller."""
    dialled = await _dialled(hotline, channel)
    caller = read_caller_number(channel.caller_number or channel.caller_name)
    language = hotline.settings.default_language
    row = {
        "pbx_node": hotline.node,
        "channel": channel.id,
        "caller_number": caller.number,
        "caller_given": caller.given,
        "dialled": dialled[:LONGEST_DIALLED],
        "language": language,
        "stage": CallStage.ARRIVED,
        "arrived_at": arrived_at,
    }
    try:
        if hotline.ledger.is_away:
            raise DatabaseUnreachable("it was away a moment ago")  # to try it takes seconds of silence
        call_id = await hotline.ledger.decide(lambda c: _arrive(c, row, alarm, utc_now()))
    except StorageError as error:
        log.error("call.not_written", channel=channel.id, reason=str(error))
        early = hotline.dispatcher.early_keys(channel.id)
        await to_fallback(hotline, channel.id, alarm=alarm or hotline.settings.alarm.key in early)
        return None
    if call_id is None:
        return None
    call = Call(hotline, call_id, channel.id, language=language, arrived_at=arrived_at)
    call.caller_number = caller.number
    call.dialled = dialled
    return call


def _arrive(connection: Connection, row: dict[str, Any], alarm: bool, now: datetime) -> int | None:
    call_id = calls.arrive(connection, row)
    if alarm and call_id is not None:
        recordings.owe_no_more(connection, call_id, TaskKind.ALARM_CALL_BACK, now)
    return call_id


async def _dialled(hotline: Hotline, channel: ChannelInfo) -> str:
    """What the caller dialled; out of the PBX's fallback the dialplan's extension is its own "s"."""
    if channel.dialled != "s":
        return channel.dialled
    try:
        found = await hotline.ari.get(
            f"/channels/{segment(channel.id)}/variable", {"variable": "CALLERID(dnid)"}
        )
    except AriError:
        return channel.dialled
    return str(found.get("value") or channel.dialled)


def _arrived_at(arguments: tuple[str, ...]) -> datetime:
    """When the caller first reached the PBX (UTC, ISO 8601, the dialplan's second argument)."""
    try:
        return hotline_clock.of_machine(datetime.fromisoformat(arguments[1]).replace(tzinfo=UTC))
    except (IndexError, ValueError):
        return utc_now()


async def live(call: Call, stage: CallStage, *, up: bool = True, again: bool = False) -> None:
    """Walk a call through its stages to its end, whatever happens.

    :param stage: the first one; after a restart the one in which the call stood.
    :param up: the PBX has answered it already.
    :param again: another engine, or this one, was with the call before.
    """
    by_caller = False
    # Every line that anybody logs on this call's behalf names it.
    structlog.contextvars.bind_contextvars(call=call.id)
    try:
        if again and stage is not CallStage.TALKING:
            await call.leg.stop_left_over()
        if not up:
            await call.leg.answer()
            call.change(answered_at=utc_now())
        if call.dialled is not None and not _is_ours(call):
            stage = await _unknown_number(call)
        while stage is not CallStage.ENDED:
            call.stage = stage
            if stage not in WRITES_ITSELF:
                call.change(
                    stage=stage,
                    queue=call.queue,
                    kind=call.kind,
                    menu_path=call.menu_path,
                    language=call.language,
                )
            stage = await STAGES[stage](call)
        await call.leg.hang_up()
    except CallerHungUp:
        by_caller = not call.leg.unheard
        if call.leg.unheard:
            call.ended_by = EndedBy.SYSTEM
            call.log.warning("call.line_silent", stage=call.stage)
            call.note("call.line_silent", stage=call.stage)
    except AriDisconnected:
        call.forget()
        return  # taken up again when the PBX is back
    except AWAY as error:
        call.log.error("call.database_away", reason=str(error))
        await give_up(call)
        return
    except Exception:
        call.log.exception("call.fault")
        await give_up(call)
        return
    await _end(call, EndedBy.CALLER if by_caller else call.ended_by)


def _is_ours(call: Call) -> bool:
    return call.dialled in call.hotline.settings.numbers or call.dialled == "s"


async def _unknown_number(call: Call) -> CallStage:
    """Somebody dialled a number that is none of ours: say so, and say ours."""
    call.log.warning("call.number_unknown")
    call.outcome = CallOutcome.NUMBER_UNKNOWN
    await call.say(call.phrase(Prompt.NUMBER_UNKNOWN, hotline=call.hotline.settings.company.hotline))
    return CallStage.ENDED


async def _end(call: Call, by: EndedBy) -> None:
    """Write the end, and what is owed to a caller who left too early."""
    call.forget()
    now, outcome = utc_now(), call.outcome
    # Whom we called back and lost again is tried again by the dialer.
    inbound = call.direction is CallDirection.INBOUND
    owed = inbound and call.is_alarm and outcome is CallOutcome.ABANDONED_WAITING
    await call.keep_and_match(Fact(_write_end, call.id, now, by, outcome, owed))
    if outcome is not CallOutcome.ANSWERED and not call.recorded:
        call.hotline.recorder.forget(call.leg.id)
    while (happening := call.inbox.take()) is not None:
        call.overheard(happening)


def _write_end(
    connection: Connection, call_id: int, now: datetime, by: EndedBy, outcome: CallOutcome, owed: bool
) -> None:
    calls.end(connection, call_id, now, by=by, outcome=outcome)
    if owed:
        recordings.owe(connection, call_id, TaskKind.ALARM_CALL_BACK, now)
