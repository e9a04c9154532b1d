"""Units and their people as the administrator keeps them: all of them, with what is open at each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from ivr.errors import Refused
from storage.models import Agent, CaseLife, Duty, ResponsiblePerson, Unit


@dataclass(frozen=True, slots=True)
class KeptUnit:
    """A unit; ``phone`` is E.164."""

    id: int
    name: str
    phone: str | None
    active: bool
    open_cases: int
    people: int


@dataclass(frozen=True, slots=True)
class KeptPerson:
    """Somebody of a unit, or a manager above all of them; ``number`` is E.164."""

    id: int
    unit_id: int | None
    unit: str | None
    duty: Duty
    name: str
    number: str | None
    mail: str | None
    work_number: str | None
    since: datetime


def units(connection: Connection) -> list[KeptUnit]:
    """All units, those in use first, by name."""
    cases = (
        select(func.count())
        .select_from(CaseLife)
        .where(CaseLife.unit_id == Unit.id, CaseLife.closed_at.is_(None))
        .scalar_subquery()
    )
    people = (
        select(func.count())
        .select_from(ResponsiblePerson)
        .where(ResponsiblePerson.unit_id == Unit.id, ResponsiblePerson.until.is_(None))
        .scalar_subquery()
    )
    rows = connection.execute(
        select(Unit.id, Unit.name, Unit.phone, Unit.active, cases, people).order_by(
            Unit.active.desc(), Unit.name
        )
    )
    return [KeptUnit(*row) for row in rows.all()]


def people(connection: Connection, unit_id: int | None) -> list[KeptPerson]:
    """The people of a unit, or (None) the managers; heads before fitters, then by name."""
    return _people(connection, ResponsiblePerson.unit_id == unit_id)


def everybody(connection: Connection) -> list[KeptPerson]:
    """The people of all units, and the managers."""
    return _people(connection)


def _people(connection: Connection, *conditions: Any) -> list[KeptPerson]:
    rows = connection.execute(
        select(
            ResponsiblePerson.id,
            ResponsiblePerson.unit_id,
            Unit.name,
            ResponsiblePerson.duty,
            ResponsiblePerson.name,
            ResponsiblePerson.number,
            ResponsiblePerson.mail,
            Agent.work_number,
            ResponsiblePerson.since,
        )
        .outerjoin(Unit, Unit.id == ResponsiblePerson.unit_id)
        .outerjoin(Agent, Agent.id == ResponsiblePerson.agent_id)
        .where(ResponsiblePerson.until.is_(None), *conditions)
        .order_by(Unit.name, ResponsiblePerson.duty.desc(), ResponsiblePerson.name, ResponsiblePerson.id)
    )
    return [KeptPerson(*row) for row in rows.all()]


def add(connection: Connection, name: str, phone: str | None) -> int:
    """Make a unit, or take a removed one of this name back; returns its id.

    :param phone: E.164.
    :raises Refused: a unit of this name is in use.
    """
    known = connection.execute(select(Unit.id, Unit.active).where(Unit.name == name)).one_or_none()
    if known is not None and known.active:
        raise Refused(f'there is a unit "{name}" already')
    if known is not None:
        connection.execute(update(Unit).where(Unit.id == known.id).values(active=True, phone=phone))
        return int(known.id)
    made = insert(Unit).values(name=name, phone=phone, active=True).returning(Unit.id)
    return int(connection.execute(made).scalar_one())


def change(connection: Connection, unit_id: int, name: str, phone: str | None) -> None:
    """Give a unit another name or number.

    :raises Refused: another unit has this name.
    """
    other = select(Unit.id).where(Unit.name == name, Unit.id != unit_id)
    if connection.execute(other).first() is not None:
        raise Refused(f'there is a unit "{name}" already')
    connection.execute(update(Unit).where(Unit.id == unit_id).values(name=name, phone=phone))


def agent_of(connection: Connection, work_number: str) -> int | None:
    """Whose work number this is; None where nobody active has it."""
    return connection.execute(
        select(Agent.id).where(Agent.work_number == work_number, Agent.active)
    ).scalar_one_or_none()


def names(connection: Connection, unit_ids: Sequence[int]) -> dict[int, str]:
    """The names of units."""
    rows = connection.execute(select(Unit.id, Unit.name).where(Unit.id.in_(list(unit_ids))))
    return {row.id: row.name for row in rows}
