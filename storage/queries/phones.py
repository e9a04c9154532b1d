"""Keys of phones: a browser phone's counts as long as its session lives, a registering one's until changed.

A page's secret is made when the page asks for it and given to that page once; the newest counts. What
ends a session (signing out, being taken over, its time, R-20) ends the key with it, in the same
transaction, because the key is looked up through the session.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from ivr.config.sections import DeviceKind
from ivr.standard.device_name import device_name
from storage.changes import announce
from storage.models import Agent, AgentPresence, BrowserPhone, SignIn, VisitorPhone
from storage.passwords import device_digest
from storage.prepared import Prepared

SECRET_BYTES = 24
MARK_BYTES = 6

_LIVE = Prepared(
    select(SignIn.id, BrowserPhone.mark)
    .join(BrowserPhone, BrowserPhone.sign_in_id == SignIn.id)
    .where(SignIn.ended_at.is_(None))
    .order_by(SignIn.id)
)
_VISITORS = Prepared(
    select(func.count(VisitorPhone.id).label("count"), func.max(VisitorPhone.made_at).label("newest"))
)


@dataclass(frozen=True, slots=True)
class PageKey:
    """What a page registers with. ``secret`` is shown to nobody else and kept nowhere."""

    user: str
    secret: str
    mark: str


@dataclass(frozen=True, slots=True)
class KnownPhone:
    """A phone the PBX must know.

    ``caller_number`` is that of a visitor's telephone, None of an agent's phone.
    """

    name: str
    digest: str
    in_browser: bool
    caller_number: str | None = None


def make_key(connection: Connection, sign_in_id: int, work_number: str, now: datetime) -> PageKey | None:
    """Give a session's page a fresh key and forget the one before.

    :returns: None when the session has ended.
    """
    live = connection.execute(
        select(SignIn.id).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).with_for_update()
    ).one_or_none()
    if live is None:
        return None
    user = device_name(work_number)
    key = PageKey(user, secrets.token_urlsafe(SECRET_BYTES), secrets.token_urlsafe(MARK_BYTES))
    kept = {"digest": device_digest(user, key.secret), "mark": key.mark, "made_at": now}
    done = connection.execute(
        update(BrowserPhone).where(BrowserPhone.sign_in_id == sign_in_id).values(**kept)
    )
    if done.rowcount == 0:
        _forget_ended(connection)
        connection.execute(insert(BrowserPhone).values(sign_in_id=sign_in_id, **kept))
    announce(connection)
    return key


def _forget_ended(connection: Connection) -> None:
    """Take away the digests of sessions that have ended: they count for nothing any more."""
    ended = select(SignIn.id).where(SignIn.ended_at.is_not(None))
    connection.execute(delete(BrowserPhone).where(BrowserPhone.sign_in_id.in_(ended)))


def mark_of(connection: Connection, sign_in_id: int) -> str | None:
    """The mark of the session's newest key; None when none was made."""
    return connection.execute(
        select(BrowserPhone.mark).where(BrowserPhone.sign_in_id == sign_in_id)
    ).scalar_one_or_none()


def stamp(connection: Connection) -> object:
    """Something that is another one whenever :func:`known` may be, and cheap to look at."""
    return _LIVE.rows(connection), _VISITORS.one(connection)


def known(connection: Connection, now: datetime) -> list[KnownPhone]:
    """Every phone the PBX must know now: of agents that register, of live sessions, and visitors'."""
    phones = [
        KnownPhone(device_name(row.work_number), str(row.device_digest), in_browser=False)
        for row in connection.execute(
            select(Agent.work_number, Agent.device_digest).where(
                Agent.device_digest.is_not(None), Agent.active.is_(True)
            )
        )
    ]
    phones += [
        KnownPhone(device_name(row.work_number), row.digest, in_browser=True)
        for row in connection.execute(
            select(Agent.work_number, BrowserPhone.digest)
            .join(SignIn, SignIn.id == BrowserPhone.sign_in_id)
            .join(Agent, Agent.id == SignIn.agent_id)
            .where(SignIn.ended_at.is_(None), Agent.active.is_(True), Agent.device_kind == DeviceKind.BROWSER)
        )
    ]
    phones += [
        KnownPhone(row.name, row.digest, in_browser=True, caller_number=row.caller_number)
        for row in connection.execute(
            select(VisitorPhone.name, VisitorPhone.digest, VisitorPhone.caller_number).where(
                VisitorPhone.expires_at > now
            )
        )
    ]
    return phones


def wrongly_present(connection: Connection) -> list[str]:
    """Work numbers that count as reachable though no page of theirs has a key: there is no phone at all.

    A person begins as reachable, because a phone that registers may have done so before the engine came.
    """
    with_key = (
        select(SignIn.agent_id)
        .join(BrowserPhone, BrowserPhone.sign_in_id == SignIn.id)
        .where(SignIn.ended_at.is_(None))
    )
    rows = connection.execute(
        select(Agent.work_number)
        .join(AgentPresence, AgentPresence.agent_id == Agent.id)
        .where(
            Agent.device_kind == DeviceKind.BROWSER,
            AgentPresence.device_present.is_(True),
            Agent.id.not_in(with_key),
        )
    )
    return [row.work_number for row in rows]
