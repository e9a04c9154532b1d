"""What an address asks of the list of cases: read, checked, and put back into addresses."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from flask import request
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from agent_console import rights
from agent_console.context import console
from agent_console.moments import span_of_day
from ivr import hotline_clock
from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState
from storage.queries import case_search
from storage.queries.case_desk_list import CaseFilter, Due, Which
from storage.queries.case_lists import Place

LOOKED_THROUGH = 500
"""Cases that hold the words of a search which a list is made of, the newest ones."""
MINE = "me"
_LONGEST_ID = 18
_Word = TypeVar("_Word", Which, Due, CallKind, CaseState)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter as the page shows it again."""

    cases: CaseFilter
    owner: str
    """ "me", an id, or empty: everybody."""
    unit: str
    text: str
    since: str
    until: str
    mistakes: tuple[str, ...]
    cut: bool = False
    """More cases hold the words than are looked through."""

    def address(self) -> dict[str, str]:
        """The filter as it stands in an address; what it is not narrowed down by is left out."""
        cases = self.cases
        parts = {
            "which": cases.which.value if cases.which is not Which.OPEN else "",
            "kind": cases.kind or "",
            "state": cases.state or "",
            "due": cases.due or "",
            "owner": self.owner,
            "unit": self.unit,
            "since": self.since,
            "until": self.until,
            "q": self.text,
        }
        return {name: str(value) for name, value in parts.items() if value}


def read(given: MultiDict[str, str], connection: Connection) -> Wanted:
    """What is asked for; what means nothing is left out and said. Agents see their own cases (R-FR)."""
    mistakes: list[str] = []
    opened, since, until = _period(given, mistakes)
    owner, owner_id = _owner(given)
    unit_id = _id(given.get("unit", ""))
    which = _member(Which, given.get("which")) or Which.OPEN
    due = _member(Due, given.get("due")) if which is Which.OPEN else None
    text = " ".join(given.get("q", "").replace("\0", "").split())[: case_search.LONGEST_SEARCH]
    wanted = CaseFilter(
        which=which,
        kind=_member(CallKind, given.get("kind")),
        state=_member(CaseState, given.get("state")),
        unit_id=unit_id,
        owner_id=owner_id,
        due=due,
        opened=opened,
    )
    cut = False
    if text:
        ids = case_search.case_ids(connection, text, most=LOOKED_THROUGH)
        cut = len(ids) >= LOOKED_THROUGH
        wanted = replace(wanted, among=tuple(ids))
    return Wanted(wanted, owner, str(unit_id) if unit_id else "", text, since, until, tuple(mistakes), cut)


def _owner(given: MultiDict[str, str]) -> tuple[str, int | None]:
    """Whose cases: supervisors see all unless they ask for some, others their own."""
    asked = given.get("owner", "")
    if current_user.role not in rights.SEES_ALL_CASES or asked == MINE:
        return MINE, current_user.agent_id
    owner_id = _id(asked)
    return (str(owner_id) if owner_id else ""), owner_id


def _period(
    given: MultiDict[str, str], mistakes: list[str]
) -> tuple[tuple[datetime, datetime] | None, str, str]:
    zone = console().settings.zone
    days: list[date | None] = []
    for name in ("since", "until"):
        day = None
        if text := given.get(name, "").strip():
            try:
                day = date.fromisoformat(text)
                span_of_day(day, zone)
            except (ValueError, OverflowError):
                day = None
                mistakes.append(gettext("“%(day)s” is no day; it is left out.", day=text[:20]))
        days.append(day)
    first, last = days
    if first and last and last < first:
        mistakes.append(gettext("The period ends before it begins; it is left out."))
        first = last = None
    if first is None and last is None:
        return None, "", ""
    begin = span_of_day(first, zone)[0] if first else datetime(2000, 1, 1, tzinfo=UTC)
    end = span_of_day(last, zone)[1] if last else hotline_clock.now() + timedelta(days=1)
    return (begin, end), first.isoformat() if first else "", last.isoformat() if last else ""


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else None


def _member(words: type[_Word], text: str | None) -> _Word | None:
    return words(text) if text in list(words) else None


def place_in(text: str) -> Place | None:
    """Where a page goes on, as :func:`address_of` wrote it; None for anything else."""
    at, _, case_id = text.partition("-")
    if not (at.isascii() and at.isdigit() and len(at) <= 18 and case_id.isascii() and case_id.isdigit()):
        return None
    if len(case_id) > _LONGEST_ID:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(at)), int(case_id)
    except OverflowError:
        return None


def address_of(place: Place) -> str:
    """A place in a list as part of an address: microseconds since 1970 and the case's id."""
    at, case_id = place
    return f"{(at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)}-{case_id}"


def soon_until(now: datetime) -> datetime:
    """What is due before is due soon (config.yaml: cases.soon_hours)."""
    return now + timedelta(hours=console().settings.cases.soon_hours)


def from_address(connection: Connection) -> Wanted:
    """What the address of the page that is asked for says."""
    return read(request.args, connection)
