"""Conversations made for the tests: noise on both lines, tones where somebody speaks."""

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

RATE = 8000


def write(
    file: Path,
    seconds: float,
    caller: Sequence[tuple[float, float]],
    agent: Sequence[tuple[float, float]],
    channels: int = 2,
) -> None:
    """A recording of ``seconds``; each side speaks from when to when, the caller on the left."""
    dice = np.random.default_rng(7)
    sides = []
    for spoken in (caller, agent)[:channels]:
        line = dice.normal(0, 0.002, int(seconds * RATE))
        for begin, end in spoken:
            at = np.arange(int(begin * RATE), int(end * RATE))
            line[at] += (
                0.2 * np.sin(2 * np.pi * 400 * at / RATE) * (1 + 0.5 * np.sin(2 * np.pi * 4 * at / RATE))
            )
        sides.append(line)
    samples = (np.clip(np.stack(sides, axis=1), -1, 1) * 32767).astype("<i2")
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
