"""Somebody who was rung has answered: caller and they are brought together."""

import asyncio
from collections.abc import Awaitable

from ivr.asterisk.bridge import Bridge
from ivr.calls.call import Call
from ivr.calls.ring_agent import RingAttempt
from ivr.errors import AriRefused, CallEnded
from ivr.standard.three_rings import OfferOutcome


async def bring_together(call: Call, attempt: RingAttempt, hush: Awaitable[None]) -> Bridge | None:
    """Let caller and the one who answered hear each other.

    :param hush: ends what the caller hears now.
    :returns: their bridge; None when the leg that answered has gone again, then the offer is settled.
    :raises CallEnded: the caller has gone; nothing is left of the bridge.
    """
    bridge = Bridge(call.hotline.ari, f"call-{call.id}-{attempt.offer.id}")
    attempt.hand_over()
    try:
        for failure in await asyncio.gather(bridge.create(), hush, return_exceptions=True):
            if failure is not None:
                raise failure
        await bridge.add(call.leg.id, attempt.leg.id)
    except CallEnded:
        await bridge.destroy()
        raise
    except AriRefused as error:
        call.log.warning("offer.lost_when_answered", offer=attempt.offer.id, reason=str(error))
        await bridge.destroy(staying=call.leg.id)
        await attempt.lose(OfferOutcome.UNREACHABLE if attempt.leg.ended else OfferOutcome.CALLER_GONE)
        call.has_gone()
        return None
    return bridge


async def stop_ring(attempt: RingAttempt, outcome: OfferOutcome) -> None:
    """Stop one who rings; one who has just answered is told off as well."""
    attempt.stop(outcome)
    if await attempt.over is OfferOutcome.ANSWERED:
        await attempt.lose(outcome)
