"""The pages' words for the moments of a call, as the desk's steps name them."""

from flask_babel import lazy_gettext

from ivr.standard.call_script import Moment

_MOMENTS: dict[Moment, str] = {
    Moment.GREETING: lazy_gettext("Greet"),
    Moment.ADDRESSING: lazy_gettext("Ask the name"),
    Moment.CONFIRMING: lazy_gettext("Confirm"),
    Moment.HANDLING: lazy_gettext("Handle"),
    Moment.CLOSING: lazy_gettext("Say goodbye"),
    Moment.HOLD: lazy_gettext("Hold"),
    Moment.BACK_FROM_HOLD: lazy_gettext("Back from hold"),
    Moment.TRANSFER: lazy_gettext("Transfer"),
    Moment.CONSULT: lazy_gettext("Ask a colleague"),
    Moment.THREE_WAY: lazy_gettext("Three together"),
    Moment.SPECIAL_END: lazy_gettext("Leave first"),
    Moment.CALL_OUT_OPENING: lazy_gettext("Say who calls"),
    Moment.REVISIT_OPENING: lazy_gettext("Ask for consent"),
    Moment.REVISIT_QUESTIONS: lazy_gettext("Ask"),
    Moment.REVISIT_CLOSING: lazy_gettext("Thank"),
}


def moment_word(moment: Moment) -> str:
    """A moment's name in the language of the page."""
    return str(_MOMENTS[moment])
