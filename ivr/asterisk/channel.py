"""A leg: one channel of the PBX, with the verbs a call needs.

A verb on a leg that is gone raises :class:`~ivr.errors.CallerHungUp` for the caller's leg and
:class:`~ivr.errors.LegGone` for any other, so that a call's coroutine reads as if nobody ever hung up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ivr.asterisk.connection import AriConnection, Query, segment
from ivr.errors import AriError, AriRefused, CallEnded, CallerHungUp, LegGone

GONE = frozenset({404, 409, 412})
"""Statuses with which ARI says that a channel does not exist, or is not (or no longer) ours."""

NORMAL_CLEARING = 16

PLAYBACKS = 8
"""Ids of playbacks that a leg uses in turn, so that an engine that comes after this one knows them."""


@dataclass(frozen=True, slots=True)
class LegEntered:
    """A leg made with :func:`create` is in our application now; before that it takes no order."""

    leg: "Leg"


@dataclass(frozen=True, slots=True)
class LegRinging:
    """The device rings (SIP 180)."""

    leg: "Leg"


@dataclass(frozen=True, slots=True)
class LegPlays:
    """Nobody has answered, but the network lets hear something (SIP 183 with a session description)."""

    leg: "Leg"


@dataclass(frozen=True, slots=True)
class LegUp:
    """The leg was answered."""

    leg: "Leg"


@dataclass(frozen=True, slots=True)
class LegHungUp:
    """The other side hung up; the channel is about to go."""

    leg: "Leg"


@dataclass(frozen=True, slots=True)
class LegEnded:
    """The channel is gone, with its Q.850 cause, and the final SIP answer where it was refused."""

    leg: "Leg"
    cause: int
    sip: int | None = None


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A DTMF key on this leg."""

    leg: "Leg"
    key: str


@dataclass(frozen=True, slots=True)
class PlayedOut:
    """A playback on this leg is over."""

    leg: "Leg"
    playback: str
    failed: bool


LegEvent = LegEntered | LegRinging | LegPlays | LegUp | LegHungUp | LegEnded | KeyPressed | PlayedOut


