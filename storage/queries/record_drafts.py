"""The record of a call while it is typed: the newest save wins, whatever order saves arrive in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, or_, select

from storage.models import Agent, Call, Case, RecordDraft
from storage.queries.upsert import insert_or


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it is kept; ``seq`` grows with every save, ``editor`` is the tab that saved it."""

    seq: int
    editor: str
    fields: dict[str, Any]
    saved_at: datetime
    work_number: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A call with a draft and without a case."""

    call_id: int
    queue: str | None
    arrived_at: datetime
    fields: dict[str, Any]


def read(connection: Connection, call_id: int) -> Draft | None:
    """The draft of a call; None where nothing was typed yet."""
    row = connection.execute(
        select(
            RecordDraft.seq, RecordDraft.editor, RecordDraft.fields, RecordDraft.saved_at, Agent.work_number
        )
        .join(Agent, Agent.id == RecordDraft.agent_id)
        .where(RecordDraft.call_id == call_id)
    ).one_or_none()
    return Draft(*row) if row is not None else None


def save(
    connection: Connection,
    call_id: int,
    now: datetime,
    *,
    agent_id: int,
    editor: str,
    seq: int,
    seen: int,
    fields: dict[str, Any],
) -> bool:
    """Keep ``fields`` if they are the newest; gives whether they were.

    :param editor: the tab that saves; its own saves are ordered by ``seq`` alone.
    :param seq: counts the saves; greater than ``seen``.
    :param seen: the ``seq`` of the draft the tab built upon, 0 where there was none. Another tab's draft is
        only replaced by who has seen it.
    """
    values = {"agent_id": agent_id, "editor": editor, "seq": seq, "fields": fields, "saved_at": now}
    made = insert_or(connection, RecordDraft).values(call_id=call_id, **values)
    newer = RecordDraft.seq < made.excluded.seq
    own = and_(RecordDraft.editor == made.excluded.editor, newer)
    others = and_(RecordDraft.editor != made.excluded.editor, RecordDraft.seq == seen, newer)
    written = connection.execute(
        made.on_conflict_do_update(
            index_elements=[RecordDraft.call_id],
            set_={name: made.excluded[name] for name in values},
            where=or_(own, others),
        ).returning(RecordDraft.call_id)
    )
    return written.first() is not None


def unfinished(connection: Connection, agent_id: int, since: datetime, limit: int) -> list[Unfinished]:
    """Calls since ``since`` whose record this agent typed last and never made a case of, the newest first."""
    rows = connection.execute(
        select(Call.id, Call.queue, Call.arrived_at, RecordDraft.fields)
        .join(RecordDraft, RecordDraft.call_id == Call.id)
        .where(
            RecordDraft.agent_id == agent_id,
            RecordDraft.saved_at >= since,
            ~exists().where(Case.call_id == Call.id),
        )
        .order_by(Call.arrived_at.desc())
        .limit(limit)
    )
    return [Unfinished(*row) for row in rows]
