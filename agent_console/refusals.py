"""Why the engine did not do what was asked: a sentence for every word it refuses with."""

from flask_babel import gettext, lazy_gettext

REFUSALS: dict[str, str] = {
    "in_a_call_remembered": lazy_gettext("not during a call (R-12.10); it is done after it"),
    "no_such_agent": lazy_gettext("the engine does not know this work number"),
    "there is no such conversation any more": lazy_gettext("there is no such conversation any more"),
    "no_conversation_now": lazy_gettext("there is no conversation now"),
    "already_on_hold": lazy_gettext("the customer is on hold already"),
    "not_on_hold": lazy_gettext("the customer is not on hold"),
    "consent_missing": lazy_gettext("ask the customer first, and say that they agreed (R-12.9)"),
    "consultation_running": lazy_gettext("you are asking somebody already; end that first"),
    "no_consultation": lazy_gettext("nobody is being asked now"),
    "transfer_to_oneself": lazy_gettext("this is you; choose somebody else"),
    "transfer_in_a_circle": lazy_gettext("the call comes from there; choose somebody else"),
    "no_such_target": lazy_gettext("there is no such colleague, queue, unit or number"),
    "target_busy": lazy_gettext("they are busy; the customer is still with you"),
    "target_not_answering": lazy_gettext("nobody answered there; the customer is still with you"),
    "target_refused": lazy_gettext("the other side refused the call"),
    "target_not_reached": lazy_gettext("the number or phone cannot be reached"),
    "no_line_out": lazy_gettext("no line to the outside is set up; tell the administrator"),
    "unknown_reason": lazy_gettext("choose one of the reasons for which a call may be ended"),
    "target_not_allowed": lazy_gettext("your role may not pass calls on to there"),
    "number_not_valid": lazy_gettext("this is no telephone number; write digits only"),
    "number_not_allowed": lazy_gettext("the company does not let this number be called"),
    "emergency_number_not_allowed": lazy_gettext("emergency numbers are not called from here"),
    "not_while_in_a_call": lazy_gettext("not during a call; end this one first"),
}
"""Sentences without a full stop: they follow "Not done:"."""


def sentence(word: str) -> str:
    """The sentence of a refusal; the word itself where nobody knows it."""
    known = REFUSALS.get(word)
    return str(gettext("Not done: %(reason)s", reason=known)) if known is not None else word
