"""The record of a call: loaded into the form, kept while it is typed, saved as a case with its life."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from agent_console.auth.pages import origin
from agent_console.cases.refusals import sentence
from agent_console.context import console, now
from agent_console.desk import record_form
from agent_console.moments import milliseconds
from agent_console.number_mask import shown
from agent_console.script.lines import tickable
from agent_console.words import word
from ivr.config.sections import CallKind
from ivr.errors import CaseRefused
from ivr.standard.case_number import series
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.record_rules import RecordField
from ivr.standard.urgency import Urgency
from storage.case_clockwork import clockwork
from storage.queries import (
    audit,
    case_opening,
    case_view,
    customers,
    obligations,
    record_drafts,
    records,
    script_ticks,
    units,
)
from storage.queries.audit import ConsoleFact
from storage.queries.case_access import Who
from storage.queries.record_drafts import Draft
from storage.queries.records import CallFacts, RecordText, SavedCase

blueprint = Blueprint("records", __name__, url_prefix="/desk/records")

LONGEST_EDITOR = 40
MOST_SAVES = 2**31 - 1
ABOUT_THE_UNIT = frozenset({CaseRefusal.NO_SUCH_UNIT, CaseRefusal.NO_UNIT, CaseRefusal.SAME_UNIT})


@blueprint.get("/<int:call_id>")
def form(call_id: int) -> Response:
    """What the form of a call shows: the draft, what was saved, or what is known before anything is typed."""
    with console().database.read() as connection:
        call = _mine(connection, call_id)
        draft = record_drafts.read(connection, call_id)
        case = records.case_of(connection, call_id)
        saved = records.latest(connection, call_id)
        known = _saved_fields(saved) if saved is not None else _first_fields(connection, call)
        return jsonify(
            call=call_id,
            fields=draft.fields if draft is not None else known,
            **_version(draft),
            case=_case(connection, case),
            menu_kind=call.kind,
            ticks=script_ticks.read(connection, call_id, current_user.agent_id),
        )


@blueprint.post("/<int:call_id>/draft")
def keep_draft(call_id: int) -> tuple[Response, int]:
    """Keep what is typed; 409 with the newer draft where another tab or desk was faster."""
    sent = _sent()
    fields, errors = record_form.read_fields(sent.get("fields"))
    if errors:
        return jsonify(error=" ".join(errors.values()), errors=errors), 422
    with console().database.write() as connection:
        _mine(connection, call_id)
        if _keep(connection, call_id, sent, fields):
            return jsonify(seq=sent["seq"]), 200
        return _told(record_drafts.read(connection, call_id), sent)


@blueprint.post("/<int:call_id>/case")
def save(call_id: int) -> tuple[Response, int]:
    """Keep what is typed and make the case of it, or correct it; 422 with what is missing, by field."""
    sent = _sent()
    fields, errors = record_form.read_fields(sent.get("fields"))
    try:
        with console().database.write() as connection:
            call = _mine(connection, call_id)
            if errors:
                return jsonify(error=" ".join(errors.values()), errors=errors), 422
            if not _keep(connection, call_id, sent, fields):
                draft = record_drafts.read(connection, call_id)
                if draft is not None and draft.editor != sent["editor"]:
                    return _told(draft, sent)
            text, errors = _checked(connection, call_id, fields)
            if text is None or errors:
                return jsonify(error=" ".join(errors.values()), errors=errors, seq=sent["seq"]), 422
            saved = _save(connection, call, text, fields, now())
            return jsonify(seq=sent["seq"], case=_case(connection, saved)), 200
    except CaseRefused as refusal:
        # Nothing of the case is written, and its number is free again; only what was typed is kept.
        with console().database.write() as connection:
            _keep(connection, call_id, sent, fields)
        return _refused(refusal, sent)


def _checked(
    connection: Connection, call_id: int, fields: dict[str, str]
) -> tuple[RecordText | None, dict[str, str]]:
    """What is typed as a record, or what is wrong with it by field."""
    text, errors = record_form.check(
        fields,
        console().settings,
        [unit.id for unit in units.active(connection)],
        _customer(connection, fields),
    )
    if text is not None:
        errors = record_form.check_answered(fields, text.kind)
        if errors and records.case_of(connection, call_id) is not None:
            errors = {}  # it was said when the case was made
    return text, errors


def _save(
    connection: Connection, call: CallFacts, text: RecordText, fields: dict[str, str], moment: datetime
) -> SavedCase:
    """Make the case with its life, or correct both, in one transaction (R-14.1, R-15.1, R-12.7, R-AR).

    :raises CaseRefused: the life of the case does not allow it; the transaction must not be committed.
    """
    settings, who = console().settings, Who(current_user.agent_id)
    day = moment.astimezone(settings.zone).date()
    saved = records.save(
        connection,
        call,
        text,
        moment,
        agent_id=current_user.agent_id,
        series=series(settings.cases.number_prefixes[text.kind], day),
        digits=settings.cases.serial_digits,
    )
    clocks = clockwork(settings)
    if saved.entry == 1:
        told = record_form.answered(fields, text.kind)
        case_opening.open_life(connection, saved.id, moment, clocks, answered=told, by=current_user.agent_id)
    else:
        case_opening.adopt_correction(connection, saved.id, who, moment, clocks)
    audit.note(
        connection,
        ConsoleFact.RECORD_SAVED,
        moment,
        agent_id=current_user.agent_id,
        call_id=call.id,
        data={"case": saved.number, "entry": saved.entry, **origin().data()},
    )
    return saved


def _refused(refusal: CaseRefused, sent: dict[str, Any]) -> tuple[Response, int]:
    """What the case's life refuses, said at the field that it is about."""
    field = RecordField.UNIT if refusal.reason in ABOUT_THE_UNIT else RecordField.KIND
    text = sentence(refusal)
    return jsonify(error=text, errors={field: text}, seq=sent["seq"]), 422


