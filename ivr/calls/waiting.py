"""A caller waits for an agent: music, place and expected wait, keys, and the agents who are rung meanwhile.

Nothing the caller hears depends on the rings: an offer that ends, however, leaves the music as it is.
"""

import asyncio
from datetime import datetime

from sqlalchemy import Connection

from ivr.asterisk.channel import KeyPressed, PlayedOut
from ivr.calls.alarm import AlarmLadder
from ivr.calls.announcements import Announcements
from ivr.calls.call import Call
from ivr.calls.connecting import bring_together
from ivr.calls.happenings import Asked, OfferMade, RingOver
from ivr.calls.hotline import utc_now
from ivr.calls.ring_agent import RingAttempt
from ivr.calls.steering import steer
from ivr.errors import CallEnded
from ivr.journal import Fact
from ivr.standard.call_stage import CallOutcome, CallStage
from ivr.standard.intervention import OF_THE_WAITING
from ivr.standard.queue_order import RAISED
from ivr.standard.three_rings import OfferOutcome
from storage.queries import calls, offers, talks
from storage.queries.offers import NewOffer


async def wait_for_agent(call: Call) -> CallStage:
    """Wait until somebody answers; the stage that comes next is TALKING or CALL_BACK.

    :raises CallerHungUp: the caller left; whoever rang for them stops ringing.
    """
    rings: list[RingAttempt] = []
    try:
        await _take_place(call)
        return await _wait(call, rings)
    except CallEnded:
        # Beside the call, so that its end is written first: whom this frees is not offered the same call.
        call.hotline.keep(asyncio.create_task(_stop_rings(rings, OfferOutcome.CALLER_GONE)))
        raise


async def _take_place(call: Call) -> None:
    """Write the call into its queue and look for an agent, in one transaction."""
    hotline = call.hotline
    assert call.queue is not None
    queue = hotline.settings.queues[call.queue]
    now = utc_now()
    call.queued_at = call.queued_at or now
    if call.outcome is not CallOutcome.ANSWERED:
        call.outcome = CallOutcome.ABANDONED_WAITING
    queued_at, queue_name, kind = call.queued_at, call.queue, queue.kind

    def write(connection: Connection) -> list[offers.NewOffer]:
        calls.wait(
            connection,
            call.id,
            queued_at,
            queue=queue_name,
            kind=kind,
            priority=RAISED if call.raised else queue.priority,
            menu_path=call.menu_path,
            language=call.language,
        )
        return hotline.matcher.match_in(connection)

    hotline.matcher.deliver(await hotline.ledger.decide(write))


async def _wait(call: Call, rings: list[RingAttempt]) -> CallStage:
    announcements = Announcements(call)
    ladder = AlarmLadder(call) if call.is_alarm else None
    # An offer that was made with the place is in the inbox already: the first words differ.
    await announcements.begin(connecting=_take_offers(call, rings))
    while True:
        deadlines = [announcements.due, *([ladder.due] if ladder else [])]
        match await call.next(min(deadlines)):
            case None:
                if ladder is not None:
                    await ladder.climb(rings)
                await announcements.speak_if_due(connecting=bool(rings))
            case OfferMade(offer=offer):
                rings.append(RingAttempt(call, offer))
            case RingOver(attempt=attempt) if attempt not in rings:
                continue  # stopped before
            case RingOver(attempt=attempt, outcome=OfferOutcome.ANSWERED):
                connected = await _connect(call, attempt, announcements)
                rings.remove(attempt)
                if connected:
                    await _stop_rings(rings, OfferOutcome.ANSWERED_ELSEWHERE)
                    return CallStage.TALKING
                if not rings:
                    announcements.nobody_rings()
            case RingOver(attempt=attempt):
                rings.remove(attempt)
                if not rings:
                    announcements.nobody_rings()
            case KeyPressed(key=key, leg=leg) if leg is call.leg:
                following = await _pressed(call, key, rings, announcements)
                if following is not None:
                    return following
            case Asked(command=command) if command.kind in OF_THE_WAITING:
                if await steer(call, command):
                    await _stop_rings(rings, OfferOutcome.CALLER_GONE)
                    await announcements.hush()
                    return CallStage.WAITING
            case PlayedOut(playback=playback, failed=failed):
                await announcements.finished(playback, failed=failed)
            case other:
                call.overheard(other)


def _take_offers(call: Call, rings: list[RingAttempt]) -> bool:
    """Begin to ring whoever was reserved together with the place; True when somebody was."""
    passed = []
    while (happening := call.inbox.take()) is not None:
        if isinstance(happening, OfferMade):
            rings.append(RingAttempt(call, happening.offer))
        else:
            passed.append(happening)
    for happening in passed:
        call.inbox.put(happening)
    return bool(rings)


async def _pressed(
    call: Call, key: str, rings: list[RingAttempt], announcements: Announcements
) -> CallStage | None:
    settings = call.hotline.settings
    if call.is_alarm:
        return None
    # Written before the rings stop: whom that frees is not offered the place the caller has left.
    if key == settings.alarm.key:
        following = call.to_alarm()
        priority = settings.queues[settings.alarm.queue].priority
        call.change(queue=call.queue, kind=call.kind, priority=priority, menu_path=call.menu_path)
    elif key == settings.waiting.call_back_key:
        following = CallStage.CALL_BACK
        call.change(stage=following)
    else:
        return None
    await _stop_rings(rings, OfferOutcome.CALLER_GONE)
    await announcements.hush()
    return following


async def _stop_rings(rings: list[RingAttempt], outcome: OfferOutcome) -> None:
    """Stop everybody who still rings; one who has just answered is told off as well."""
    for attempt in rings:
        attempt.stop(outcome)
    for attempt in rings:
        if await attempt.over is OfferOutcome.ANSWERED:
            await attempt.lose(outcome)
    rings.clear()


async def _connect(call: Call, attempt: RingAttempt, announcements: Announcements) -> bool:
    """Let caller and agent hear each other; False when the agent's leg has gone again already."""
    offer, now, rings = attempt.offer, utc_now(), attempt.rings
    bridge = await bring_together(call, attempt, announcements.hush())
    if bridge is None:
        await announcements.resume()
        return False
    again = call.outcome is CallOutcome.ANSWERED
    call.bridge, call.agent_leg, call.agent_id = bridge, attempt.leg, offer.agent_id
    call.outcome, call.returned, call.passed_on = CallOutcome.ANSWERED, False, False
    await call.keep(Fact(_write_answer, offer, now, attempt.rung_at, rings, bridge.id, again))
    return True


def _write_answer(
    connection: Connection,
    offer: NewOffer,
    now: datetime,
    rung_at: datetime | None,
    rings: int,
    bridge: str,
    again: bool,
) -> None:
    """:param again: the caller has talked to somebody before."""
    if offers.answer(connection, offer, now, rung_at=rung_at, rings=rings, bridge=bridge):
        talks.begin(connection, offer.call_id, offer.agent_id, now)
        if again:
            calls.change(connection, offer.call_id, talk_ended_at=None)
