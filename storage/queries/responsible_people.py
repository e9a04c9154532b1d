"""People of units and above them: who is warned at a rung of the ladder (R-OV), who gets links to cases."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from ivr.errors import CaseRefused
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.overdue import Rung
from storage.models import Agent, Duty, ResponsiblePerson, Unit


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a unit or above all units; ``number`` is E.164."""

    id: int
    unit_id: int | None
    duty: Duty
    agent_id: int | None
    name: str
    number: str | None
    mail: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who is warned; by desk with ``agent_id``, by text with ``number``, by mail with ``mail``."""

    rung: Rung
    agent_id: int | None
    name: str
    number: str | None
    mail: str | None


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people have a number, and an address of mail."""

    number: int
    mail: int


_COLUMNS = (
    ResponsiblePerson.id,
    ResponsiblePerson.unit_id,
    ResponsiblePerson.duty,
    ResponsiblePerson.agent_id,
    ResponsiblePerson.name,
    ResponsiblePerson.number,
    ResponsiblePerson.mail,
)
_STILL = ResponsiblePerson.until.is_(None)


def add(
    connection: Connection,
    now: datetime,
    *,
    duty: Duty,
    name: str,
    unit_id: int | None,
    agent_id: int | None = None,
    number: str | None = None,
    mail: str | None = None,
) -> int:
    """Take somebody on; returns the id.

    :param unit_id: None of a manager, and of nobody else.
    :raises CaseRefused: somebody of a unit without a unit.
    """
    if (unit_id is None) is not (duty is Duty.MANAGER):
        raise CaseRefused(CaseRefusal.NO_UNIT, f"{name}: a {duty} belongs to a unit, a manager to none")
    taken_on = insert(ResponsiblePerson).values(
        unit_id=unit_id, duty=duty, agent_id=agent_id, name=name, number=number, mail=mail, since=now
    )
    return int(connection.execute(taken_on.returning(ResponsiblePerson.id)).scalar_one())


def end(connection: Connection, person_id: int, now: datetime) -> bool:
    """Somebody is not responsible any more; the name stays in what was done. False: was not, already."""
    ended = update(ResponsiblePerson).where(ResponsiblePerson.id == person_id, _STILL).values(until=now)
    return connection.execute(ended).rowcount == 1


def of_unit(connection: Connection, unit_id: int, duty: Duty | None = None) -> list[Person]:
    """The people of a unit, by name."""
    wanted = select(*_COLUMNS).where(ResponsiblePerson.unit_id == unit_id, _STILL)
    if duty is not None:
        wanted = wanted.where(ResponsiblePerson.duty == duty)
    rows = connection.execute(wanted.order_by(ResponsiblePerson.name, ResponsiblePerson.id))
    return [Person(*row) for row in rows]


def reach(connection: Connection) -> Reach:
    """How many people are told by text, and how many by mail."""
    counted = select(func.count(ResponsiblePerson.number), func.count(ResponsiblePerson.mail)).where(_STILL)
    return Reach(*connection.execute(counted).one())


def units_without_people(connection: Connection) -> list[str]:
    """Units that work is passed on to, of which nobody would be told."""
    there = select(ResponsiblePerson.id).where(ResponsiblePerson.unit_id == Unit.id, _STILL).exists()
    rows = connection.execute(select(Unit.name).where(Unit.active, ~there).order_by(Unit.name, Unit.id))
    return list(rows.scalars())


def units_of(connection: Connection, agent_id: int) -> list[int]:
    """The units somebody with a work number belongs to."""
    rows = connection.execute(
        select(ResponsiblePerson.unit_id)
        .where(ResponsiblePerson.agent_id == agent_id, ResponsiblePerson.unit_id.is_not(None), _STILL)
        .distinct()
        .order_by(ResponsiblePerson.unit_id)
    )
    return [unit_id for unit_id in rows.scalars() if unit_id is not None]


def told(connection: Connection, owner_id: int, unit_id: int | None, rungs: Collection[Rung]) -> list[Told]:
    """Whom a warning goes to, from the lowest rung up; a rung without anybody is left out (R-OV).

    :param owner_id: the first responder. ``unit_id``: of the case, None: at none.
    """
    found: list[Told] = []
    if Rung.FIRST_RESPONDER in rungs:
        name = connection.execute(select(Agent.name).where(Agent.id == owner_id)).scalar_one()
        found.append(Told(Rung.FIRST_RESPONDER, owner_id, name, None, None))
    wanted = {
        Rung.UNIT_HEAD: and_(ResponsiblePerson.duty == Duty.HEAD, ResponsiblePerson.unit_id == unit_id),
        Rung.MANAGER: ResponsiblePerson.duty == Duty.MANAGER,
    }
    conditions = [condition for rung, condition in wanted.items() if rung in rungs]
    if conditions:
        rows = connection.execute(
            select(*_COLUMNS).where(or_(*conditions), _STILL).order_by(ResponsiblePerson.id)
        )
        people = [Person(*row) for row in rows]
        heads = [person for person in people if person.duty is Duty.HEAD]
        managers = [person for person in people if person.duty is Duty.MANAGER]
        for rung, some in ((Rung.UNIT_HEAD, heads), (Rung.MANAGER, managers)):
            found += [Told(rung, one.agent_id, one.name, one.number, one.mail) for one in some]
    return found
