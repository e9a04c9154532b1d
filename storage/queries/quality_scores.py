"""Scores of drawn recordings: given once, objected to, decided by a second reader; never changed (R-QA2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from ivr.errors import QualityRefused
from ivr.standard.notice_kind import NoticeReason, NoticeWay
from ivr.standard.quality_draw import FindingKind
from ivr.standard.quality_refusal import QualityRefusal
from ivr.standard.score_sheet import Mark, ScoreSheet, percent, unmarked
from storage.models import (
    Agent,
    Duty,
    QualityFinding,
    QualityObjection,
    QualitySample,
    QualityScore,
    QualitySheet,
)
from storage.queries import notices, responsible_people
from storage.queries.notices import NewNotice
from storage.queries.upsert import insert_or

FIRST, SECOND = 1, 2


@dataclass(frozen=True, slots=True)
class Given:
    """A score as it was given."""

    reading: int
    reader_id: int
    reader: str
    """Work number and name."""
    sheet_sha256: str
    sheet: Mapping[str, Any]
    marks: dict[str, Mark]
    percent: float
    remark: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Objection:
    """What the agent said against the score."""

    said: str
    at: datetime


def give(
    connection: Connection,
    sample_id: int,
    reader_id: int,
    sheet: ScoreSheet,
    kept_content: Mapping[str, Any],
    marks: Mapping[str, Mark],
    remark: str,
    now: datetime,
    *,
    told: str,
    told_unit: str | None = None,
) -> float:
    """Keep a score; the first reading, or after an objection the second, which decides.

    :param kept_content: the sheet's content, kept with the first score that is given with it.
    :param told: what the agent is told at the desk; ``told_unit``: the heads of the agent's unit, where
        there is one, {who} and {percent} filled in (R-QA3).
    :returns: the percent.
    :raises QualityRefused: somebody has scored it, it is the reader's own, or an item has no mark.
    :raises Conflict: (at the end of the transaction) another reader was faster by a moment.
    """
    agent_id = _agent_of(connection, sample_id)
    if agent_id == reader_id:
        raise QualityRefused(QualityRefusal.OWN_CONVERSATION, "nobody scores a conversation of their own")
    if missing := unmarked(sheet, marks):
        raise QualityRefused(QualityRefusal.MARKS_MISSING, "items have no mark", ", ".join(missing))
    given = of_sample(connection, sample_id)
    reading = _reading(connection, sample_id, reader_id, given)
    score = percent(sheet, marks)
    connection.execute(
        insert(QualityScore).values(
            sample_id=sample_id,
            reading=reading,
            reader_id=reader_id,
            sheet_id=_kept(connection, sheet, kept_content, now),
            marks={item.id: str(marks[item.id]) for item in sheet.items},
            percent=score,
            remark=remark,
            at=now,
        )
    )
    new = [NewNotice(NoticeWay.DESK, told, NoticeReason.QUALITY, agent_id=agent_id)]
    if told_unit is not None:
        text = told_unit.format(who=_name_of(connection, agent_id), percent=f"{score:.1f}")
        new += [
            NewNotice(NoticeWay.DESK, text, NoticeReason.QUALITY, agent_id=head)
            for head in _heads_of(connection, agent_id)
            if head != reader_id
        ]
    notices.add(connection, new, now)
    return score


def _name_of(connection: Connection, agent_id: int) -> str:
    row = connection.execute(select(Agent.work_number, Agent.name).where(Agent.id == agent_id)).one()
    return f"{row.work_number} {row.name}"


def _heads_of(connection: Connection, agent_id: int) -> list[int]:
    """Who leads the units the agent belongs to; agents who belong to none have only supervisors."""
    found = {
        head.agent_id
        for unit_id in responsible_people.units_of(connection, agent_id)
        for head in responsible_people.of_unit(connection, unit_id, Duty.HEAD)
    }
    return sorted(head for head in found if head is not None and head != agent_id)


def _agent_of(connection: Connection, sample_id: int) -> int:
    found = connection.execute(
        select(QualitySample.agent_id).where(QualitySample.id == sample_id)
    ).scalar_one_or_none()
    if found is None:
        raise QualityRefused(QualityRefusal.NO_SUCH_SAMPLE, f"there is no sample {sample_id}")
    return found


def _reading(connection: Connection, sample_id: int, reader_id: int, given: list[Given]) -> int:
    """Which reading a reader may give now."""
    if not given:
        return FIRST
    if len(given) >= SECOND:
        raise QualityRefused(QualityRefusal.DECIDED_ALREADY, "it is decided already", given[-1].reader)
    if objection_of(connection, sample_id) is None:
        raise QualityRefused(QualityRefusal.SCORED_ALREADY, "it is scored already", given[0].reader)
    if given[0].reader_id == reader_id:
        raise QualityRefused(QualityRefusal.SAME_READER, "another reader decides")
    return SECOND


def _kept(connection: Connection, sheet: ScoreSheet, content: Mapping[str, Any], now: datetime) -> int:
    """The row of this version of the sheet; made with the first score given with it."""
    made = insert_or(connection, QualitySheet).values(
        sha256=sheet.sha256, first_used_at=now, content=dict(content)
    )
    connection.execute(made.on_conflict_do_nothing(index_elements=["sha256"]))
    found = select(QualitySheet.id).where(QualitySheet.sha256 == sheet.sha256)
    return int(connection.execute(found).scalar_one())


def of_sample(connection: Connection, sample_id: int) -> list[Given]:
    """The scores of a sample: none, the first, or the first and the second."""
    rows = connection.execute(
        select(
            QualityScore.reading,
            QualityScore.reader_id,
            Agent.work_number,
            Agent.name,
            QualitySheet.sha256,
            QualitySheet.content,
            QualityScore.marks,
            QualityScore.percent,
            QualityScore.remark,
            QualityScore.at,
        )
        .join(Agent, Agent.id == QualityScore.reader_id)
        .join(QualitySheet, QualitySheet.id == QualityScore.sheet_id)
        .where(QualityScore.sample_id == sample_id)
        .order_by(QualityScore.reading)
    )
    return [
        Given(
            row.reading,
            row.reader_id,
            f"{row.work_number} {row.name}",
            row.sha256,
            row.content,
            {item: Mark(mark) for item, mark in row.marks.items()},
            row.percent,
            row.remark,
            row.at,
        )
        for row in rows
    ]


def object_to(
    connection: Connection, sample_id: int, agent_id: int, said: str, now: datetime, *, within_days: int
) -> None:
    """The agent does not agree with the first score.

    :raises QualityRefused: not the agent's own, no score yet, too late, nothing said, or objected before.
    """
    given = of_sample(connection, sample_id)
    if _agent_of(connection, sample_id) != agent_id:
        raise QualityRefused(QualityRefusal.NOT_YOURS, "only the agent who was scored may object")
    if not given:
        raise QualityRefused(QualityRefusal.NOT_SCORED, "there is no score to object to yet")
    if not said.strip():
        raise QualityRefused(QualityRefusal.NOTHING_SAID, "say what the objection is")
    if now > given[0].at + timedelta(days=within_days):
        raise QualityRefused(QualityRefusal.TOO_LATE, "the time for it is over", str(within_days))
    if objection_of(connection, sample_id) is not None:
        raise QualityRefused(QualityRefusal.OBJECTED_ALREADY, "the second reader has it already")
    connection.execute(
        insert(QualityObjection).values(sample_id=sample_id, agent_id=agent_id, said=said.strip(), at=now)
    )


def objection_of(connection: Connection, sample_id: int) -> Objection | None:
    """The objection to a sample's score; None: none."""
    row = connection.execute(
        select(QualityObjection.said, QualityObjection.at).where(QualityObjection.sample_id == sample_id)
    ).one_or_none()
    return Objection(row.said, row.at) if row is not None else None


def find(
    connection: Connection,
    sample_id: int,
    kind: FindingKind,
    detail: str,
    found_by: int | None,
    now: datetime,
) -> None:
    """Keep that a drawn recording is missing or changed; found again, it is the same finding."""
    made = insert_or(connection, QualityFinding).values(
        sample_id=sample_id, kind=kind, detail=detail[:200], found_by=found_by, at=now
    )
    connection.execute(made.on_conflict_do_nothing(index_elements=["sample_id", "kind"]))
