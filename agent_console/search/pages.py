"""One box for everything: cases, customers and calls by words, in Chinese too; case numbers lead straight on.

What is found is shown by right (R-18): customers to those who look them up, calls to those who talked.
"""

import re
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from agent_console import rights
from agent_console.auth.pages import origin
from agent_console.cases import pages as case_pages
from agent_console.cases.lines import ShownLine, shown_lines
from agent_console.context import console, now
from agent_console.customers import looks
from agent_console.moments import milliseconds
from ivr.config.sections import CallKind, Role
from storage.queries import audit, call_search, case_lists, case_lookup, case_search, customers
from storage.queries.audit import ConsoleFact
from storage.queries.call_search import FoundCall
from storage.queries.caller_history import numbers_like
from storage.queries.case_lookup import Looked
from storage.queries.customers import CustomerView

blueprint = Blueprint("search", __name__)

OF_EACH = 10
GROUPS = ("cases", "customers", "calls")
_NUMBER = re.compile(r"\+?[0-9][0-9 \-]{6,20}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, by group; a group that was not asked for is empty."""

    looked: Looked
    cases: list[ShownLine]
    customers: list[CustomerView]
    customers_total: int
    calls: list[FoundCall]


@blueprint.get("/search")
def index() -> str | Response:
    """Search everything the reader may see; a whole case number opens its case."""
    text = " ".join(request.args.get("q", "").replace("\0", "").split())[: case_search.LONGEST_SEARCH]
    only = request.args.get("only", "")
    groups = (only,) if only in GROUPS else GROUPS
    kind = request.args.get("kind", "")
    found = None
    if text:
        with console().database.read() as connection:
            found = _search(connection, text, groups, CallKind(kind) if kind in list(CallKind) else None)
        if found.looked.case_id is not None and only not in GROUPS:
            return redirect(url_for("cases.one", number=found.looked.number), 303)
        _note(text, found)
    return render_template(
        "search/index.html",
        text=text,
        only=only if only in GROUPS else "",
        kind=kind if kind in list(CallKind) else "",
        kinds=list(CallKind),
        found=found,
        whole=looks.sees_whole_numbers(),
        number_text=looks.number_text,
        made_at=milliseconds(now()),
        more_words=case_pages.page_words(),
    )


def _search(connection: Connection, text: str, groups: tuple[str, ...], kind: CallKind | None) -> Found:
    settings = console().settings
    looked = case_lookup.look_up(
        connection,
        text,
        now().astimezone(settings.zone).date(),
        prefixes=settings.cases.number_prefixes.values(),
        digits=settings.cases.serial_digits,
    )
    people, total = _customers(connection, text) if "customers" in groups else ([], 0)
    return Found(
        looked=looked,
        cases=_cases(connection, text, kind) if "cases" in groups else [],
        customers=people,
        customers_total=total,
        calls=_calls(connection, text) if "calls" in groups else [],
    )


def _cases(connection: Connection, text: str, kind: CallKind | None) -> list[ShownLine]:
    """By words; of a whole telephone number also the cases of who gave it."""
    lines = case_search.cases(connection, text, limit=OF_EACH, kind=kind)
    if _NUMBER.fullmatch(text):
        same = numbers_like(re.sub(r"[ \-]", "", text), console().settings.company.area_code)
        known = {line.id for line in lines}
        of_number = case_lists.of_customer(connection, None, same, limit=OF_EACH)
        lines += [line for line in of_number if line.id not in known and kind in (None, line.kind)]
    return shown_lines(connection, lines[:OF_EACH], now())


def _customers(connection: Connection, text: str) -> tuple[list[CustomerView], int]:
    if current_user.role not in rights.CUSTOMER_READERS:
        return [], 0
    found = customers.search_page(
        connection,
        text,
        limit=OF_EACH,
        offset=0,
        number_anywhere=looks.sees_whole_numbers(),
        area_code=console().settings.company.area_code,
    )
    return found.customers, found.total


def _calls(connection: Connection, text: str) -> list[FoundCall]:
    """Calls in whose record the words stand; an agent is shown those they talked in themselves."""
    talked_by = current_user.agent_id if current_user.role is Role.AGENT else None
    return call_search.calls(connection, text, limit=OF_EACH, talked_by=talked_by)


def _note(text: str, found: Found) -> None:
    with console().database.write() as connection:
        audit.note(
            connection,
            ConsoleFact.SEARCHED,
            now(),
            agent_id=current_user.agent_id,
            data={
                "text": text,
                "cases": [line.case.number for line in found.cases],
                "customers": [customer.id for customer in found.customers],
                "calls": [call.id for call in found.calls],
                "sign_in": current_user.sign_in_id,
                **origin().data(),
            },
        )
