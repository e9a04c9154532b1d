"""Notices 通知: written in the transaction of what they tell of, and shown at desks and with their case."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, literal_column, select, update

from ivr.standard.notice_kind import NoticeReason, NoticeState, NoticeWay, without_token
from storage.changes import announce
from storage.models import Case, Notice

LONGEST_SUBJECT = 200
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to be written: by desk with ``agent_id``, by text with ``number``, by mail with ``mail``."""

    way: NoticeWay
    text: str
    reason: NoticeReason
    agent_id: int | None = None
    number: str | None = None
    mail: str | None = None
    to_name: str | None = None
    subject: str | None = None
    case_id: int | None = None
    obligation_id: int | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as pages show it; links in it are without what opens them."""

    id: int
    way: NoticeWay
    agent_id: int | None
    number: str | None
    """E.164; pages mask it (R-18)."""
    mail: str | None
    to_name: str | None
    subject: str | None
    text: str
    reason: NoticeReason
    case_id: int | None
    case_number: str | None
    obligation_id: int | None
    urgent: bool
    made_at: datetime
    state: NoticeState
    tries: int
    next_try_at: datetime | None
    sent_at: datetime | None
    read_at: datetime | None
    error: str | None


def add(connection: Connection, notices: Iterable[NewNotice], now: datetime) -> int:
    """Write notices; what is for a desk is there with the commit. Returns how many."""
    rows = [_row(notice, now) for notice in notices]
    if rows:
        connection.execute(insert(Notice), rows)
        announce(connection)
    return len(rows)


def add_one(connection: Connection, notice: NewNotice, now: datetime) -> int:
    """Write one notice; gives its id, for whoever keeps what became of it."""
    made = connection.execute(insert(Notice).values(_row(notice, now)).returning(Notice.id)).scalar_one()
    announce(connection)
    return int(made)


def _row(notice: NewNotice, now: datetime) -> dict[str, object]:
    at_desk = notice.way is NoticeWay.DESK
    return {
        "way": notice.way,
        "agent_id": notice.agent_id,
        "number": notice.number,
        "mail": notice.mail,
        "to_name": notice.to_name[:LONGEST_NAME] if notice.to_name else None,
        "subject": notice.subject[:LONGEST_SUBJECT] if notice.subject else None,
        "text": notice.text,
        "reason": notice.reason,
        "case_id": notice.case_id,
        "obligation_id": notice.obligation_id,
        "urgent": notice.urgent,
        "made_at": now,
        "state": NoticeState.SENT if at_desk else NoticeState.WAITING,
        "next_try_at": None if at_desk else now,
        "sent_at": now if at_desk else None,
    }


# -- on pages ------------------------------------------------------------------------------------

_VIEW = select(
    Notice.id,
    Notice.way,
    Notice.agent_id,
    Notice.number,
    Notice.mail,
    Notice.to_name,
    Notice.subject,
    Notice.text,
    Notice.reason,
    Notice.case_id,
    Case.number.label("case_number"),
    Notice.obligation_id,
    Notice.urgent,
    Notice.made_at,
    Notice.state,
    Notice.tries,
    Notice.next_try_at,
    Notice.sent_at,
    Notice.read_at,
    Notice.error,
).outerjoin(Case, Case.id == Notice.case_id)
_AT_DESK = literal_column("notices.way") == literal_column(f"'{NoticeWay.DESK}'")
"""Written out, as in the index of what is unread: SQLite uses it for nothing else."""
_UNREAD = (
    _VIEW.where(
        Notice.agent_id == bindparam("agent_id"),
        _AT_DESK,
        Notice.read_at.is_(None),
    )
    .order_by(Notice.id.desc())
    .limit(bindparam("most"))
)


def unread_of(connection: Connection, agent_id: int, limit: int) -> list[NoticeView]:
    """What somebody has not read at the desk yet, the newest first."""
    return _views(connection.execute(_UNREAD, {"agent_id": agent_id, "most": limit}))


def count_unread(connection: Connection, agent_id: int) -> int:
    """How many somebody has not read at the desk yet."""
    wanted = select(func.count()).where(Notice.agent_id == agent_id, _AT_DESK, Notice.read_at.is_(None))
    return int(connection.execute(wanted).scalar_one())


def mark_read(connection: Connection, notice_id: int, agent_id: int, now: datetime) -> bool:
    """Somebody has read a notice at their desk; False: it is another's, or was read already."""
    read = (
        update(Notice)
        .where(
            Notice.id == notice_id,
            Notice.agent_id == agent_id,
            Notice.way == NoticeWay.DESK,
            Notice.read_at.is_(None),
        )
        .values(state=NoticeState.READ, read_at=now)
    )
    if connection.execute(read).rowcount == 0:
        return False
    announce(connection)
    return True


def of_case(connection: Connection, case_id: int) -> list[NoticeView]:
    """All that was told of a case, in its order."""
    return _views(connection.execute(_VIEW.where(Notice.case_id == case_id).order_by(Notice.id)))


def views(connection: Connection, *conditions: ColumnElement[bool], limit: int) -> list[NoticeView]:
    """Notices that fit, the newest first."""
    return _views(connection.execute(_VIEW.where(*conditions).order_by(Notice.id.desc()).limit(limit)))


def _views(rows: Iterable[object]) -> list[NoticeView]:
    views = (NoticeView(*row) for row in rows)  # type: ignore[misc]
    return [_shown(view) for view in views]


def _shown(view: NoticeView) -> NoticeView:
    text = without_token(view.text)
    return view if text == view.text else replace(view, text=text)


def given_up_since(connection: Connection, since: datetime) -> int:
    """How many texts and mails that were made since a moment have been given up."""
    failed = select(func.count()).where(Notice.state == NoticeState.FAILED, Notice.made_at > since)
    return int(connection.execute(failed).scalar_one())


def was_told(connection: Connection, case_id: int, reason: NoticeReason) -> bool:
    """Whether somebody was told of a case for this reason already."""
    told = select(Notice.id).where(Notice.case_id == case_id, Notice.reason == reason).limit(1)
    return connection.execute(told).first() is not None
