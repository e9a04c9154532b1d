"""The ladder of an alarm call that nobody answers: everybody rings, then the duty phones too, on and on."""

import asyncio
import uuid

from ivr.calls.call import Call
from ivr.calls.happenings import OfferMade
from ivr.calls.hotline import utc_now
from ivr.calls.ring_agent import RingAttempt
from ivr.errors import DatabaseUnreachable, StorageError
from storage.queries import offers

AGAIN_SECONDS = 2.0
"""How soon the ladder looks again for agents and duty phones that do not ring."""


class AlarmLadder:
    """Times of one waiting alarm call, counted from when the caller began to wait."""

    def __init__(self, call: Call) -> None:
        self._call = call
        alarm = call.hotline.settings.alarm
        waited = (utc_now() - (call.queued_at or utc_now())).total_seconds()
        now = asyncio.get_running_loop().time()
        begun = now - waited
        self._ring_all_at = begun + alarm.ring_all_after
        self._duty_phones_at = begun + alarm.duty_phones_after
        self._said_ring_all = False
        self.due = min(now + AGAIN_SECONDS, self._ring_all_at, self._duty_phones_at)
        """Loop time of the next step."""

    async def climb(self, rings: list[RingAttempt]) -> None:
        """Do what is due: ring every free agent, ring the duty phones that do not ring already.

        :raises DatabaseUnreachable: nobody rings, and nobody can be reserved while the database is away: the
            caller is better off with the PBX, which rings the duty phones at once.
        """
        now = asyncio.get_running_loop().time()
        if now < self.due:
            return
        self.due = now + AGAIN_SECONDS
        if self._call.hotline.ledger.is_away and not rings:
            raise DatabaseUnreachable("a gas leak waits, and nobody can be reserved")
        if self._ring_all_at <= now and not self._said_ring_all:
            self._said_ring_all = True
            # Kept for the report: those on a break are asked back by the pages as soon as an alarm waits.
            self._call.note("alarm.ring_all")
        if self._duty_phones_at <= now:
            await self._ring_duty_phones({attempt.offer.device for attempt in rings})
        else:
            self.due = min(self.due, self._duty_phones_at)
        if self._ring_all_at > now:
            self.due = min(self.due, self._ring_all_at)
            return
        self._call.hotline.matcher.poke()

    async def _ring_duty_phones(self, ringing: set[str]) -> None:
        call, hotline = self._call, self._call.hotline
        devices = [f"PJSIP/fixed-device/{phone}" for phone in hotline.settings.alarm.duty_phones]
        silent = [device for device in devices if device not in ringing]
        if not silent:
            return
        now = utc_now()
        try:
            made = await hotline.ledger.decide(
                lambda c: [
                    offers.reserve(
                        c,
                        call_id=call.id,
                        agent_id=None,
                        device=device,
                        channel=f"offer-{uuid.uuid4().hex}",
                        node=hotline.node,
                        queue=call.queue or "",
                        alarm=True,
                        several=True,
                        now=now,
                    )
                    for device in silent
                ]
            )
        except StorageError as error:
            call.log.error("alarm.duty_phones_not_rung", reason=str(error))
            return
        for offer in made:
            if offer is not None:
                call.inbox.put(OfferMade(offer))
