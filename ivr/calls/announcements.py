"""What a waiting caller hears between the music: instructions, the place, the expected wait."""

import asyncio
import math

from ivr.calls.call import Call
from ivr.calls.hotline import utc_now
from ivr.errors import StorageError
from ivr.speech.prompt_ids import Prompt
from ivr.standard.expected_wait import expected_wait
from storage.queries import calls, matching

SETTLED = 1.0
"""Seconds without a ring after which a caller who was being connected is told that they wait on: the next
agent is mostly found sooner, or the sentence before is still being said."""


class Announcements:
    """Speaks to one waiting caller, at most every ``waiting.announce_every`` seconds, and only news."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._every = call.hotline.settings.waiting.announce_every
        self._playback: str | None = None
        self._told: tuple[int | None, int | None] | None = None
        self._told_to_wait = call.is_alarm
        self.due = self._now() + self._every
        """Loop time of the next look whether there is news."""

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def begin(self, *, connecting: bool) -> None:
        """The first words after the key.

        :param connecting: an agent is being rung already.
        """
        call = self._call
        if call.is_alarm:
            sounds = call.phrase(Prompt.ALARM_INSTRUCTIONS)
        elif call.returned and not call.passed_on:
            sounds = call.phrase(Prompt.AGENT_LOST)
        elif connecting or call.passed_on:
            sounds = call.phrase(Prompt.TO_AGENT)
        else:
            sounds = await self._wait_on()
        await self._speak(sounds)
        if not connecting:
            self.nobody_rings()

    def nobody_rings(self) -> None:
        """No agent is being rung any more: who was being connected so far is told soon that they wait on."""
        if not self._told_to_wait:
            self.due = min(self.due, self._now() + SETTLED)

    async def speak_if_due(self, *, connecting: bool) -> None:
        """Tell the place and the expected wait when they changed; an alarm caller is told to stay on.

        :param connecting: an agent is being rung now.
        """
        if self._now() < self.due:
            return
        self.due = self._now() + self._every
        owed = not self._told_to_wait and not connecting
        if self._playback is not None:
            if owed:
                self.nobody_rings()
            return
        if self._call.is_alarm:
            await self._speak(self._call.phrase(Prompt.ALARM_WAIT))
        elif owed:
            await self._speak(await self._wait_on())
        elif sounds := await self._news():
            await self._speak(sounds)

    async def finished(self, playback: str, *, failed: bool) -> None:
        """A playback is over: music again."""
        if playback != self._playback:
            return
        if failed:
            self._call.log.error("prompt.not_played")
        self._playback = None
        await self._call.leg.start_music()

    async def hush(self) -> None:
        """Stop speaking and playing: somebody else talks to the caller now."""
        playback, self._playback = self._playback, None
        if playback is not None:
            await self._call.leg.stop_playing(playback)
        else:
            await self._call.leg.stop_music()

    async def resume(self) -> None:
        """Music again after :meth:`hush`."""
        await self._call.leg.start_music()

    async def _speak(self, sounds: list[str]) -> None:
        self._playback = await self._call.leg.play(sounds)

    async def _wait_on(self) -> list[str]:
        """All are busy: the place, the expected wait, and that they may be called back."""
        self._told_to_wait = True
        sounds = self._call.phrase(Prompt.WAITING) + await self._news()
        if self._call.caller_number is not None:
            sounds += self._call.phrase(Prompt.CALLBACK_OFFER)
        return sounds

    async def _news(self) -> list[str]:
        """Place and expected wait, when they differ from what was told last."""
        place, minutes = await self._outlook()
        if (place, minutes) == self._told or place is None:
            return []
        self._told = (place, minutes)
        call = self._call
        sounds = (
            call.phrase(Prompt.NEXT_IN_QUEUE)
            if place == 1
            else call.phrase(Prompt.QUEUE_POSITION, place=place)
        )
        if minutes == 0:
            sounds += call.phrase(Prompt.EXPECTED_WAIT_UNDER_A_MINUTE)
        elif minutes is not None:
            sounds += call.phrase(Prompt.EXPECTED_WAIT, minutes=minutes)
        return sounds

    async def _outlook(self) -> tuple[int | None, int | None]:
        """Place, and expected wait in whole minutes (0: under one; None: nothing can be promised)."""
        call, hotline = self._call, self._call.hotline
        queue = call.queue or ""
        skill = hotline.settings.queues[queue].skill
        today = utc_now().astimezone(hotline.settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            place, agents, mean = await hotline.ledger.read(
                lambda c: (
                    matching.place_of(c, call.id),
                    matching.agents_at_work(c, skill),
                    calls.mean_talk_seconds(c, queue, today),
                )
            )
        except StorageError as error:
            call.log.error("announcement.not_possible", reason=str(error))
            return None, None
        if place is None:
            return None, None
        wrap_up = hotline.settings.queues[queue].wrap_up_seconds
        handling = (mean if mean is not None else hotline.settings.waiting.assumed_talk_seconds) + wrap_up
        seconds = expected_wait(place, agents, handling)
        if seconds is None:
            return place, None
        return place, 0 if seconds < 60 else min(99, math.ceil(seconds / 60))
