"""After a restart everybody of a conversation is brought where the database says they are."""

from ivr.asterisk.channel import Leg
from ivr.calls.call import Call
from ivr.calls.consultation import Consultation
from ivr.calls.hold import CallerOnHold
from ivr.errors import AriRefused


async def bring_back(
    call: Call, hold: CallerOnHold, consultation: Consultation | None, present: frozenset[str]
) -> None:
    """Put those who miss into the call's bridge, and let who is on hold hear music.

    :param present: channels that are in the call's bridge; a supervisor's may be among them.
    :raises CallerHungUp: the caller has gone.
    """
    assert call.bridge is not None
    legs: tuple[Leg | None, ...] = (call.agent_leg, consultation.leg if consultation is not None else None)
    others = [leg.id for leg in legs if leg is not None and not leg.ended]
    wanted = others if hold.since is not None else [call.leg.id, *others]
    try:
        if missing := [channel for channel in wanted if channel not in present]:
            if call.leg.id in missing:
                await call.leg.stop_music()
            await call.bridge.create()
            await call.bridge.add(*missing)
        if hold.since is not None:
            if call.leg.id in present:
                await call.bridge.remove(call.leg.id)
            await call.leg.stop_left_over()
            await call.leg.start_music()
    except AriRefused as error:
        call.log.warning("conversation.not_bridged_again", reason=str(error))
