"""Composes the music on hold, calm.flac beside this file; after a change: python prompts/music/compose.py

Soft broken chords over a slow pad, 90 seconds, written for a telephone: what matters lies between
250 and 2500 Hz. Every sound rings on over the end into the beginning, so the loop has no seam.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from ivr.speech.sound_shaping import MASTER_RATE, level

LOUDNESS = -24.0
PEAK = -6.0
BEATS_A_MINUTE = 64
BEATS_A_BAR = 4

# One chord a bar, as semitones above middle C, low to high; melody notes as (beat, semitones).
CHORDS = {
    "C": (0, 7, 11, 16, 19),
    "Am": (-3, 4, 7, 12, 16),
    "F": (-7, 0, 4, 9, 12),
    "G": (-5, 2, 7, 9, 14),
    "Em": (-8, 4, 7, 11, 14),
    "Dm": (-10, 2, 5, 9, 12),
}
BARS = (
    "C", "Am", "F", "G", "C", "Em", "F", "G", "Am", "Em", "F", "C",
    "Dm", "Am", "F", "G", "C", "Am", "F", "G", "F", "Em", "Dm", "C",
)  # fmt: skip
MELODY = {
    1: ((2, 16), (3, 19)), 2: ((0, 21), (3, 19)), 3: ((0, 14),), 5: ((1, 19), (3, 23)), 6: ((0, 21),),
    7: ((2, 19), (3, 14)), 8: ((0, 16),), 10: ((0, 21), (2, 24)), 11: ((0, 23), (2, 19)), 13: ((1, 16),),
    14: ((0, 21), (2, 19)), 15: ((0, 14),), 17: ((2, 19),), 18: ((0, 21), (2, 24)), 19: ((0, 23),),
    21: ((0, 19), (2, 16)), 22: ((0, 14),), 23: ((0, 12),),
}  # fmt: skip
ARPEGGIO = (0, 2, 3, 4, 3, 2, 1, 2)

Sound = npt.NDArray[np.float64]


def pitch(semitones: int) -> float:
    """Hz of a note, counted in semitones from middle C."""
    return float(261.63 * 2 ** (semitones / 12))


def plucked(hertz: float, strength: float) -> Sound:
    """A soft bell-like note that dies away within 3 s; high partials die first."""
    time = np.arange(3 * MASTER_RATE) / MASTER_RATE
    partials = ((1, 1.0, 1.6), (2, 0.32, 2.6), (3, 0.12, 4.0), (4.02, 0.05, 6.0))
    note = sum(
        share * np.sin(2 * np.pi * hertz * n * time) * np.exp(-decay * time) for n, share, decay in partials
    )
    return np.asarray(strength * note * np.minimum(1, time / 0.012) * np.minimum(1, (3 - time) / 0.1))


def pad(hertz: float, seconds: float) -> Sound:
    """A quiet held note that swells and fades, slightly detuned against itself."""
    time = np.arange(round(seconds * MASTER_RATE)) / MASTER_RATE
    swell = np.sin(np.pi * time / seconds) ** 2
    voices = sum(np.sin(2 * np.pi * hertz * tuning * time) for tuning in (0.9985, 1.0, 1.0015))
    return np.asarray(0.03 * swell * voices)


def compose() -> npt.NDArray[np.float32]:
    """The whole piece at 16 kHz."""
    beat = 60 / BEATS_A_MINUTE
    bar = beat * BEATS_A_BAR
    length = round(len(BARS) * bar * MASTER_RATE)
    track = np.zeros(length)

    def add(sound: Sound, seconds: float) -> None:
        places = (np.arange(sound.size) + round(seconds * MASTER_RATE)) % length
        np.add.at(track, places, sound)

    for number, name in enumerate(BARS):
        start = number * bar
        chord = CHORDS[name]
        for step, tone in enumerate(ARPEGGIO):
            late = 0.006 * ((number * 8 + step) * 7 % 5 - 2)
            add(plucked(pitch(chord[tone]), 0.30 if step % 4 == 0 else 0.22), start + step * beat / 2 + late)
        for semitones in chord[1:4]:
            add(pad(pitch(semitones), 1.6 * bar), start - 0.3 * bar)
        for at, semitones in MELODY.get(number, ()):
            add(plucked(pitch(semitones), 0.42), start + at * beat)
    return level(np.asarray(room(track), dtype=np.float32), MASTER_RATE, LOUDNESS, PEAK)


def room(track: Sound) -> Sound:
    """A little hall around it, wrapped over the end."""
    noise = np.random.default_rng(95777).standard_normal(MASTER_RATE)
    hall = np.zeros(track.size)
    hall[: noise.size] = noise * np.exp(-6 * np.arange(noise.size) / MASTER_RATE)
    hall /= np.sqrt((hall**2).sum())
    wet = np.fft.irfft(np.fft.rfft(track) * np.fft.rfft(hall), track.size)
    return np.asarray(track + 0.25 * wet)


if __name__ == "__main__":
    target = Path(__file__).with_name("calm.flac")
    piece = compose()
    soundfile.write(target, piece, MASTER_RATE, subtype="PCM_16")
    print(f"{target}: {piece.size / MASTER_RATE:.0f} s")
