"""Takes up the calls of this node after the engine or its connection was away.

The PBX kept the audio: what its channels and bridges are is compared with what the database says, and
every call goes on at the stage where it stood. What ended meanwhile is closed with its true time from
the PBX's own log.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from ivr.asterisk.bridge import Bridge
from ivr.asterisk.channel import Leg, LegHungUp, hang_up_quietly
from ivr.asterisk.events import ChannelInfo, StasisStart, channel_info
from ivr.calls.away import expect_back
from ivr.calls.call import Call, outcome_so_far, wrap_up_seconds
from ivr.calls.channel_log import ChannelEnd, ChannelLog
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.inbound import arrive, live
from ivr.calls.message_recording import flat, is_recording
from ivr.calls.talk import end_every_part
from ivr.standard.call_stage import CallDirection, CallOutcome, CallStage, EndedBy, TimeSource
from ivr.standard.caller_number import can_be_called
from ivr.standard.recording_status import RecordingKind
from ivr.standard.task_kind import TaskKind
from ivr.standard.three_rings import OfferOutcome
from ivr.standard.transfer import TransferOutcome
from storage.queries import calls, commands, offers, presence, recordings, transfers
from storage.queries.offers import NewOffer

log = structlog.get_logger(__name__)

OURS = ("offer-", "out-")
"""How the ids of channels begin that the engine itself makes for calls."""
TAKEN_UP_ELSEWHERE = ("duty-", "watch-")
"""How the ids of channels begin that are no part of a call: of the duty list, of supervisors who listen."""


FALLBACK = "hotline-fallback"
"""How the contexts begin in which the PBX itself has the callers."""
HAS_AN_AGENT = frozenset({CallStage.DIALLING, CallStage.TALKING})
"""Stages in which the leg that a call's row names is wanted."""


HAD_NOT_FINISHED = frozenset(
    {CallStage.ARRIVED, CallStage.MENU, CallStage.WAITING, CallStage.TALKING, CallStage.PASSING_ON}
)
"""Stages out of which a caller whom the PBX lost is called back; after the talk nothing is missing."""
AGAIN_WITHIN = timedelta(seconds=60)
"""A call out of which nobody was rung yet is begun again so soon after it was asked for, and no later."""


@dataclass(frozen=True)
class Found:
    """What the PBX and the database say after the time away."""

    alive: dict[str, ChannelInfo]
    in_application: frozenset[str]
    in_fallback: frozenset[str]
    """Channels of callers whom the PBX's dialplan has at this moment."""
    pbx_started: datetime
    """Since when the PBX runs: calls of before it lost."""
    bridges: dict[str, Any]
    live_calls: list[Row[Any]]
    rang: list[Row[Any]]
    recording: list[Row[Any]]
    consulted: dict[int, str]
    """Call → channel of who is asked about it, and has answered."""
    recording_now: frozenset[str]
    """Names of messages that the PBX is writing."""

    def goes_on(self, row: Row[Any]) -> bool:
        """Whether a call is still there: its customer is, or an agent who is about to call one."""
        if row.channel in self.alive:
            return True
        if row.stage is not CallStage.DIALLING or utc_now() - row.arrived_at > AGAIN_WITHIN:
            return False
        return row.agent_channel is None or row.agent_channel in self.alive

    def message_of(self, call_id: int) -> Row[Any] | None:
        """The message that this call was leaving."""
        return next(
            (
                recording
                for recording in self.recording
                if recording.call_id == call_id and recording.kind is RecordingKind.MESSAGE
            ),
            None,
        )


async def take_up_calls(hotline: Hotline, channel_log: ChannelLog) -> None:
    """Compare the PBX with the database and go on with every call.

    :raises AriError: the PBX went away again; the next connect begins anew.
    :raises StorageError: the database is away.
    """
    found = await _look(hotline)
    gone = [row for row in found.live_calls if not found.goes_on(row)]
    ends = channel_log.ends() if gone else {}
    for row in found.recording:
        if row.kind is RecordingKind.CONVERSATION:  # before its call goes on, and would begin another
            hotline.recorder.take_up(row, frozenset(found.alive))
    for row in found.live_calls:
        if row.channel in found.in_fallback:
            await expect_back(
                hotline, row, lambda left: _close(hotline, left, channel_log.ends(), None, cut_off=False)
            )
        elif found.goes_on(row):
            _take_up(hotline, row, found)
    for row in gone:
        cut_off = row.channel not in ends and row.arrived_at < found.pbx_started
        await _close(hotline, row, ends, found.message_of(row.id), cut_off=cut_off)
    for row in found.recording:
        if row.kind is RecordingKind.MESSAGE and row.call_id not in hotline.calls:
            hotline.messages.take_over(row, found.recording_now)
    hotline.recorder.sweep(frozenset(found.alive))
    await hotline.ledger.decide(lambda c: presence.free_lost_agents(c, utc_now()))
    await _tidy(hotline, found)
    if found.live_calls:
        log.info("calls.taken_up", calls=len(found.live_calls), ended_meanwhile=len(gone))
    hotline.matcher.poke()
    hotline.presence.poke()


