"""Makes an even, clean master of whatever a voice or a human recording delivers."""

import numpy as np
import soxr

from ivr.errors import PromptError
from ivr.speech.loudness import SILENT_LUFS, Samples, integrated_loudness, true_peak

MASTER_RATE = 16_000
"""Hz. What is kept in the repository, enough for wide-band telephones."""
TARGET_LUFS = -20.0
PEAK_CEILING = -3.0
"""dBTP. Room for the overshoot of resampling and coding on the way to a telephone."""

_QUIET_DB = -45.0
"""Below the loudest frame by this much counts as silence at the ends."""
_FRAME_SECONDS = 0.01
_LEAD_SECONDS = 0.03
_TRAIL_SECONDS = 0.06
_FADE_SECONDS = 0.008
_LOOK_AHEAD_SECONDS = 0.005
_PASSES = 4


def master(samples: Samples, rate: int, what: str) -> Samples:
    """Trim, resample to 16 kHz, bring to the loudness target under the peak ceiling, fade the ends.

    Args:
        samples: one channel at ``rate`` Hz.
        what: the fragment's name, for the error.

    Raises:
        PromptError: there is nothing to hear in it.
    """
    sound = np.asarray(soxr.resample(samples, rate, MASTER_RATE, quality="VHQ"), dtype=np.float32)
    sound = trim_silence(sound - np.float32(sound.mean() if sound.size else 0), MASTER_RATE)
    if integrated_loudness(sound, MASTER_RATE) <= SILENT_LUFS:
        raise PromptError(f"{what}: the voice delivered silence")
    return _fade(level(sound, MASTER_RATE), MASTER_RATE)


def level(sound: Samples, rate: int, target: float = TARGET_LUFS, ceiling: float = PEAK_CEILING) -> Samples:
    """Bring to ``target`` LUFS, holding peaks under ``ceiling`` dBTP with a look-ahead limiter."""
    for _ in range(_PASSES):
        gain = 10 ** ((target - integrated_loudness(sound, rate)) / 20)
        sound = _limit(sound * np.float32(gain), rate, ceiling)
    over = max(0.0, true_peak(sound, rate) - ceiling)
    return np.asarray(sound * 10 ** (-over / 20), dtype=np.float32)


def trim_silence(sound: Samples, rate: int) -> Samples:
    """Cut silence at both ends, leaving a breath (30 ms before, 60 ms after)."""
    frame = round(_FRAME_SECONDS * rate)
    count = sound.size // frame
    if not count:
        return sound
    power = (sound[: count * frame].reshape(count, frame).astype(np.float64) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (_QUIET_DB / 10))
    if not loud.size:
        return sound[:0]
    start = max(0, int(loud[0]) * frame - round(_LEAD_SECONDS * rate))
    return sound[start : (int(loud[-1]) + 1) * frame + round(_TRAIL_SECONDS * rate)]


def _limit(sound: Samples, rate: int, ceiling: float) -> Samples:
    """Turn down around each peak over the ceiling, smoothly; what is under it stays untouched."""
    overshoot = max(0.0, true_peak(sound, rate) - 20 * np.log10(max(float(np.abs(sound).max()), 1e-9)))
    most = 10 ** ((ceiling - overshoot - 0.05) / 20)
    needed = np.minimum(1.0, most / np.maximum(np.abs(sound), 1e-9))
    if needed.min() >= 1.0:
        return sound
    reach = round(_LOOK_AHEAD_SECONDS * rate)
    padded = np.pad(needed, 2 * reach, constant_values=1.0)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(axis=1)
    window = np.hanning(2 * reach + 3)[1:-1]
    gain = np.convolve(lowest, window / window.sum(), mode="valid")
    return np.asarray(sound * gain, dtype=np.float32)


def _fade(sound: Samples, rate: int) -> Samples:
    count = min(round(_FADE_SECONDS * rate), sound.size // 2)
    ramp = np.linspace(0, 1, count, dtype=np.float32)
    faded = sound.copy()
    faded[:count] *= ramp
    faded[faded.size - count :] *= ramp[::-1]
    return faded
