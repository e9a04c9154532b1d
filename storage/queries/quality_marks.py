"""Marks that readers set in drawn recordings, and where holds and transfers lie in them (R-QA2)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from storage.models import Agent, QualityMark, Transfer

MOST = 200
"""Of one recording."""


@dataclass(frozen=True, slots=True)
class ShownMark:
    """A mark: at which second, what it says, who set it."""

    second: int
    text: str
    reader: str
    at: datetime


def add(connection: Connection, sample_id: int, second: int, text: str, agent_id: int, now: datetime) -> None:
    """Set a mark."""
    values = {"sample_id": sample_id, "second": second, "text": text, "by_agent_id": agent_id, "at": now}
    connection.execute(insert(QualityMark).values(values))


def of_sample(connection: Connection, sample_id: int) -> list[ShownMark]:
    """The marks of a sample in the order of the recording."""
    rows = connection.execute(
        select(QualityMark.second, QualityMark.text, Agent.work_number, Agent.name, QualityMark.at)
        .join(Agent, Agent.id == QualityMark.by_agent_id)
        .where(QualityMark.sample_id == sample_id)
        .order_by(QualityMark.second, QualityMark.id)
        .limit(MOST)
    )
    return [ShownMark(second, text, f"{number} {name}", at) for second, text, number, name, at in rows]


def transfers_of(connection: Connection, call_id: int, since: datetime) -> list[float]:
    """When a call was passed on or somebody was asked, in seconds from ``since``."""
    rows = connection.execute(
        select(Transfer.asked_at).where(Transfer.call_id == call_id).order_by(Transfer.asked_at)
    )
    return [(at - since).total_seconds() for at in rows.scalars() if at >= since]