def _dialplan(channel: dict[str, Any]) -> str:
    """Where in the dialplan a channel is; nowhere while an application of ours has it."""
    place = channel.get("dialplan") or {}
    return "" if place.get("app_name") == "Stasis" else str(place.get("context") or "")


async def _look(hotline: Hotline) -> Found:
    channels = await hotline.ari.get("/channels")
    bridges = await hotline.ari.get("/bridges")
    application = await hotline.ari.get(f"/applications/{hotline.ari.application}")
    status = await hotline.ari.get("/asterisk/info", {"only": "status"})
    newcomers, starting = frozenset(hotline.calls), frozenset(hotline.starting)
    live_calls, rang, recording = await hotline.ledger.decide(lambda c: _settle(c, hotline.node))
    consulted = await hotline.ledger.read(transfers.channels_of_consulted)
    messages = [flat(row.name) for row in recording if row.kind is RecordingKind.MESSAGE]
    still = [name for name in messages if await is_recording(hotline.ari, name)]
    return Found(
        alive={str(channel["id"]): channel_info(channel) for channel in channels},
        in_application=frozenset(map(str, application.get("channel_ids", ()))),
        in_fallback=frozenset(str(c["id"]) for c in channels if _dialplan(c).startswith(FALLBACK)),
        bridges={str(bridge["id"]): bridge for bridge in bridges},
        pbx_started=datetime.fromisoformat(status["status"]["startup_time"]),
        live_calls=[row for row in live_calls if row.id not in newcomers and row.channel not in starting],
        rang=rang,
        recording=recording,
        consulted=consulted,
        recording_now=frozenset(still),
    )


def _settle(connection: Connection, node: str) -> tuple[list[Row[Any]], list[Row[Any]], list[Row[Any]]]:
    """Give back what rang, and the commands taken and not done."""
    now = utc_now()
    rang = offers.open_of_node(connection, node)
    for row in rang:
        offer = NewOffer(row.id, row.call_id, row.agent_id, row.channel, row.device)
        offers.settle(
            connection, offer, OfferOutcome.ENGINE_RESTART, now, rung_at=row.rung_at, rings=row.rings
        )
    commands.give_back_unfinished(connection, node)
    return calls.live(connection, node), rang, recordings.running(connection, node)


# -- calls that are still there ----------------------------------------------------------------


def _take_up(hotline: Hotline, row: Row[Any], found: Found) -> None:
    """Begin the call's coroutine at the stage where it stood."""
    call = Call.of_row(hotline, row)
    call.alive, call.in_application = frozenset(found.alive), found.in_application
    stage = CallStage.MENU if row.stage is CallStage.ARRIVED else row.stage
    begun = row.answered_at is not None
    if stage is CallStage.TALKING:
        _take_up_agent(call, row, found)
        call.in_bridge = frozenset(map(str, found.bridges.get(row.bridge, {}).get("channels", ())))
    elif stage in (CallStage.DIALLING, CallStage.ASKING):
        begun = True
        call.leg_exists = row.channel in found.alive
        call.leg.up = call.leg_exists and found.alive[row.channel].state == "Up"
        if row.agent_channel is not None:
            _take_up_agent(call, row, found)
    elif stage is CallStage.MESSAGE and (message := found.message_of(call.id)) is not None:
        call.message = hotline.messages.take_up(message, found.recording_now)
    hotline.keep(asyncio.create_task(live(call, stage, up=begun, again=True), name=f"call-{call.id}"))


