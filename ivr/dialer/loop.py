"""The dialer 外呼: looks again and again at what is to be called, and begins as many calls as it may.

What may be called when, and how often, are rules in ivr/standard; who is called next is one transaction in
storage/queries/dial_taking.py. So any number of engines may dial from one queue, and one that dies leaves
behind only rows, which are settled by whoever looks next.
"""

import asyncio
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from ivr.calls.call import Call
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.inbound import live
from ivr.calls.targets import caps_of
from ivr.errors import StorageError
from ivr.standard.call_stage import CallDirection, CallOutcome, CallStage
from ivr.standard.dial_pacing import Floor, how_many
from storage.dial_rules import dial_rules
from storage.queries import call_out_caps, campaigns, dial_results, dial_taking, dialer_state
from storage.queries.dial_calls import arrive
from storage.queries.dial_planning import Planned, plan, plan_promised
from storage.queries.dial_speakers import speakers
from storage.queries.dial_taking import Taken

log = structlog.get_logger(__name__)

PLANNED_AT_ONCE = 500
"""Tasks planned in one transaction: calls wait for the database meanwhile."""
BREATH = 0.05
"""Seconds between two such transactions."""
AGAIN_SECONDS = 2.0
TOLD_EVERY = timedelta(hours=1)


class Dialer:
    """Of one engine. Without a trunk that takes calls out it does nothing at all."""

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline
        self._settings = hotline.settings
        self._rules = dial_rules(hotline.settings)
        self._plan_at: datetime | None = None
        self._freed = asyncio.Event()
        self._lines_told: datetime | None = None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            pause = self._settings.dialer.pause_between_looks
            try:
                if (
                    self._hotline.trunks.any
                    and self._hotline.ari.connected
                    and not self._hotline.matcher.suspended
                ):
                    await self._plan_if_due()
                    await self._look()
            except StorageError as error:
                log.error("dialer.database_away", reason=str(error))
                pause = AGAIN_SECONDS
            await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        """Until a line is given back, or so long: no line is idle for want of a look."""
        try:
            async with asyncio.timeout(seconds):
                await self._freed.wait()
        except TimeoutError:
            return
        await asyncio.sleep(BREATH)  # several that end together are seen together
        self._freed.clear()

    async def _plan_if_due(self) -> None:
        """Gather what is to be called: promises with each look, everything else now and then."""
        now, ledger = utc_now(), self._hotline.ledger
        if self._plan_at is not None and now < self._plan_at:
            return
        every = timedelta(minutes=self._settings.revisits.plan_every_minutes)
        done = Planned(more=True)
        while done.more:
            last = done.last
            done = await ledger.decide(
                lambda c, last=last: plan(c, utc_now(), self._rules, PLANNED_AT_ONCE, after=last)  # type: ignore[misc]
            )
            await asyncio.sleep(BREATH)
        await ledger.decide(lambda c: campaigns.finish(c, now))
        self._plan_at = now + every

    async def _look(self) -> None:
        now, ledger = utc_now(), self._hotline.ledger
        if not await ledger.read(lambda c: dial_taking.anything(c, now, self._rules)):
            return
        for row, taken in await ledger.decide(lambda c: self._take(c, now)):
            self._begin(row, taken)

    def _take(self, connection: Connection, now: datetime) -> list[tuple[dict[str, Any], Taken]]:
        """In one transaction: settle what is over, see what may be begun, take it, and write its calls."""
        settings, rules = self._settings, self._rules
        dial_taking.one_at_a_time(connection)
        dial_results.settle_left_behind(connection, now, rules, [self._hotline.node])
        plan_promised(connection, now, rules)
        floor = dialer_state.floor(
            connection, now, lines=settings.dialer.lines, alarm_queue=settings.alarm.queue
        )
        self._tell_lines(floor, now)
        shown = self._hotline.trunks.ways("")[0].shown_number
        allowed = how_many(rules.pacing, floor)
        left = call_out_caps.left(connection, caps_of(self._hotline.settings), now)
        allowed = replace(allowed, lines=min(allowed.lines, left), with_agent=min(allowed.with_agent, left))
        free = speakers(connection, now, rules)
        taken = dial_taking.take(
            connection, self._hotline.node, now, rules, allowed, shown_number=shown, speakers=free
        )
        return [(self._written(connection, one, now), one) for one in taken]

    def _tell_lines(self, floor: Floor, now: datetime) -> None:
        """Once an hour: somebody typed fewer lines than the trunks have, and the dialer waits for nothing."""
        told = self._lines_told
        if floor.lines_used > floor.lines and (told is None or now - told > TOLD_EVERY):
            self._lines_told = now
            log.warning("dialer.more_calls_than_lines", calls=floor.lines_used, lines=floor.lines)

    def _written(self, connection: Connection, taken: Taken, now: datetime) -> dict[str, Any]:
        """The call's row, before anything rings: an engine that comes after this one finds it."""
        row: dict[str, Any] = {
            "pbx_node": self._hotline.node,
            "channel": f"out-{uuid.uuid4().hex}",
            "direction": CallDirection.OUTBOUND,
            "caller_number": taken.number,
            "dialled": taken.number,
            "language": taken.language,
            "stage": CallStage.ASKING,
            "arrived_at": now,
            "customer_id": taken.customer_id,
            "case_id": taken.case_id,
        }
        row["id"] = arrive(connection, row, taken)
        return row

    def _begin(self, row: dict[str, Any], taken: Taken) -> None:
        call = Call(
            self._hotline, row["id"], row["channel"], language=row["language"], arrived_at=row["arrived_at"]
        )
        call.direction, call.leg_exists, call.plain = CallDirection.OUTBOUND, False, False
        call.caller_number = taken.number
        call.outcome = CallOutcome.CALL_OUT_GIVEN_UP
        task = asyncio.create_task(live(call, CallStage.ASKING), name=f"dialer {taken.attempt_id}")
        task.add_done_callback(lambda _: self._freed.set())
        self._hotline.keep(task)
