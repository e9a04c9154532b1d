"""What is installed is what callers hear: complete, in every format, and only when it changed."""

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.errors import PromptError
from ivr.speech.install import install_prompts
from ivr.speech.loudness import integrated_loudness
from ivr.speech.sound_shaping import TARGET_LUFS
from ivr.speech.telephone_formats import SUFFIXES
from tests.speech.conftest import SHIPPED_PROMPTS

SOUNDS = {
    "hotline/zh/welcome", "hotline/en/welcome", "hotline/zh/place.1", "hotline/zh/place.2",
    "hotline/en/place.1", "hotline/en/place.2", "hotline/zh/word.n1", "hotline/en/word.n1",
    "hotline/pause", "beep",
}  # fmt: skip


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Every installed file with inode and time of writing."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def wide_band(sounds: Path, name: str) -> np.ndarray:
    return np.frombuffer((sounds / f"{name}.sln16").read_bytes(), "<i2").astype(np.float32) / 32_768


def test_every_sound_is_written_in_every_format(small_prompts: Path, tmp_path: Path) -> None:
    report = install_prompts(small_prompts, tmp_path / "sounds")
    assert set(contents(tmp_path / "sounds")) == {
        f"{name}{suffix}" for name in SOUNDS for suffix in SUFFIXES
    } | {"hotline/.installed.json"}
    assert (report.written, report.unchanged, report.removed, report.stale) == (len(SOUNDS) + 1, 0, 0, [])
    assert report.music_folder == tmp_path / "moh"
    assert set(contents(tmp_path / "moh")) == {f"calm{suffix}" for suffix in SUFFIXES}


def test_installing_twice_changes_nothing(small_prompts: Path, tmp_path: Path) -> None:
    install_prompts(small_prompts, tmp_path / "sounds")
    before = contents(tmp_path / "sounds")
    report = install_prompts(small_prompts, tmp_path / "sounds")
    assert contents(tmp_path / "sounds") == before
    assert (report.written, report.unchanged) == (0, len(SOUNDS) + 1)


def test_the_shipped_prompts_are_installed_and_a_second_start_takes_no_time(tmp_path: Path) -> None:
    install_prompts(SHIPPED_PROMPTS, tmp_path / "sounds")
    times = []
    for _ in range(3):
        started = time.perf_counter()
        assert install_prompts(SHIPPED_PROMPTS, tmp_path / "sounds").written == 0
        times.append(time.perf_counter() - started)
    assert min(times) < 0.3


def test_a_deleted_sound_comes_back(small_prompts: Path, tmp_path: Path) -> None:
    install_prompts(small_prompts, tmp_path / "sounds")
    (tmp_path / "sounds/hotline/zh/welcome.ulaw").unlink()
    assert install_prompts(small_prompts, tmp_path / "sounds").written == 1
    assert (tmp_path / "sounds/hotline/zh/welcome.ulaw").is_file()


def test_a_sound_that_nobody_says_any_more_is_removed(small_prompts: Path, tmp_path: Path) -> None:
    install_prompts(small_prompts, tmp_path / "sounds")
    (tmp_path / "sounds/hotline/zh/of_somebody_else.ulaw").touch()
    path = small_prompts / "catalogue.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{n1: 一}", "{n2: 二}").replace("{n1: one}", "{n2: two}"), encoding="utf-8")
    for language in ("zh", "en"):
        audio = small_prompts / "audio" / language / "word.n1.flac"
        (small_prompts / "recorded" / language).mkdir(parents=True)
        audio.rename(small_prompts / "recorded" / language / "word.n2.flac")
    report = install_prompts(small_prompts, tmp_path / "sounds")
    assert (report.written, report.removed) == (2, 2)
    assert not (tmp_path / "sounds/hotline/zh/word.n1.ulaw").exists()
    assert (tmp_path / "sounds/hotline/zh/of_somebody_else.ulaw").exists()


