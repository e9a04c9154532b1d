"""Samples as the raw files Asterisk's format_pcm and format_sln read: .alaw, .ulaw (8 kHz), .sln16."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import soxr

from ivr.speech.loudness import Samples

TELEPHONE_RATE = 8_000
WIDE_RATE = 16_000
_FULL_SCALE = 32_767

Pcm = npt.NDArray[np.int16]


def telephone_files(sound: Samples, rate: int) -> dict[str, bytes]:
    """A sound in each format callers' codecs want, by file suffix.

    Args:
        sound: one channel at ``rate`` Hz.
    """
    narrow = to_pcm(sound, rate, TELEPHONE_RATE)
    return {
        suffix: encode(narrow) if encode else to_pcm(sound, rate, WIDE_RATE).astype("<i2").tobytes()
        for suffix, encode in _ENCODERS.items()
    }


def to_pcm(sound: Samples, rate: int, target_rate: int) -> Pcm:
    """Resample (what the new rate cannot carry is filtered off first) and round to 16 bits."""
    resampled = soxr.resample(sound, rate, target_rate, quality="VHQ") if rate != target_rate else sound
    return np.asarray(np.rint(np.clip(resampled, -1, 1) * _FULL_SCALE), dtype=np.int16)


def encode_ulaw(pcm: Pcm) -> bytes:
    """16-bit samples as G.711 mu-law."""
    return _ULAW[pcm.astype(np.int32) + 32_768].tobytes()


def encode_alaw(pcm: Pcm) -> bytes:
    """16-bit samples as G.711 A-law."""
    return _ALAW[pcm.astype(np.int32) + 32_768].tobytes()


def _ulaw_table() -> npt.NDArray[np.uint8]:
    """G.711 mu-law of every 16-bit value: sign, 3 bits of segment, 4 bits of step, all inverted."""
    value = np.arange(-32_768, 32_768) >> 2
    magnitude = np.minimum(np.abs(value), 8_158) + 33
    segment = np.floor(np.log2(magnitude)).astype(int) - 5
    step = (magnitude >> (segment + 1)) & 0x0F
    sign = np.where(value < 0, 0x80, 0)
    return np.asarray(~(sign | segment << 4 | step) & 0xFF, dtype=np.uint8)


def _alaw_table() -> npt.NDArray[np.uint8]:
    """G.711 A-law of every 16-bit value: sign, 3 bits of segment, 4 bits of step, even bits inverted."""
    value = np.arange(-32_768, 32_768) >> 3
    magnitude = np.where(value < 0, ~value, value)
    segment = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(int) - 4, 0)
    step = (magnitude >> np.maximum(segment, 1)) & 0x0F
    sign = np.where(value < 0, 0, 0x80)
    return np.asarray((sign | segment << 4 | step) ^ 0x55, dtype=np.uint8)


_ULAW, _ALAW = _ulaw_table(), _alaw_table()
_ENCODERS: dict[str, Callable[[Pcm], bytes] | None] = {
    ".alaw": encode_alaw,
    ".ulaw": encode_ulaw,
    ".sln16": None,
}
SUFFIXES = tuple(_ENCODERS)
