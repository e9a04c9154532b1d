"""The duty list is called from its first to its last name, again and again, until one acknowledges (R-3.1).

One coroutine an alert. What it does next follows from the rows: whose turn it is from the last call, and what
became of that one from its outcome. So an engine that comes after another goes on where that one was.
"""

import asyncio
import uuid
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from ivr.asterisk.channel import hang_up_quietly
from ivr.asterisk.connection import segment
from ivr.calls.duty_call import DutyAsked, DutyLeg
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.targets import judge_number
from ivr.calls.trunks import WayOut
from ivr.config.notice_sections import DutyPerson
from ivr.errors import AriError, AriRefused, StorageError
from ivr.journal import Fact
from ivr.ledger import AWAY
from ivr.notices.sleeper import LONGEST, Sleeper
from ivr.standard.duty_round import DutyOutcome, Turn, next_turn
from storage.queries import duty_calls
from storage.queries.duty_calls import Alert, LastCall

log = structlog.get_logger(__name__)

CHANNELS = "duty-"
"""How the ids of these channels begin."""
AGAIN_SECONDS = 1.0
LOOK_AT_OTHERS_SECONDS = 3.0
"""How often one looks whether the engine of another node, which is at an alert, still lives."""
LONGER_THAN_IT_RINGS = 5.0
"""The PBX ends a ringing of an engine that is gone by itself, a little later than that one would have."""
SENTENCE_SECONDS = 20.0
"""No sentence takes longer."""


