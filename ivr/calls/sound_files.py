"""What becomes of the PBX's sound files: two mono parts into one stereo recording, length, SHA-256."""

import array
import hashlib
import os
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

WAV_HEADER = 44
LINE_NOISE = 400
"""Of 32767 (-38 dBFS): louder than the hum of a line, softer than somebody who whispers into a telephone."""
SPOKEN_SECONDS = 0.1
"""Sound louder than that for so long altogether is somebody who speaks."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A recording on disk."""

    seconds: float
    size_bytes: int
    sha256: str


class SoundMissing(Exception):
    """A part is not there or not readable; the message says which and why."""


def _read(file: Path) -> "tuple[array.array[int], int]":
    """The 16-bit samples and the rate of a mono WAV file, also of one whose writer died before the header."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SoundMissing(f"{file.name}: {error.strerror}") from None
    if len(data) <= WAV_HEADER or data[:4] != b"RIFF":
        raise SoundMissing(f"{file.name}: holds no sound")
    rate = int.from_bytes(data[24:28], "little")
    samples: array.array[int] = array.array("h")
    body = data[WAV_HEADER:]
    samples.frombytes(body[: len(body) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples, rate


def join_channels(left: Path, right: Path, target: Path) -> Finished:
    """Write one stereo WAV out of two mono ones that began together; the shorter is filled with silence.

    :param left: the caller. ``right``: the agent.
    :raises SoundMissing: a part is missing or empty.
    :raises OSError: the target cannot be written.
    """
    first, rate = _read(left)
    second, _ = _read(right)
    length = max(len(first), len(second))
    both = array.array("h", bytes(4 * length))
    both[0 : 2 * len(first) : 2] = first
    both[1 : 2 * len(second) : 2] = second
    if sys.byteorder == "big":
        both.byteswap()
    return _write(target, both.tobytes(), channels=2, rate=rate, frames=length)


def take_over(part: Path, target: Path) -> Finished:
    """Write a mono recording to its place.

    :raises SoundMissing: it is missing or empty. ``OSError``: the target cannot be written.
    """
    samples, rate = _read(part)
    if sys.byteorder == "big":
        samples.byteswap()
    return _write(target, samples.tobytes(), channels=1, rate=rate, frames=len(samples))


def is_silent(part: Path) -> bool:
    """Whether nobody speaks in a mono part: hardly a sample is louder than the noise of a line.

    A part that cannot be read is not called silent: it may hold a gas leak.
    """
    try:
        samples, rate = _read(part)
    except SoundMissing:
        return False
    loud = sum(1 for sample in samples if abs(sample) > LINE_NOISE)
    return loud < rate * SPOKEN_SECONDS


def _write(target: Path, body: bytes, *, channels: int, rate: int, frames: int) -> Finished:
    """Write whole or not at all: first under another name, then renamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".part")
    with wave.open(str(fresh), "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(body)
    content = fresh.read_bytes()
    with fresh.open("rb") as written:
        os.fsync(written.fileno())
    fresh.rename(target)
    return Finished(frames / rate, len(content), hashlib.sha256(content).hexdigest())
