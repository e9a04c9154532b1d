"""The two channels of a recording as the loudest sample of each piece, for the player to draw."""

import wave
from array import array
from dataclasses import dataclass
from pathlib import Path

PIECES = 900
"""As many as a page is wide."""
LOOKED_AT = 60
"""Samples of a piece that are looked at, evenly spread: speech hides from none of them."""
_FULL = 32768


@dataclass(frozen=True, slots=True)
class Waveform:
    """Loudness from 0 to 100 by piece; ``seconds`` of the whole."""

    seconds: float
    caller: list[int]
    agent: list[int]


def of_file(file: Path) -> Waveform | None:
    """The picture of a recording; None where the file is no WAV of 16 bits.

    A mono file has the same on both sides.
    """
    try:
        with wave.open(str(file), "rb") as sound:
            channels, rate, frames = sound.getnchannels(), sound.getframerate(), sound.getnframes()
            if sound.getsampwidth() != 2 or not rate:
                return None
            samples = array("h")
            samples.frombytes(sound.readframes(frames)[: frames * channels * 2])
    except (OSError, wave.Error, EOFError, ValueError):
        return None
    there = len(samples) // channels
    sides = [_loudness(samples, side, channels, there) for side in (0, channels - 1)]
    return Waveform(there / rate, *sides)


def _loudness(samples: "array[int]", side: int, channels: int, frames: int) -> list[int]:
    """The loudest of each piece, of the full scale's square root in percent: quiet speech is seen too."""
    size = max(1, -(-frames // PIECES))
    step = max(1, size // LOOKED_AT) * channels
    found = []
    for begin in range(0, frames, size):
        piece = samples[begin * channels + side : (begin + size) * channels : step]
        loudest = max(max(piece), -min(piece)) if piece else 0
        found.append(round(100 * (loudest / _FULL) ** 0.5))
    return found
