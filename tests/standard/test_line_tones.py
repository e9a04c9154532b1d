"""Tones of Chinese exchanges, made as the standard says, are told apart; voices and noise are no tones."""

import math
import random

import pytest

from ivr.standard.line_tones import RATE, LineSound, heard


def tone(seconds: float, loud: float = 6000, hertz: float = 450) -> list[int]:
    return [round(loud * math.sin(2 * math.pi * hertz * at / RATE)) for at in range(round(seconds * RATE))]


def pause(seconds: float) -> list[int]:
    return [random.Random(at).randint(-40, 40) for at in range(round(seconds * RATE))]


def cadence(*seconds: float, times: int = 1, **more: float) -> list[int]:
    one = [
        sample
        for place, length in enumerate(seconds)
        for sample in (pause(length) if place % 2 else tone(length, **more))
    ]
    return one * times


def voice(seconds: float) -> list[int]:
    """Sound as of speech: partials of a low voice that come and go."""
    return [
        round(
            3000
            * abs(math.sin(2 * math.pi * 2.1 * at / RATE))
            * sum(math.sin(2 * math.pi * 130 * part * at / RATE) / part for part in (1, 2, 4, 5, 7))
        )
        for at in range(round(seconds * RATE))
    ]


@pytest.mark.parametrize("loud", [700.0, 6000.0, 20000.0])
@pytest.mark.parametrize("cut", [0.0, 0.13, 0.61])
@pytest.mark.parametrize(
    ("sound", "what"),
    [
        ((0.35, 0.35), LineSound.BUSY),
        ((0.7, 0.7), LineSound.CONGESTION),
        ((0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4, 0.4), LineSound.VACANT),
    ],
)
def test_a_tone_is_known_by_its_rhythm_wherever_it_begins_and_however_loud(
    sound: tuple[float, ...], what: LineSound, cut: float, loud: float
) -> None:
    samples = cadence(*sound, times=8, loud=loud)[round(cut * RATE) :]
    assert heard(samples[: 4 * RATE]) is what


def test_ring_back_is_known_after_one_period() -> None:
    assert heard(cadence(1.0, 4.0)) is LineSound.RING_BACK
    assert heard(cadence(1.0, 4.0, times=3)[round(0.2 * RATE) :]) is LineSound.RING_BACK


def test_a_voice_and_silence_and_a_steady_tone_are_no_tones_of_an_exchange() -> None:
    assert heard(voice(4)) is LineSound.VOICE
    assert heard([*pause(0.5), *voice(3), *pause(0.5)]) is LineSound.VOICE
    assert heard(pause(4)) is LineSound.SILENCE
    assert heard([]) is LineSound.SILENCE
    assert heard(tone(4)) is LineSound.OTHER_TONE
    assert heard(tone(4, hertz=1000)) is LineSound.VOICE, "no tone of an exchange: somebody's music"
