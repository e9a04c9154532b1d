"""``python -m ivr.calls.line_listener``: says of sound files what a network played in them.

A process of its own, at low priority, that lives as long as its engine: arithmetic on samples must not hold
up calls. A path a line comes in, a word of :class:`ivr.standard.line_tones.LineSound` a line goes out, or "?"
where the file cannot be read.
"""

import asyncio
import os
import sys
from pathlib import Path

import structlog

from ivr.calls.sound_files import SoundMissing, read_samples
from ivr.standard.line_tones import RATE, LineSound, heard

log = structlog.get_logger(__name__)

PRIORITY = 10
PATIENCE = 5.0
"""Seconds for an answer; a machine that is so busy does without."""
LONGEST = 12 * RATE
"""Samples from the end of a file that are listened to."""


class LineListener:
    """The engine's side: one process, started when it is first needed, and again when it has died."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    async def what(self, file: Path) -> LineSound | None:
        """What is in a file; None where nobody can tell."""
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(PATIENCE):
                    return await self._ask(file)
            except (TimeoutError, OSError) as error:
                log.warning("line_listener.no_answer", reason=str(error) or "too slow")
                self.close()
                return None

    async def _ask(self, file: Path) -> LineSound | None:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                __name__,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(f"{file}\n".encode())
        await process.stdin.drain()
        word = (await process.stdout.readline()).decode().strip()
        return LineSound(word) if word in list(LineSound) else None

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()


def main() -> None:
    """What the process does; it ends with its input."""
    os.nice(PRIORITY)
    for line in sys.stdin:
        try:
            word: str = heard(read_samples(Path(line.rstrip("\n")), RATE)[-LONGEST:])
        except SoundMissing:
            word = "?"
        print(word, flush=True)


if __name__ == "__main__":
    main()
