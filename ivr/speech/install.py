"""Puts the prompts where the PBX plays them from, in its formats: at set-up, and only what changed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ivr.errors import PromptError
from ivr.speech.catalogue import Catalogue, Texts, load_catalogue
from ivr.speech.loudness import Samples
from ivr.speech.manifest import Fault, Finding, audio_findings, recorded_path, rendered_path
from ivr.speech.sound_shaping import MASTER_RATE, level, master
from ivr.speech.spoken_values import PAUSE
from ivr.speech.telephone_formats import SUFFIXES, telephone_files

HOTLINE_FOLDER = "hotline"
MUSIC_FOLDER = "../moh"
"""Beside the sounds, as Asterisk lays out its data folder."""
_STATE_FILE = ".installed.json"
_STATE_FORMAT = 1
_PAUSE_SECONDS = 0.3
_BEEP_SECONDS = 0.35
_BEEP_HERTZ = 880
_NAMED_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class InstallReport:
    """What an installation did; counts are of sounds, each in every format."""

    written: int
    unchanged: int
    removed: int
    stale: list[Finding]
    """Sounds that say another wording than the catalogue; installed all the same."""
    music_folder: Path
    """What musiconhold.conf points to."""


@dataclass(frozen=True, slots=True)
class _Sound:
    """One sound to install: where it goes, what it is made from, and how it is read."""

    target: str
    source: str
    read: Callable[[], Samples]


def install_prompts(prompts_folder: Path, sounds_folder: Path, texts: Texts | None = None) -> InstallReport:
    """Write every prompt, the beep, a pause and the music on hold in each telephone format.

    ``<sounds_folder>/hotline/<language>/<fragment>.{alaw,ulaw,sln16}``, ``hotline/pause``,
    ``beep`` (where ARI's beepOnStart looks for it), and beside it ``<astdatadir>/moh/<piece>``.

    Args:
        prompts_folder: holds catalogue.yaml, audio/, recorded/ (goes before audio/) and music/.
        sounds_folder: the PBX's ``<astdatadir>/sounds``; made when it is not there.
        texts: the configuration's texts, to tell which audio is stale.

    Raises:
        PromptError: the folder is missing or empty, a prompt has no audio, a file is broken, or
            the sounds cannot be written; names what and where. What callers heard before stays.
    """
    catalogue = load_catalogue(prompts_folder, texts)
    findings = audio_findings(catalogue, prompts_folder)
    _require_audio(prompts_folder, [finding for finding in findings if finding.fault is Fault.MISSING])
    sounds = list(_sounds(catalogue, prompts_folder))
    try:
        written, removed = _write_changed(sounds, sounds_folder)
    except OSError as error:
        raise PromptError(
            f"{error.filename or sounds_folder}: cannot write sounds: {error.strerror}"
        ) from error
    stale = [finding for finding in findings if finding.fault is Fault.STALE]
    music_folder = sounds_folder.parent / Path(MUSIC_FOLDER).name
    return InstallReport(written, len(sounds) - written, removed, stale, music_folder)


def read_sound(path: Path) -> tuple[Samples, int]:
    """An audio file as one channel and its rate in Hz.

    Raises:
        PromptError: the file is missing, broken or cut short.
    """
    try:
        with soundfile.SoundFile(path) as file:
            samples = file.read(dtype="float32", always_2d=True)
            if not len(samples) or len(samples) != file.frames:
                raise PromptError(f"{path}: is cut short; restore it, or render it anew")
            return np.asarray(samples.mean(axis=1), dtype=np.float32), int(file.samplerate)
    except (soundfile.LibsndfileError, OSError) as error:
        raise PromptError(
            f"{path}: is not readable audio ({error}); restore it, or render it anew"
        ) from error


def _require_audio(prompts_folder: Path, missing: list[Finding]) -> None:
    if missing:
        lines = [str(finding) for finding in missing[:_NAMED_AT_MOST]]
        if len(missing) > _NAMED_AT_MOST:
            lines.append(f"… and {len(missing) - _NAMED_AT_MOST} more")
        raise PromptError("\n".join([f"{prompts_folder}: {len(missing)} prompts have no audio", *lines]))


def _sounds(catalogue: Catalogue, prompts_folder: Path) -> Iterator[_Sound]:
    for fragment in catalogue.fragments():
        recorded = recorded_path(prompts_folder, fragment)
        path = recorded or rendered_path(prompts_folder, fragment.key)
        read = _recorded_reader(path) if recorded else _master_reader(path)
        yield _Sound(f"{HOTLINE_FOLDER}/{fragment.key}", _fingerprint(path), read)
    pieces = sorted((prompts_folder / "music").glob("*.flac"))
    if not pieces:
        raise PromptError(f"{prompts_folder / 'music'}: holds no .flac; callers on hold would hear silence")
    for piece in pieces:
        yield _Sound(f"{MUSIC_FOLDER}/{piece.stem}", _fingerprint(piece), _master_reader(piece))
    yield _Sound(f"{HOTLINE_FOLDER}/{PAUSE}", f"silence of {_PAUSE_SECONDS} s", _pause)
    yield _Sound("beep", f"{_BEEP_HERTZ} Hz for {_BEEP_SECONDS} s", _beep)


def _fingerprint(path: Path) -> str:
    status = path.stat()
    return f"{path} {status.st_size} {status.st_mtime_ns}"


def _master_reader(path: Path) -> Callable[[], Samples]:
    def read() -> Samples:
        samples, rate = read_sound(path)
        if rate != MASTER_RATE:
            raise PromptError(f"{path}: is at {rate} Hz, not {MASTER_RATE}; render it anew")
        return samples

    return read


def _recorded_reader(path: Path) -> Callable[[], Samples]:
    """A human's recording comes at any rate and level: it is made even like the rendered ones."""
    return lambda: master(*read_sound(path), str(path))


def _pause() -> Samples:
    return np.zeros(round(_PAUSE_SECONDS * MASTER_RATE), dtype=np.float32)


def _beep() -> Samples:
    time = np.arange(round(_BEEP_SECONDS * MASTER_RATE)) / MASTER_RATE
    rise = np.minimum(1, np.minimum(time, _BEEP_SECONDS - time) / 0.02)
    tone = np.asarray(np.sin(2 * np.pi * _BEEP_HERTZ * time) * rise, dtype=np.float32)
    return level(tone, MASTER_RATE)


def _write_changed(sounds: list[_Sound], sounds_folder: Path) -> tuple[int, int]:
    state_path = sounds_folder / HOTLINE_FOLDER / _STATE_FILE
    before = _read_state(state_path)
    written = 0
    for sound in sounds:
        if before.get(sound.target) == sound.source and _is_complete(sounds_folder, sound.target):
            continue
        for suffix, content in telephone_files(sound.read(), MASTER_RATE).items():
            _write(sounds_folder / f"{sound.target}{suffix}", content)
        written += 1
    after = {sound.target: sound.source for sound in sounds}
    gone = before.keys() - after.keys()
    for target in gone:
        for suffix in SUFFIXES:
            (sounds_folder / f"{target}{suffix}").unlink(missing_ok=True)
    if after != before:
        state = {"format": _STATE_FORMAT, "sounds": after}
        _write(state_path, json.dumps(state, ensure_ascii=False, indent=0).encode())
    return written, len(gone)


def _read_state(path: Path) -> dict[str, str]:
    """What the last installation wrote; nothing when that cannot be told, and all is written anew."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        return dict(state["sounds"]) if state["format"] == _STATE_FORMAT else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _is_complete(sounds_folder: Path, target: str) -> bool:
    return all((sounds_folder / f"{target}{suffix}").is_file() for suffix in SUFFIXES)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(content)
    temporary.replace(path)
