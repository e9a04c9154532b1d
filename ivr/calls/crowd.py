"""More callers than can be served: new ones hear it and are called back, so that those inside are not hurt.

A gas leak is always served: its key works from the first word on, and who is an alarm already is not asked.
"""

import asyncio
import time
from collections import deque

import structlog

from ivr.calls.call import Call
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.last_words import say_last
from ivr.journal import Fact
from ivr.speech.prompt_ids import Prompt
from ivr.standard.call_stage import CallDirection, CallOutcome, CallStage
from ivr.standard.caller_number import can_be_called
from ivr.standard.task_kind import TaskKind
from storage.queries import recordings

log = structlog.get_logger(__name__)

LOOK_EVERY = 0.25
REMEMBERED = 3.0
"""Seconds of which the longest lateness counts: a crowd ends no sooner."""
UNWRITTEN = 2000
"""Facts that wait for the database: so many are a sign that the engine does not keep up."""
PATIENCE = 3.0
"""Seconds for the gas-leak key after the last word."""


class Lateness:
    """How late the engine stays with its own work: what two looks, one after the other, found at least.

    A machine that stands still for a moment (a snapshot, a disk, another program) makes one look late, and is
    in time at the next: whom it turned away would have been served. A crowd makes each look late.
    """

    def __init__(self) -> None:
        self._before = 0.0
        self._lasting: deque[tuple[float, float]] = deque()

    def add(self, now: float, late: float) -> None:
        """A look was so late.

        :param now: seconds, by a clock that only counts.
        :param late: seconds.
        """
        self._lasting.append((now, min(late, self._before)))
        self._before = late
        while self._lasting[0][0] < now - REMEMBERED:
            self._lasting.popleft()

    @property
    def seconds(self) -> float:
        """At the worst in the last moments."""
        return max((late for _, late in self._lasting), default=0.0)


class Crowd:
    """Whether the engine has more callers than it can serve."""

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline
        self._late = Lateness()
        self._said = False

    async def run(self) -> None:
        """Measure how late this engine is with its own work; until cancelled."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(LOOK_EVERY)
            now = time.monotonic()
            self._late.add(now, now - began - LOOK_EVERY)
            self._say()

    @property
    def callers(self) -> int:
        """How many called the hotline and are on the line."""
        return sum(call.direction is CallDirection.INBOUND for call in self._hotline.calls.values())

    @property
    def is_crowded(self) -> bool:
        """Whether who calls now is asked to be called back."""
        rules = self._hotline.settings.crowd
        return (
            self.callers > rules.callers
            or self._late.seconds > rules.late_seconds
            or self._hotline.ledger.unwritten > UNWRITTEN
        )

    def _say(self) -> None:
        crowded = self.is_crowded
        if crowded != self._said:
            self._said = crowded
            word = "calls.crowded" if crowded else "calls.not_crowded_any_more"
            log.warning(word, callers=self.callers, late_seconds=round(self._late.seconds, 2))


async def turn_to_call_back(call: Call) -> CallStage:
    """Say that all are busy, and store the call-back, unless the gas-leak key is pressed.

    :returns: WAITING for an alarm; ENDED; MENU for a number that cannot be called, which is served all the
        same.
    """
    key = call.hotline.settings.alarm.key
    if await call.ask(call.phrase(Prompt.CROWDED), keys=key, patience=PATIENCE) == key:
        return call.to_alarm()
    if not can_be_called(call.caller_number):
        return CallStage.MENU
    call.outcome = CallOutcome.CALL_BACK_STORED
    call.note("call.crowded_out")
    await call.keep(Fact(recordings.owe, call.id, TaskKind.CALL_BACK, utc_now()))
    return await say_last(call, Prompt.GOODBYE)
