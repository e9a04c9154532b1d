"""People who sign in, as lists and pages show them: with state, skills, live session, units (R-20)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from ivr.config.sections import DeviceKind, Role
from ivr.standard.agent_state import AgentState
from storage.models import (
    Agent,
    AgentPresence,
    AgentSkill,
    CaseLife,
    Duty,
    ResponsiblePerson,
    SignIn,
    Unit,
)


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person as `hotline agents list` shows them."""

    work_number: str
    name: str
    role: Role
    active: bool
    skills: Mapping[str, int]
    device_kind: DeviceKind
    device_address: str | None
    state: AgentState


def all_people(connection: Connection) -> list[KnownPerson]:
    """Everybody, by work number, those who left included."""
    skills: dict[int, dict[str, int]] = {}
    for row in connection.execute(select(AgentSkill.agent_id, AgentSkill.skill, AgentSkill.level)):
        skills.setdefault(row.agent_id, {})[row.skill] = row.level
    rows = connection.execute(
        select(
            Agent.id,
            Agent.work_number,
            Agent.name,
            Agent.role,
            Agent.active,
            Agent.device_kind,
            Agent.device_address,
            AgentPresence.state,
        )
        .join(AgentPresence, AgentPresence.agent_id == Agent.id)
        .order_by(Agent.work_number)
    )
    return [
        KnownPerson(
            row.work_number,
            row.name,
            row.role,
            row.active,
            skills.get(row.id, {}),
            row.device_kind,
            row.device_address,
            row.state,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account; ``signed_in_at``, ``address`` of the session that lives, ``last_seen`` of any."""

    agent_id: int
    work_number: str
    name: str
    role: Role
    active: bool
    created_at: datetime
    device_kind: DeviceKind
    device_address: str | None
    state: AgentState | None
    signed_in_at: datetime | None
    address: str | None
    last_seen: datetime | None
    skills: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Membership:
    """What somebody answers for: a unit, or (None) all of them as a manager."""

    person_id: int
    unit_id: int | None
    unit: str | None
    duty: Duty
    since: datetime


def accounts(connection: Connection, work_number: str | None = None) -> list[Account]:
    """Everybody by work number, those who left too; or one of them."""
    skills: dict[int, dict[str, int]] = {}
    for row in connection.execute(select(AgentSkill.agent_id, AgentSkill.skill, AgentSkill.level)):
        skills.setdefault(row.agent_id, {})[row.skill] = row.level
    past = aliased(SignIn)
    seen = select(func.max(past.seen_at)).where(past.agent_id == Agent.id).scalar_subquery()
    wanted = (
        select(
            Agent.id,
            Agent.work_number,
            Agent.name,
            Agent.role,
            Agent.active,
            Agent.created_at,
            Agent.device_kind,
            Agent.device_address,
            AgentPresence.state,
            SignIn.started_at,
            SignIn.address,
            seen,
        )
        .outerjoin(AgentPresence, AgentPresence.agent_id == Agent.id)
        .outerjoin(SignIn, (SignIn.agent_id == Agent.id) & SignIn.ended_at.is_(None))
        .order_by(Agent.work_number)
    )
    if work_number is not None:
        wanted = wanted.where(Agent.work_number == work_number)
    found = [Account(*tuple(row)) for row in connection.execute(wanted).all()]
    return [replace(one, skills=skills.get(one.agent_id, {})) for one in found]


def memberships(connection: Connection, agent_id: int) -> list[Membership]:
    """What somebody answers for now."""
    rows = connection.execute(
        select(
            ResponsiblePerson.id,
            ResponsiblePerson.unit_id,
            Unit.name,
            ResponsiblePerson.duty,
            ResponsiblePerson.since,
        )
        .outerjoin(Unit, Unit.id == ResponsiblePerson.unit_id)
        .where(ResponsiblePerson.agent_id == agent_id, ResponsiblePerson.until.is_(None))
        .order_by(Unit.name, ResponsiblePerson.id)
    )
    return [Membership(*row) for row in rows]


def open_cases(connection: Connection, agent_id: int) -> int:
    """How many open cases somebody is first responder of (R-FR)."""
    counted = select(func.count()).where(CaseLife.owner_id == agent_id, CaseLife.closed_at.is_(None))
    return int(connection.execute(counted).scalar_one())
