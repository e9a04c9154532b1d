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
    "too_many_calls_out": lazy_gettext(
        "too many calls to the outside within the hour or the day; tell the administrator"
    ),
    "not_listening": lazy_gettext("you are at no conversation"),
    "listening_elsewhere": lazy_gettext("you are at another conversation; leave it first"),
    "own_talk": lazy_gettext("this is your own conversation"),
    "no_phone": lazy_gettext("your own phone cannot be reached; connect it first"),
    "own_phone_not_answered": lazy_gettext("your own phone rang, and nobody picked up"),
    "taken_already": lazy_gettext("somebody else has the customer by now"),
    "asks_somebody": lazy_gettext("the agent is asking a colleague; wait until that is over"),
    "not_waiting": lazy_gettext("the caller does not wait any more"),
    "alarm_stays": lazy_gettext("a gas leak comes before everything, and stays in its queue"),
    "same_queue": lazy_gettext("the caller waits in this queue already"),
    "no_such_queue": lazy_gettext("there is no such queue"),
    "queue_closed": lazy_gettext("this queue is closed at this hour"),
    "raised_already": lazy_gettext("the caller is served next already"),
    "unknown_reason": lazy_gettext("choose one of the reasons for which a call may be ended"),
    "target_not_allowed": lazy_gettext("your role may not pass calls on to there"),
    "number_not_valid": lazy_gettext("this is no telephone number; write digits only"),
    "number_not_allowed": lazy_gettext("the company does not let this number be called"),
    "emergency_number_not_allowed": lazy_gettext("emergency numbers are not called from here"),
    "revisit_nobody": lazy_gettext("nobody is to be called now"),
    "revisit_not_in_this_state": lazy_gettext("be ready first; nobody is called from a break or a call"),
    "revisit_result_missing": lazy_gettext("write down first what the last call came to"),
    "revisit_last_agent": lazy_gettext("you are needed for who calls us: no other agent is free"),
    "revisit_last_of_skill": lazy_gettext(
        "you are needed for who calls us: too few free agents can take the same calls"
    ),
    "revisit_no_line": lazy_gettext("all lines are in use or kept for who calls us"),
    "revisit_callers_wait": lazy_gettext("callers are waiting; they come first"),
    "revisit_gone": lazy_gettext("this call is not there any more: somebody else has it, or it is settled"),
    "revisit_refused": lazy_gettext("the rules do not let this customer be called now (R-16.6)"),
    "revisit_outside_hours": lazy_gettext("customers are not called at this hour (R-16.6)"),
    "revisit_paused": lazy_gettext("calls to customers are paused"),
    "not_while_in_a_call": lazy_gettext("not during a call; end this one first"),
}
"""Sentences without a full stop: they follow "Not done:"."""


def sentence(word: str) -> str:
    """The sentence of a refusal; the word itself where nobody knows it."""
    known = REFUSALS.get(word)
    return str(gettext("Not done: %(reason)s", reason=known)) if known is not None else word
