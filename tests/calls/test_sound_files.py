"""Two mono parts become one stereo recording."""

import hashlib
import struct
import wave
from pathlib import Path

import pytest

from ivr.calls.sound_files import SoundMissing, is_silent, join_channels, take_over


def write_wav(file: Path, samples: list[int], rate: int = 8000) -> Path:
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file


def test_the_caller_is_left_the_agent_right_and_the_shorter_is_filled_with_silence(tmp_path: Path) -> None:
    left = write_wav(tmp_path / "in.wav", [1, 2, 3, 4])
    right = write_wav(tmp_path / "out.wav", [-1, -2])
    done = join_channels(left, right, tmp_path / "2026" / "call.wav")
    with wave.open(str(tmp_path / "2026" / "call.wav")) as sound:
        assert (sound.getnchannels(), sound.getframerate(), sound.getnframes()) == (2, 8000, 4)
        assert struct.unpack("<8h", sound.readframes(4)) == (1, -1, 2, -2, 3, 0, 4, 0)
    content = (tmp_path / "2026" / "call.wav").read_bytes()
    assert done.sha256 == hashlib.sha256(content).hexdigest()
    assert (done.size_bytes, done.seconds) == (len(content), 4 / 8000)
    assert not list(tmp_path.glob("**/*.part"))


def test_a_part_whose_writer_died_before_the_header_was_finished_is_still_read(tmp_path: Path) -> None:
    left = write_wav(tmp_path / "in.wav", [5] * 100)
    broken = bytearray(left.read_bytes())
    broken[4:8] = broken[40:44] = b"\0\0\0\0"
    left.write_bytes(broken)
    done = take_over(left, tmp_path / "call.wav")
    assert done.seconds == 100 / 8000


@pytest.mark.parametrize("content", [None, b"", b"RIFF"])
def test_a_missing_or_empty_part_is_named(tmp_path: Path, content: bytes | None) -> None:
    part = tmp_path / "in.wav"
    if content is not None:
        part.write_bytes(content)
    with pytest.raises(SoundMissing, match=r"in\.wav"):
        take_over(part, tmp_path / "call.wav")
    assert not (tmp_path / "call.wav").exists()


def test_a_line_on_which_nobody_speaks_is_silent(tmp_path: Path) -> None:
    hum = write_wav(tmp_path / "hum.wav", [300, -300] * 8000)
    assert is_silent(hum)
    words = write_wav(tmp_path / "words.wav", [300, -300] * 8000 + [4000, -4000] * 800)
    assert not is_silent(words)


def test_a_part_that_cannot_be_read_is_not_called_silent(tmp_path: Path) -> None:
    assert not is_silent(tmp_path / "missing.wav")
