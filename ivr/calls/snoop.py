"""A channel that hears another one, and may be heard by its device alone (ARI: channels, snoop)."""

import asyncio
from dataclasses import dataclass
from typing import Any

from ivr.asterisk.channel import Leg, LegEntered
from ivr.asterisk.connection import segment
from ivr.asterisk.inbox import Inbox
from ivr.calls.hotline import Hotline
from ivr.errors import AriRefused

ENTERS_WITHIN = 3.0
"""Seconds within which the PBX gives a channel that it was asked for."""


@dataclass(frozen=True, slots=True)
class TalkOver:
    """The leg that is heard has gone."""


async def snoop_on(hotline: Hotline, spied: str, channel: str, inbox: Inbox[Any], *, whisper: bool) -> Leg:
    """Hear both directions of a channel; returns when the new one takes orders.

    What a whisper says goes out to the device of the channel only: nobody else in the bridge hears it,
    and what is recorded of the caller's channel does not hold it.

    :param spied: the channel that is heard.
    :param channel: id of the new one.
    :param inbox: gets the new one's events; what else comes meanwhile stays in it.
    :param whisper: what the new one says is heard by the spied channel's device.
    :raises AriRefused: the channel has gone.
    """
    leg = Leg(hotline.ari, channel, inbox.put)
    hotline.dispatcher.add(leg)
    try:
        await hotline.ari.post(
            f"/channels/{segment(spied)}/snoop/{segment(channel)}",
            {"spy": "both", "whisper": "out" if whisper else "none", "app": hotline.ari.application},
        )
        await _entered(leg, inbox)
    except BaseException:
        hotline.dispatcher.remove(leg)
        raise
    return leg


async def _entered(leg: Leg, inbox: Inbox[Any]) -> None:
    """Before a channel has entered the application it takes no order."""
    deadline = asyncio.get_running_loop().time() + ENTERS_WITHIN
    others = []
    try:
        while True:
            match await inbox.next(deadline):
                case LegEntered(leg=entered) if entered is leg:
                    return
                case None:
                    raise AriRefused(404, "POST", f"/channels/{leg.id}", "it did not come")
                case TalkOver() as over:
                    others.append(over)
                    raise AriRefused(404, "POST", f"/channels/{leg.id}", "the conversation is over")
                case other:
                    others.append(other)
    finally:
        for other in others:
            inbox.put(other)
