"""The files the PBX plays are G.711 and linear samples, without what a telephone cannot carry."""

import numpy as np
import pytest

from ivr.speech.loudness import Samples
from ivr.speech.telephone_formats import SUFFIXES, encode_alaw, encode_ulaw, telephone_files, to_pcm

EVERY_VALUE = np.arange(-32_768, 32_768).astype(np.int16)


def decode_ulaw(code: int) -> int:
    """G.711 mu-law to 16 bits, written from the recommendation's table."""
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return 0x84 - magnitude if code & 0x80 else magnitude - 0x84


def decode_alaw(code: int) -> int:
    """G.711 A-law to 16 bits, written from the recommendation's table."""
    code ^= 0x55
    segment, value = (code & 0x70) >> 4, (code & 0x0F) << 4
    value = value + 8 if segment == 0 else (value + 0x108) << (segment - 1)
    return value if code & 0x80 else -value


@pytest.mark.parametrize(
    ("encode", "decode"), [(encode_ulaw, decode_ulaw), (encode_alaw, decode_alaw)], ids=["ulaw", "alaw"]
)
def test_every_sample_is_coded_as_the_nearest_code(encode, decode) -> None:  # type: ignore[no-untyped-def]
    levels = np.array([decode(code) for code in range(256)])
    coded = levels[np.frombuffer(encode(EVERY_VALUE), np.uint8)]
    ordered = np.unique(levels)
    step = np.diff(ordered)[np.clip(np.searchsorted(ordered, coded) - 1, 0, ordered.size - 2)]
    inside = np.abs(EVERY_VALUE.astype(int)) < 32_000
    assert (np.abs(coded - EVERY_VALUE)[inside] <= np.maximum(step, 16)[inside]).all()
    assert sorted(set(encode(EVERY_VALUE))) == list(range(256)) or len(set(encode(EVERY_VALUE))) >= 255


def test_silence_is_the_codes_of_silence() -> None:
    silence = np.zeros(3, np.int16)
    assert encode_ulaw(silence) == b"\xff\xff\xff"
    assert encode_alaw(silence) == b"\xd5\xd5\xd5"


def tone(hertz: float) -> Samples:
    return np.asarray(0.5 * np.sin(2 * np.pi * hertz * np.arange(16_000) / 16_000), dtype=np.float32)


def test_what_a_telephone_cannot_carry_is_filtered_off() -> None:
    coded = (to_pcm(tone(hertz), 16_000, 8_000)[800:-800] for hertz in (1_000, 5_000))
    kept, lost = (middle.astype(float).std() for middle in coded)
    assert kept > 10_000
    assert lost < 2


def test_a_second_of_sound_is_a_second_in_every_format() -> None:
    made = telephone_files(tone(440), 16_000)
    assert tuple(made) == SUFFIXES
    assert {suffix: len(content) for suffix, content in made.items()} == {
        ".alaw": 8_000,
        ".ulaw": 8_000,
        ".sln16": 32_000,
    }


def test_overload_is_held_at_full_scale_and_never_wraps_round() -> None:
    assert to_pcm(np.array([2.0, -2.0], np.float32), 16_000, 16_000).tolist() == [32_767, -32_767]
