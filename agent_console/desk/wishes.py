"""What the desk's buttons ask the engine for, with the arguments checked before they are written."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import abort
from flask_babel import gettext

from agent_console.may_ask import IN_TALK
from agent_console.refusals import sentence
from agent_console.rights import TRANSFERS_OUTSIDE
from ivr.config.sections import Role
from ivr.standard.command_kind import CommandKind
from ivr.standard.conversation_refusal import SpecialEnd
from ivr.standard.transfer import LONGEST_NOTE, LONGEST_VALUE, TargetKind

LONGEST_REASON = 80
GIVEN_UP = "given_up"
"""Of a call out that nobody has answered yet; in a conversation the engine refuses it as no reason."""
_NUMBER = re.compile(r"\+?[0-9][0-9 \-()]{1,30}")

Arguments = dict[str, Any]
Given = Mapping[str, str]


class NotAsked(Exception):
    """The wish is not written; the message is for the agent."""


ABOUT_A_CALL = frozenset({*IN_TALK, CommandKind.END_CALL})
"""Wishes about the call at the desk: only the engine that has the call can do them."""

ASKED_HERE = ABOUT_A_CALL | {
    CommandKind.READY,
    CommandKind.BREAK,
    CommandKind.END_WRAP_UP,
    CommandKind.CALL_OUT,
}
"""What the desk's buttons ask; signing out has its own route because the session ends with it."""


def arguments(kind: CommandKind, given: Given, *, work_number: str, role: Role) -> Arguments | None:
    """The arguments of a wish, as the engine reads them.

    :param given: the form's fields.
    :param work_number: of who asks.
    :raises NotAsked: something is missing or cannot be; nothing is written.
    """
    if kind in (CommandKind.TRANSFER, CommandKind.CONSULT):
        return _transfer(given, work_number, role)
    make = _ARGUMENTS.get(kind)
    return make(given) if make is not None else None


def one_line(text: str, longest: int) -> str | None:
    """A text, printable, in one line, cut to ``longest`` characters; None when nothing is left."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line[:longest] or None


def _break(given: Given) -> Arguments:
    return {"reason": one_line(given.get("reason", ""), LONGEST_REASON)}


def _hold(given: Given) -> Arguments:
    """R-12.9: only with the customer's consent, which is kept with the hold."""
    if given.get("consent") != "true":
        raise NotAsked(sentence("consent_missing"))
    return {"consent": True}


def _end_call(given: Given) -> Arguments:
    """R-12.12: the agent leaves first for a reason only, which the supervisor reads."""
    reason = given.get("reason", "")
    if reason == GIVEN_UP:
        return {"reason": GIVEN_UP}
    if reason not in list(SpecialEnd):
        raise NotAsked(gettext("Choose why you end the call; the supervisor reads it."))
    return {"reason": reason, "text": one_line(given.get("text", ""), LONGEST_NOTE) or ""}


def _call_out(given: Given) -> Arguments:
    """A number; or a call to a customer that the agent has looked at, whose number the engine knows."""
    if (task_id := _id(given.get("dial_task_id"))) is not None:
        return {"dial_task_id": task_id}
    return {
        "number": _number(given.get("number", "")),
        "customer_id": _id(given.get("customer_id")),
        "case_id": _id(given.get("case_id")),
    }


def _transfer(given: Given, work_number: str, role: Role) -> Arguments:
    kind, value = given.get("to_kind", ""), (given.get("to_value") or "").strip()
    if kind not in list(TargetKind):
        abort(400)
    if not value or len(value) > LONGEST_VALUE or not value.isprintable():
        raise NotAsked(gettext("Choose to whom."))
    if kind == TargetKind.AGENT and value == work_number:
        raise NotAsked(sentence("transfer_to_oneself"))
    if kind == TargetKind.OUTSIDE:
        if role not in TRANSFERS_OUTSIDE:
            raise NotAsked(sentence("target_not_allowed"))
        value = _number(value)
    return {
        "to": {"kind": kind, "value": value},
        "note": one_line(given.get("note", ""), LONGEST_NOTE) or "",
    }


def _number(typed: str) -> str:
    bare = typed.strip()
    if not _NUMBER.fullmatch(bare):
        raise NotAsked(sentence("number_not_valid"))
    return re.sub(r"[ \-()]", "", bare)


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


_ARGUMENTS: dict[CommandKind, Callable[[Given], Arguments]] = {
    CommandKind.BREAK: _break,
    CommandKind.HOLD: _hold,
    CommandKind.END_CALL: _end_call,
    CommandKind.CALL_OUT: _call_out,
}