class Leg:
    """One channel.

    :param hear: called with each :data:`LegEvent` of this leg, in order; a stage that takes the leg
        over sets it to its own.
    """

    def __init__(
        self,
        ari: AriConnection,
        channel_id: str,
        hear: Callable[[LegEvent], None],
        *,
        of_caller: bool = False,
    ) -> None:
        self.id = channel_id
        self.hear = hear
        self.up = False
        self.ended = False
        """The channel is gone, or its other side has hung up."""
        self.hung_up_by_us = False
        self.unheard = False
        """The PBX gave it up, because no sound came from it for too long."""
        self._ari = ari
        self._plays = 0
        self._gone: type[CallEnded] = CallerHungUp if of_caller else LegGone

    def renew(self) -> None:
        """The channel is made anew under the same id: whatever became of the one before is forgotten."""
        self.up = self.ended = self.hung_up_by_us = self.unheard = False

    async def _ask(self, method: str, path: str, query: Query | None = None) -> Any:
        if self.ended:
            raise self._gone(f"the leg {self.id} has gone")
        try:
            return await self._ari.request(method, f"/channels/{segment(self.id)}{path}", query)
        except AriRefused as error:
            if error.status in GONE:
                raise self._gone(f"the leg {self.id} has gone") from None
            raise

    async def answer(self) -> None:
        """Answer it (200 OK)."""
        await self._ask("POST", "/answer")
        self.up = True

    async def dial(self, caller: str | None, longest: float) -> None:
        """Dial out a channel made with :func:`create`, after it has entered (:class:`LegEntered`).

        :param caller: channel id of the leg on whose behalf it is called, if there is one.
        :param longest: seconds after which the PBX gives up by itself, should the engine be gone.
        """
        query: Query = {"timeout": int(longest)}
        if caller is not None:
            query["caller"] = caller
        await self._ask("POST", "/dial", query)

    async def play(self, media: list[str]) -> str:
        """Play sounds one after the other; returns the playback's id at once, see :class:`PlayedOut`."""
        playback = self._playback(self._plays)
        self._plays += 1
        await self._ask("POST", f"/play/{playback}", {"media": ",".join(media)})
        return playback

    async def is_played(self, playback: str) -> bool:
        """Whether a playback is there, begun or about to be."""
        try:
            await self._ari.get(f"/playbacks/{segment(playback)}")
        except AriRefused as error:
            if error.status not in GONE:
                raise
            return False
        return True

    async def stop_playing(self, playback: str) -> None:
        """Stop a playback; one that is already over is no mistake."""
        try:
            await self._ari.delete(f"/playbacks/{segment(playback)}")
        except AriRefused as error:
            if error.status not in GONE:
                raise

    async def stop_left_over(self) -> None:
        """After a restart: stop what an engine before this one began to play.

        The PBX carries out one order of a channel after the other, so a long sentence would hold up
        all that follows, and with it every request on the connection.
        """
        for turn in range(PLAYBACKS):
            try:
                await self._ari.delete(f"/playbacks/{segment(self._playback(turn))}")
            except AriRefused as error:
                if error.status not in GONE:
                    raise
            else:
                self._plays = turn + 1

    def _playback(self, number: int) -> str:
        return playbacks_of(self.id)[number % PLAYBACKS]

    async def start_music(self) -> None:
        """Music on hold; it goes on without the engine."""
        await self._ask("POST", "/moh", {"mohClass": "default"})

    async def stop_music(self) -> None:
        """End the music."""
        await self._ask("DELETE", "/moh")

    async def start_ringing(self) -> None:
        """Let this leg hear the ring-back tone; it goes on without the engine."""
        await self._ask("POST", "/ring")

    async def stop_ringing(self) -> None:
        """End the ring-back tone."""
        await self._ask("DELETE", "/ring")

    async def mute(self) -> None:
        """What this leg says is heard by nobody, nor recorded."""
        await self._ask("POST", "/mute", {"direction": "in"})

    async def unmute(self) -> None:
        """It is heard again."""
        await self._ask("DELETE", "/mute", {"direction": "in"})

    async def to_dialplan(self, context: str) -> None:
        """Leave the application for ``s`` of a dialplan context, which sends it back."""
        await self._ask("POST", "/continue", {"context": context, "extension": "s", "priority": 1})

    async def record(self, name: str, longest: float, longest_silence: float, end_key: str = "#") -> None:
        """Record what this leg says; the file is <name>.wav in the PBX's recording folder.

        :param longest: seconds after which it ends; 0 for no limit. ``longest_silence`` likewise.
        """
        await self._ask(
            "POST",
            "/record",
            {
                "name": name,
                "format": "wav",
                "maxDurationSeconds": int(longest),
                "maxSilenceSeconds": int(longest_silence),
                "ifExists": "overwrite",
                "beep": False,
                "terminateOn": end_key,
            },
        )

    async def stop_recording(self, name: str) -> None:
        """End a recording of this leg and keep it; one that has ended already is no mistake."""
        try:
            await self._ari.post(f"/recordings/live/{segment(name)}/stop")
        except AriRefused as error:
            if error.status not in GONE:
                raise

    async def hang_up(self, cause: int = NORMAL_CLEARING) -> None:
        """End the leg; one that has already gone, or a PBX that does not answer, is no mistake here."""
        self.hung_up_by_us = True
        if self.ended:
            return
        try:
            await self._ari.delete(f"/channels/{segment(self.id)}", {"reason_code": cause})
        except AriRefused as error:
            if error.status not in GONE:
                raise


def playbacks_of(channel_id: str) -> list[str]:
    """The ids of everything that may be playing on a leg."""
    return [f"p-{channel_id}-{turn}" for turn in range(PLAYBACKS)]


async def create(ari: AriConnection, endpoint: str, channel_id: str, *, originator: str | None) -> None:
    """Make an outgoing channel inside our application, not dialled yet (``POST /channels/create``).

    :param endpoint: such as ``PJSIP/agent-1001``.
    :param originator: channel id whose call this belongs to.
    :raises AriRefused: the PBX knows no such endpoint.
    """
    query: Query = {
        "endpoint": endpoint,
        "app": ari.application,
        "appArgs": "offer",
        "channelId": channel_id,
    }
    if originator:
        query["originator"] = originator
    await ari.post("/channels/create", query)


async def hang_up_quietly(ari: AriConnection, channel_id: str) -> None:
    """End a channel that may be gone, on a PBX that may be gone."""
    try:
        await ari.delete(f"/channels/{segment(channel_id)}")
    except AriError:
        return
