"""The pages' words about planned outages."""

from flask_babel import gettext, lazy_gettext

from ivr.standard.dial_attempt import DialEnd
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.dial_state import CampaignState
from ivr.standard.notice_kind import NoticeState
from ivr.standard.outage import OutageMistake, OutageText
from storage.queries.outage_reach import PersonTold, Told

STATES: dict[CampaignState, str] = {
    CampaignState.WRITING: lazy_gettext("being written down"),
    CampaignState.READY: lazy_gettext("not begun"),
    CampaignState.RUNNING: lazy_gettext("people are being told"),
    CampaignState.PAUSED: lazy_gettext("paused"),
    CampaignState.STOPPED: lazy_gettext("stopped for good"),
    CampaignState.DONE: lazy_gettext("everybody was told or tried"),
}

TOLD: dict[Told, str] = {
    Told.EVERYBODY: lazy_gettext("Everybody"),
    Told.REACHED: lazy_gettext("Told"),
    Told.WAITING: lazy_gettext("Still to be told"),
    Told.NOT_REACHED: lazy_gettext("Not reached"),
}

ENDS: dict[DialEnd, str] = {
    DialEnd.REACHED: lazy_gettext("heard the call"),
    DialEnd.UNREACHABLE: lazy_gettext("not reached by call"),
    DialEnd.EMPTY_NUMBER: lazy_gettext("nobody has the number"),
    DialEnd.NOT_WANTED: lazy_gettext("does not want calls"),
    DialEnd.NO_TIME_LEFT: lazy_gettext("no time was left to call"),
    DialEnd.REFUSED: lazy_gettext("not called"),
    DialEnd.CANCELLED: lazy_gettext("call taken back"),
}

REFUSALS: dict[DialRefusal, str] = {
    DialRefusal.DO_NOT_CALL: lazy_gettext("asked not to be called"),
    DialRefusal.ASKED_RECENTLY: lazy_gettext("was asked lately"),
    DialRefusal.OTHER_REASON_TODAY: lazy_gettext("called for something else today"),
    DialRefusal.EMPTY_NUMBER: lazy_gettext("nobody has the number"),
    DialRefusal.NOT_TO_BE_CALLED: lazy_gettext("may not be called"),
    DialRefusal.NO_NUMBER: lazy_gettext("no number"),
}

MISTAKES: dict[OutageMistake, tuple[str, str]] = {
    OutageMistake.NO_NAME: ("name", lazy_gettext("Give it a name.")),
    OutageMistake.NO_AREA: ("area", lazy_gettext("Name the area as customers know it.")),
    OutageMistake.NO_WORK: ("work", lazy_gettext("Say why gas is off.")),
    OutageMistake.NO_TIMES: ("begins", lazy_gettext("Give day and time of begin and end.")),
    OutageMistake.ENDS_FIRST: ("ends", lazy_gettext("The end is before the begin.")),
    OutageMistake.TOO_LONG: ("ends", lazy_gettext("That is more than 14 days; check day and month.")),
    OutageMistake.OVER: ("ends", lazy_gettext("This moment has passed.")),
    OutageMistake.NOBODY: (
        "people",
        lazy_gettext("Choose at least one building, or a list; nobody with a number lives there so far."),
    ),
    OutageMistake.NO_WAY: ("ways", lazy_gettext("Choose at least one way to tell people.")),
}
"""Field and sentence."""


OFF_TEXTS: dict[OutageText, str] = {
    OutageText.CANCELLED: lazy_gettext("not sent any more"),
    OutageText.OFF_WAITING: lazy_gettext("will be told that it is off"),
    OutageText.OFF_WRITTEN: lazy_gettext("told that it is off"),
    OutageText.OFF_LATE: lazy_gettext("not told in time that it is off"),
}


def call_text(person: PersonTold) -> str:
    """How the call to somebody stands."""
    if person.call_end is DialEnd.REFUSED and person.call_refusal is not None:
        return str(REFUSALS[person.call_refusal])
    if person.call_end is not None:
        return str(ENDS[person.call_end])
    if person.call_status is None:
        return "–"
    if person.attempts:
        return str(gettext("tried %(count)d times, will be called again", count=person.attempts))
    return str(gettext("will be called"))


def text_text(person: PersonTold) -> str:
    """How the text to somebody stands."""
    if person.text_state is OutageText.NONE:
        return "–"
    if person.text_state in OFF_TEXTS:
        return str(OFF_TEXTS[person.text_state])
    if person.notice_state is NoticeState.SENT:
        return str(gettext("sent"))
    if person.notice_state is NoticeState.FAILED:
        return str(gettext("failed"))
    return str(gettext("will be sent"))
