"""What the board's script says beside the words of all pages."""

from typing import Any

from flask_babel import gettext

from agent_console.words import word
from ivr.config import Settings
from ivr.config.sections import CallKind
from ivr.standard.trunk_choice import TrunkState


def board_words(settings: Settings) -> dict[str, Any]:
    """In the language of the page."""
    return {
        "kinds": {kind.value: word(kind) for kind in CallKind},
        "trunks": {state.value: str(text) for state, text in _trunks().items()},
        "levels": {"warn": gettext("watch this"), "alarm": gettext("act now")},
        "no_engine_ran": gettext("No engine has ever run"),
        "answered_of": gettext("{answered} of {offered} answered"),
        "late_cases": gettext("and {n} late"),
        "states_short": {
            "waiting": gettext("waiting"),
            "talking": gettext("talking"),
            "open": gettext("open cases"),
        },
        "nobody_at_work": gettext("nobody at work"),
        "at_once": gettext("at once"),
        "left": gettext("{time} left"),
        "late_by": gettext("{time} late"),
        "nothing_due": gettext("Nothing is due within the hour."),
        "sound_on": gettext("Sound is on"),
        "sound_off": gettext("Sound is off: click to switch it on"),
        "stands_still": gettext("Stands still since {time}: no connection"),
    }


def _trunks() -> dict[TrunkState, str]:
    return {
        TrunkState.UNKNOWN: gettext("nothing seen yet"),
        TrunkState.UP: gettext("works"),
        TrunkState.UNREACHABLE: gettext("does not answer"),
        TrunkState.FAILING: gettext("loses calls"),
        TrunkState.SILENT: gettext("no sound"),
    }
