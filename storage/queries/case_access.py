"""Who stands how to a case, and the case locked for a step: what every step begins with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from ivr.config.sections import Role
from ivr.errors import CaseRefused
from ivr.standard.case_life import BY, Actor, CaseState, CaseStep
from ivr.standard.case_refusal import CaseRefusal
from storage.models import Agent, Case, CaseEntry, CaseLife, ResponsiblePerson

_FLOOR = frozenset({Role.AGENT, Role.SUPERVISOR})
_AS = (Actor.FIRST_RESPONDER, Actor.UNIT, Actor.SUPERVISOR, Actor.AGENT, Actor.PROGRAM)
"""In which capacity a step is written down that somebody may do in several."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who does something; nobody at all is the hotline itself."""

    agent_id: int | None = None
    person_id: int | None = None
    """Of a unit, who came by a link to the case."""
    unit_id: int | None = None
    """The unit whose link it is; also where it was sent to nobody in particular."""


def locked(connection: Connection, case_id: int) -> Row[Any]:
    """The life of a case; nobody else does a step of it until this transaction ends.

    :raises CaseRefused: there is none.
    """
    row = connection.execute(
        select(*CaseLife.__table__.c).where(CaseLife.case_id == case_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise CaseRefused(CaseRefusal.NO_SUCH_CASE, f"there is no case {case_id} with a life")
    return row


def life_of(connection: Connection, case_id: int) -> Row[Any] | None:
    """The life of a case to look at; somebody else may do a step of it meanwhile. None: there is none."""
    return connection.execute(select(*CaseLife.__table__.c).where(CaseLife.case_id == case_id)).one_or_none()


def hats_of(connection: Connection, life: Row[Any], who: Who) -> frozenset[Actor]:
    """How somebody stands to a case, by what the database says of them now."""
    hats: set[Actor] = set()
    if who == Who():
        hats.add(Actor.PROGRAM)
    if who.unit_id is not None and who.unit_id == life.unit_id:
        hats.add(Actor.UNIT)
    if who.agent_id is not None:
        role = connection.execute(
            select(Agent.role).where(Agent.id == who.agent_id, Agent.active)
        ).scalar_one_or_none()
        if role in _FLOOR:
            hats.add(Actor.AGENT)
        if role is Role.SUPERVISOR:
            hats.add(Actor.SUPERVISOR)
        if role is not None and who.agent_id == life.owner_id:
            hats.add(Actor.FIRST_RESPONDER)
        if role is not None and _is_of(connection, who.agent_id, life.unit_id):
            hats.add(Actor.UNIT)
    return frozenset(hats)


def _is_of(connection: Connection, agent_id: int, unit_id: int | None) -> bool:
    """Whether somebody with a work number belongs to a unit."""
    belongs = select(ResponsiblePerson.id).where(
        ResponsiblePerson.agent_id == agent_id,
        ResponsiblePerson.unit_id == unit_id,
        ResponsiblePerson.until.is_(None),
    )
    return connection.execute(belongs.limit(1)).first() is not None


def capacity(step: CaseStep, hats: frozenset[Actor]) -> Actor:
    """In which capacity a step is done.

    :raises CaseRefused: others may do it.
    """
    for actor in _AS:
        if actor in hats and actor in BY[step]:
            return actor
    allowed = sorted(BY[step])
    raise CaseRefused(
        CaseRefusal.NOT_YOURS_TO_DO, f"{step} is for others to do: {', '.join(allowed)}", allowed
    )


def refuse_stale(connection: Connection, life: Row[Any], step: CaseStep, seen: int | None) -> None:
    """Refuse a step that rests on what was shown before somebody else did one.

    :param seen: how many entries there were on the page; None: whatever they are.
    :raises CaseRefused: somebody else closed the case, or did something else; it says who and when.
    """
    closed = life.state is CaseState.CLOSED and step is CaseStep.CLOSE
    if not closed and (seen is None or seen == life.entries):
        return
    last = _last_entry(connection, life.case_id)
    number, by = last.number, last.work_number or "-"
    if closed:
        raise CaseRefused(
            CaseRefusal.ALREADY_CLOSED, f"case {number} was closed at {last.at:%F %T} by {by}", (number, by)
        )
    raise CaseRefused(
        CaseRefusal.CHANGED_MEANWHILE,
        f"case {number}: {last.step} was done at {last.at:%F %T} by {by}; look at it again",
        (number, by, last.step),
    )


def _last_entry(connection: Connection, case_id: int) -> Any:
    """The case's number; step, moment and work number of its last entry."""
    return connection.execute(
        select(Case.number, CaseEntry.step, CaseEntry.at, Agent.work_number)
        .join(Case, Case.id == CaseEntry.case_id)
        .outerjoin(Agent, Agent.id == CaseEntry.agent_id)
        .where(CaseEntry.case_id == case_id)
        .order_by(CaseEntry.entry.desc())
        .limit(1)
    ).one()


def clears_refusal(number: str, missing: Sequence[str]) -> CaseRefused:
    """What is said where one of the five clears is missing (R-5C)."""
    names = ", ".join(missing)
    return CaseRefused(
        CaseRefusal.CLEARS_MISSING, f"case {number} cannot be closed: {names} missing (R-5C)", tuple(missing)
    )


def moment_text(moment: datetime) -> str:
    """How moments stand in the changes of an entry."""
    return moment.isoformat(timespec="seconds")
