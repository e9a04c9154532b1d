"""prompts/audio/manifest.json: what each audio file says and measures, and what is missing or stale."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from ivr.errors import PromptError
from ivr.speech.catalogue import Catalogue
from ivr.speech.fragments import Fragment

AUDIO_FOLDER = "audio"
RECORDED_FOLDER = "recorded"
MANIFEST_FILE = "manifest.json"
_RECORDED_SUFFIXES = (".wav", ".flac")
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class AudioRecord:
    """What is known of one rendered file: ``wording`` is a hash, ``peak`` in dBTP, ``loudness`` in LUFS."""

    wording: str
    engine: str
    voice: str
    seconds: float
    loudness: float
    peak: float


class Fault(StrEnum):
    """What can be wrong with a fragment's audio."""

    MISSING = "missing"
    """There is no audio."""
    STALE = "stale"
    """The audio says another wording than the catalogue and the configuration."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fragment whose audio needs rendering."""

    fragment: Fragment
    fault: Fault

    def __str__(self) -> str:
        """One line that says what is wrong and what to do."""
        what = "has no audio" if self.fault is Fault.MISSING else "has audio of another wording"
        if self.fault is Fault.STALE and self.fragment.texts:
            what += f" (the configuration now says {', '.join(self.fragment.texts)})"
        return (
            f"prompt {self.fragment.key}: {what}; "
            f"run: hotline prompts render --language {self.fragment.language} {self.fragment.name}"
        )


def wording_hash(fragment: Fragment) -> str:
    """Changes when the wording or the language of the voice changes."""
    return hashlib.sha256(f"{fragment.voice_language}\n{fragment.wording}".encode()).hexdigest()[:16]


def rendered_path(prompts_folder: Path, key: str) -> Path:
    """Where the rendered audio of the fragment with that key is."""
    return prompts_folder / AUDIO_FOLDER / f"{key}.flac"


def recorded_path(prompts_folder: Path, fragment: Fragment) -> Path | None:
    """A human's recording of a fragment, if there is one: it goes before rendered audio."""
    for suffix in _RECORDED_SUFFIXES:
        path = prompts_folder / RECORDED_FOLDER / f"{fragment.key}{suffix}"
        if path.is_file():
            return path
    return None


def unused_recordings(catalogue: Catalogue, prompts_folder: Path) -> list[Path]:
    """Recordings that no fragment of the catalogue plays, such as one with a misspelt name."""
    played = {recorded_path(prompts_folder, fragment) for fragment in catalogue.fragments()}
    found = sorted(path for path in (prompts_folder / RECORDED_FOLDER).rglob("*") if path.is_file())
    return [path for path in found if path not in played and not path.name.startswith(".")]


def read_manifest(prompts_folder: Path) -> dict[str, AudioRecord]:
    """The records by fragment key; none when nothing was rendered yet.

    Raises:
        PromptError: the file is not a manifest.
    """
    path = prompts_folder / AUDIO_FOLDER / MANIFEST_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != _FORMAT:
            raise PromptError(f"{path}: format {content['format']!r}; this program reads format {_FORMAT}")
        return {key: AudioRecord(**record) for key, record in content["fragments"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PromptError(
            f"{path}: is not a manifest ({error}); restore it, or render all prompts anew"
        ) from error


def write_manifest(prompts_folder: Path, records: Mapping[str, AudioRecord]) -> None:
    """Write the records, sorted, in one step."""
    path = prompts_folder / AUDIO_FOLDER / MANIFEST_FILE
    lines = [f"{json.dumps(key)}: {json.dumps(asdict(records[key]))}" for key in sorted(records)]
    temporary = path.with_suffix(".tmp")
    temporary.write_text(
        f'{{"format": {_FORMAT}, "fragments": {{\n' + ",\n".join(lines) + "\n}}\n", encoding="utf-8"
    )
    temporary.replace(path)


def audio_findings(catalogue: Catalogue, prompts_folder: Path) -> list[Finding]:
    """Each fragment without audio or with audio of another wording; recorded ones are always right."""
    records = read_manifest(prompts_folder)
    findings: list[Finding] = []
    for fragment in catalogue.fragments():
        if recorded_path(prompts_folder, fragment):
            continue
        record = records.get(fragment.key)
        if not rendered_path(prompts_folder, fragment.key).is_file() or record is None:
            findings.append(Finding(fragment, Fault.MISSING))
        elif record.wording != wording_hash(fragment):
            findings.append(Finding(fragment, Fault.STALE))
    return findings
