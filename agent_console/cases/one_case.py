"""Everything of one case, read at one moment and put into the words of the page (R-AR)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection

from agent_console import rights
from agent_console.calls import recordings
from agent_console.cases.lines import clocks, customer_name, names_of, sees_number
from agent_console.cases.step_forms import todo
from agent_console.cases.time_left import ClockBar, clock_bar
from agent_console.cases.timeline import timeline
from agent_console.context import console, now
from agent_console.moments import milliseconds
from agent_console.number_mask import shown
from agent_console.units import photos
from agent_console.words import word
from ivr.config.sections import Role
from ivr.standard.complaint_path import Responsibility
from ivr.standard.five_clears import Clear
from ivr.standard.obligations import Clockwork
from ivr.standard.urgency import Urgency
from storage.queries import (
    call_list,
    case_access,
    case_clears,
    case_facts,
    case_view,
    notices,
    records,
    units,
)
from storage.queries.case_access import Who
from storage.queries.case_view import ObligationView, WholeCase

MOST_CALLS = 20


@dataclass(frozen=True, slots=True)
class ShownObligation:
    """Something owed with its clock, or what became of it."""

    owed: ObligationView
    bar: ClockBar | None
    """None: it is settled."""


def read(connection: Connection, case_id: int) -> dict[str, Any]:
    """What the page of a case shows, by the names its template has for it."""
    moment, works = now(), clocks()
    whole = case_view.whole(connection, case_id, moment, works)
    facts = case_facts.facts(connection, case_id)
    life = case_access.life_of(connection, case_id)
    if whole is None or facts is None or life is None:
        abort(404)
    line = whole.line
    sees = sees_number(line.owner_id, is_open=line.closed_at is None)
    hats = case_access.hats_of(connection, life, Who(current_user.agent_id))
    owed = [_obligation(one, moment, works) for one in whole.obligations]
    running = {one.kind for one in whole.obligations if one.outcome is None and not one.stopped}
    lacking = case_clears.missing_for_close(connection, life, "")
    late = any(one.bar is not None and one.bar.level == "late" for one in owed)
    return {
        "case": line,
        "facts": facts,
        "customer": customer_name(facts.surname, facts.form_of_address),
        "number_text": shown(facts.contact_number, whole=sees) or "–",
        "sees_number": sees,
        "owed": owed,
        "late": late,
        "answerable": whole.answerable,
        "names": names_of(line),
        "happened": timeline(
            connection,
            whole.entries,
            case_facts.corrections(connection, case_id),
            case_facts.warnings(connection, case_id),
            whole_number=sees,
        ),
        "handovers": whole.handovers,
        "linked": whole.linked,
        "calls": _calls(connection, case_id),
        "photos": photos.of_case(connection, case_id),
        "told": _told(connection, case_id),
        "clears": [(clear, clear not in lacking) for clear in Clear],
        "todo": todo(life, hats, running),
        "stop_reason": _stop_reason(whole),
        "corrected_at_desk": _correctable(connection, case_id),
        "units": units.active(connection),
        "people": case_facts.who_answers(connection) if current_user.role is Role.SUPERVISOR else [],
        "responsibilities": list(Responsibility),
        "urgencies": list(Urgency),
        "made_at": milliseconds(moment),
        "moment": moment,
        "refused": None,
        "typed": {},
        "longest": console().settings.cases.longest_content,
    }


def _obligation(one: ObligationView, moment: datetime, works: Clockwork) -> ShownObligation:
    if one.outcome is not None:
        return ShownObligation(one, None)
    bar = clock_bar(word(one.kind), one.due_at, one.percent_used, moment, works.warn_at, stopped=one.stopped)
    return ShownObligation(one, bar)


def _stop_reason(whole: WholeCase) -> str:
    """Why the clocks stand still; empty where they run."""
    reasons = [pause.reason for one in whole.obligations for pause in one.pauses if pause.ended_at is None]
    return reasons[-1] if reasons and whole.line.paused_at is not None else ""


def _calls(connection: Connection, case_id: int) -> list[dict[str, Any]]:
    """The calls that belong to the case, with their recordings for who may hear them (R-18)."""
    found = []
    for call_id in case_facts.calls_of(connection, case_id)[-MOST_CALLS:]:
        call = call_list.whole(connection, call_id)
        if call is None:
            continue
        concerns = current_user.role is not Role.AGENT or call.concerns(current_user.agent_id)
        heard = [
            {
                "row": row,
                "may_listen": recordings.may_listen(current_user.role, current_user.agent_id, row),
                "there": recordings.file_of(console().settings, row.name) is not None,
            }
            for row in call.recordings
        ]
        found.append({"whole": call, "call": call.call, "opens": concerns, "recordings": heard})
    return found


def _told(connection: Connection, case_id: int) -> list[dict[str, Any]]:
    """Who was told of the case, by which way, and what became of it; numbers are masked (R-18)."""
    told = notices.of_case(connection, case_id)
    desks = {notice.agent_id for notice in told if notice.agent_id is not None}
    names = case_facts.agent_names(connection, desks)
    found = []
    for notice in told:
        place = shown(notice.number, whole=False) or _masked_mail(notice.mail)
        to = names.get(notice.agent_id or 0) or notice.to_name or place or gettext("the customer")
        found.append({"notice": notice, "to": to, "place": place})
    return found


def _masked_mail(mail: str | None) -> str:
    return f"{mail[:1]}…{mail[mail.rfind('@') :]}" if mail and "@" in mail else ""


def _correctable(connection: Connection, case_id: int) -> int | None:
    """The call whose record the reader may correct at the desk; None where there is none."""
    if current_user.role not in rights.AT_A_DESK:
        return None
    for call_id in case_facts.calls_of(connection, case_id):
        made = records.case_of(connection, call_id)
        if made is not None and made.id == case_id:
            return call_id if records.may_write(connection, call_id, current_user.agent_id) else None
    return None
