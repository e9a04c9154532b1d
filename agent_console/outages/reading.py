"""What somebody typed about a planned outage: places, times and ways become a plan with its people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import request
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage

from agent_console.context import console
from agent_console.customers.import_words import why_not
from agent_console.outages.outage_words import MISTAKES
from ivr.errors import ListUnreadable
from ivr.standard.customer_address import Address, written
from ivr.standard.outage import OutageMistake, OutagePlan, mistakes
from storage.campaign_lists import read_campaign_list
from storage.dial_rules import number_rules
from storage.queries import outages
from storage.queries.campaigns import Area, RefusedRow, Somebody

Place = tuple[str, str | None]

LONGEST_AREA = 200
MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Typed:
    """A form as it came, and what is wrong with it by field."""

    plan: OutagePlan
    places: list[Place]
    people: list[Somebody] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    source: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def read_form(connection: Connection, now: datetime) -> Typed:
    """Read the form of the request; the plan holds what could be read."""
    form = request.form
    places = _places(form.getlist("place"))
    area = _line(form.get("area", ""))[:LONGEST_AREA] or area_of(places)
    begins, ends = _moment(form.get("begins", "")), _moment(form.get("ends", ""))
    when = f"{begins:%m-%d} " if begins is not None else ""
    plan = OutagePlan(
        name=(_line(form.get("name", "")) or f"{when}{area}")[:80],
        area=area,
        work=_line(form.get("work", ""))[:80],
        begins_at=begins,
        ends_at=ends,
        announced_from=now if form.get("announce") else None,
        calls=bool(form.get("calls")),
        texts=bool(form.get("texts")),
    )
    typed = Typed(plan, places)
    for mistake in mistakes(plan, now):
        if mistake is not OutageMistake.NO_NAME:
            name, text = MISTAKES[mistake]
            typed.wrong.setdefault(name, str(text))
    _find_people(connection, typed)
    return typed


def area_of(places: list[Place]) -> str:
    """The words for chosen places: 泉中小区3号楼、5号楼；翠湖苑."""
    by_compound: dict[str, list[str | None]] = {}
    for compound, building in places:
        by_compound.setdefault(compound, []).append(building)
    words = []
    for compound, buildings in by_compound.items():
        if None in buildings:
            words.append(compound)
            continue
        named = [building_name(building or "") for building in buildings]
        words.append(compound + "、".join(named))
    return "；".join(words)[:LONGEST_AREA]


def building_name(building: str) -> str:
    """A building as it is shown: 3 is 3号楼."""
    return written(Address(building=building))


def _find_people(connection: Connection, typed: Typed) -> None:
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        _read_list(typed, sent)
    elif typed.places:
        typed.people, typed.refused = outages.people_of(connection, Area(typed.places))
        typed.source = {"places": [list(place) for place in typed.places]}
    if not typed.people and "people" not in typed.wrong:
        typed.wrong["people"] = str(MISTAKES[OutageMistake.NOBODY][1])


def _read_list(typed: Typed, sent: FileStorage) -> None:
    """A list of numbers instead of places of the archive; the file itself is not kept."""
    settings = console().settings
    suffix = ".xlsx" if str(sent.filename).lower().endswith(".xlsx") else ".csv"
    settings.home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.home, prefix="list-") as folder:
        file = Path(folder) / f"list{suffix}"
        sent.save(file)
        megabytes = file.stat().st_size / MEGABYTE
        if megabytes > settings.campaigns.largest_megabytes:
            typed.wrong["people"] = why_not("too_large", f"{megabytes:.0f}")
            return
        try:
            found = read_campaign_list(
                file,
                number_rules(settings),
                area_code=settings.company.area_code,
                most_rows=settings.campaigns.most_rows,
            )
        except ListUnreadable as error:
            typed.wrong["people"] = why_not(error.reason, error.detail)
            return
    typed.people, typed.refused = found.people, found.refused
    typed.source = {"file": str(sent.filename)[:200], "sha256": found.sha256}


def _places(given: list[str]) -> list[Place]:
    found: list[Place] = []
    for text in given:
        try:
            compound, building = json.loads(text)
        except ValueError:
            continue
        if isinstance(compound, str) and (building is None or isinstance(building, str)):
            found.append((compound, building))
    whole = {compound for compound, building in found if building is None}
    return [place for place in found if place[1] is None or place[0] not in whole]


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _moment(text: str) -> datetime | None:
    """A day and time as a field of a form gives it, in the hotline's zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=console().settings.zone)


def read_moment(name: str) -> datetime | None:
    """A moment of the request's form."""
    return _moment(request.form.get(name, ""))


def as_typed(form: Mapping[str, str]) -> dict[str, str]:
    """What the fields hold again after a mistake."""
    return {name: form.get(name, "") for name in ("name", "area", "work", "begins", "ends")}
