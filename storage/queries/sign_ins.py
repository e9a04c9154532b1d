"""Sessions of the console: who may sign in, and one live session per work number (R-20)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select, update

from ivr.config.sections import DeviceKind, Role
from storage.models import Agent, SignIn


class EndReason(StrEnum):
    """Why a session ended; kept in ``sign_ins.end_reason``."""

    SIGNED_OUT = "signed_out"  # the person asked for it
    AFTER_CALL = "after_call"  # asked for during a call and done after it
    BY_SUPERVISOR = "by_supervisor"  # a supervisor signed the person out, with a reason
    TAKEN_OVER = "taken_over"  # the same person signed in elsewhere and confirmed it
    EXPIRED = "expired"  # console.session_hours were over
    DEACTIVATED = "deactivated"  # the person may no longer sign in
    CHANGED = "changed"  # role, device or password was changed by an administrator


@dataclass(frozen=True, slots=True)
class Account:
    """What signing in is checked against."""

    agent_id: int
    work_number: str
    name: str
    role: Role
    password_hash: str
    active: bool


@dataclass(frozen=True, slots=True)
class LiveSession:
    """The session that holds a work number."""

    id: int
    agent_id: int
    started_at: datetime
    seen_at: datetime
    address: str | None
    browser: str | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request's token, with the session's state."""

    sign_in_id: int
    agent_id: int
    work_number: str
    name: str
    role: Role
    device_kind: DeviceKind
    device_address: str | None
    active: bool
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    end_reason: str | None


def token_hash(token: str) -> str:
    """What the database keeps of a session's token: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def account(connection: Connection, work_number: str) -> Account | None:
    """The account of ``work_number``, active or not; None when there is none."""
    row = connection.execute(
        select(Agent.id, Agent.work_number, Agent.name, Agent.role, Agent.password_hash, Agent.active).where(
            Agent.work_number == work_number
        )
    ).one_or_none()
    return Account(*row) if row is not None else None


def find(connection: Connection, token: str) -> SignedIn | None:
    """The session of ``token``, also when it has ended: the caller looks at ``ended_at`` and ``active``."""
    row = connection.execute(
        select(
            SignIn.id,
            Agent.id,
            Agent.work_number,
            Agent.name,
            Agent.role,
            Agent.device_kind,
            Agent.device_address,
            Agent.active,
            SignIn.started_at,
            SignIn.seen_at,
            SignIn.ended_at,
            SignIn.end_reason,
        )
        .join(Agent, Agent.id == SignIn.agent_id)
        .where(SignIn.token_hash == token_hash(token))
    ).one_or_none()
    return SignedIn(*tuple(row)) if row is not None else None


def live_session(connection: Connection, agent_id: int) -> LiveSession | None:
    """The session that holds the work number now, if any; there is never more than one (R-20)."""
    row = connection.execute(
        select(
            SignIn.id, SignIn.agent_id, SignIn.started_at, SignIn.seen_at, SignIn.address, SignIn.browser
        ).where(SignIn.agent_id == agent_id, SignIn.ended_at.is_(None))
    ).one_or_none()
    return LiveSession(*row) if row is not None else None


def begin(
    connection: Connection, agent_id: int, token: str, now: datetime, *, address: str, browser: str
) -> int:
    """Open a session and give its id.

    :param address: from where, as an IP address.
    :param browser: what the browser calls itself; cut to what the column holds.
    :raises Conflict: (at the end of the transaction) another session of the same person was faster; the
        unique index of live sessions decides that (R-20).
    """
    made = connection.execute(
        insert(SignIn)
        .values(
            agent_id=agent_id,
            token_hash=token_hash(token),
            started_at=now,
            seen_at=now,
            address=address[:45],
            browser=browser[:200],
        )
        .returning(SignIn.id)
    )
    return int(made.scalar_one())


def end(connection: Connection, sign_in_id: int, now: datetime, reason: EndReason) -> bool:
    """End a session; False when it had ended before."""
    done = connection.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
    )
    return done.rowcount == 1


def at_desks(connection: Connection) -> list[int]:
    """Agents and supervisors whose session lives."""
    rows = connection.execute(
        select(SignIn.agent_id)
        .join(Agent, Agent.id == SignIn.agent_id)
        .where(SignIn.ended_at.is_(None), Agent.active, Agent.role.in_((Role.AGENT, Role.SUPERVISOR)))
        .order_by(SignIn.agent_id)
    )
    return list(rows.scalars())


def mark_seen(connection: Connection, sign_in_ids: Iterable[int], now: datetime) -> None:
    """Remember that these sessions were in use at ``now``."""
    connection.execute(
        update(SignIn).where(SignIn.id.in_(list(sign_in_ids)), SignIn.ended_at.is_(None)).values(seen_at=now)
    )


def ended(
    connection: Connection, sign_in_ids: Iterable[int]
) -> dict[int, tuple[str | None, datetime | None]]:
    """Reason and moment of the end of each of these sessions."""
    rows = connection.execute(
        select(SignIn.id, SignIn.end_reason, SignIn.ended_at).where(SignIn.id.in_(list(sign_in_ids)))
    )
    return {row.id: (row.end_reason, row.ended_at) for row in rows}
