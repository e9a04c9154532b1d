"""The course of a case as the page tells it: steps, corrections of the record, warnings (R-AR, R-OV)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext, lazy_gettext
from sqlalchemy import Connection

from agent_console import moments
from agent_console.cases.case_words import DONE_WORDS
from agent_console.context import console
from agent_console.desk.record_form import FIELD_WORDS
from agent_console.number_mask import shown
from agent_console.words import word
from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import Responsibility
from ivr.standard.record_rules import RecordField
from ivr.standard.urgency import Urgency
from storage.queries import case_facts
from storage.queries.case_facts import Correction, Warned
from storage.queries.case_view import Entry

_GOOD = frozenset({CaseStep.ANSWER, CaseStep.ACCEPT_ANSWER, CaseStep.CLOSE, CaseStep.FINISH})
_BAD = frozenset({CaseStep.OBJECT, CaseStep.REOPEN, CaseStep.SEND_BACK})
_FIELDS: dict[str, str] = {
    **{field.value: text for field, text in FIELD_WORDS.items()},
    "owner_id": lazy_gettext("First responder"),
    "responsibility": lazy_gettext("Responsibility"),
    "answer_due_at": lazy_gettext("Answer due"),
    "paused_at": lazy_gettext("Clocks stopped at"),
    "outside_party": lazy_gettext("Party outside"),
    "photo": lazy_gettext("Photo"),
}
_MEMBERS = {
    "kind": CallKind,
    "complaint_class": ComplaintClass,
    "urgency": Urgency,
    "responsibility": Responsibility,
}
_MOMENTS = frozenset({"answer_due_at", "paused_at"})


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a case."""

    at: datetime
    title: str
    who: str
    said: str
    changes: tuple[str, ...]
    """What changed: "Unit: – → 城南管理站"."""
    state: str
    """Where the case stood after it, where that changed."""
    tone: str
    """good, bad, or plain."""


class _Names:
    """Names of units and agents that changes tell of by id."""

    def __init__(self, connection: Connection, changes: Sequence[Mapping[str, Any]]) -> None:
        units = {one for change in changes for one in change.get("unit_id", ()) if one is not None}
        agents = {one for change in changes for one in change.get("owner_id", ()) if one is not None}
        self.units = case_facts.unit_names(connection, units)
        self.agents = case_facts.agent_names(connection, agents)


def timeline(
    connection: Connection,
    entries: Sequence[Entry],
    corrections: Sequence[Correction],
    warned: Sequence[Warned],
    *,
    whole_number: bool,
) -> list[Happened]:
    """Everything that happened, the newest first.

    :param whole_number: the reader sees the customer's whole number (R-18).
    """
    changes = [entry.changes or {} for entry in entries] + [one.changes for one in corrections]
    names = _Names(connection, changes)
    found = [_entry(entry, names, whole_number) for entry in entries]
    found += [_correction(one, names, whole_number) for one in corrections]
    found += [_warning(one) for one in warned]
    places = {id(one): place for place, one in enumerate(found)}
    return sorted(found, key=lambda one: (one.at, places[id(one)]), reverse=True)


def _entry(entry: Entry, names: _Names, whole: bool) -> Happened:
    who = " ".join(part for part in (entry.work_number, entry.name) if part)
    moved = entry.from_state is not entry.to_state
    return Happened(
        at=entry.at,
        title=str(DONE_WORDS[entry.step]),
        who=f"{who} · {word(entry.actor)}" if who else word(entry.actor),
        said=entry.said or "",
        changes=tuple(_changes(entry.changes or {}, names, whole)),
        state=word(CaseState(entry.to_state)) if moved else "",
        tone="good" if entry.step in _GOOD else "bad" if entry.step in _BAD else "",
    )


def _correction(one: Correction, names: _Names, whole: bool) -> Happened:
    return Happened(
        at=one.at,
        title=gettext("Record corrected, version %(n)d", n=one.entry),
        who=f"{one.work_number} {one.name}",
        said="",
        changes=tuple(_changes(one.changes, names, whole)),
        state="",
        tone="",
    )


def _warning(one: Warned) -> Happened:
    rungs = "、".join(word(rung) for rung in one.rungs)
    return Happened(
        at=one.at,
        title=gettext("Warned at %(percent)d %%: %(what)s", percent=one.percent, what=word(one.kind)),
        who=rungs,
        said="",
        changes=(),
        state="",
        tone="bad",
    )


def _changes(changes: Mapping[str, Any], names: _Names, whole: bool) -> Iterator[str]:
    for field, (before, after) in changes.items():
        if field == RecordField.CUSTOMER:
            continue  # the archive's own history tells of it
        name = _FIELDS.get(field, field)
        yield f"{name}: {_value(field, before, names, whole)} → {_value(field, after, names, whole)}"


def _value(field: str, value: Any, names: _Names, whole: bool) -> str:
    if value is None or value == "":
        return "–"
    if field in _MEMBERS:
        return word(_MEMBERS[field](value))
    if field == "unit_id":
        return names.units.get(value, str(value))
    if field == "owner_id":
        return names.agents.get(value, str(value))
    if field in _MOMENTS:
        return moments.full(datetime.fromisoformat(value), console().settings.zone)
    if field == RecordField.CONTACT_NUMBER:
        return shown(str(value), whole=whole) or "–"
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    return str(value)
