"""What a network plays before anybody answers (early media, SIP 183): the tones of the exchange, or a voice.

Source: GB/T 3380 and YD/T 1134, the tones of Chinese exchanges, all of 450 Hz: ring-back 1 s and 4 s of
silence, busy 0.35 s and 0.35 s, congestion 0.7 s and 0.7 s, vacant number three times 0.1 s and then 0.4 s.
Which announcement a voice makes (switched off, out of reach, out of service) is not decided here: networks
and provinces word and mix them differently, and a guess would take people off the list who can be reached.
"""

import math
from collections.abc import Sequence
from enum import StrEnum

RATE = 8000
"""Samples a second."""
BLOCK = 160
"""Samples that are judged together: 20 ms."""
BLOCK_SECONDS = BLOCK / RATE
TONE_HERTZ = 450.0
QUIET = 150.0
"""Of 32767, root mean square: softer is silence."""
PURE = 0.6
"""So much of a block's power in the tone makes it a tone."""
VOICE_SHARE = 0.35
"""So much of what is not silent, and no tone, is a voice or music."""
LEAST_VOICE = 0.4
"""Seconds."""


class LineSound(StrEnum):
    """What was heard."""

    SILENCE = "silence"  # nothing
    RING_BACK = "ring_back"  # the telephone rings
    BUSY = "busy"  # the person talks to somebody else
    CONGESTION = "congestion"  # the network has no way there now
    VACANT = "vacant"  # nobody has this number
    VOICE = "voice"  # an announcement, or music in place of ring-back
    OTHER_TONE = "other_tone"  # a tone without such a rhythm


def heard(samples: Sequence[int]) -> LineSound:
    """What a sound is, as far as it goes.

    :param samples: one channel, 16 bits, 8000 a second.
    """
    kinds = [_kind(samples[at : at + BLOCK]) for at in range(0, len(samples) - BLOCK + 1, BLOCK)]
    tone, voice = kinds.count("t"), kinds.count("v")
    if voice * BLOCK_SECONDS >= LEAST_VOICE and voice >= VOICE_SHARE * (tone + voice):
        return LineSound.VOICE
    if tone < 3:
        return LineSound.SILENCE
    return _rhythm(_runs(kinds))


def _kind(block: Sequence[int]) -> str:
    """Silence, tone or voice: s, t, v."""
    power = sum(sample * sample for sample in block) / BLOCK
    if power < QUIET * QUIET:
        return "s"
    return "t" if _tone_power(block) >= PURE * power else "v"


def _tone_power(block: Sequence[int]) -> float:
    """How much of the power is at 450 Hz (Goertzel), 25 Hz more or less."""
    turn = 2 * math.cos(2 * math.pi * TONE_HERTZ / RATE)
    before = last = 0.0
    for sample in block:
        before, last = last, sample + turn * last - before
    energy = before * before + last * last - turn * before * last
    return 2 * energy / (BLOCK * BLOCK)


def _runs(kinds: Sequence[str]) -> list[tuple[bool, float]]:
    """Tone and pause in turn, with their seconds; a block of another kind within one is passed over."""
    runs: list[tuple[bool, int]] = []
    for at, kind in enumerate(kinds):
        on = kind == "t"
        lonely = 0 < at < len(kinds) - 1 and kinds[at - 1] == kinds[at + 1] != kind
        if lonely and runs:
            on = runs[-1][0]
        if runs and runs[-1][0] is on:
            runs[-1] = (on, runs[-1][1] + 1)
        else:
            runs.append((on, 1))
    return [(on, count * BLOCK_SECONDS) for on, count in runs]


def _rhythm(runs: list[tuple[bool, float]]) -> LineSound:
    """The tone by its rhythm; the first and the last run may be cut off."""
    whole = runs[1:-1]
    tones = [seconds for on, seconds in whole if on]
    pauses = [seconds for on, seconds in whole if not on]
    short = sum(0.06 <= seconds <= 0.15 for seconds in tones)
    if short >= 2 and any(0.3 <= seconds <= 0.5 for seconds in tones):
        return LineSound.VACANT
    rings = [seconds for on, seconds in runs if on and 0.75 <= seconds <= 2.3]
    if rings and any(not on and seconds >= 1.8 for on, seconds in runs[1:]):
        return LineSound.RING_BACK
    if len(tones) >= 2 and len(pauses) >= 2:
        if _all_within(tones + pauses, 0.25, 0.48):
            return LineSound.BUSY
        if _all_within(tones + pauses, 0.55, 0.85):
            return LineSound.CONGESTION
    return LineSound.OTHER_TONE


def _all_within(lengths: Sequence[float], least: float, most: float) -> bool:
    return all(least <= length <= most for length in lengths)
