"""An agent's phone at a fixed address: a SIPp server with manners and with ears."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.e2e.media import Exchange
from tests.e2e.rows import eventually
from tests.e2e.scenarios import HOST, Manners, PhoneScenario
from tests.e2e.sipp import Message, Sipp


@dataclass(frozen=True)
class Ringing:
    """One call as the phone saw it."""

    call_id: str
    messages: list[Message]

    def __str__(self) -> str:
        """What was said, with times."""
        return " · ".join(f"{m.at:%T.%f}{'>' if m.sent else '<'}{m.first[:16]}" for m in self.messages)

    def _at(self, first: str, *, sent: bool) -> datetime | None:
        return next((m.at for m in self.messages if m.sent is sent and m.first.startswith(first)), None)

    @property
    def invited_at(self) -> datetime:
        """When the INVITE came."""
        return self.messages[0].at

    @property
    def rung_at(self) -> datetime | None:
        """When it said 180 Ringing."""
        return self._at("SIP/2.0 180", sent=True)

    @property
    def cancelled_at(self) -> datetime | None:
        """When the CANCEL came."""
        return self._at("CANCEL", sent=False)

    @property
    def answered_at(self) -> datetime | None:
        """When it answered."""
        return self._at("SIP/2.0 200 OK", sent=True) if self._at("ACK", sent=False) else None

    @property
    def byed_at(self) -> datetime | None:
        """When the PBX ended the talk."""
        return self._at("BYE", sent=False)

    @property
    def over_at(self) -> datetime | None:
        """When it ended, whoever ended it; None while it rings or is talked."""
        return self.cancelled_at or self.byed_at or self._at("BYE", sent=True) or self._refused_at

    @property
    def _refused_at(self) -> datetime | None:
        return next((m.at for m in self.messages if m.sent and m.first[8:9] in "456"), None)


class Phone:
    """The phone of one agent (or a duty phone)."""

    def __init__(
        self, folder: Path, exchange: Exchange, pbx: str, work_number: str, manners: Manners, port: int = 0
    ) -> None:
        self.work_number = work_number
        self.line = exchange.line()
        self._sipp = Sipp(folder, PhoneScenario(manners, pbx, self.line.port).xml(), port=port)

    @property
    def address(self) -> str:
        """What is dialled to reach it."""
        return f"sip:{self.work_number}@{HOST}:{self._sipp.port}"

    @property
    def errors(self) -> str:
        """What SIPp found wrong."""
        return self._sipp.errors

    def rings(self) -> list[Ringing]:
        """All calls that came, the first first."""
        calls: dict[str, list[Message]] = {}
        for message in self._sipp.trace():
            if message.call_id in calls or message.first.startswith("INVITE"):
                calls.setdefault(message.call_id, []).append(message)
        return [Ringing(call_id, messages) for call_id, messages in calls.items()]

    def until_rung(self, within: float = 3.0, *, times: int | None = None) -> Ringing:
        """Wait for the ``times``-th call to ring; without a number: for one that rings now."""

        def look() -> list[Ringing]:
            rung = [ring for ring in self.rings() if ring.rung_at]
            if times is not None:
                return rung[times - 1 :]
            return [ring for ring in rung if not ring.answered_at and not ring.over_at]

        which = "a call" if times is None else f"call {times}"
        return eventually(look, within, f"{which} at phone {self.work_number}")[0]

    def until_talking(self, within: float = 3.0, *, times: int = 1) -> Ringing:
        """Wait until the ``times``-th call is answered."""
        eventually(
            lambda: len(self.rings()) >= times and self.rings()[times - 1].answered_at,
            within,
            f"talk {times} at phone {self.work_number}",
        )
        ring = self.rings()[times - 1]
        if port := re.search(r"^m=audio (\d+)", ring.messages[0].text, re.MULTILINE):
            self.line.speak_to(int(port[1]))
        return ring

    def answer(self) -> None:
        """Answer the newest call."""
        self._sipp.tell(self.rings()[-1].call_id, X_Do="answer")

    def hang_up(self, *, times: int = 0) -> None:
        """End the ``times``-th call; without a number the newest."""
        self._sipp.tell(self.rings()[times - 1].call_id, X_Do="hang_up")

    def end(self) -> None:
        """Switch it off."""
        self._sipp.end()
