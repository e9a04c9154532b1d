"""The shipped catalogue, read once, and a small prompts folder that a test may change."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.speech.catalogue import Catalogue, VoiceChoice, load_catalogue
from ivr.speech.fragments import Fragment
from ivr.speech.loudness import Samples
from ivr.speech.render import render_fragments
from ivr.speech.sound_shaping import MASTER_RATE

SHIPPED_PROMPTS = Path(__file__).parents[2] / "prompts"

SMALL_CATALOGUE = """
format: 1
voices:
  zh: {neural: zf_xiaoxiao, neural_rate: 0.85, pyttsx3: cmn-latn-pinyin, pyttsx3_rate: 150}
  en: {neural: af_heart, neural_rate: 0.9, pyttsx3: en-us, pyttsx3_rate: 150}
texts:
  company: {zh: 泉城燃气, en: Spring City Gas}
examples:
  zh: {number: 八, minutes: 八分钟, ordinal: 八, digits: 八五八, time: 八点,
       date: 八月八号, case_number: 八五八}
  en: {number: ten, minutes: ten minutes, ordinal: ten, digits: two two, time: ten A M,
       date: August ten, case_number: two two}
prompts:
  welcome: {zh: "您好，{company:text}。", en: "This is {company:text}."}
  place: {zh: "第{place:ordinal}位。", en: "Number {place:ordinal} of all."}
words:
  zh:
    - {sentence: 第…位。, words: {n1: 一}}
  en:
    - {sentence: …, words: {n1: one}}
"""


class ToneEngine:
    """Speaks every text as a tone that lasts as long as the text is long, at 24 kHz."""

    name = "tone"

    def voice_name(self, choice: VoiceChoice) -> str:
        return choice.neural

    def speak(self, fragment: Fragment, choice: VoiceChoice) -> tuple[Samples, int]:
        time = np.arange(round(24_000 * (0.3 + 0.05 * len(fragment.wording)))) / 24_000
        return np.asarray(0.3 * np.sin(2 * np.pi * 440 * time), dtype=np.float32), 24_000


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(SHIPPED_PROMPTS)


@pytest.fixture
def small_prompts(tmp_path: Path) -> Path:
    """A prompts folder of two prompts with audio for all of it, and a piece of music."""
    folder = tmp_path / "prompts"
    (folder / "music").mkdir(parents=True)
    (folder / "catalogue.yaml").write_text(SMALL_CATALOGUE, encoding="utf-8")
    catalogue = load_catalogue(folder)
    render_fragments(catalogue, folder, ToneEngine(), catalogue.fragments())
    music, rate = ToneEngine().speak(next(catalogue.fragments()), catalogue.voices["zh"])
    soundfile.write(folder / "music" / "calm.flac", music[: rate // 2], MASTER_RATE)
    return folder
