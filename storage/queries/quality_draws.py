"""The draw of a month: the population frozen, the picks made, and both proven afterwards (R-QA1)."""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    cast,
    func,
    insert,
    or_,
    select,
)

from ivr.config.sections import CallKind
from ivr.errors import QualityRefused
from ivr.standard.quality_draw import Pick, PickReason, new_seed, picks
from ivr.standard.quality_refusal import QualityRefusal
from ivr.standard.recording_status import RecordingKind, RecordingStatus
from storage.models import Call, QualityDraw, QualityPopulation, QualitySample, Recording
from storage.queries import long_reading, many_rows


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw: of how many recordings of how many agents, and how many were picked."""

    id: int
    month: str
    seed: str
    per_agent: int
    made_at: datetime
    agents: int
    population: int
    samples: int


def make(
    connection: Connection,
    month: str,
    from_at: datetime,
    until_at: datetime,
    per_agent: int,
    by: int,
    now: datetime,
    seed: str | None = None,
) -> Drawn:
    """Freeze the conversations of a month and draw of each agent's; those that failed are among them.

    :param month: 2026-10, the time from ``from_at`` until before ``until_at``.
    :param seed: None: a new one that nobody can have known.
    :raises QualityRefused: the month is not over, was drawn already, or has no recordings.
    """
    if until_at > now:
        raise QualityRefused(QualityRefusal.MONTH_NOT_OVER, f"{month} is not over yet", month)
    if of_month(connection, month) is not None:
        raise QualityRefused(
            QualityRefusal.DRAWN_ALREADY, f"{month} was drawn already; nothing is drawn again", month
        )
    seed = seed or new_seed()
    long_reading.allow(connection)
    population = _population(connection, from_at, until_at)
    if not population:
        raise QualityRefused(QualityRefusal.NOTHING_RECORDED, f"{month} has no recorded conversation", month)
    draw_id = int(
        connection.execute(
            insert(QualityDraw)
            .values(month=month, seed=seed, per_agent=per_agent, made_at=now, made_by=by)
            .returning(QualityDraw.id)
        ).scalar_one()
    )
    frozen, samples, size = [], [], 0
    for agent_id, (ids, alarms) in sorted(population.items()):
        text = ",".join(ids)
        size += len(ids)
        frozen.append(
            {
                "draw_id": draw_id,
                "agent_id": agent_id,
                "size": len(ids),
                "ids": zlib.compress(text.encode(), 1),
                "sha256": hashlib.sha256(text.encode()).hexdigest(),
            }
        )
        chosen = picks(ids, [int(one) for one in alarms], per_agent, seed, agent_id)
        samples += [_sample(draw_id, agent_id, pick, place) for place, pick in enumerate(chosen, 1)]
    connection.execute(insert(QualityPopulation), frozen)
    samples.sort(key=itemgetter("recording_id"))  # as the recordings lie, each of which is looked up
    many_rows.insert_all(connection, QualitySample.__table__, samples)  # type: ignore[arg-type]
    return Drawn(draw_id, month, seed, per_agent, now, len(frozen), size, len(samples))


def _sample(draw_id: int, agent_id: int, pick: Pick, place: int) -> dict[str, Any]:
    return {
        "draw_id": draw_id,
        "agent_id": agent_id,
        "recording_id": pick.recording_id,
        "reason": pick.reason,
        "place": place,
    }


def _population(
    connection: Connection, from_at: datetime, until_at: datetime
) -> dict[int, tuple[list[str], list[str]]]:
    """The ids by agent, rising, and those of alarm calls among them.

    Both in one statement, so that a recording that ends meanwhile is in both or in neither. A million ids
    come as some hundred texts.
    """
    ids = func.aggregate_strings(cast(Recording.id, String), ",")
    alarm = or_(Call.kind == CallKind.ALARM, Call.queue == CallKind.ALARM.value)
    rows = connection.execute(
        select(Recording.agent_id, ids, ids.filter(Call.id.is_not(None)))
        .outerjoin(Call, and_(Call.id == Recording.call_id, alarm))
        .where(
            Recording.started_at >= from_at,
            Recording.started_at < until_at,
            Recording.kind == RecordingKind.CONVERSATION,
            Recording.status != RecordingStatus.RUNNING,
            Recording.agent_id.is_not(None),
        )
        .group_by(Recording.agent_id)
    )
    return {
        agent_id: (_rising(found), _rising(alarms))
        for agent_id, found, alarms in rows
        if agent_id is not None
    }


def _rising(text: str | None) -> list[str]:
    """The ids in rising order, which no database promises: of as many digits they rise as texts do."""
    return sorted(sorted(text.split(",")), key=len) if text else []


def of_month(connection: Connection, month: str) -> Drawn | None:
    """The draw of a month; None: not made yet."""
    found = draws(connection, QualityDraw.month == month)
    return found[0] if found else None


def draws(connection: Connection, *conditions: ColumnElement[bool]) -> list[Drawn]:
    """The draws, the newest month first."""
    agents = select(func.count()).where(QualityPopulation.draw_id == QualityDraw.id).scalar_subquery()
    sizes = (
        select(func.coalesce(func.sum(QualityPopulation.size), 0))
        .where(QualityPopulation.draw_id == QualityDraw.id)
        .scalar_subquery()
    )
    samples = select(func.count()).where(QualitySample.draw_id == QualityDraw.id).scalar_subquery()
    rows = connection.execute(
        select(
            QualityDraw.id,
            QualityDraw.month,
            QualityDraw.seed,
            QualityDraw.per_agent,
            QualityDraw.made_at,
            agents,
            sizes,
            samples,
        )
        .where(*conditions)
        .order_by(QualityDraw.month.desc())
    )
    return [
        Drawn(row[0], row[1], row[2], row[3], row[4], int(row[5]), int(row[6]), int(row[7])) for row in rows
    ]


def verify(connection: Connection, drawn: Drawn) -> list[str]:
    """What does not fit: the frozen populations with their digests, the picks with seed and population.

    :returns: a line for each thing that is wrong; none: the draw is proven.
    """
    wrong: list[str] = []
    kept: dict[int, list[QualitySampleRow]] = {}
    for row in connection.execute(
        select(QualitySample.agent_id, QualitySample.recording_id, QualitySample.reason)
        .where(QualitySample.draw_id == drawn.id)
        .order_by(QualitySample.agent_id, QualitySample.place)
    ):
        kept.setdefault(row[0], []).append((row[1], row[2]))
    populations = connection.execute(
        select(QualityPopulation.agent_id, QualityPopulation.ids, QualityPopulation.sha256).where(
            QualityPopulation.draw_id == drawn.id
        )
    )
    for agent_id, packed, digest in populations:
        wrong += _wrong_of(drawn, agent_id, packed, digest, kept.pop(agent_id, []))
    wrong += [f"agent {agent_id}: has samples but no frozen population" for agent_id in sorted(kept)]
    return [f"{drawn.month}: {line}" for line in wrong]


QualitySampleRow = tuple[int, PickReason]


def _wrong_of(
    drawn: Drawn, agent_id: int, packed: bytes, digest: str, kept: Sequence[QualitySampleRow]
) -> Iterable[str]:
    try:
        text = zlib.decompress(packed)
    except zlib.error:
        return [f"agent {agent_id}: the frozen population cannot be read"]
    if hashlib.sha256(text).hexdigest() != digest:
        return [f"agent {agent_id}: the frozen population was changed: its SHA-256 is another one"]
    ids = text.decode().split(",")
    alarms = [recording for recording, reason in kept if reason is PickReason.ALARM]
    expected = [
        (pick.recording_id, pick.reason) for pick in picks(ids, alarms, drawn.per_agent, drawn.seed, agent_id)
    ]
    lines = []
    if expected != list(kept):
        lines.append(f"agent {agent_id}: the picks are not those of the seed: {expected} and not {kept}")
    if strangers := sorted(set(alarms) - set(map(int, ids))):
        lines.append(f"agent {agent_id}: recordings {strangers} are not in the frozen population")
    return lines
