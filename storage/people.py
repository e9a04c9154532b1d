"""The people who sign in: made from config.yaml at the first start, kept in the database afterwards.

Nothing about a person is ever deleted: who leaves is made inactive, and the records stay (R-AR).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from ivr.config import Settings
from ivr.config.sections import Device, DeviceKind, Person, Role
from ivr.errors import Conflict, Refused
from ivr.standard.agent_state import AgentEvent, AgentState
from ivr.standard.device_name import device_name
from storage.changes import announce
from storage.database import Database
from storage.models import Agent, AgentPresence, AgentSkill, SignIn
from storage.passwords import device_digest, hash_password, new_password
from storage.queries import presence
from storage.queries.sign_ins import EndReason


@dataclass(frozen=True, slots=True)
class FirstSignIn:
    """What is shown once to who made a person or a password; it can never be shown again.

    ``password`` is for the page, None where it was not changed; ``device_password`` for a phone that
    registers as :func:`ivr.standard.device_name.device_name`, None for all other devices.
    """

    work_number: str
    name: str
    role: Role
    password: str | None
    device_password: str | None


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


def seed_people(database: Database, settings: Settings, now: datetime) -> list[FirstSignIn]:
    """Make the people of config.yaml who are not in the database yet; nobody else is touched.

    :param now: the moment of making (UTC).
    :returns: what to show once, in the file's order; empty at all later starts.
    :raises StorageError: the database cannot be read or written.
    """
    with database.read() as connection:
        known = set(connection.execute(select(Agent.work_number)).scalars())
    made = []
    for person in settings.people:
        if person.work_number not in known:
            try:
                made.append(add_person(database, person, now))
            except Refused:
                continue  # another engine on this database was faster, and has shown the password
    return made


def add_person(database: Database, person: Person, now: datetime) -> FirstSignIn:
    """Make a person, signed out.

    :raises Refused: the work number is taken, also by somebody who has left (R-20).
    """
    first = FirstSignIn(
        person.work_number,
        person.name,
        person.role,
        password=new_password(),
        device_password=new_password() if person.device.kind is DeviceKind.PHONE else None,
    )
    row = {
        "work_number": person.work_number,
        "name": person.name,
        "role": person.role,
        "password_hash": hash_password(first.password or ""),  # slow: before the transaction
        "created_at": now,
        **_device_columns(person.work_number, person.device, first.device_password),
    }
    try:
        with database.write() as connection:
            agent_id = int(connection.execute(insert(Agent).values(row).returning(Agent.id)).scalar_one())
            connection.execute(
                insert(AgentPresence).values(
                    agent_id=agent_id, state=AgentState.SIGNED_OUT, since=now, idle_since=now
                )
            )
            _write_skills(connection, agent_id, person.skills)
            announce(connection)
    except Conflict:
        raise Refused(
            f"work number {person.work_number} is taken; "
            "one person, one work number (R-20), also after they left"
        ) from None
    return first


def change_person(
    database: Database,
    work_number: str,
    *,
    name: str | None = None,
    role: Role | None = None,
    skills: Mapping[str, int] | None = None,
    device: Device | None = None,
    active: bool | None = None,
) -> str | None:
    """Change what is given and leave the rest.

    :param skills: all skills from now on, name → level.
    :param active: True takes somebody back who had left.
    :returns: the new device password where the device became a phone that registers.
    :raises Refused: there is nobody with this work number.
    """
    password = new_password() if device is not None and device.kind is DeviceKind.PHONE else None
    values: dict[str, object] = {}
    if name is not None:
        values["name"] = name
    if role is not None:
        values["role"] = role
    if active is not None:
        values["active"] = active
    if device is not None:
        values |= _device_columns(work_number, device, password)
    with database.write() as connection:
        agent_id = _id_of(connection, work_number)
        if values:
            connection.execute(update(Agent).where(Agent.id == agent_id).values(**values))
        if skills is not None:
            connection.execute(delete(AgentSkill).where(AgentSkill.agent_id == agent_id))
            _write_skills(connection, agent_id, skills)
        announce(connection)
    return password


def renew_passwords(database: Database, work_number: str, *, of_device: bool) -> FirstSignIn:
    """Make a new password and forget the old one.

    :param of_device: that of the phone; False: that of the page.
    :raises Refused: there is nobody with this work number, or their device has no password.
    """
    password = new_password()
    kept = {"password_hash": hash_password(password)}
    if of_device:
        kept = {"device_digest": device_digest(device_name(work_number), password)}
    with database.write() as connection:
        agent_id = _id_of(connection, work_number)
        agent = connection.execute(
            select(Agent.name, Agent.role, Agent.device_kind).where(Agent.id == agent_id)
        ).one()
        if of_device and agent.device_kind is not DeviceKind.PHONE:
            raise Refused(
                f"{work_number} {agent.name}: the device is of kind {agent.device_kind} and has no password"
            )
        connection.execute(update(Agent).where(Agent.id == agent_id).values(**kept))
        announce(connection)
    return FirstSignIn(
        work_number, agent.name, agent.role, None if of_device else password, password if of_device else None
    )


def deactivate(database: Database, work_number: str, now: datetime) -> AgentState:
    """Let somebody leave: no sign-in and no calls any more, all records stay.

    A conversation is not cut (R-12.10): who talks is signed out after it.

    :returns: the state the person is in now.
    :raises Refused: there is nobody with this work number, or they have left already.
    """
    with database.write() as connection:
        agent_id = _id_of(connection, work_number)
        left = connection.execute(
            update(Agent).where(Agent.id == agent_id, Agent.active.is_(True)).values(active=False)
        )
        if left.rowcount == 0:
            raise Refused(f"{work_number} is not active already")
        if presence.apply(connection, agent_id, AgentEvent.SIGN_OUT, now) is None:
            presence.remember(connection, agent_id, AgentEvent.SIGN_OUT, None)
        else:
            connection.execute(
                update(SignIn)
                .where(SignIn.agent_id == agent_id, SignIn.ended_at.is_(None))
                .values(ended_at=now, end_reason=EndReason.DEACTIVATED)
            )
        announce(connection)
        state = presence.state_of(connection, agent_id)
    assert state is not None  # made together with the person
    return state


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


def _id_of(connection: Connection, work_number: str) -> int:
    agent_id = connection.execute(
        select(Agent.id).where(Agent.work_number == work_number)
    ).scalar_one_or_none()
    if agent_id is None:
        raise Refused(f"there is nobody with work number {work_number}; see `hotline agents list`")
    return int(agent_id)


def _device_columns(work_number: str, device: Device, password: str | None) -> dict[str, object]:
    return {
        "device_kind": device.kind,
        "device_address": device.address,
        "device_digest": None if password is None else device_digest(device_name(work_number), password),
    }


def _write_skills(connection: Connection, agent_id: int, skills: Mapping[str, int]) -> None:
    if skills:
        connection.execute(
            insert(AgentSkill),
            [{"agent_id": agent_id, "skill": skill, "level": level} for skill, level in skills.items()],
        )
