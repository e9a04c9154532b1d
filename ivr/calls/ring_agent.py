"""One ring attempt at one device: dial it, count its rings, and say how it ended (R-12.3).

The caller knows nothing of it: the music goes on. Whatever comes first decides, and the leg of an
attempt that was not taken always ends.
"""

import asyncio
from datetime import datetime, timedelta

import structlog

from ivr.asterisk.channel import Leg, LegEnded, LegEntered, LegEvent, LegRinging, LegUp
from ivr.asterisk.inbox import Inbox
from ivr.calls.call import Call
from ivr.calls.happenings import RingOver
from ivr.calls.hotline import ring_rule, utc_now
from ivr.calls.trunks import WayOut
from ivr.errors import AriDisconnected, AriError, LegGone
from ivr.journal import Fact
from ivr.standard.line_signals import LineSignals
from ivr.standard.three_rings import NEEDS_REST, OfferOutcome, RingRule, outcome_of_cause
from storage.queries import offers
from storage.queries.offers import NewOffer

log = structlog.get_logger(__name__)


class _Stop:
    """The call no longer wants this attempt."""

    def __init__(self, outcome: OfferOutcome) -> None:
        self.outcome = outcome


class RingAttempt:
    """An offer that is being rung. The call's stage starts it and takes its result from the inbox.

    :param rule: how long it rings; the three-ring rule where it is not given (R-12.3).
    :param missed: the outcome when that is over.
    :param number: of somebody outside, who is called over one trunk after the other until one carries it;
        None: the offer's own device.
    """

    def __init__(
        self,
        call: Call,
        offer: NewOffer,
        *,
        rule: RingRule | None = None,
        missed: OfferOutcome = OfferOutcome.MISSED,
        number: str | None = None,
    ) -> None:
        self.call = call
        self.offer = offer
        self.rung_at: datetime | None = None
        self._rung_since = 0.0
        """The same by the loop's clock, which no change of the date moves: rings are counted by it."""
        self._inbox: Inbox[LegEvent | _Stop] = Inbox()
        self._rule = rule or ring_rule(call.hotline.settings)
        self._missed = missed
        self.leg = Leg(call.hotline.ari, offer.channel, self._inbox.put)
        ways = [WayOut(offer.device)] if number is None else call.hotline.trunks.ways(number)
        self._line = call.hotline.line_over(self.leg, ways)
        self.over = asyncio.get_running_loop().create_future()
        """Done, with the outcome, when nothing rings any more."""
        call.hotline.dispatcher.add(self.leg)
        call.hotline.keep(asyncio.create_task(self._run(), name=f"ring-{offer.id}"))

    def stop(self, outcome: OfferOutcome) -> None:
        """The caller has gone, or somebody else was faster."""
        self._inbox.put(_Stop(outcome))

    @property
    def rings(self) -> int:
        """Rings begun so far."""
        if self.rung_at is None:
            return 0
        return self._rule.rings_at(asyncio.get_running_loop().time() - self._rung_since)

    async def _run(self) -> None:
        outcome = OfferOutcome.UNREACHABLE
        try:
            outcome = await self._ring()
        except AriDisconnected:
            return  # settled when the PBX is back
        except (AriError, LegGone) as error:
            log.warning("offer.not_rung", offer=self.offer.id, device=self.offer.device, reason=str(error))
        finally:
            if not self.over.done():
                self.over.set_result(outcome)
        if outcome is not OfferOutcome.ANSWERED:
            await self.lose(outcome)
        self.call.inbox.put(RingOver(self, outcome))

    async def _ring(self) -> OfferOutcome:
        line, customer = self._line, self.call.leg.id if self.call.leg_exists else None
        if not await line.begin(customer):
            return OfferOutcome.UNREACHABLE
        # Should this engine die, the PBX ends the ringing by itself a little after the last ring.
        limit = self._rule.no_ringing_after + self._rule.rings_last + 2
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._rule.no_ringing_after
        while True:
            match await self._inbox.next(line.until(deadline)):
                case LegEntered():
                    await self.leg.dial(customer, limit)
                    self._note_trunk()
                case LegUp():
                    line.answered()
                    return OfferOutcome.ANSWERED
                case LegRinging() if self.rung_at is None:
                    deadline = loop.time() + self._rule.rings_last
                    line.carries()
                    self._begin_to_ring()
                case LegEnded(cause=cause, sip=sip):
                    signals = LineSignals(cause or None, sip, rang=self.rung_at is not None)
                    if not await line.goes_on(signals, customer):
                        return outcome_of_cause(cause)
                    deadline = loop.time() + self._rule.no_ringing_after
                case _Stop(outcome=outcome):
                    return outcome
                case None if await line.nothing_came(deadline):
                    continue
                case None:
                    return OfferOutcome.NO_RINGING if self.rung_at is None else self._missed

    def _note_trunk(self) -> None:
        if self._line.way is not None and self._line.way.trunk is not None:
            self.call.note("transfer.dialled", trunk=self._line.way.trunk)

    def _begin_to_ring(self) -> None:
        """The first of three rings: from here they are counted."""
        self.rung_at = rung_at = utc_now()
        self._rung_since = asyncio.get_running_loop().time()
        self.call.hotline.ledger.note(Fact(offers.rung, self.offer.id, rung_at))

    async def lose(self, outcome: OfferOutcome) -> None:
        """Settle the offer and end the leg; the agent, or the caller, gets the next one at once."""
        hotline, now, rings = self.call.hotline, utc_now(), self.rings
        if outcome is OfferOutcome.MISSED:
            rings = self._rule.ring_count
        rest = None
        if outcome in NEEDS_REST:
            rest = now + timedelta(seconds=hotline.settings.ring.rest_after_busy)
        elif outcome is OfferOutcome.UNREACHABLE:
            rest = now + timedelta(seconds=hotline.settings.ring.rest_after_unreachable)
        ending = asyncio.create_task(self.leg.hang_up())
        await self.call.keep_and_match(
            Fact(offers.settle, self.offer, outcome, now, rung_at=self.rung_at, rings=rings, rest_until=rest)
        )
        try:
            await ending
        except AriError as error:
            log.warning("leg.not_ended", channel=self.leg.id, reason=str(error))
        hotline.dispatcher.remove(self.leg)

    def hand_over(self) -> None:
        """The call takes the leg: what it tells, and has told since it was answered, goes to the call."""
        self.leg.hear = self.call.inbox.put
        while (event := self._inbox.take()) is not None:
            if not isinstance(event, _Stop):
                self.call.inbox.put(event)