def test_a_human_recording_wins_and_is_made_as_loud_as_the_others(
    small_prompts: Path, tmp_path: Path
) -> None:
    install_prompts(small_prompts, tmp_path / "sounds")
    rendered = wide_band(tmp_path / "sounds", "hotline/zh/welcome")
    seconds = np.arange(2 * 44_100) / 44_100
    quiet_stereo = 0.01 * np.stack([np.sin(2 * np.pi * 300 * seconds)] * 2, axis=1)
    (small_prompts / "recorded" / "zh").mkdir(parents=True)
    soundfile.write(small_prompts / "recorded/zh/welcome.wav", quiet_stereo, 44_100)
    assert install_prompts(small_prompts, tmp_path / "sounds").written == 1
    recorded = wide_band(tmp_path / "sounds", "hotline/zh/welcome")
    assert recorded.size / 16_000 == pytest.approx(2, abs=0.1)
    assert recorded.size != rendered.size
    assert integrated_loudness(recorded, 16_000) == pytest.approx(TARGET_LUFS, abs=1)
    (small_prompts / "recorded/zh/welcome.wav").unlink()
    install_prompts(small_prompts, tmp_path / "sounds")
    assert np.array_equal(wide_band(tmp_path / "sounds", "hotline/zh/welcome"), rendered)


def test_stale_audio_is_installed_and_told(small_prompts: Path, tmp_path: Path) -> None:
    report = install_prompts(
        small_prompts, tmp_path / "sounds", {"company": {"zh": "海滨燃气", "en": "Spring City Gas"}}
    )
    assert [finding.fragment.key for finding in report.stale] == ["zh/welcome"]
    assert (tmp_path / "sounds/hotline/zh/welcome.alaw").is_file()


def test_the_beep_is_as_loud_as_the_voice(small_prompts: Path, tmp_path: Path) -> None:
    install_prompts(small_prompts, tmp_path / "sounds")
    assert integrated_loudness(wide_band(tmp_path / "sounds", "beep"), 16_000) == pytest.approx(
        TARGET_LUFS, abs=1.5
    )


def test_a_prompt_without_audio_is_named(small_prompts: Path, tmp_path: Path) -> None:
    (small_prompts / "audio/zh/welcome.flac").unlink()
    with pytest.raises(
        PromptError, match="1 prompts have no audio\nprompt zh/welcome: has no audio; run: hotline"
    ):
        install_prompts(small_prompts, tmp_path / "sounds")
    assert not (tmp_path / "sounds").exists()


@pytest.mark.parametrize("keep", [0, 20, 200, 2_000])
def test_a_broken_file_is_named_and_callers_keep_what_they_heard(
    small_prompts: Path, tmp_path: Path, keep: int
) -> None:
    install_prompts(small_prompts, tmp_path / "sounds")
    before = (tmp_path / "sounds/hotline/zh/welcome.ulaw").read_bytes()
    broken = small_prompts / "audio/zh/welcome.flac"
    broken.write_bytes(broken.read_bytes()[:keep])
    with pytest.raises(PromptError, match=r"audio/zh/welcome\.flac: is (not readable audio|cut short)"):
        install_prompts(small_prompts, tmp_path / "sounds")
    assert (tmp_path / "sounds/hotline/zh/welcome.ulaw").read_bytes() == before


def test_a_silent_recording_is_named(small_prompts: Path, tmp_path: Path) -> None:
    (small_prompts / "recorded" / "zh").mkdir(parents=True)
    soundfile.write(small_prompts / "recorded/zh/welcome.wav", np.zeros(8_000), 8_000)
    with pytest.raises(PromptError, match=r"recorded/zh/welcome\.wav: .*silence"):
        install_prompts(small_prompts, tmp_path / "sounds")


def test_a_folder_without_music_is_named(small_prompts: Path, tmp_path: Path) -> None:
    (small_prompts / "music/calm.flac").unlink()
    with pytest.raises(PromptError, match=r"prompts/music: holds no \.flac"):
        install_prompts(small_prompts, tmp_path / "sounds")


def test_a_sounds_folder_that_cannot_be_written_is_named(small_prompts: Path, tmp_path: Path) -> None:
    (tmp_path / "sounds").write_text("a file, not a folder")
    with pytest.raises(PromptError, match="cannot write sounds: Not a directory"):
        install_prompts(small_prompts, tmp_path / "sounds")


def test_a_missing_prompts_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="nowhere: is missing"):
        install_prompts(tmp_path / "nowhere", tmp_path / "sounds")
