"""What a page says of its phone: its states, and what is wrong and what to do about it."""

from flask_babel import gettext


def phone_words() -> dict[str, dict[str, str]]:
    """By word of static/js/phone/phone.js, in the language of the page."""
    return {"phone_states": _states(), "phone_troubles": _troubles()}


def _states() -> dict[str, str]:
    return {
        "off": gettext("Phone is off"),
        "connecting": gettext("Phone connects…"),
        "registered": gettext("Phone is ready"),
        "lost": gettext("Phone has no connection"),
        "ringing": gettext("Phone rings"),
        "in_call": gettext("In a call"),
    }


def _troubles() -> dict[str, str]:
    return {
        "not_secure": gettext("This page was not opened over https, so the browser gives it no microphone."),
        "microphone_denied": gettext(
            "The browser may not use the microphone. Allow it at the lock in the address bar; "
            "the phone then starts by itself."
        ),
        "microphone_missing": gettext(
            "There is no microphone. Plug the headset in; the phone then starts by itself."
        ),
        "microphone_busy": gettext("Another program uses the microphone. Close it and try again."),
        "microphone_lost": gettext(
            "The microphone was unplugged. Plug it in again; until then you cannot be heard."
        ),
        "no_browser_phone": gettext("Your phone is not one in the browser."),
        "console_away": gettext("The console does not answer. The phone tries again by itself."),
        "network": gettext(
            "The connection to the telephone system is lost. The phone tries again by itself."
        ),
        "refused": gettext("The telephone system does not accept this phone. It tries again by itself."),
        "media_lost": gettext("No sound arrives. The phone looks for another way by itself."),
        "other_page": gettext("The phone was opened in another page, so it is off here."),
        "busy_elsewhere": gettext("Another page is in a call with your phone, so it is off here."),
        "signed_out": gettext("The session has ended, and the phone with it."),
        "sound_blocked": gettext("The browser lets this page make no sound yet. Click anywhere on it."),
    }
