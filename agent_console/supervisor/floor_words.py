"""What the floor's script says beside the words of all pages."""

from typing import Any

from flask_babel import gettext

from ivr.standard.agent_state import AgentState
from ivr.standard.conversation_refusal import CALLS_OUT_FROM


def floor_words() -> dict[str, Any]:
    """In the language of the page."""
    return {
        "acts_of": gettext("What to do with {who}"),
        "acts_on": gettext("What to do with the caller"),
        "reason_missing": gettext("Write why you sign them out; they read it."),
        "acts": gettext("Act…"),
        "you_listen": gettext("You hear {who}; nobody hears you."),
        "you_whisper": gettext("{who} hears you; the customer does not."),
        "you_join": gettext("The customer and {who} hear you."),
        "your_phone_rings": gettext("Your phone rings: pick up to hear {who}."),
        "heard_by": gettext("{who} is with them"),
        "line_told": gettext("Told {n} desks."),
        "line_told_nobody": gettext("Nobody else sits at a desk now."),
        "may_listen": sorted({*CALLS_OUT_FROM, AgentState.LISTENING}),
        "cannot_listen": gettext("You cannot listen while you are: {state}"),
        "no_phone_here": gettext("Your phone is not reachable: connect it first."),
    }
