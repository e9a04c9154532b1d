"""Calls from one neighbourhood within an hour are proposed as one incident (R-3.1)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_BEFORE_FIRST_FIGURE = re.compile(r"[^0-9一二三四五六七八九十#]{2,}|[^0-9#]{2,}")
_TOWN = re.compile(r"^(?:[^省市区县]{1,6}省)?(?:[^市区县]{1,6}市)?(?:[^市区县小社]{1,5}[区县](?=.{2}))?")


@dataclass(frozen=True, slots=True)
class Located:
    """A case and where it is."""

    case_id: int
    at: datetime
    neighbourhood: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Cases that may be one incident, the oldest first."""

    neighbourhood: str
    case_ids: tuple[int, ...]
    first_at: datetime
    last_at: datetime


def neighbourhood(address: str) -> str:
    """The part of an address before its first figure, without province, city and district.

    >>> neighbourhood("济南市历下区泉中小区 3号楼 2单元 501"), neighbourhood("泉中小区3-2-501")
    ('泉中小区', '泉中小区')
    """
    bare = "".join(unicodedata.normalize("NFKC", address).split())
    found = _BEFORE_FIRST_FIGURE.match(_TOWN.sub("", bare, count=1))
    return found.group().rstrip("第的-,，。(") if found else ""


def proposals(cases: Iterable[Located], window: timedelta, at_least: int) -> list[Proposal]:
    """Cases of one neighbourhood of which each came within ``window`` of the one before.

    :param cases: in any order; one whose neighbourhood is not known (empty) is left out.
    :param at_least: fewer are no incident.
    :returns: the newest last case first. No case is in two of them.
    """
    by_place: dict[str, list[Located]] = {}
    for case in sorted(cases, key=lambda case: (case.at, case.case_id)):
        if case.neighbourhood:
            by_place.setdefault(case.neighbourhood, []).append(case)
    found: list[Proposal] = []
    for place, some in by_place.items():
        run: list[Located] = []
        for case in some:
            if run and case.at - run[-1].at > window:
                found += _proposal(place, run, at_least)
                run = []
            run.append(case)
        found += _proposal(place, run, at_least)
    return sorted(found, key=lambda proposal: proposal.last_at, reverse=True)


def _proposal(place: str, run: list[Located], at_least: int) -> list[Proposal]:
    if len(run) < at_least:
        return []
    return [Proposal(place, tuple(case.case_id for case in run), run[0].at, run[-1].at)]
