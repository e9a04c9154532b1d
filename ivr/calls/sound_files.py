"""What becomes of the PBX's sound files: its parts become WAV files, with length and SHA-256."""

import array
import hashlib
import itertools
import os
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

WAV_HEADER = 44
PIECE = 1 << 20
"""Bytes that are copied at once."""
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


def read_samples(file: Path, rate: int) -> "array.array[int]":
    """The samples of a mono WAV file, also of one that is being written.

    :raises SoundMissing: it is not there, holds nothing, or has another rate.
    """
    samples, found = _read(file)
    if found != rate:
        raise SoundMissing(f"{file.name}: has {found} samples a second instead of {rate}")
    return samples


def wav_of_raw(part: Path, target: Path, *, channels: int, rate: int) -> Finished:
    """Write a WAV file out of bare 16-bit little-endian samples, a piece at a time: it may be an hour.

    :raises SoundMissing: the part is not there. ``OSError``: the target cannot be written.
    """
    frame = 2 * channels
    try:
        sound = part.open("rb")
    except OSError as error:
        raise SoundMissing(f"{part.name}: {error.strerror}") from None
    with sound:
        frames = os.fstat(sound.fileno()).st_size // frame
        head = _header(frames, channels, rate)
        return _write(target, itertools.chain([head], _pieces(sound, frames * frame)), frames / rate)


def _pieces(sound: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := sound.read(min(PIECE, size))):
        size -= len(piece)
        yield piece


def _header(frames: int, channels: int, rate: int) -> bytes:
    """The 44 bytes before the samples (RIFF WAVE, PCM)."""
    frame = 2 * channels
    size = frames * frame
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, rate * frame, frame, 16)
    return struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE") + form + struct.pack("<4sI", b"data", size)


def take_over(part: Path, target: Path) -> Finished:
    """Write a mono recording to its place.

    :raises SoundMissing: it is missing or empty. ``OSError``: the target cannot be written.
    """
    samples, rate = _read(part)
    if sys.byteorder == "big":
        samples.byteswap()
    return _write(target, [_header(len(samples), 1, rate), samples.tobytes()], len(samples) / rate)


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


def _write(target: Path, pieces: Iterable[bytes], seconds: float) -> Finished:
    """Write whole or not at all: first under another name, then renamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".part")
    digest, size = hashlib.sha256(), 0
    with fresh.open("wb") as written:
        for piece in pieces:
            written.write(piece)
            digest.update(piece)
            size += len(piece)
        written.flush()
        os.fsync(written.fileno())
    fresh.rename(target)
    return Finished(seconds, size, digest.hexdigest())
