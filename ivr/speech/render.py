"""Renders wording to master audio: `hotline prompts render`."""

import re
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import soundfile

from ivr.errors import PromptError
from ivr.speech.catalogue import Catalogue, VoiceChoice
from ivr.speech.fragments import Fragment
from ivr.speech.loudness import Samples, integrated_loudness, true_peak
from ivr.speech.manifest import (
    AudioRecord,
    audio_findings,
    read_manifest,
    rendered_path,
    wording_hash,
    write_manifest,
)
from ivr.speech.sound_shaping import MASTER_RATE, master
from ivr.speech.voice_neural import NeuralVoice, missing_for_neural
from ivr.speech.voice_pyttsx3 import Pyttsx3Voice, missing_for_pyttsx3, what_installs_pyttsx3

_SAVE_EVERY = 20


class EngineChoice(StrEnum):
    """Which engine renders."""

    AUTO = "auto"
    """The neural engine where its parts are installed, pyttsx3 otherwise."""
    NEURAL = "neural"
    """The neural engine; the best to listen to."""
    PYTTSX3 = "pyttsx3"
    """pyttsx3 on espeak-ng; everywhere to be had."""


class Engine(Protocol):
    """A text-to-speech engine."""

    name: str

    def voice_name(self, choice: VoiceChoice) -> str:
        """The voice it uses for a language's choice."""
        ...

    def speak(self, fragment: Fragment, choice: VoiceChoice) -> tuple[Samples, int]:
        """What the fragment says: samples of one channel, and their rate in Hz."""
        ...


def open_engine(choice: EngineChoice, catalogue: Catalogue, voices_folder: Path) -> Engine:
    """The engine asked for.

    Args:
        choice: which one.
        catalogue: names the voices that are needed.
        voices_folder: where the neural voices' files are.

    Raises:
        PromptError: it does not work here; names every part that is missing.
    """
    neural_missing = missing_for_neural(catalogue, voices_folder)
    if choice is EngineChoice.NEURAL or (choice is EngineChoice.AUTO and not neural_missing):
        if neural_missing:
            raise PromptError(_missing("neural", neural_missing, "docs/PROMPTS.md says what to type"))
        return NeuralVoice(voices_folder)
    pyttsx3_missing = missing_for_pyttsx3()
    if pyttsx3_missing:
        raise PromptError(_missing("pyttsx3", pyttsx3_missing, f"type: {what_installs_pyttsx3()}"))
    return Pyttsx3Voice()


def _missing(engine: str, missing: list[str], remedy: str) -> str:
    return "\n".join(
        [
            f"the {engine} engine cannot render here; missing:",
            *(f"  - {part}" for part in missing),
            remedy,
        ]
    )


def select_fragments(
    catalogue: Catalogue,
    prompts_folder: Path,
    names: Sequence[str] = (),
    language: str | None = None,
    everything: bool = False,
) -> list[Fragment]:
    """What to render.

    Args:
        names: prompt ids or fragment names; without any, all that is missing or stale.
        language: only this one.
        everything: without names, all fragments.

    Raises:
        PromptError: a name or the language is not in the catalogue.
    """
    if language is not None and language not in catalogue.languages:
        raise PromptError(f"language {language!r}: the catalogue has {', '.join(catalogue.languages)}")
    candidates = list(catalogue.fragments())
    if names:
        known = {name for fragment in candidates for name in _names_of(fragment)}
        if unknown := [name for name in names if name not in known]:
            raise PromptError(
                f"no prompt or fragment is named {', '.join(unknown)}; see: hotline prompts list"
            )
        candidates = [fragment for fragment in candidates if set(names) & set(_names_of(fragment))]
    elif not everything:
        candidates = [finding.fragment for finding in audio_findings(catalogue, prompts_folder)]
    return [fragment for fragment in candidates if language in (None, fragment.language)]


def render_fragments(
    catalogue: Catalogue,
    prompts_folder: Path,
    engine: Engine,
    fragments: Iterable[Fragment],
    tell: Callable[[str], None] = lambda line: None,
) -> int:
    """Render fragments to masters and record them in the manifest.

    Args:
        tell: is given a line for each fragment when it is done.

    Returns:
        How many were rendered.

    Raises:
        PromptError: an engine could not speak; what was rendered until then is kept.
    """
    records = read_manifest(prompts_folder)
    count = 0
    try:
        for fragment in fragments:
            record = _render(catalogue, prompts_folder, engine, fragment)
            records[fragment.key] = record
            count += 1
            tell(f"{fragment.key}: {record.seconds:.1f} s, {record.loudness:.1f} LUFS  {fragment.wording}")
            if count % _SAVE_EVERY == 0:
                write_manifest(prompts_folder, records)
    finally:
        if count:
            _forget_unsaid(catalogue, prompts_folder, records)
            write_manifest(prompts_folder, records)
    return count


def _forget_unsaid(catalogue: Catalogue, prompts_folder: Path, records: dict[str, AudioRecord]) -> None:
    """Drop record and audio of what the catalogue does not say any more."""
    for key in records.keys() - {fragment.key for fragment in catalogue.fragments()}:
        rendered_path(prompts_folder, key).unlink(missing_ok=True)
        del records[key]


def _render(catalogue: Catalogue, prompts_folder: Path, engine: Engine, fragment: Fragment) -> AudioRecord:
    choice = catalogue.voices[fragment.voice_language]
    samples, rate = engine.speak(fragment, choice)
    sound = master(samples, rate, fragment.key)
    path = rendered_path(prompts_folder, fragment.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    soundfile.write(temporary, sound, MASTER_RATE, format="FLAC", subtype="PCM_16")
    temporary.replace(path)
    return AudioRecord(
        wording=wording_hash(fragment),
        engine=engine.name,
        voice=engine.voice_name(choice),
        seconds=round(sound.size / MASTER_RATE, 3),
        loudness=round(integrated_loudness(sound, MASTER_RATE), 2),
        peak=round(true_peak(sound, MASTER_RATE), 2),
    )


def _names_of(fragment: Fragment) -> tuple[str, str]:
    """A fragment goes by its own name and by that of its prompt."""
    return fragment.name, re.sub(r"\.[0-9]+$", "", fragment.name)
