"""Where what happens to a call is laid down, in order, until its coroutine takes it."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """An ordered box with one reader, who may wait until a deadline."""

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def put(self, item: T) -> None:
        """Lay something down; wakes the reader. Never blocks."""
        self._items.append(item)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def take(self) -> T | None:
        """The oldest item, or None when the box is empty."""
        return self._items.popleft() if self._items else None

    async def next(self, deadline: float | None = None) -> T | None:
        """The oldest item; waits for one.

        :param deadline: event-loop time (seconds) after which None is given; None waits for ever.
        """
        loop = asyncio.get_running_loop()
        while not self._items:
            self._waiter = loop.create_future()
            timer = None
            if deadline is not None:
                timer = loop.call_at(deadline, _wake, self._waiter)
            try:
                await self._waiter
            finally:
                self._waiter = None
                if timer is not None:
                    timer.cancel()
            if not self._items and deadline is not None and loop.time() >= deadline:
                return None
        return self._items.popleft()


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
