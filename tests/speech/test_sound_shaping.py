"""Whatever comes in, what goes out is even, unclipped and without dead air."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.errors import PromptError
from ivr.speech.loudness import Samples, integrated_loudness, true_peak
from ivr.speech.sound_shaping import MASTER_RATE, PEAK_CEILING, TARGET_LUFS, master, trim_silence


def burst(seconds: float, rate: int, strength: float) -> Samples:
    time = np.arange(round(seconds * rate)) / rate
    return np.asarray(
        strength * np.sin(2 * np.pi * 500 * time) * np.sin(np.pi * time / seconds), dtype=np.float32
    )


@settings(max_examples=20, deadline=None)
@given(
    strength=st.floats(0.001, 1.0),
    rate=st.sampled_from([8_000, 22_050, 24_000, 44_100, 48_000]),
    seconds=st.floats(0.2, 2.0),
)
def test_every_master_is_at_the_target_under_the_ceiling(strength: float, rate: int, seconds: float) -> None:
    sound = master(burst(seconds, rate, strength), rate, "a burst")
    assert integrated_loudness(sound, MASTER_RATE) == pytest.approx(TARGET_LUFS, abs=1)
    assert true_peak(sound, MASTER_RATE) <= PEAK_CEILING + 0.1


def test_a_single_loud_knock_is_held_under_the_ceiling_and_the_voice_stays_loud() -> None:
    sound = burst(3.0, MASTER_RATE, 0.02)
    sound[20_000:20_040] += 0.9
    shaped = master(sound, MASTER_RATE, "a knock")
    assert true_peak(shaped, MASTER_RATE) <= PEAK_CEILING + 0.1
    assert integrated_loudness(shaped, MASTER_RATE) == pytest.approx(TARGET_LUFS, abs=1.5)


def test_silence_at_the_ends_is_cut_and_inside_is_kept() -> None:
    quiet = np.zeros(MASTER_RATE, np.float32)
    word = burst(0.5, MASTER_RATE, 0.3)
    trimmed = trim_silence(np.concatenate([quiet, word, quiet, word, quiet]), MASTER_RATE)
    assert trimmed.size / MASTER_RATE == pytest.approx(2.0, abs=0.15)


def test_the_ends_fade_to_nothing() -> None:
    sound = master(np.full(8_000, 0.5, np.float32) * np.sign(burst(0.5, 16_000, 1)), 16_000, "a square")
    assert abs(sound[0]) < 0.001
    assert abs(sound[-1]) < 0.001


@pytest.mark.parametrize("sound", [np.zeros(0, np.float32), np.zeros(24_000, np.float32)])
def test_a_voice_that_delivers_silence_is_an_error(sound: Samples) -> None:
    with pytest.raises(PromptError, match="zh/welcome: the voice delivered silence"):
        master(sound, 24_000, "zh/welcome")
