"""Every word and setting that the desk's own scripts need beyond those of all pages."""

from typing import Any

from flask_babel import gettext

from agent_console.cases.time_left import time_left_words
from agent_console.context import console
from agent_console.customers.names import type_name
from agent_console.desk.record_form import FIELD_WORDS
from agent_console.languages import language
from agent_console.phone.phone_words import phone_words
from agent_console.words import word
from ivr.config import Settings
from ivr.config.sections import CallKind
from ivr.standard.call_stage import CallOutcome
from ivr.standard.case_life import CaseState
from ivr.standard.customer_type import CustomerType
from ivr.standard.record_rules import ANSWER_OWED, PASSED_ON, REQUIRED


def desk_words(settings: Settings) -> dict[str, Any]:
    """For the page's words, in the language of the page."""
    return {
        **phone_words(),
        **_rules(settings),
        **_call_words(),
        **_record_words(),
        **_customer_words(),
        **time_left_words(settings.obligations.warn_at),
    }


def _rules(settings: Settings) -> dict[str, Any]:
    """What the standard asks for, so that the page says what is missing before it is asked."""
    return {
        "talk_goal": settings.talk.goal_seconds,
        "longest_content": settings.cases.longest_content,
        "required": {kind: list(fields) for kind, fields in REQUIRED.items()},
        "answer_owed": list(ANSWER_OWED),
        "passed_on": sorted(PASSED_ON),
        "kinds": {kind.value: word(kind) for kind in CallKind},
        "outcomes": {outcome.value: word(outcome) for outcome in CallOutcome},
        "fields": _field_words(),
    }


def _field_words() -> dict[str, str]:
    return {field.value: str(text) for field, text in FIELD_WORDS.items()}


def _call_words() -> dict[str, str]:
    return {
        "of_goal": gettext("of {time}"),
        "over_goal": gettext("{time} over three minutes"),
        "hold_of": gettext("of {time} · {n}. time"),
        "hold_hint": gettext("The customer hears music."),
        "hold_over": gettext("Too long: take the customer back, or ask again."),
        "consult_ringing": gettext("Calling"),
        "consult_talking": gettext("Talking with"),
        "consult_hint": gettext("The customer hears music and does not hear you."),
        "three_way_now": gettext("All three hear each other."),
        "three_way": gettext("Three-way with"),
        "answered_by": gettext("That call was answered by {who}."),
        "answered_by_duty": gettext("That call was answered at a duty phone."),
        "outbound": gettext("Called by us"),
        "dialling_out": gettext("Ringing at the customer…"),
        "note_from": gettext("{who} notes:"),
        "no_targets": gettext("Nobody fits."),
        "group_agents": gettext("Colleagues"),
        "group_queues": gettext("Queues"),
        "group_units": gettext("Units"),
        "choose_target": gettext("Choose to whom."),
        "choose_reason": gettext("Choose why you end the call; the supervisor reads it."),
        "choose_number": gettext("Write the number to call."),
        "call_about": gettext("About {what}"),
    }


def _record_words() -> dict[str, str]:
    return {
        "saved_at": gettext("kept {time}"),
        "not_saved": gettext("Not kept yet; the page tries again by itself."),
        "kept_here": gettext("The console is away; kept in this browser until it is back."),
        "restored": gettext("Brought back from this browser: what the console had not got."),
        "zero_removed": gettext("An invisible zero character was left out."),
        "too_much": gettext("This is more than the console keeps; shorten it."),
        "counter": gettext("{n} of {most}"),
        "save": gettext("Save"),
        "save_and_pass": gettext("Save and pass on"),
        "save_correction": gettext("Save the correction"),
        "case_made": gettext("Case {number}"),
        "case_passed": gettext("Case {number}, passed on to {unit}"),
        "case_corrected": gettext("Case {number}, correction {n}"),
        "case_nothing_new": gettext("Case {number}: nothing new to save"),
        "nothing_missing": gettext("The record is complete. Save it."),
        "fill_in": gettext("Fill in: {field}"),
        "all_saved": gettext("The record is saved."),
        "tell_number": gettext("Tell the customer the number: {number}"),
        "nothing_owed": gettext("Nothing is owed."),
        "owed_by": gettext("{what} by {time}"),
    }


def _customer_words() -> dict[str, Any]:
    texts = console().reading.library.texts
    return {
        "customer_types": {one.value: type_name(one) for one in CustomerType},
        "tips": {one.value: [tip[language()] for tip in texts.tips[one]] for one in CustomerType},
        "no_outcome": gettext("going on"),
        "at_unit": gettext("at {unit}"),
        "case_states": {state.value: word(state) for state in CaseState},
    }
