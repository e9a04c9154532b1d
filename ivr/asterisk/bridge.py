"""A bridge: where legs hear each other. It stays, with its audio, while the engine is away."""

from ivr.asterisk.connection import AriConnection, segment
from ivr.errors import AriRefused

EXISTS = 409
"""Status with which ARI says that there is a bridge of this id."""

NOT_IN_IT = frozenset({400, 409, 422})
"""Statuses with which ARI says that a channel is gone, not ours, or not in this bridge."""


class Bridge:
    """A mixing bridge of the PBX."""

    def __init__(self, ari: AriConnection, bridge_id: str) -> None:
        self.id = bridge_id
        self._ari = ari

    async def create(self) -> None:
        """Make it on the PBX; making one that exists changes nothing."""
        try:
            await self._ari.post(f"/bridges/{segment(self.id)}", {"type": "mixing", "name": self.id})
        except AriRefused as error:
            if error.status != EXISTS:
                raise

    async def add(self, *channel_ids: str) -> None:
        """Let these channels hear each other.

        :raises AriRefused: a channel has gone (400 or 404) or is not ours.
        """
        await self._ari.post(f"/bridges/{segment(self.id)}/addChannel", {"channel": ",".join(channel_ids)})

    async def remove(self, channel_id: str) -> None:
        """Take a channel out, which stays alive; one that is not in it is no mistake.

        :raises AriRefused: the bridge has gone (404).
        """
        try:
            await self._ari.post(f"/bridges/{segment(self.id)}/removeChannel", {"channel": channel_id})
        except AriRefused as error:
            if error.status not in NOT_IN_IT:
                raise

    async def destroy(self, *, staying: str | None = None) -> None:
        """End it; one that is gone is no mistake.

        :param staying: a channel that is spoken to afterwards. It is taken out first, which is done when the
            PBX has answered: a sentence that comes while it still leaves a bridge that ends is dropped by the
            PBX without a word, and never said to be over (res_stasis_playback.c, ``play_uri``).
        """
        try:
            if staying is not None:
                await self.remove(staying)
            await self._ari.delete(f"/bridges/{segment(self.id)}")
        except AriRefused as error:
            if error.status != 404:
                raise
