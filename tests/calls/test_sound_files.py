"""The PBX's parts become recordings."""

import hashlib
import struct
import wave
from pathlib import Path

import pytest

from ivr.calls.sound_files import SoundMissing, is_silent, take_over, wav_of_raw


def write_wav(file: Path, samples: list[int], rate: int = 8000) -> Path:
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file


def test_bare_samples_of_two_sides_become_a_stereo_file_with_length_and_digest(tmp_path: Path) -> None:
    part = tmp_path / "1763757.12.raw"
    part.write_bytes(struct.pack("<8h", 1, -1, 2, -2, 3, 0, 4, 0))
    done = wav_of_raw(part, tmp_path / "2026" / "call.wav", channels=2, rate=8000)
    with wave.open(str(tmp_path / "2026" / "call.wav")) as sound:
        assert (sound.getnchannels(), sound.getframerate(), sound.getnframes()) == (2, 8000, 4)
        assert struct.unpack("<8h", sound.readframes(4)) == (1, -1, 2, -2, 3, 0, 4, 0)
    content = (tmp_path / "2026" / "call.wav").read_bytes()
    assert done.sha256 == hashlib.sha256(content).hexdigest()
    assert (done.size_bytes, done.seconds) == (len(content), 4 / 8000)
    assert not list(tmp_path.glob("**/*.part"))


def test_half_a_sample_at_the_end_of_a_part_is_left_out(tmp_path: Path) -> None:
    part = tmp_path / "1763757.12.raw"
    part.write_bytes(bytes(4 * 3 + 2))
    done = wav_of_raw(part, tmp_path / "call.wav", channels=2, rate=8000)
    assert (done.seconds, done.size_bytes) == (3 / 8000, 44 + 12)


def test_a_long_part_is_copied_whole_in_pieces(tmp_path: Path) -> None:
    part = tmp_path / "1763757.12.raw"
    samples = bytes(range(256)) * 10_000
    part.write_bytes(samples)
    wav_of_raw(part, tmp_path / "call.wav", channels=2, rate=8000)
    assert (tmp_path / "call.wav").read_bytes()[44:] == samples


def test_bare_samples_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(SoundMissing, match=r"1763757\.12\.raw"):
        wav_of_raw(tmp_path / "1763757.12.raw", tmp_path / "call.wav", channels=2, rate=8000)


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
