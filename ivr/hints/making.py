"""Makes the hints of drawn recordings, one after the other, in a process of its own with the lowest priority.

Nothing here decides anything: a reader sees the hints beside the recording and says which are wrong (R-9).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ivr import hotline_clock
from ivr.config import Settings
from ivr.config.desk_texts import load_desk_texts
from ivr.errors import RecogniserUnusable, SoundUnreadable
from ivr.hints import phrases, recogniser, voice_activity
from ivr.hints.recogniser import Recogniser
from ivr.standard.talk_hints import (
    Heard,
    Hint,
    HintRules,
    Span,
    agent_share,
    interruptions,
    rate_hints,
    silences,
    speech_rate,
    total,
)
from storage.database import Database
from storage.queries import hints as kept
from storage.queries.hints import HintWork, MadeHints

CALLER, AGENT = 0, 1
"""Channels of a recording."""


@dataclass(frozen=True, slots=True)
class Ears:
    """What listens: a recogniser where one is installed, and the phrases it listens for."""

    recogniser: Recogniser | None
    forbidden: tuple[str, ...]
    expected: tuple[str, ...]


def ears(settings: Settings, say: Callable[[str], None]) -> Ears:
    """What this machine and the settings have to listen with."""
    wanted = settings.quality.hints
    found: Recogniser | None = None
    if wanted.recogniser and recogniser.installed():
        try:
            found = Recogniser(settings.home / "cache")
        except RecogniserUnusable as error:
            say(f"{error}; hints are made without it")
    if found is None:
        return Ears(None, (), ())
    texts = load_desk_texts(settings.prompts_folder)
    forbidden = tuple(phrase for group in texts.forbidden for phrase in group.phrases)
    return Ears(found, forbidden, tuple(wanted.expected_phrases))


def rules(settings: Settings) -> HintRules:
    """What hints are given for (quality.hints)."""
    wanted = settings.quality.hints
    return HintRules(
        wanted.silence_seconds, wanted.overlap_seconds, wanted.slowest_speech, wanted.fastest_speech
    )


def make(file: Path, holds: list[Span], given: HintRules, heard_by: Ears) -> MadeHints:
    """The hints of one recording.

    :param holds: when the caller heard music, seconds from the recording's beginning.
    :raises SoundUnreadable: the file is not there or is no sound; a conversation has two channels.
    """
    sound, rate = voice_activity.read(file)
    if sound.shape[1] != AGENT + 1:
        raise SoundUnreadable(f"{file}: {sound.shape[1]} channels; a conversation has two")
    caller = _without(voice_activity.speech(sound[:, CALLER], rate), holds)
    agent = _without(voice_activity.speech(sound[:, AGENT], rate), holds)
    length = len(sound) / rate
    found: list[Hint] = interruptions(caller, agent, given.overlap_seconds)
    found += silences(caller, agent, holds, length, given.silence_seconds)
    heard: list[Heard] = []
    if heard_by.recogniser is not None:
        heard = heard_by.recogniser.hear(sound[:, AGENT], rate, agent)
        found += rate_hints(heard, given)
        found += phrases.hints(heard, heard_by.forbidden, heard_by.expected)
    return MadeHints(
        length,
        total(caller),
        total(agent),
        agent_share(caller, agent),
        speech_rate(heard),
        heard_by.recogniser is not None,
        caller,
        agent,
        sorted(found, key=lambda hint: (hint.begin, hint.kind)),
    )


def _without(spoken: list[Span], holds: list[Span]) -> list[Span]:
    """Speech without what lies in a hold: music is heard there, and nobody speaks with the caller."""
    return [
        span
        for span in spoken
        if not any(hold.begin <= span.begin and span.end <= hold.end for hold in holds)
    ]


def work(settings: Settings, database: Database, most: int, say: Callable[[str], None]) -> int:
    """Make the hints of drawn recordings that have none yet, the newest draw first; returns how many.

    :param most: so many at most.
    """
    with database.read() as connection:
        waiting = kept.waiting(connection, most)
    if not waiting:
        return 0
    heard_by, given = ears(settings, say), rules(settings)
    for one in waiting:
        _keep(settings, database, one, given, heard_by, say)
    return len(waiting)


def _keep(
    settings: Settings,
    database: Database,
    one: HintWork,
    given: HintRules,
    heard_by: Ears,
    say: Callable[[str], None],
) -> None:
    """Make and keep one recording's hints; one that cannot be read is remembered as such."""
    file = settings.recordings_folder / f"{one.name}.wav"
    try:
        made: MadeHints | None = make(file, one.holds, given, heard_by)
        failure = ""
    except SoundUnreadable as error:
        made, failure = None, str(error).removeprefix(f"{file}: ")
        say(f"recording {one.recording_id}: no hints: {failure}")
    with database.write() as connection:
        kept.keep(connection, one.recording_id, made, failure, hotline_clock.now())
