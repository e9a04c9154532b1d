"""A caller: one SIPp call that does what the test tells it, with ears and a keypad."""

from datetime import UTC, datetime
from pathlib import Path

from tests.e2e.media import PACKET, Exchange
from tests.e2e.rows import eventually
from tests.e2e.scenarios import CallerScenario
from tests.e2e.sipp import Message, Sipp

ANSWERED_WITHIN = 5.0


class Caller:
    """One call to the hotline, from the moment it is made.

    :param sounds: where the PBX has its prompts.
    """

    def __init__(
        self,
        folder: Path,
        exchange: Exchange,
        pbx: str,
        sounds: Path,
        *,
        user: str,
        number: str = "95777",
        display: str = "",
        sdp: bool = True,
        events: int | None = 101,
        mute: bool = False,
    ) -> None:
        self.user = user
        self.line = exchange.line()
        self.line.mute = mute
        self._sounds = sounds
        scenario = CallerScenario(number, self.line.port, user=user, display=display, sdp=sdp, events=events)
        self._sipp = Sipp(folder, scenario.dial().obey().xml(), target=pbx, calls=1)

    def _messages(self) -> list[Message]:
        """What this call sent and received: its port may get a late word for a call that had it before."""
        own = self._sipp.call_id()
        return [message for message in self._sipp.trace() if message.call_id == own]

    def _first(self, start: str, *, sent: bool) -> datetime | None:
        return next((m.at for m in self._messages() if m.sent is sent and m.first.startswith(start)), None)

    @property
    def dialled_at(self) -> datetime | None:
        """When the INVITE went out."""
        return self._first("INVITE", sent=True)

    @property
    def answered_at(self) -> datetime | None:
        """When the hotline answered."""
        return self._first("SIP/2.0 200", sent=False)

    @property
    def byed_at(self) -> datetime | None:
        """When the hotline hung up."""
        return self._first("BYE", sent=False)

    @property
    def statuses(self) -> list[str]:
        """Every status the hotline sent."""
        return [m.first.split()[1] for m in self._messages() if not m.sent and m.first.startswith("SIP/2.0")]

    @property
    def errors(self) -> str:
        """What SIPp found wrong."""
        return self._sipp.errors

    def until_answered(self) -> "Caller":
        """Wait for the answer."""
        eventually(lambda: self.answered_at, ANSWERED_WITHIN, "an answer")
        return self

    def until_refused_or_answered(self) -> "Caller":
        """Wait for any final status."""
        eventually(lambda: [status for status in self.statuses if int(status) >= 200], ANSWERED_WITHIN)
        return self

    def until_heard(self, within: float = ANSWERED_WITHIN) -> "Caller":
        """Wait for the answer and the first sound."""
        eventually(lambda: self.line.heard, within, f"any sound; {self.statuses} {self.errors}")
        return self

    def press(self, keys: str) -> None:
        """Press keys by telephone events (RFC 4733)."""
        for key in keys:
            self.line.press(key)

    def press_info(self, key: str) -> None:
        """Press a key by SIP INFO."""
        self._sipp.tell(self._sipp.call_id(), X_Key=key)

    def hears(
        self, prompt: str, within: float = 4.0, *, language: str = "zh", since: datetime | None = None
    ) -> None:
        """Wait until the caller has heard a prompt (its first second and a half).

        :param since: only what was heard later counts.
        """
        wanted = _beginning(self._sounds / "hotline" / language / f"{prompt}.alaw")
        try:
            eventually(
                lambda: wanted in self.line.sound(since), within, f"the caller hears {language}/{prompt}"
            )
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.story(language)}") from None

    def story(self, language: str = "zh") -> str:
        """What became of the call: what was said over SIP, and which prompts were heard when."""
        heard = self.line.packets()
        at = []
        for file in (self._sounds / "hotline" / language).glob("*.alaw"):
            place = self.line.sound().find(_beginning(file))
            if place >= 0 and _beginning(file):
                at.append((heard[place // PACKET].at, file.stem))
        said = ", ".join(f"{datetime.fromtimestamp(when, UTC):%T.%f} {prompt}" for when, prompt in sorted(at))
        first = f", the first at {datetime.fromtimestamp(heard[0].at, UTC):%T.%f}" if heard else ""
        return f"dialled {self.dialled_at:%T.%f}, got {self.statuses}, {len(heard)} packets{first}: {said}"

    def has_heard(self, prompt: str, *, language: str = "zh", since: datetime | None = None) -> bool:
        """Whether the caller has heard a prompt by now."""
        return _beginning(self._sounds / "hotline" / language / f"{prompt}.alaw") in self.line.sound(since)

    def until_byed(self, within: float = 5.0) -> datetime:
        """Wait until the hotline hangs up."""
        at = eventually(lambda: self.byed_at, within, "the hotline hangs up")
        assert at is not None
        return at

    @property
    def is_connected(self) -> bool:
        """Answered, and not ended by anybody."""
        return self.answered_at is not None and self.byed_at is None and self._sipp.process.poll() is None

    def hang_up(self) -> datetime:
        """End the call; gives the moment."""
        self._sipp.tell(self._sipp.call_id(), X_Do="hang_up")
        at = eventually(lambda: self._first("BYE", sent=True), 3.0, "the caller's BYE")
        assert at is not None
        return at

    def end(self) -> None:
        """The telephone is gone, without a word."""
        self._sipp.end()


def _beginning(file: Path) -> bytes:
    """0.6 s out of a prompt's first second, by which it is recognised: loud, and in no other prompt."""
    return file.read_bytes()[3200:8000]


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)
