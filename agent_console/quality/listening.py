"""What is beside the player: places to jump to, readers' marks, hints and what is wrong with them (R-QA2)."""

from dataclasses import dataclass
from enum import StrEnum

from flask import abort, jsonify
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console.calls.recordings import file_of
from agent_console.context import console
from agent_console.quality import waveform
from ivr.standard.talk_hints import HintKind
from storage.queries import hints, quality_marks
from storage.queries.hints import HintsRun, ShownHint
from storage.queries.quality_marks import ShownMark
from storage.queries.quality_samples import SampleLine

HINT_WORDS: dict[HintKind, str] = {
    HintKind.INTERRUPTION: lazy_gettext("Interrupted the caller"),
    HintKind.SILENCE: lazy_gettext("Silence"),
    HintKind.FAST: lazy_gettext("Speaks fast"),
    HintKind.SLOW: lazy_gettext("Speaks slowly"),
    HintKind.FORBIDDEN: lazy_gettext("Forbidden phrase"),
    HintKind.MISSING: lazy_gettext("Not heard"),
}


class PlaceKind(StrEnum):
    """What lies at a place of a recording."""

    HOLD = "hold"  # the caller was put on hold
    TRANSFER = "transfer"  # the call was passed on, or somebody was asked
    SILENCE = "silence"  # nobody spoke for long
    HINT = "hint"  # another hint
    MARK = "mark"  # set by a reader


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to jump to; seconds from the beginning."""

    at: float
    kind: PlaceKind
    text: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything beside a player."""

    places: list[Place]
    hints: list[ShownHint]
    marks: list[ShownMark]
    run: HintsRun | None


def beside(sample: SampleLine) -> Beside:
    """What there is about a sample's recording, in the order of time."""
    with console().database.read() as connection:
        holds = hints.holds_of(connection, sample.call_id, sample.started_at)
        passed_on = quality_marks.transfers_of(connection, sample.call_id, sample.started_at)
        found = hints.of_recording(connection, sample.recording_id, current_user.agent_id)
        run = hints.run_of(connection, sample.recording_id)
        marks = quality_marks.of_sample(connection, sample.id)
    places = [
        *(Place(one.begin, PlaceKind.HOLD, gettext("Hold")) for one in holds),
        *(Place(at, PlaceKind.TRANSFER, gettext("Passed on or asked")) for at in passed_on),
        *(Place(one.begin, _kind(one), said(one)) for one in found),
        *(Place(one.second, PlaceKind.MARK, one.text) for one in marks),
    ]
    return Beside(sorted(places, key=lambda place: place.at), found, marks, run)


def _kind(hint: ShownHint) -> PlaceKind:
    return PlaceKind.SILENCE if hint.kind is HintKind.SILENCE else PlaceKind.HINT


def said(hint: ShownHint) -> str:
    """A hint in words."""
    word = str(HINT_WORDS[hint.kind])
    if hint.kind is HintKind.SILENCE:
        return str(gettext("%(what)s, %(seconds)s s", what=word, seconds=hint.detail))
    if hint.kind in (HintKind.FAST, HintKind.SLOW):
        return str(gettext("%(what)s: %(rate)s characters a minute", what=word, rate=hint.detail))
    return f"{word}：{hint.detail}" if hint.detail else word


def wave(sample: SampleLine) -> Response:
    """The picture of a sample's sound, for the player's script."""
    file = file_of(console().settings, sample.recording_name)
    found = waveform.of_file(file) if file is not None else None
    if found is None:
        abort(404)
    return jsonify(seconds=found.seconds, caller=found.caller, agent=found.agent)


def player_words() -> dict[str, str]:
    """What the player's script says."""
    return {"no_picture": gettext("The sound cannot be drawn.")}
