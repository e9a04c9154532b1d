"""The units' pages' word for what people answer for, and the words their scripts say."""

from flask_babel import gettext, lazy_gettext

from storage.models import Duty

DUTY_WORDS: dict[Duty, str] = {
    Duty.HEAD: lazy_gettext("Head of the unit"),
    Duty.FITTER: lazy_gettext("Fitter"),
    Duty.MANAGER: lazy_gettext("Management"),
}


def form_words(largest_megabytes: float) -> dict[str, str]:
    """What the forms of work on a case say; ``{…}`` is filled in by the script."""
    return {
        "sending": gettext("Sending…"),
        "sent": gettext("Saved."),
        "not_sent": gettext("Not sent: no connection. What you typed is kept; try again."),
        "failed": gettext("That could not be sent. Try again."),
        "too_large": gettext(
            "This photo has {size} MB; at most %(most)s MB. Take it smaller, or send another.",
            most=f"{largest_megabytes:g}",
        ),
        "text_missing": gettext("Write in words why, or what came of it."),
    }
