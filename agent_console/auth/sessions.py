"""A session's life: begun with a password, found again by its token, ended for a reason (R-20).

The browser keeps a random token in a signed cookie, the database keeps the token's SHA-256.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from agent_console.rights import AT_A_DESK
from ivr.config.sections import DeviceKind, Role
from ivr.errors import DatabaseNotWritable
from ivr.standard.command_kind import CommandKind
from storage.changes import announce
from storage.database import Database
from storage.queries import audit, commands_asked, sign_ins
from storage.queries.audit import ConsoleFact
from storage.queries.sign_ins import EndReason

SEEN_EVERY = timedelta(seconds=60)
"""How exactly it is kept when a session was last in use."""

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Person:
    """Who makes the request; what Flask-Login calls the user."""

    token: str
    sign_in_id: int
    agent_id: int
    work_number: str
    name: str
    role: Role
    device_kind: DeviceKind
    started_at: datetime

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the cookie holds: the session's token, never the person's id."""
        return self.token

    @property
    def at_a_desk(self) -> bool:
        """Whether this person takes calls."""
        return self.role in AT_A_DESK


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a request came."""

    address: str
    browser: str

    def data(self) -> dict[str, str]:
        """For the audit log."""
        return {"address": self.address, "browser": self.browser[:200]}


def find(database: Database, token: str, now: datetime, longest: timedelta) -> Person | None:
    """The person of a token; None when the session has ended, which is written down when it is seen here.

    :param longest: how long a session lasts (console.session_hours).
    """
    with database.read() as connection:
        found = sign_ins.find(connection, token)
    if found is None or found.ended_at is not None:
        return None
    over = EndReason.EXPIRED if found.started_at + longest <= now else None
    if not found.active:
        over = EndReason.DEACTIVATED
    if over is not None:
        with database.write() as connection:
            finish(connection, found.sign_in_id, found.agent_id, found.role, now, over)
        return None
    if found.seen_at + SEEN_EVERY <= now:
        _remember_seen(database, found.sign_in_id, now)
    return Person(
        token=token,
        sign_in_id=found.sign_in_id,
        agent_id=found.agent_id,
        work_number=found.work_number,
        name=found.name,
        role=found.role,
        device_kind=found.device_kind,
        started_at=found.started_at,
    )


def _remember_seen(database: Database, sign_in_id: int, now: datetime) -> None:
    try:
        with database.write() as connection:
            sign_ins.mark_seen(connection, [sign_in_id], now)
    except DatabaseNotWritable:
        return  # what can be read is still shown; every real write says what is wrong


def begin(connection: Connection, account: sign_ins.Account, now: datetime, origin: Origin) -> str:
    """Open a session, tell the engine and the audit log; gives the token for the cookie.

    :raises Conflict: (at the end of the transaction) somebody signed in with this number meanwhile.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    sign_in_id = sign_ins.begin(
        connection, account.agent_id, token, now, address=origin.address, browser=origin.browser
    )
    audit.note(
        connection,
        ConsoleFact.SIGN_IN,
        now,
        agent_id=account.agent_id,
        data={"sign_in": sign_in_id, **origin.data()},
    )
    if account.role in AT_A_DESK:
        _ask(connection, CommandKind.SIGN_IN, account.agent_id, now)
    announce(connection)
    return token


def finish(
    connection: Connection,
    sign_in_id: int,
    agent_id: int,
    role: Role,
    now: datetime,
    reason: EndReason,
    data: Mapping[str, object] | None = None,
) -> bool:
    """End a session, tell the audit log and, where the person leaves, the engine.

    A session that is taken over leaves the agent at work, so the engine is not told then. False when
    the session had ended before.
    """
    if not sign_ins.end(connection, sign_in_id, now, reason):
        return False
    taken = reason is EndReason.TAKEN_OVER
    audit.note(
        connection,
        ConsoleFact.TAKEN_OVER if taken else ConsoleFact.SIGN_OUT,
        now,
        agent_id=agent_id,
        data={"sign_in": sign_in_id, "reason": reason.value, **(data or {})},
    )
    if role in AT_A_DESK and reason not in (
        EndReason.TAKEN_OVER,
        EndReason.AFTER_CALL,
        EndReason.BY_SUPERVISOR,
    ):
        _ask(connection, CommandKind.SIGN_OUT, agent_id, now)
    announce(connection)
    return True


def _ask(connection: Connection, kind: CommandKind, agent_id: int, now: datetime) -> None:
    commands_asked.ask(connection, kind, now, by_agent_id=agent_id, agent_id=agent_id)
