"""What the telephone of /try says of a call."""

from flask_babel import gettext


def try_words() -> dict[str, object]:
    """By state of the call, in the language of the page."""
    return {
        "try_states": {
            "idle": gettext("Ready to dial"),
            "starting": gettext("Getting ready…"),
            "dialling": gettext("Dialling…"),
            "ringing": gettext("It rings"),
            "talking": gettext("Connected"),
            "ended": gettext("The call has ended"),
            "failed": gettext("The call could not be made"),
        },
        "try_failed": gettext("That could not be sent. Try again."),
    }
