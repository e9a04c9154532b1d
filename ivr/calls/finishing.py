"""What is finished beside the calls, such as files of recordings: each under a name, none lost at the end."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Finishing:
    """Work that goes on when its call has ended; :meth:`close` gives it a while to come to its end."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[None], str] = {}

    @property
    def names(self) -> frozenset[str]:
        """What is being finished now."""
        return frozenset(self._tasks.values())

    def begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Let ``work`` go on by itself, under a name that :attr:`names` tells until it is done."""
        task = asyncio.create_task(work, name=name)
        self._tasks[task] = name
        task.add_done_callback(self._tasks.pop)

    async def close(self, within: float) -> None:
        """Wait until all is finished, for so many seconds at most; the rest is finished at the next start."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)