@blueprint.post("/<int:call_id>/ticks")
def tick(call_id: int) -> Response:
    """Keep that a line of the script was said, or take that back."""
    line = request.form.get("line", "")
    if line not in tickable():
        abort(400)
    with console().database.write() as connection:
        _mine(connection, call_id)
        if request.form.get("said") == "false":
            script_ticks.take_back(connection, call_id, current_user.agent_id, line)
        else:
            script_ticks.tick(connection, call_id, current_user.agent_id, line, now())
        return jsonify(ticks=script_ticks.read(connection, call_id, current_user.agent_id))


def _mine(connection: Connection, call_id: int) -> CallFacts:
    if call_id >= 2**63:
        abort(404)
    call = records.call_facts(connection, call_id)
    if call is None:
        abort(404)
    if not records.may_write(connection, call_id, current_user.agent_id):
        abort(403)
    return call


def _sent() -> dict[str, Any]:
    """The page's JSON: ``editor`` (the tab), ``seq``, ``seen`` and ``fields``."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("editor"), str):
        abort(400)
    counts = (sent.get("seq"), sent.get("seen"))
    if not all(type(count) is int and 0 <= count <= MOST_SAVES for count in counts):
        abort(400)
    if not sent["editor"].isalnum() or len(sent["editor"]) > LONGEST_EDITOR:
        abort(400)
    return sent


def _keep(connection: Connection, call_id: int, sent: dict[str, Any], fields: dict[str, str]) -> bool:
    return record_drafts.save(
        connection,
        call_id,
        now(),
        agent_id=current_user.agent_id,
        editor=sent["editor"],
        seq=sent["seq"],
        seen=sent["seen"],
        fields=fields,
    )


def _told(draft: Draft | None, sent: dict[str, Any]) -> tuple[Response, int]:
    """The answer to a save that was not the newest: an own older one is fine, another tab's is told."""
    if draft is None or draft.editor == sent["editor"]:
        return jsonify(seq=draft.seq if draft is not None else 0), 200
    text = gettext("%(who)s changed this record in another window.", who=draft.work_number)
    return jsonify(error=text, fields=draft.fields, **_version(draft)), 409


def _version(draft: Draft | None) -> dict[str, Any]:
    if draft is None:
        return {"seq": 0, "editor": "", "saved_at": None}
    return {"seq": draft.seq, "editor": draft.editor, "saved_at": milliseconds(draft.saved_at)}


def _case(connection: Connection, case: SavedCase | None) -> dict[str, Any] | None:
    """The case as the desk shows it: its number, where it is, what is owed and by when."""
    if case is None:
        return None
    line = case_view.by_number(connection, case.number)
    return {
        "id": case.id,
        "number": case.number,
        "kind": line.kind if line is not None else case.kind,
        "entry": case.entry,
        "passed_at": milliseconds(case.passed_at),
        "unit": line.unit if line is not None else None,
        "state": word(line.state) if line is not None else None,
        "owed": [
            {"what": word(row.kind), "rule": row.rule, "due_at": milliseconds(row.due_at)}
            for row in obligations.open_of(connection, case.id)
        ],
    }


def _saved_fields(saved: Any) -> dict[str, str]:
    """The newest record as the form has it, so that it can be corrected."""
    values = {field: getattr(saved, field, None) for field in RecordField}
    return {str(field): str(value) for field, value in values.items() if value is not None}


def _first_fields(connection: Connection, call: CallFacts) -> dict[str, str]:
    """R-12.7: the menu's choice is the first guess; R-12.6: a customer who is known is filled in."""
    queue = console().settings.queues.get(call.queue or "")
    kind = call.kind or (queue.kind if queue is not None else CallKind.CONSULTATION)
    fields = {
        RecordField.KIND: kind.value,
        RecordField.CONTACT_NUMBER: shown(call.caller_number, whole=True) or "",
        RecordField.URGENCY: (Urgency.CRITICAL if kind is CallKind.ALARM else Urgency.ORDINARY).value,
    }
    area_code = console().settings.company.area_code
    known = customers.by_number(connection, call.caller_number, area_code) if call.caller_number else []
    if len(known) == 1:
        fields |= {
            RecordField.CUSTOMER: str(known[0].id),
            RecordField.SURNAME: known[0].surname or "",
            RecordField.FORM_OF_ADDRESS: known[0].form_of_address or "",
            RecordField.ADDRESS: known[0].address or "",
        }
    return {str(name): text for name, text in fields.items()}


def _customer(connection: Connection, fields: dict[str, str]) -> list[int]:
    given = fields.get(RecordField.CUSTOMER, "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        return []
    found = customers.one(connection, int(given))
    return [found.id] if found is not None else []
