"""A caller on hold: music, the clock with its limit, and the apology (R-12.9).

The caller is out of the bridge meanwhile, so the recording rests; the music goes on without the engine.
"""

import asyncio
from datetime import datetime, timedelta

from ivr.calls.call import Call
from ivr.calls.hotline import utc_now
from ivr.journal import Fact
from ivr.speech.prompt_ids import Prompt
from storage.queries import holds

NEVER = float("inf")


class CallerOnHold:
    """Knows whether the caller of a conversation hears music, since when, and what is due."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._apology: str | None = None
        self._step = 0
        """How many times something was due already: the limit, then each apology."""
        self.due = NEVER
        """Loop time of what is due next."""
        if call.held_since is not None:
            self._pass_over(utc_now())
            self._set_due()

    @property
    def since(self) -> datetime | None:
        """Since when the caller is on hold; None: hears the agent."""
        return self._call.held_since

    # -- what is heard ---------------------------------------------------------------------------

    async def music(self, now: datetime) -> None:
        """The caller hears music instead of the others, from ``now`` on.

        :raises CallerHungUp: the caller has gone.
        """
        call = self._call
        assert call.bridge is not None
        call.held_since, call.hold_over_limit, self._step = now, False, 0
        self._set_due()
        await call.bridge.remove(call.leg.id)
        await call.leg.start_music()

    async def back(self) -> None:
        """The caller hears the others again.

        :raises CallerHungUp: the caller has gone.
        """
        assert self._call.bridge is not None
        await self.hush()
        await self._call.bridge.add(self._call.leg.id)

    async def hush(self) -> None:
        """End the music, or the apology, for something else."""
        if self.since is None:
            return
        self._call.held_since, self.due = None, NEVER
        playback, self._apology = self._apology, None
        if playback is not None:
            await self._call.leg.stop_playing(playback)
        await self._call.leg.stop_music()

    async def speak_if_due(self) -> None:
        """Say that the limit is reached; from then on apologise to the caller again and again."""
        if asyncio.get_running_loop().time() < self.due:
            return
        call, agent_id, now = self._call, self._call.agent_id, utc_now()
        self._step += 1
        self._set_due()
        if self._step == 1:
            call.hold_over_limit = True
            call.log.warning("call.hold_over_limit", agent=agent_id)
            await call.keep(Fact(holds.over_limit, call.id, agent_id, now))
        elif self._apology is None:
            self._apology = await call.leg.play(call.phrase(Prompt.HOLD_APOLOGY))

    async def finished(self, playback: str) -> None:
        """A playback is over: music again."""
        if playback == self._apology:
            self._apology = None
            await self._call.leg.start_music()

    # -- the clock -------------------------------------------------------------------------------

    def _moment(self, step: int) -> datetime:
        assert self._call.held_since is not None
        rule = self._call.hotline.settings.hold
        return self._call.held_since + timedelta(seconds=rule.limit_seconds + step * rule.apology_every)

    def _pass_over(self, now: datetime) -> None:
        """After a restart: apologies that were due meanwhile are not made up for."""
        while self._call.hold_over_limit and (self._step == 0 or self._moment(self._step) <= now):
            self._step += 1

    def _set_due(self) -> None:
        left = (self._moment(self._step) - utc_now()).total_seconds()
        self.due = asyncio.get_running_loop().time() + max(0.0, left)
