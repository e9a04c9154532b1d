"""The voice every Debian machine can have: pyttsx3 driving the system's espeak-ng.

Three traps are handled here: a setting takes effect only after one ``runAndWait``, or else nothing
is written and nothing is said about it; an unknown voice raises nothing; and the voice ``cmn`` reads
Chinese as English, so the voice that reads pinyin is fed pinyin.
"""

import tempfile
from ctypes.util import find_library
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import soundfile

from ivr.errors import PromptError
from ivr.speech.catalogue import VoiceChoice
from ivr.speech.loudness import Samples
from ivr.speech.mandarin_sounds import pinyin

_PACKAGES = ("pyttsx3", "pypinyin")


def missing_for_pyttsx3() -> list[str]:
    """What keeps pyttsx3 from working here; empty when it works."""
    missing = [f"the Python package {name}" for name in _PACKAGES if find_spec(name) is None]
    if find_library("espeak-ng") is None:
        missing.append("the system package espeak-ng")
    return missing


class Pyttsx3Voice:
    """Speaks with espeak-ng through pyttsx3."""

    name = "pyttsx3"

    def voice_name(self, choice: VoiceChoice) -> str:
        """The voice that speaks for ``choice``."""
        return choice.pyttsx3

    def speak(self, text: str, language: str, choice: VoiceChoice) -> tuple[Samples, int]:
        """Say ``text``.

        Returns:
            Samples of one channel, and their rate in Hz.

        Raises:
            PromptError: the voice is not installed, or nothing was written.
        """
        with tempfile.TemporaryDirectory(prefix="hotline-prompt-") as folder:
            path = Path(folder) / "spoken.wav"
            self._write(pinyin(text) if language == "zh" else text, choice, path)
            if not path.is_file() or path.stat().st_size == 0:
                raise PromptError(f"pyttsx3 wrote no sound for {text!r}; is espeak-ng installed in full?")
            samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        return np.asarray(samples.mean(axis=1), dtype=np.float32), int(rate)

    def _write(self, text: str, choice: VoiceChoice, path: Path) -> None:
        engine = import_module("pyttsx3").init("espeak")
        engine.setProperty("voice", choice.pyttsx3)
        engine.setProperty("rate", choice.pyttsx3_rate)
        engine.runAndWait()
        voice = str(engine.getProperty("voice"))
        if not voice.endswith(choice.pyttsx3):
            raise PromptError(f"pyttsx3 has no voice {choice.pyttsx3!r} (it stays with {voice!r})")
        engine.save_to_file(text, str(path))
        engine.runAndWait()
