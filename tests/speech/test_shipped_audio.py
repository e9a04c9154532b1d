"""Every shipped file says what the catalogue says and is fit for a telephone."""

import numpy as np
import pyloudnorm
import pytest
import soundfile
import soxr

from ivr.speech.catalogue import load_catalogue
from ivr.speech.fragments import Fragment
from ivr.speech.loudness import Samples, integrated_loudness, true_peak
from ivr.speech.manifest import AUDIO_FOLDER, audio_findings, read_manifest, rendered_path, wording_hash
from ivr.speech.sound_shaping import MASTER_RATE, PEAK_CEILING, TARGET_LUFS
from tests.speech.conftest import SHIPPED_PROMPTS

CATALOGUE = load_catalogue(SHIPPED_PROMPTS)
RECORDS = read_manifest(SHIPPED_PROMPTS)
LONGEST_SILENCE = 0.15
LONG_ENOUGH_TO_MEASURE = 1.0
MUSIC = sorted((SHIPPED_PROMPTS / "music").glob("*.flac"))


def silence_at_ends(sound: Samples) -> float:
    """The longer of the silences before and after, in seconds; silence is 45 dB below the loudest 10 ms."""
    frames = sound[: sound.size // 160 * 160].reshape(-1, 160)
    power = (frames.astype(np.float64) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 10**-4.5)
    return float(max(loud[0], power.size - 1 - loud[-1]) / 100)


def telephone_share(sound: Samples) -> float:
    """The share of the energy that a telephone carries; the voices' lowest tone is near 200 Hz."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    hertz = np.fft.rfftfreq(sound.size, 1 / MASTER_RATE)
    return float(power[(hertz >= 150) & (hertz <= 3_400)].sum() / power.sum())


def test_everything_the_catalogue_says_has_audio_that_says_it() -> None:
    assert [str(finding) for finding in audio_findings(CATALOGUE, SHIPPED_PROMPTS)] == []


def test_no_audio_is_shipped_that_nobody_says() -> None:
    shipped = {
        path.relative_to(SHIPPED_PROMPTS / AUDIO_FOLDER).with_suffix("").as_posix()
        for path in (SHIPPED_PROMPTS / AUDIO_FOLDER).glob("*/*")
    }
    said = {fragment.key for fragment in CATALOGUE.fragments()}
    assert shipped == said == set(RECORDS)


def test_the_shipped_audio_is_spoken_by_the_neural_voice() -> None:
    assert {record.engine for record in RECORDS.values()} == {"kokoro-82m-int8"}
    assert {record.voice for record in RECORDS.values()} == {"zf_xiaoxiao", "af_heart"}


@pytest.mark.parametrize("fragment", list(CATALOGUE.fragments()), ids=lambda fragment: fragment.key)
def test_a_shipped_file_is_fit_for_a_telephone(fragment: Fragment) -> None:
    sound, rate = soundfile.read(rendered_path(SHIPPED_PROMPTS, fragment.key), dtype="float32")
    record = RECORDS[fragment.key]
    assert rate == MASTER_RATE
    assert sound.ndim == 1
    assert record.wording == wording_hash(fragment)
    assert sound.size / rate == pytest.approx(record.seconds, abs=0.01)
    assert true_peak(sound, rate) <= PEAK_CEILING + 0.1
    assert true_peak(sound, rate) == pytest.approx(record.peak, abs=0.1)
    narrow = soxr.resample(sound, rate, 8_000, quality="VHQ")
    assert np.abs(narrow).max() < 0.99
    if record.seconds >= LONG_ENOUGH_TO_MEASURE:
        assert pyloudnorm.Meter(rate).integrated_loudness(sound) == pytest.approx(TARGET_LUFS, abs=1)
    assert integrated_loudness(sound, rate) == pytest.approx(record.loudness, abs=0.1)
    assert silence_at_ends(sound) <= LONGEST_SILENCE
    assert telephone_share(sound) > 0.5
    assert 0.1 < record.seconds < 30


@pytest.mark.parametrize("path", MUSIC, ids=lambda path: path.name)
def test_the_music_is_quieter_than_speech_and_loops_without_a_seam(path) -> None:  # type: ignore[no-untyped-def]
    sound, rate = soundfile.read(path, dtype="float32")
    assert rate == MASTER_RATE
    assert 60 <= sound.size / rate <= 120
    assert pyloudnorm.Meter(rate).integrated_loudness(sound) == pytest.approx(-24, abs=1)
    assert true_peak(sound, rate) < PEAK_CEILING
    steps = np.abs(np.diff(sound))
    assert abs(float(sound[0] - sound[-1])) <= np.quantile(steps, 0.999)


def test_there_is_music() -> None:
    assert MUSIC
