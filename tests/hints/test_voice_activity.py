"""Who spoke when, measured in sound whose speech is known."""

from pathlib import Path

import pytest

from ivr.errors import SoundUnreadable
from ivr.hints import voice_activity
from tests.hints.conversations import write


def test_speech_is_found_where_it_is_on_each_channel(tmp_path: Path) -> None:
    file = tmp_path / "talk.wav"
    write(file, 20, [(1, 3), (3.2, 5), (15, 15.05)], [(6, 9)])
    sound, rate = voice_activity.read(file)
    caller, agent = (voice_activity.speech(sound[:, side], rate) for side in (0, 1))
    assert (rate, sound.shape) == (8000, (160_000, 2))
    # A pause within a sentence is none, and a click is no word.
    assert [(span.begin, span.end) for span in caller] == [pytest.approx((1, 5), abs=0.05)]
    assert [(span.begin, span.end) for span in agent] == [pytest.approx((6, 9), abs=0.05)]


def test_a_silent_line_and_an_empty_one_have_no_speech(tmp_path: Path) -> None:
    file = tmp_path / "quiet.wav"
    write(file, 5, [], [])
    sound, rate = voice_activity.read(file)
    assert voice_activity.speech(sound[:, 0], rate) == []
    assert voice_activity.speech(sound[:0, 0], rate) == []
    assert voice_activity.speech(sound[:, 0] * 0, rate) == []


def test_what_is_no_sound_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF nothing of the kind")
    for file in (broken, tmp_path / "gone.wav"):
        with pytest.raises(SoundUnreadable, match=str(file)):
            voice_activity.read(file)
