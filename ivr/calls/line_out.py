"""One call to the outside over one trunk after the other, until one carries it.

Nobody whose telephone has rung is rung again: the next trunk is tried only while the person cannot have
noticed anything (:func:`ivr.standard.trunk_choice.goes_on`). The leg keeps its id on every trunk, so that a
restarted engine finds it by its row, whichever it is on.
"""

import asyncio

import structlog

from ivr.asterisk.channel import Leg, create
from ivr.asterisk.connection import AriConnection
from ivr.calls.trunks import Trunks, WayOut
from ivr.errors import AriRefused
from ivr.standard.line_signals import LineSignals
from ivr.standard.trunk_choice import goes_on

log = structlog.get_logger(__name__)

NO_SIGN = LineSignals(sip=408)
"""What a trunk is taken to have said that said nothing in time."""
ENDS_WITHIN = 3.0
"""Seconds the PBX has to end a leg that was given up on one trunk, before it is dialled on the next."""


class LineOut:
    """The ways one leg may take. ``way``: the one it is on; None before the first and after the last."""

    def __init__(self, ari: AriConnection, trunks: Trunks, leg: Leg, ways: list[WayOut], patience: float):
        self._ari = ari
        self._trunks = trunks
        self._leg = leg
        self._left = list(ways)
        self._patience = patience
        self._give_up_at: float | None = None
        self._given_up = False
        self._carried = False
        self.way: WayOut | None = None

    async def begin(self, originator: str | None) -> bool:
        """Make the leg on the next trunk; False: none is left.

        :param originator: the leg on whose behalf it is called.
        """
        while self._left:
            self.way = self._left.pop(0)
            self._leg.renew()
            self._given_up = False
            try:
                await create(self._ari, self.way.device, self._leg.id, originator=originator)
            except AriRefused as error:
                log.warning(
                    "leg.not_dialled", device=self.way.device, trunk=self.way.trunk, reason=str(error)
                )
                self._failed(LineSignals(cause=27))
                continue
            if self.way.trunk is not None:
                self._trunks.begun(self.way.trunk)
            self._give_up_at = None
            if self._left:
                self._give_up_at = asyncio.get_running_loop().time() + self._patience
            return True
        self.way = None
        return False

    def until(self, deadline: float) -> float:
        """When something must have happened (loop time): the deadline, or patience with the trunk ends."""
        return min(deadline, self._give_up_at) if self._give_up_at is not None else deadline

    async def nothing_came(self, deadline: float) -> bool:
        """Nothing happened in time. True: only this trunk is given up, its end comes as an event."""
        if self._give_up_at is None or asyncio.get_running_loop().time() >= deadline:
            return False
        if self._given_up:  # the PBX itself does not end it
            return False
        self._given_up = True
        self._give_up_at = asyncio.get_running_loop().time() + ENDS_WITHIN
        await self._leg.hang_up()
        return True

    def carries(self) -> None:
        """It rings, or an announcement is heard: this trunk has the call."""
        self._give_up_at, self._carried = None, True
        if self.way is not None and self.way.trunk is not None and not self._given_up:
            self._trunks.carried(self.way.trunk)

    def answered(self) -> None:
        """Somebody answered over this trunk; soon it is looked whether any sound comes."""
        self.carries()
        if self.way is not None and self.way.trunk is not None:
            self._trunks.listen(self.way.trunk, self._leg)

    async def goes_on(self, signals: LineSignals, originator: str | None) -> bool:
        """The leg has ended unanswered. True: it is dialled anew on the next trunk."""
        if self._given_up and not signals.rang and not signals.early_media:
            signals = NO_SIGN
        if self._carried or not goes_on(signals):
            if signals.sip is not None:
                self.carries()  # what is said about the person says that the trunk works
            return False
        self._failed(signals)
        return await self.begin(originator)

    def _failed(self, signals: LineSignals) -> None:
        if self.way is not None and self.way.trunk is not None:
            self._trunks.failed(self.way.trunk, signals)
