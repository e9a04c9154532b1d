"""Callers who smell gas: each calls until a human is there, or their own telephone rings."""

import re
import threading
import time

from sqlalchemy import select

from ivr.errors import StorageError
from storage.models import Call
from tests.chaos.hotline import Hotline
from tests.e2e.caller import Caller

GIVES_UP_AFTER = 240.0
REDIALS_AFTER = 6.0
PRESSES_EVERY = 5.0
LOOKS_EVERY = 0.3


class AlarmCall(threading.Thread):
    """One caller, from the first try on. Times are seconds since 1970."""

    def __init__(self, place: Hotline, number: str) -> None:
        super().__init__(name=f"alarm {number}", daemon=True)
        self.number = number
        self.began = time.time()
        self.reached: float | None = None
        self.how = ""
        self._place = place

    def run(self) -> None:
        """Call, press 3, wait; call again where nobody takes the call."""
        while self.reached is None and time.time() - self.began < GIVES_UP_AFTER:
            caller = Caller(
                self._place.folder,
                self._place.exchange,
                self._place.sip,
                self._place.sounds,
                user=self.number,
            )
            try:
                self._one_try(caller)
            finally:
                if caller.is_connected and self.how in ("agent", "duty phone"):
                    caller.hang_up()
                caller.end()
            if self.how == "" and self._owed():
                self._wait_for_call_back()

    def _one_try(self, caller: Caller) -> None:
        began, pressed = time.time(), 0.0
        while time.time() - self.began < GIVES_UP_AFTER:
            if self._found():
                return
            silent = time.time() - max([began, *(packet.at for packet in caller.line.heard[-1:])])
            if caller.byed_at is not None or silent > REDIALS_AFTER:
                return  # the line is dead, or nobody takes the call
            if caller.line.heard and time.time() - pressed > PRESSES_EVERY:
                caller.press("3")
                pressed = time.time()
            time.sleep(LOOKS_EVERY)

    def _wait_for_call_back(self) -> None:
        until = time.time() + REDIALS_AFTER
        while time.time() < until and not self._found():
            time.sleep(LOOKS_EVERY)

    def _found(self) -> bool:
        """Whether a human has the caller, or the caller's telephone rings."""
        since = self.began
        for phone, how in ((self._place.duty, "duty phone"), (self._place.outside, "called back")):
            for ring in phone.rings():
                first = ring.messages[0]
                about = first.header("From") if how == "duty phone" else first.first
                at = ring.answered_at if how == "duty phone" else ring.rung_at
                if at is not None and at.timestamp() > since and self.number in re.sub(r"\D", "", about):
                    return self._reach(how, at.timestamp())
        try:
            rows = self._place.rows.all(
                select(Call.talk_started_at).where(
                    Call.caller_number == self.number, Call.talk_started_at.is_not(None)
                )
            )
        except StorageError:
            return False  # the database is away: what the telephones saw counts
        return self._reach("agent", rows[0].talk_started_at.timestamp()) if rows else False

    def _reach(self, how: str, at: float) -> bool:
        self.how, self.reached = how, at
        return True

    def _owed(self) -> bool:
        try:
            return bool([task for task in self._place.rows.tasks() if task.number == self.number])
        except StorageError:
            return False
