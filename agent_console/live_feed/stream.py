"""One open page's share of the live feed: what it has been told, and what it is still to be told."""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivr.config.value_types import Language


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a stream, and what of."""

    sign_in_id: int | None
    """The session; None: a screen on the wall, which has none."""
    agent_id: int
    """0 of a screen."""
    language: Language
    me: bool
    """Whether the page shows an agent's own state."""
    floor: bool
    """Whether the page is the supervisor's."""
    desk: bool = False
    """Whether a call may ring on the page: it is told of changes before all others."""
    board: bool = False
    """Whether the page is a board."""
    cases: bool = False
    """Whether the page shows cases, and is told whenever something about cases is new."""


class Stream:
    """Merges what is new until the page's thread takes it, so that a slow page costs no memory."""

    def __init__(self, reader: Reader, since: datetime) -> None:
        """Open the stream of ``reader`` at ``since`` (UTC)."""
        self.reader = reader
        self.since = since
        self.over = False
        self._told: dict[str, Any] = {}
        self._news: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()

    def tell(self, parts: dict[str, Any]) -> None:
        """Keep those of ``parts`` that differ from what the page knows."""
        with self._lock:
            changed = {
                name: part
                for name, part in parts.items()
                if (told := self._told.get(name, _NOTHING)) is not part and told != part
            }
            if not changed:
                return
            self._told |= changed
            self._news |= changed
        self._wake.set()

    def finish(self, parts: dict[str, Any]) -> None:
        """Tell the last words and end the stream."""
        self.tell(parts)
        self.over = True
        self._wake.set()

    def take(self, timeout: float) -> dict[str, Any]:
        """What is new; empty when nothing was within ``timeout`` seconds."""
        self._wake.wait(timeout)
        with self._lock:
            self._wake.clear()
            news, self._news = self._news, {}
            if self.over:
                self._wake.set()
        return news


_NOTHING = object()
