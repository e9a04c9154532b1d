"""The voice every Debian machine can have: pyttsx3 driving the system's espeak-ng.

Three traps are handled here: a setting takes effect only after one ``runAndWait``, or else nothing
is written and nothing is said about it; an unknown voice raises nothing; and the voice ``cmn`` reads
Chinese as English, so the voice that reads pinyin is fed pinyin.
"""

import io
import sys
import tempfile
from contextlib import redirect_stdout
from ctypes.util import find_library
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import soundfile

from ivr.errors import PromptError
from ivr.speech.catalogue import VoiceChoice
from ivr.speech.fragments import Fragment
from ivr.speech.loudness import Samples
from ivr.speech.mandarin_sounds import pinyin
from ivr.speech.sound_shaping import MASTER_RATE

_PACKAGES = ("pyttsx3", "pypinyin")
_SET_UP = Path(__file__).resolve().parents[2] / "scripts" / "setup.sh"
_ATTEMPTS = 3
"""espeak-ng speaks in a thread of its own; on a busy machine it now and then delivers nothing."""


def missing_for_pyttsx3() -> list[str]:
    """What keeps pyttsx3 from working here; empty when it works."""
    missing = [f"the Python package {name}" for name in _PACKAGES if find_spec(name) is None]
    if find_library("espeak-ng") is None:
        missing.append("the system package espeak-ng")
    return missing


def what_installs_pyttsx3() -> str:
    """What to type to get all that is missing: where this is a clone of the project, its own set-up."""
    if _SET_UP.is_file():
        return f"{_SET_UP} render"
    packages = " ".join(_PACKAGES)
    return f"{sys.executable} -m pip install {packages}; apt-get install --no-install-recommends espeak-ng"


class Pyttsx3Voice:
    """Speaks with espeak-ng through pyttsx3."""

    name = "pyttsx3"

    def voice_name(self, choice: VoiceChoice) -> str:
        """The voice that speaks for ``choice``."""
        return choice.pyttsx3

    def speak(self, fragment: Fragment, choice: VoiceChoice) -> tuple[Samples, int]:
        """Say a fragment, without the sentence around it.

        Returns:
            Samples of one channel, and their rate in Hz.

        Raises:
            PromptError: the voice is not installed, or nothing was written.
        """
        text = pinyin(fragment.wording) if fragment.voice_language == "zh" else fragment.wording
        for _ in range(_ATTEMPTS):
            with tempfile.TemporaryDirectory(prefix="hotline-prompt-") as folder:
                path = Path(folder) / "spoken.wav"
                self._write(text, choice, path)
                samples, rate = _read(path)
            if samples.any():
                return samples, rate
        raise PromptError(f"pyttsx3 delivers no sound for {text!r}; is espeak-ng installed in full?")

    def _write(self, text: str, choice: VoiceChoice, path: Path) -> None:
        engine = import_module("pyttsx3").init("espeak")
        engine.setProperty("voice", choice.pyttsx3)
        engine.setProperty("rate", choice.pyttsx3_rate)
        engine.runAndWait()
        voice = str(engine.getProperty("voice"))
        if not voice.endswith(choice.pyttsx3):
            raise PromptError(f"pyttsx3 has no voice {choice.pyttsx3!r} (it stays with {voice!r})")
        engine.save_to_file(text, str(path))
        with redirect_stdout(io.StringIO()):  # pyttsx3 prints the name of each file
            engine.runAndWait()


def _read(path: Path) -> tuple[Samples, int]:
    """What was written; silence when nothing was."""
    if not path.is_file() or path.stat().st_size == 0:
        return np.zeros(0, dtype=np.float32), MASTER_RATE
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return np.asarray(samples.mean(axis=1), dtype=np.float32), int(rate)
