"""Notices 通知 as the pages list and count them; see :mod:`storage.queries.notices` for how they come."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from ivr.standard.notice_kind import NoticeReason, NoticeWay
from storage.models import Notice
from storage.queries.notices import NoticeView, views

_DESK: ColumnElement[str] = literal_column(f"'{NoticeWay.DESK}'")
"""Written into the statement: a plan made for any value would not take the index of the unread ones."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What somebody has not read at their desk yet."""

    count: int
    newest: int
    """Id of the newest: tells that there is a new one, where the count is the same."""
    urgent: bool
    """One of them is urgent."""
    line: "Line | None" = None
    """The newest line to all desks among them."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a supervisor tells all desks."""

    id: int
    text: str


def read_of(connection: Connection, agent_id: int, limit: int) -> list[NoticeView]:
    """What somebody has read at the desk, the newest first."""
    mine = (Notice.agent_id == agent_id, Notice.way == NoticeWay.DESK, Notice.read_at.is_not(None))
    return views(connection, *mine, limit=limit)


def of_agent(connection: Connection, notice_id: int, agent_id: int) -> NoticeView | None:
    """A notice at somebody's desk; None where it is another's, or not for a desk."""
    mine = (Notice.id == notice_id, Notice.agent_id == agent_id, Notice.way == NoticeWay.DESK)
    return next(iter(views(connection, *mine, limit=1)), None)


def unread_of_many(connection: Connection, agents: Collection[int]) -> dict[int, Unread]:
    """Of each who has unread notices at the desk: how many, and what the page's bell shows of them."""
    rows = connection.execute(
        select(
            Notice.agent_id,
            func.count(),
            func.max(Notice.id),
            func.count().filter(Notice.urgent),
            func.max(Notice.id).filter(Notice.reason == NoticeReason.LINE).label("line"),
        )
        .where(Notice.agent_id.in_(list(agents)), Notice.way == _DESK, Notice.read_at.is_(None))
        .group_by(Notice.agent_id)
    ).all()
    lines = _lines(connection, [row.line for row in rows if row.line is not None])
    return {
        agent_id: Unread(count, newest, urgent > 0, lines.get(line))
        for agent_id, count, newest, urgent, line in rows
        if agent_id is not None
    }


def _lines(connection: Connection, ids: Collection[int]) -> dict[int, Line]:
    if not ids:
        return {}
    rows = connection.execute(select(Notice.id, Notice.text).where(Notice.id.in_(list(ids))))
    return {notice_id: Line(notice_id, text) for notice_id, text in rows}
