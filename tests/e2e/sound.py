"""Recordings as the tests look at them: length, and which tone is on which side."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

LEFT, RIGHT = 0, 1


@dataclass(frozen=True)
class Recorded:
    """A WAV file. ``samples`` has one column for each channel, full scale is 1."""

    samples: npt.NDArray[np.float64]
    rate: int
    sha256: str
    size: int

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / self.rate

    @property
    def channels(self) -> int:
        """1 or 2."""
        return int(self.samples.shape[1])

    def level(self, channel: int, hertz: float) -> float:
        """How loud a tone is on a channel: its amplitude, full scale is 1."""
        samples = self.samples[:, channel]
        at = np.arange(len(samples)) / self.rate
        turning = np.exp(-2j * np.pi * hertz * at)
        return float(2 * np.abs((samples * turning).mean()))

    def loudness(self, channel: int) -> float:
        """How loud a channel is altogether: the root of its mean square, full scale is 1."""
        return float(np.sqrt(np.square(self.samples[:, channel]).mean()))


def recorded(file: Path) -> Recorded:
    """Read a recording."""
    samples, rate = soundfile.read(file, always_2d=True)
    data = file.read_bytes()
    return Recorded(samples, int(rate), hashlib.sha256(data).hexdigest(), len(data))
