"""The people who sign in: made from config.yaml at the first start, kept in the database afterwards.

Nothing about a person is ever deleted: who leaves is made inactive, and the records stay (R-AR).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ivr import hotline_clock
from ivr.config import Settings
from ivr.config.sections import Device, DeviceKind, Person, Role
from ivr.errors import AccountRefused, Conflict, Refused
from ivr.standard.account_refusal import AccountRefusal
from ivr.standard.agent_state import AgentState
from ivr.standard.device_name import device_name
from storage.changes import announce
from storage.database import Database
from storage.models import Agent, AgentPresence, AgentSkill
from storage.passwords import device_digest, hash_password, new_password
from storage.queries import account_guards, audit, presence
from storage.queries.accounts import KnownPerson as KnownPerson
from storage.queries.accounts import all_people as all_people
from storage.queries.audit import ConsoleFact
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
class By:
    """Who changes an account, for the audit log: somebody at a page, or (None) the operator by command.

    ``reason`` is needed for leaving and coming back; ``data``: from where.
    """

    agent_id: int | None
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


OPERATOR = By(None, data={"where": "hotline agents"})


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


def add_person(database: Database, person: Person, now: datetime, by: By | None = None) -> FirstSignIn:
    """Make a person, signed out.

    :param by: None: config.yaml, at the first start.
    :raises AccountRefused: the work number is taken, also by somebody who has left (R-20).
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
            if by is not None:
                _note(connection, by, now, "add", person.work_number, role=person.role.value)
            announce(connection)
    except Conflict:
        raise AccountRefused(
            AccountRefusal.NUMBER_TAKEN,
            f"work number {person.work_number} is taken; "
            "one person, one work number (R-20), also after they left",
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
    by: By = OPERATOR,
) -> str | None:
    """Change what is given and leave the rest; who gets another role or device signs in again.

    :param skills: all skills from now on, name → level.
    :param active: True takes somebody back who had left; that needs a reason.
    :returns: the new device password where the device became a phone that registers.
    :raises AccountRefused: there is nobody with this work number, it would take the last administrator's
        role, or role and device of somebody in a call would change.
    """
    now = hotline_clock.now()
    password = new_password() if device is not None and device.kind is DeviceKind.PHONE else None
    given: dict[str, object] = {"name": name, "role": role, "active": active}
    values = {key: value for key, value in given.items() if value is not None}
    if device is not None:
        values |= _device_columns(work_number, device, password)
    with database.write() as connection:
        agent_id = _id_of(connection, work_number)
        if active is True:
            account_guards.reason_is_given(by.reason, work_number)
        if role is not None:
            account_guards.role_may_change(connection, agent_id, role, by.agent_id)
        if account_guards.needs_new_session(connection, agent_id, role, device):
            account_guards.not_in_a_call(connection, agent_id, work_number)
            account_guards.end_sessions(connection, agent_id, now, EndReason.CHANGED)
        if values:
            connection.execute(update(Agent).where(Agent.id == agent_id).values(**values))
        if skills is not None:
            connection.execute(delete(AgentSkill).where(AgentSkill.agent_id == agent_id))
            _write_skills(connection, agent_id, skills)
        _note(
            connection,
            by,
            now,
            "change" if active is None else "back",
            work_number,
            **{key: str(value) for key, value in values.items() if key in ("name", "role", "device_kind")},
            **(
                {"skills": ", ".join(f"{key}={level}" for key, level in sorted(skills.items()))}
                if skills is not None
                else {}
            ),
        )
        announce(connection)
    return password


def renew_passwords(
    database: Database, work_number: str, *, of_device: bool, by: By = OPERATOR
) -> FirstSignIn:
    """Make a new password and forget the old one; who had signed in with it is signed out, after their call.

    :param of_device: that of the phone; False: that of the page.
    :raises AccountRefused: there is nobody with this work number, or their device has no password.
    """
    now = hotline_clock.now()
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
            raise AccountRefused(
                AccountRefusal.NO_DEVICE_PASSWORD,
                f"{work_number} {agent.name}: the device is of kind {agent.device_kind} and has no password",
            )
        connection.execute(update(Agent).where(Agent.id == agent_id).values(**kept))
        if not of_device and by.agent_id != agent_id:
            account_guards.end_sessions(connection, agent_id, now, EndReason.CHANGED, after_call=True)
        _note(connection, by, now, "device password" if of_device else "password", work_number)
        announce(connection)
    return FirstSignIn(
        work_number, agent.name, agent.role, None if of_device else password, password if of_device else None
    )


def deactivate(database: Database, work_number: str, now: datetime, by: By | None = None) -> AgentState:
    """Let somebody leave: access and live sessions end at once, all records stay.

    Pages, live feed and browser phone go with the session. Who talks at a desk phone talks to the end and is
    signed out then (R-12.10); a caller who loses a browser phone stays and is offered to others (R-12.12).
    What they answered for at units ends too.

    :param by: with a reason; None: a test or a tool that needs none.
    :returns: the state the person is in now.
    :raises AccountRefused: there is nobody with this work number, they have left already, nobody would be
        left who keeps accounts, or it is who asks.
    """
    with database.write() as connection:
        agent_id = _id_of(connection, work_number)
        if by is not None:
            account_guards.reason_is_given(by.reason, work_number)
            account_guards.may_leave(connection, agent_id, by.agent_id)
        left = connection.execute(
            update(Agent).where(Agent.id == agent_id, Agent.active.is_(True)).values(active=False)
        )
        if left.rowcount == 0:
            raise AccountRefused(AccountRefusal.LEFT_ALREADY, f"{work_number} is not active already")
        account_guards.end_sessions(connection, agent_id, now, EndReason.DEACTIVATED)
        account_guards.end_duties(connection, agent_id, now)
        if by is not None:
            _note(connection, by, now, "leave", work_number)
        announce(connection)
        state = presence.state_of(connection, agent_id)
    assert state is not None  # made together with the person
    return state


def _note(connection: Connection, by: By, now: datetime, what: str, work_number: str, **more: object) -> None:
    reason = {"reason": by.reason} if by.reason else {}
    data = {"what": what, "work_number": work_number, **more, **reason, **by.data}
    audit.note(connection, ConsoleFact.PEOPLE_CHANGED, now, agent_id=by.agent_id, data=data)


def _id_of(connection: Connection, work_number: str) -> int:
    agent_id = connection.execute(
        select(Agent.id).where(Agent.work_number == work_number)
    ).scalar_one_or_none()
    if agent_id is None:
        raise AccountRefused(
            AccountRefusal.NOBODY,
            f"there is nobody with work number {work_number}; see `hotline agents list`",
        )
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
