"""Our measure of loudness agrees with an independent implementation of the same recommendation."""

import numpy as np
import pyloudnorm
import pytest

from ivr.speech.loudness import SILENT_LUFS, Samples, integrated_loudness, true_peak


def voice_like(seconds: float, rate: int, seed: int) -> Samples:
    """Noise of several bands, in bursts as of syllables, with a pause in it."""
    time = np.arange(round(seconds * rate)) / rate
    noise = np.random.default_rng(seed).standard_normal(time.size)
    tones = sum(np.sin(2 * np.pi * hertz * time) for hertz in (90, 220, 700, 1800, 3100))
    syllables = np.clip(np.sin(2 * np.pi * 4 * time), 0.02, 1) * np.where((time % 3) > 2.2, 0.001, 1)
    return np.asarray(0.05 * syllables * (noise * 0.3 + tones), dtype=np.float32)


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 48_000])
@pytest.mark.parametrize("seconds", [1.5, 7.0])
def test_loudness_is_what_another_implementation_measures(rate: int, seconds: float) -> None:
    sound = voice_like(seconds, rate, seed=rate)
    reference = pyloudnorm.Meter(rate).integrated_loudness(sound)
    assert integrated_loudness(sound, rate) == pytest.approx(reference, abs=0.1)


def test_a_short_word_measures_like_its_repetition() -> None:
    word = voice_like(0.2, 16_000, seed=1)
    assert integrated_loudness(word, 16_000) == pytest.approx(
        integrated_loudness(np.tile(word, 10), 16_000), abs=0.5
    )


@pytest.mark.parametrize("sound", [np.zeros(0, np.float32), np.zeros(16_000, np.float32)])
def test_silence_measures_as_silence(sound: Samples) -> None:
    assert integrated_loudness(sound, 16_000) == SILENT_LUFS
    assert true_peak(sound, 16_000) == SILENT_LUFS


def test_the_true_peak_lies_between_the_samples() -> None:
    time = np.arange(1_600) / 16_000
    sound = np.asarray(np.sin(2 * np.pi * 4_000 * time + np.pi / 4), dtype=np.float32)
    assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-3, abs=0.1)
    assert true_peak(sound, 16_000) == pytest.approx(0, abs=0.6)
