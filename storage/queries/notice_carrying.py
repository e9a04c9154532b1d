"""Texts and mails on their way: lent to one engine at a time, tried again, written down as sent or given up.

Lending moves the next try a while ahead, so that what an engine was at when it died is tried again, and
nobody else tries it meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select, update

from ivr.standard.notice_kind import NoticeState, NoticeWay, without_token
from storage.changes import announce
from storage.models import Notice
from storage.prepared import Prepared

LONGEST_ERROR = 400

_NEXT = Prepared(select(func.min(Notice.next_try_at).label("at")).where(Notice.next_try_at.is_not(None)))
_NEXT_OF_WAY = Prepared(
    select(func.min(Notice.next_try_at).label("at")).where(
        Notice.next_try_at.is_not(None), Notice.way == bindparam("this_way", type_=Notice.way.type)
    )
)


@dataclass(frozen=True, slots=True)
class Lent:
    """A text or mail that an engine is to carry now."""

    id: int
    way: NoticeWay
    to: str
    """Number in E.164, or address of mail."""
    to_name: str | None
    subject: str | None
    text: str
    urgent: bool
    tries: int
    """This one included."""
    made_at: datetime
    unclear: bool
    """Another engine was at it and has not said what came of it."""


def next_at(connection: Connection, way: NoticeWay | None = None) -> datetime | None:
    """When the next text or mail is to be carried; a look at an index of those that wait."""
    row = _NEXT.one(connection) if way is None else _NEXT_OF_WAY.one(connection, {"this_way": way})
    at: datetime | None = row.at
    return at


def lend(
    connection: Connection, now: datetime, way: NoticeWay, node: str, lent_for: timedelta
) -> Lent | None:
    """Take the text or mail that is due, the urgent first; nobody else takes it for a while.

    :param lent_for: after so long it is anybody's again, should the engine of ``node`` say nothing of it.
    """
    row = connection.execute(
        select(*Notice.__table__.c)
        .where(Notice.next_try_at <= now, Notice.way == way)
        .order_by(Notice.urgent.desc(), Notice.next_try_at, Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    connection.execute(
        update(Notice)
        .where(Notice.id == row.id)
        .values(tries=Notice.tries + 1, next_try_at=now + lent_for, lent_to=node)
    )
    return Lent(
        id=row.id,
        way=row.way,
        to=row.number or row.mail or "",
        to_name=row.to_name,
        subject=row.subject,
        text=row.text,
        urgent=row.urgent,
        tries=row.tries + 1,
        made_at=row.made_at,
        unclear=row.lent_to is not None,
    )


def give_back_lent(connection: Connection, node: str, now: datetime) -> int:
    """What an engine of this node was at when it died is due at once; returns how many."""
    lent = (
        update(Notice).where(Notice.next_try_at.is_not(None), Notice.lent_to == node).values(next_try_at=now)
    )
    return connection.execute(lent).rowcount


def sent(connection: Connection, notice_id: int, now: datetime) -> None:
    """The carrier has taken it. A link in it is from now on the receiver's alone."""
    _settle(connection, notice_id, state=NoticeState.SENT, sent_at=now, error=None)


def not_sent(connection: Connection, notice_id: int, error: str, again_at: datetime | None) -> None:
    """It could not be carried.

    :param again_at: when it is tried again; None: it is given up.
    """
    error = error[:LONGEST_ERROR]
    if again_at is None:
        _settle(connection, notice_id, state=NoticeState.FAILED, error=error)
        return
    connection.execute(
        update(Notice)
        .where(Notice.id == notice_id, Notice.state == NoticeState.WAITING)
        .values(next_try_at=again_at, lent_to=None, error=error)
    )


def _settle(connection: Connection, notice_id: int, **values: object) -> None:
    waiting = (Notice.id == notice_id, Notice.state == NoticeState.WAITING)
    text = connection.execute(select(Notice.text).where(*waiting).with_for_update()).scalar_one_or_none()
    if text is not None:
        values |= {"text": without_token(text), "next_try_at": None, "lent_to": None}
        connection.execute(update(Notice).where(*waiting).values(**values))
        announce(connection)
