"""What the hotline knows of a caller by the number: blacklist, and cases that are open (R-BL, R-FR)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, Connection, Select, bindparam, select

from ivr.config.sections import CallKind
from ivr.standard.blacklist import is_turned_away
from ivr.standard.case_life import CaseState
from ivr.standard.case_number_check import read
from storage.models import BlacklistEntry, Call, Case, CaseLife
from storage.prepared import Prepared
from storage.queries.caller_history import numbers_like

CALLED_WITHIN = timedelta(days=180)
"""A case belongs to the number it was reported from, when that was not longer ago."""
MOST_CASES = 20


@dataclass(frozen=True, slots=True)
class CaseNow:
    """A case and how it stands."""

    id: int
    number: str
    kind: CallKind
    state: CaseState
    owner_id: int
    """The first responder (R-FR)."""


@dataclass(frozen=True, slots=True)
class KnownCaller:
    """What is known by the number."""

    turned_away: bool
    """On the blacklist; an alarm is taken all the same (R-BL)."""
    cases: tuple[CaseNow, ...]
    """Open ones, the newest first."""


NOBODY = KnownCaller(False, ())


def _cases() -> Select[int, str, CallKind, CaseState, int]:
    return select(Case.id, Case.number, CaseLife.kind, CaseLife.state, CaseLife.owner_id).join(
        CaseLife, CaseLife.case_id == Case.id
    )


_PLACES = [f"number{place}" for place in range(8)]
"""Every caller is looked up: statements that are made ready need as many numbers each time."""
_NUMBERS: list[BindParameter[str]] = [bindparam(place) for place in _PLACES]
_NEWEST = _cases().where(Case.closed_at.is_(None)).order_by(Case.id.desc()).limit(MOST_CASES)
_GIVEN = Prepared(_NEWEST.where(Case.contact_number.in_(_NUMBERS)))
_CALLED = Prepared(
    _NEWEST.join(Call, Call.id == Case.call_id).where(
        Call.caller_number.in_(_NUMBERS), Call.arrived_at > bindparam("since")
    )
)
_BLACKLISTED = Prepared(
    select(BlacklistEntry.until).where(
        BlacklistEntry.number.in_(_NUMBERS), BlacklistEntry.lifted_at.is_(None)
    )
)


def known_caller(connection: Connection, number: str, area_code: str | None, now: datetime) -> KnownCaller:
    """Look a caller up.

    :param number: as the network sent it. ``area_code``: of local ones (config.yaml: company.area_code).
    """
    spelled = numbers_like(number, area_code)[: len(_PLACES)]
    spelled += spelled[-1:] * (len(_PLACES) - len(spelled))
    numbers = dict(zip(_PLACES, spelled, strict=True))
    called = _CALLED.rows(connection, {**numbers, "since": now - CALLED_WITHIN})
    found = {row.id: CaseNow(*row) for row in (*_GIVEN.rows(connection, numbers), *called)}
    ends = [row.until for row in _BLACKLISTED.rows(connection, numbers)]
    return KnownCaller(
        turned_away=is_turned_away(None, ends, now),
        cases=tuple(found[case_id] for case_id in sorted(found, reverse=True)),
    )


def by_keys(
    connection: Connection,
    keys: str,
    own: Collection[CaseNow],
    *,
    prefixes: Collection[str],
    digits: int,
) -> list[CaseNow]:
    """Cases that somebody may mean who keyed in figures: the last ones of their own, or a whole number.

    A telephone has no letters, so a whole number may be of several kinds; the caller's own goes before.

    :param own: open cases of the caller's number.
    :param prefixes: of the kinds (config.yaml: cases.number_prefixes), ``digits`` of the serial.
    """
    if len(keys) < digits:
        return []
    mine = {case.id for case in own if _figures(case.number).endswith(keys)}
    numbers = {number for prefix in set(prefixes) if (number := read(prefix + keys, digits)) is not None}
    rows = connection.execute(_cases().where(Case.id.in_(mine) | Case.number.in_(numbers)).order_by(Case.id))
    found = [CaseNow(*row) for row in rows]
    return [case for case in found if case.id in mine] or found


def _figures(number: str) -> str:
    return "".join(character for character in number if character.isdigit())
