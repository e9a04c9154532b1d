"""What somebody typed about a planned outage: places, times and ways become a plan."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from agent_console.context import console
from agent_console.outages.outage_words import MISTAKES
from ivr.standard.customer_address import Address, written
from ivr.standard.outage import OutageMistake, OutagePlan, mistakes

Place = tuple[str, str | None]

LONGEST_AREA = 200
MOMENTS = ("begins_at", "ends_at", "announced_from")


@dataclass(slots=True)
class Typed:
    """A form as it came, and what is wrong with it by field."""

    plan: OutagePlan
    places: list[Place]
    sent: FileStorage | None = None
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> dict[str, Any]:
        """What is to be made, as it can be kept on disk."""
        plan = asdict(self.plan)
        return {
            **plan,
            **{name: plan[name] and plan[name].isoformat() for name in MOMENTS},
            "places": self.places,
        }


def read_form(now: datetime) -> Typed:
    """Read the form of the request; the plan holds what could be read. Who lives there is not looked at."""
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
    sent = request.files.get("file")
    typed = Typed(plan, places, sent if sent is not None and sent.filename else None)
    for mistake in mistakes(plan, now):
        if mistake is not OutageMistake.NO_NAME:
            name, text = MISTAKES[mistake]
            typed.wrong.setdefault(name, str(text))
    if typed.sent is None and not typed.places:
        say_nobody(typed.wrong)
    return typed


def say_nobody(wrong: dict[str, str]) -> None:
    """That nobody of the chosen places, or of the list, can be told."""
    wrong["people"] = str(MISTAKES[OutageMistake.NOBODY][1])


def places_of(form: Mapping[str, list[str]]) -> list[Place]:
    """The places that are ticked in a form."""
    return _places(form.get("place", []))


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
