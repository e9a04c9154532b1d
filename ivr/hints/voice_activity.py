"""Who spoke when: voice activity of each channel of a recording, by its energy over the line's own noise.

Telephone sound of 8000 Hz is loud or not; what a neural detector would gain on it is little, and this one is
some lines of numpy that anybody can check. Frames of 20 ms, a threshold that follows the channel's own quiet.
"""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.errors import SoundUnreadable
from ivr.standard.talk_hints import Span

FRAME_SECONDS = 0.02
ABOVE_NOISE_DB = 9.0
"""Speech is so much above the quietest tenth of a channel."""
QUIETEST_DB, LOUDEST_QUIET_DB = -55.0, -32.0
"""Bounds of that threshold, under full scale: digital silence is no noise floor, and shouting is none."""
JOIN_SECONDS = 0.35
"""Pauses within a sentence."""
SHORTEST_SECONDS = 0.16
"""A click is no word."""


def read(file: Path) -> tuple[NDArray[np.float32], int]:
    """A recording's sound as (samples × channels) from -1 to 1, and its rate in Hz.

    :raises SoundUnreadable: the file is not there, or is no WAV of 16 bits.
    """
    try:
        with wave.open(str(file), "rb") as sound:
            channels, width, rate = sound.getnchannels(), sound.getsampwidth(), sound.getframerate()
            if width != 2:
                raise SoundUnreadable(f"{file}: {8 * width} bits a sample, and not 16")
            data = sound.readframes(sound.getnframes())
    except (OSError, wave.Error, EOFError) as error:
        raise SoundUnreadable(f"{file}: cannot be read as sound: {error or 'it ends too soon'}") from None
    whole = len(data) // (2 * channels) * channels
    samples = np.frombuffer(data, "<i2", whole).reshape(-1, channels)
    return samples.astype(np.float32) / np.float32(32768), rate


def speech(channel: NDArray[np.float32], rate: int) -> list[Span]:
    """The spans in which somebody speaks.

    :param channel: samples from -1 to 1.
    :param rate: Hz.
    """
    size = max(1, int(rate * FRAME_SECONDS))
    frames = len(channel) // size
    if not frames:
        return []
    power = np.square(channel[: frames * size].reshape(frames, size)).mean(axis=1)
    loudness = 10 * np.log10(power + 1e-10)
    quiet = float(np.percentile(loudness, 10))
    threshold = min(max(quiet + ABOVE_NOISE_DB, QUIETEST_DB), LOUDEST_QUIET_DB)
    return _spans(loudness > threshold, size / rate)


def _spans(loud: NDArray[np.bool_], frame: float) -> list[Span]:
    """Runs of loud frames, joined over short pauses, without clicks."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], loud, [False])).astype(np.int8)))
    runs = [
        (float(begin) * frame, float(end) * frame) for begin, end in zip(edges[::2], edges[1::2], strict=True)
    ]
    joined: list[tuple[float, float]] = []
    for begin, end in runs:
        if joined and begin - joined[-1][1] <= JOIN_SECONDS:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return [Span(round(begin, 2), round(end, 2)) for begin, end in joined if end - begin >= SHORTEST_SECONDS]