class DutyList:
    """Takes alerts of cases and has the duty list called."""

    def __init__(self, hotline: Hotline) -> None:
        self.sleeper = Sleeper()
        self._hotline = hotline
        self._rules = hotline.settings.duty_list
        self._running: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Take what waits for an engine; until cancelled."""
        while True:
            longest = LONGEST
            try:
                if self._hotline.ari.connected and not self._hotline.matcher.suspended:
                    others = await self._look()
                    longest = LOOK_AT_OTHERS_SECONDS if others else LONGEST
            except StorageError as error:
                log.error("duty_list.not_read", reason=str(error))
                longest = AGAIN_SECONDS
            await self.sleeper.until(None, longest)

    async def take_up(self) -> None:
        """After a connect: end legs that nobody waits for, then go on with what was going on.

        :raises AriError: the PBX went away again. ``StorageError``: the database is away.
        """
        wanted = await self._hotline.ledger.read(lambda c: duty_calls.open_channels(c, self._hotline.node))
        for channel in await self._hotline.ari.get("/channels"):
            if str(channel["id"]).startswith(CHANNELS) and channel["id"] not in wanted:
                await hang_up_quietly(self._hotline.ari, str(channel["id"]))
        self.sleeper.poke()

    async def _look(self) -> bool:
        """Begin what is this node's; True: others are at something."""
        rules, node = self._rules, self._hotline.node
        ring = timedelta(seconds=rules.ring_seconds + LONGER_THAN_IT_RINGS)
        talk = timedelta(seconds=rules.say_times * (SENTENCE_SECONDS + rules.acknowledge_within))
        mine = await self._hotline.ledger.decide(
            lambda c: duty_calls.take(c, node, utc_now(), ring, ring + talk)
        )
        for alert_id in mine:
            if alert_id not in self._running:
                task = asyncio.create_task(self._tell(alert_id), name=f"duty-alert-{alert_id}")
                self._running[alert_id] = task
                task.add_done_callback(lambda _, alert_id=alert_id: self._running.pop(alert_id, None))  # type: ignore[misc]
                self._hotline.keep(task)
        return await self._hotline.ledger.read(lambda c: duty_calls.others_open(c, node))

    # -- one alert -----------------------------------------------------------------------------

    async def _tell(self, alert_id: int) -> None:
        """Call one after the other until the alert is over."""
        while True:
            try:
                if not await self._next(alert_id):
                    return
            except AriError:
                return  # taken up when the PBX is back
            except AWAY as error:
                log.error("duty_list.database_away", alert=alert_id, reason=str(error))
                await asyncio.sleep(AGAIN_SECONDS)

    async def _next(self, alert_id: int) -> bool:
        """Do what is next; False when nothing is."""
        found, last = await self._read(alert_id)
        if found is None:
            return False
        if last is not None and last.outcome is None:
            await self._go_on(found, last)
            return True
        people = len(self._rules.people)
        turn = next_turn(last.turn if last else None, last.outcome if last else None, people)
        if found.over or turn is None:
            if people == 0:
                log.error("duty_list.empty", case=found.case_number)
            await self._hotline.ledger.decide(lambda c: duty_calls.end(c, found.id, utc_now()))
            return False
        if last is not None and await self._paused(last, turn):
            return True  # the case may be closed by now
        await self._call(found, turn)
        return True

    async def _read(self, alert_id: int) -> tuple[Alert | None, LastCall | None]:
        def read(connection: Connection) -> tuple[Alert | None, LastCall | None]:
            return (
                duty_calls.alert(connection, alert_id, self._hotline.node),
                duty_calls.last_call(connection, alert_id),
            )

        # A decision and not a read: what came of the last call may still be in the ledger's queue.
        return await self._hotline.ledger.decide(read)

    async def _paused(self, last: LastCall, turn: Turn) -> bool:
        """Rest between rounds, and after a call that was none; False when that is over."""
        seconds = AGAIN_SECONDS if last.outcome is DutyOutcome.UNREACHABLE else 0.0
        if turn.place == 1 and turn.round > last.turn.round:
            seconds = max(seconds, self._rules.pause_between_rounds)
        over = (last.ended_at or last.asked_at) + timedelta(seconds=seconds)
        left = (over - utc_now()).total_seconds()
        if left <= 0:
            return False
        await asyncio.sleep(left)
        return True

    async def _call(self, found: Alert, turn: Turn) -> None:
        """Call who is next; the row is there before the telephone rings."""
        person, now, node = self._rules.people[turn.place - 1], utc_now(), self._hotline.node
        channel = f"{CHANNELS}{uuid.uuid4().hex}"
        ways = self._ways(person)
        call_id = await self._hotline.ledger.decide(
            lambda c: duty_calls.ask(
                c,
                found,
                turn,
                now,
                person=person.name,
                number=person.called_at,
                node=node,
                channel=channel,
            )
        )
        if call_id is None:
            await asyncio.sleep(AGAIN_SECONDS)
        elif not ways:
            log.error("duty_list.no_line_out", person=person.name, number=person.called_at)
            await self._settle(call_id, DutyOutcome.UNREACHABLE)
        else:
            asked = DutyAsked(call_id, channel, found.case_number, now, ways)
            await self._settle(call_id, await DutyLeg(self._hotline, asked).talk())

    async def _go_on(self, found: Alert, last: LastCall) -> None:
        """Take up the call of an engine that died: who rings or listens notices nothing."""
        state = await self._state_of(last.channel)
        if state not in ("Ringing", "Up"):
            await hang_up_quietly(self._hotline.ari, last.channel)
            await self._settle(last.id, DutyOutcome.ENGINE_RESTART)
            return
        if state == "Up" and last.answered_at is None:
            await self._hotline.ledger.decide(lambda c: duty_calls.answered(c, last.id, utc_now()))
        asked = DutyAsked(last.id, last.channel, found.case_number, last.asked_at, answered=state == "Up")
        await self._settle(last.id, await DutyLeg(self._hotline, asked).talk())

    async def _state_of(self, channel: str) -> str | None:
        try:
            found = await self._hotline.ari.get(f"/channels/{segment(channel)}")
        except AriRefused:
            return None
        return str(found.get("state"))

    async def _settle(self, call_id: int, outcome: DutyOutcome) -> None:
        now = utc_now()
        log.info("duty_call.over", call=call_id, outcome=outcome.value)
        try:
            await self._hotline.ledger.decide(lambda c: duty_calls.settle(c, call_id, outcome, now))
        except AWAY as error:
            log.error("duty_list.kept_for_later", reason=str(error))
            self._hotline.ledger.note(Fact(duty_calls.settle, call_id, outcome, now))
            await asyncio.sleep(AGAIN_SECONDS)

    def _ways(self, person: DutyPerson) -> list[WayOut]:
        """What the PBX dials, one after the other; empty without a trunk that takes calls out."""
        if person.device is not None:
            return [WayOut(f"PJSIP/fixed-device/{person.device}")]
        number = person.number or ""
        return self._hotline.trunks.ways(judge_number(self._hotline.settings, number).number or number)
