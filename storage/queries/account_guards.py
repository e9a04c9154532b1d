"""What keeps changes of accounts safe: somebody keeps them always, no talk is cut unseen (R-20)."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from ivr.config.sections import Device, Role
from ivr.errors import AccountRefused
from ivr.standard.account_refusal import AccountRefusal
from ivr.standard.agent_state import IN_A_CALL, AgentEvent
from storage.models import Agent, ResponsiblePerson, SignIn
from storage.queries import presence
from storage.queries.sign_ins import EndReason


def reason_is_given(reason: str, work_number: str) -> None:
    """Leaving and coming back are explained, for whoever reads the audit log.

    :raises AccountRefused: nothing was said.
    """
    if not reason.strip():
        raise AccountRefused(AccountRefusal.NO_REASON, f"{work_number}: give a reason; it is kept")


def may_leave(connection: Connection, agent_id: int, by_agent_id: int | None) -> None:
    """Whether somebody may be let go.

    :raises AccountRefused: it is who asks, or the last administrator.
    """
    if agent_id == by_agent_id:
        raise AccountRefused(
            AccountRefusal.ONESELF, "nobody closes their own account; another administrator does"
        )
    _stays_kept(connection, agent_id)


def role_may_change(connection: Connection, agent_id: int, role: Role, by_agent_id: int | None) -> None:
    """Whether somebody may get another role.

    :raises AccountRefused: it is who asks, or the last administrator would be none any more.
    """
    known = connection.execute(select(Agent.role).where(Agent.id == agent_id)).scalar_one()
    if known is role:
        return
    if agent_id == by_agent_id:
        raise AccountRefused(
            AccountRefusal.ONESELF, "nobody changes their own role; another administrator does"
        )
    _stays_kept(connection, agent_id)


def _stays_kept(connection: Connection, agent_id: int) -> None:
    """One administrator is left beside ``agent_id``, unless that is none anyway.

    All of them are locked in one order, so that two who let each other go do not both succeed.
    """
    administrators = list(
        connection.execute(
            select(Agent.id)
            .where(Agent.role == Role.ADMINISTRATOR, Agent.active.is_(True))
            .order_by(Agent.id)
            .with_for_update()
        ).scalars()
    )
    if administrators == [agent_id]:
        raise AccountRefused(
            AccountRefusal.LAST_ADMINISTRATOR,
            "this is the last administrator; make another one first, or nobody could keep accounts",
        )


def needs_new_session(
    connection: Connection, agent_id: int, role: Role | None, device: Device | None
) -> bool:
    """Whether role or device become others: pages and phone are made of them when the session begins."""
    known = connection.execute(
        select(Agent.role, Agent.device_kind, Agent.device_address).where(Agent.id == agent_id)
    ).one()
    other_device = device is not None and (device.kind, device.address) != (
        known.device_kind,
        known.device_address,
    )
    return (role is not None and role is not known.role) or other_device


def not_in_a_call(connection: Connection, agent_id: int, work_number: str) -> None:
    """Role and device are not changed under somebody who rings or talks (R-12.10).

    :raises AccountRefused: they do.
    """
    if presence.state_of(connection, agent_id) in IN_A_CALL:
        raise AccountRefused(
            AccountRefusal.IN_A_CALL,
            f"{work_number} is in a call; role and device can be changed after it",
        )


def end_sessions(
    connection: Connection, agent_id: int, now: datetime, reason: EndReason, *, after_call: bool = False
) -> None:
    """Sign somebody out and end the live session; in a call the state follows when it is over.

    :param after_call: the session, too, lasts until then.
    """
    talks = presence.state_of(connection, agent_id) in IN_A_CALL
    if talks:
        presence.remember(connection, agent_id, AgentEvent.SIGN_OUT, None)
    else:
        presence.apply(connection, agent_id, AgentEvent.SIGN_OUT, now)
    if not (talks and after_call):
        connection.execute(
            update(SignIn)
            .where(SignIn.agent_id == agent_id, SignIn.ended_at.is_(None))
            .values(ended_at=now, end_reason=reason)
        )


def end_duties(connection: Connection, agent_id: int, now: datetime) -> None:
    """Nothing of a unit is told to somebody who has left; the name stays in what was done."""
    connection.execute(
        update(ResponsiblePerson)
        .where(ResponsiblePerson.agent_id == agent_id, ResponsiblePerson.until.is_(None))
        .values(until=now)
    )