def _take_up_agent(call: Call, row: Row[Any], found: Found) -> None:
    """The leg of the agent, who may have gone meanwhile."""
    hotline = call.hotline
    call.bridge = Bridge(hotline.ari, row.bridge)
    call.agent_leg = leg = Leg(hotline.ari, row.agent_channel, call.inbox.put)
    leg.up = True
    hotline.dispatcher.add(leg)
    if row.agent_channel not in found.alive:
        leg.ended = True
        call.inbox.put(LegHungUp(leg))


# -- calls that ended meanwhile ----------------------------------------------------------------


async def _close(
    hotline: Hotline,
    row: Row[Any],
    ends: dict[str, ChannelEnd],
    message: Row[Any] | None,
    *,
    cut_off: bool,
) -> None:
    """Write the end of a call that ended while nobody watched, and send its agent into wrap-up.

    :param message: what the caller was saying; it is kept.
    :param cut_off: it was the PBX that died, and nobody hung up.
    """
    end = ends.get(row.channel)
    agent_end = ends.get(row.agent_channel or "")
    now = utc_now()
    ended_at = end.at if end else now
    outcome = outcome_so_far(row) if message is None else CallOutcome.MESSAGE_LEFT
    until = ended_at + timedelta(seconds=wrap_up_seconds(hotline.settings, row.direction, row.queue))
    by = EndedBy.UNKNOWN
    if end is not None:
        by = EndedBy.AGENT if agent_end is not None and agent_end.at < end.at else EndedBy.CALLER

    def write(connection: Connection) -> None:
        if row.stage is CallStage.TALKING:
            calls.end_talk(connection, row.id, row.agent_id, ended_at, max(until, now), CallStage.TALKING)
        end_every_part(connection, row.id, ended_at, TransferOutcome.CALLER_GONE)
        source = TimeSource.PBX_LOG if end else TimeSource.ESTIMATE
        calls.end(connection, row.id, ended_at, by=by, outcome=outcome, source=source)
        if (task := _owed(hotline, row, outcome, cut_off=cut_off)) is not None:
            recordings.owe(connection, row.id, task, now)
        if message is not None:
            recordings.owe(connection, row.id, TaskKind.MESSAGE, now, recording_name=message.name)

    await hotline.ledger.decide(write)
    if row.agent_channel is not None and agent_end is None:
        await hang_up_quietly(hotline.ari, row.agent_channel)
    if row.bridge is not None:
        await Bridge(hotline.ari, row.bridge).destroy()


def _owed(hotline: Hotline, row: Row[Any], outcome: CallOutcome, *, cut_off: bool) -> TaskKind | None:
    """What is owed to a caller who is no longer on the line.

    :param cut_off: it was the PBX that died, and nobody hung up.
    """
    if row.direction is not CallDirection.INBOUND or outcome is CallOutcome.MESSAGE_LEFT:
        return None
    if row.queue == hotline.settings.alarm.queue and (cut_off or outcome is CallOutcome.ABANDONED_WAITING):
        return TaskKind.ALARM_CALL_BACK
    if cut_off and row.stage in HAD_NOT_FINISHED and can_be_called(row.caller_number):
        return TaskKind.CALL_BACK
    return None


# -- what is left over -------------------------------------------------------------------------


async def _tidy(hotline: Hotline, found: Found) -> None:
    """End legs that ring for nobody, and take in callers whose arrival was never written."""
    wanted = {row.agent_channel for row in found.live_calls if row.stage in HAS_AN_AGENT}
    wanted |= {found.consulted.get(row.id) for row in found.live_calls if found.goes_on(row)}
    known = {row.channel for row in found.live_calls}
    for channel_id, channel in found.alive.items():
        if channel_id.startswith(TAKEN_UP_ELSEWHERE):
            continue
        ours = channel_id.startswith(OURS)
        if ours and channel_id not in wanted | known and not hotline.dispatcher.knows(channel_id):
            await hang_up_quietly(hotline.ari, channel_id)
        elif (
            channel_id in found.in_application
            and channel_id not in known
            and not ours
            and channel_id not in hotline.starting
            and not hotline.dispatcher.knows(channel_id)
        ):
            hotline.keep(asyncio.create_task(arrive(hotline, StasisStart(channel, ("inbound",)))))
    for bridge_id, bridge in found.bridges.items():
        if bridge_id.startswith("call-") and not bridge.get("channels"):
            await Bridge(hotline.ari, bridge_id).destroy()
