"""Tells a new listen from the next part of one that goes on; browsers fetch a recording in parts."""

import threading
import time

ONE_LISTEN_SECONDS = 3600.0
"""Later parts of a recording that is being played belong to the same listen for so long."""

DOUBLE_ASK_SECONDS = 2.0
"""Browsers ask for the beginning twice when a player starts; that is one listen."""


class Listens:
    """Tells a new listen from the next part of one that goes on, per session and recording."""

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._lock = threading.Lock()
        self._noted: dict[tuple[int, int], float] = {}

    def goes_on(self, listen: tuple[int, int], *, from_start: bool) -> bool:
        """Whether a request of ``listen`` (session, recording) belongs to one that was noted already."""
        within = DOUBLE_ASK_SECONDS if from_start else ONE_LISTEN_SECONDS
        noted = self._noted.get(listen)
        return noted is not None and time.monotonic() - noted < within

    def note(self, listen: tuple[int, int]) -> None:
        """Remember that ``listen`` was noted now, and forget what is long over."""
        moment = time.monotonic()
        with self._lock:
            kept = {other: at for other, at in self._noted.items() if moment - at < ONE_LISTEN_SECONDS}
            self._noted = {**kept, listen: moment}
