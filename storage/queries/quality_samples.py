"""Lists of drawn recordings: a month's for readers, an agent's own; and the ranking (R-QA1 to R-QA3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Select, func, select

from ivr.config.sections import CallKind
from ivr.standard.quality_draw import FindingKind, PickReason
from ivr.standard.recording_status import RecordingStatus
from ivr.standard.score_sheet import Ranked, ranking
from storage.models import (
    Agent,
    Call,
    QualityDraw,
    QualityFinding,
    QualityObjection,
    QualitySample,
    QualityScore,
    Recording,
)


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A drawn recording and how far its appraisal is."""

    id: int
    month: str
    agent_id: int
    work_number: str
    name: str
    recording_id: int
    recording_name: str
    status: RecordingStatus
    failure: str | None
    sha256: str | None
    started_at: datetime
    seconds: float | None
    call_id: int
    kind: CallKind | None
    reason: PickReason
    place: int
    first: float | None
    """Percent of the first reading."""
    second: float | None
    """Percent of the second, which decides."""
    objected_at: datetime | None
    findings: int

    @property
    def final(self) -> float | None:
        """The score that counts."""
        return self.second if self.second is not None else self.first


def _lines() -> Select[Any]:
    def reading(number: int) -> Any:
        wanted = select(QualityScore.percent).where(
            QualityScore.sample_id == QualitySample.id, QualityScore.reading == number
        )
        return wanted.scalar_subquery()

    objected = (
        select(QualityObjection.at).where(QualityObjection.sample_id == QualitySample.id).scalar_subquery()
    )
    findings = select(func.count()).where(QualityFinding.sample_id == QualitySample.id).scalar_subquery()
    found: Any = (
        select(
            QualitySample.id,
            QualityDraw.month,
            QualitySample.agent_id,
            Agent.work_number,
            Agent.name,
            Recording.id,
            Recording.name,
            Recording.status,
            Recording.failure,
            Recording.sha256,
            Recording.started_at,
            Recording.seconds,
            Recording.call_id,
            Call.kind,
            QualitySample.reason,
            QualitySample.place,
            reading(1),
            reading(2),
            objected,
            findings,
        )
        .join(QualityDraw, QualityDraw.id == QualitySample.draw_id)
        .join(Agent, Agent.id == QualitySample.agent_id)
        .join(Recording, Recording.id == QualitySample.recording_id)
        .join(Call, Call.id == Recording.call_id)
        .order_by(QualityDraw.month.desc(), Agent.work_number, QualitySample.place)
    )
    return cast("Select[Any]", found)


def _read(connection: Connection, *conditions: ColumnElement[bool], limit: int) -> list[SampleLine]:
    rows = connection.execute(_lines().where(*conditions).limit(limit))
    return [SampleLine(*row) for row in rows]


def of_month(connection: Connection, month: str, *, limit: int) -> list[SampleLine]:
    """The samples of a month, by agent in the order of the draw."""
    return _read(connection, QualityDraw.month == month, limit=limit)


def of_agent(connection: Connection, agent_id: int, *, limit: int) -> list[SampleLine]:
    """An agent's own samples that somebody has scored, the newest month first."""
    scored = select(QualityScore.id).where(QualityScore.sample_id == QualitySample.id).exists()
    return _read(connection, QualitySample.agent_id == agent_id, scored, limit=limit)


def one(connection: Connection, sample_id: int) -> SampleLine | None:
    """A sample; None: there is none."""
    found = _read(connection, QualitySample.id == sample_id, limit=1)
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Finding:
    """A recording that was drawn and is not as it should be."""

    sample_id: int
    month: str
    work_number: str
    name: str
    recording_id: int
    kind: FindingKind
    detail: str
    at: datetime


def findings(connection: Connection, *conditions: ColumnElement[bool], limit: int) -> list[Finding]:
    """Findings, the newest first."""
    rows = connection.execute(
        select(
            QualityFinding.sample_id,
            QualityDraw.month,
            Agent.work_number,
            Agent.name,
            QualitySample.recording_id,
            QualityFinding.kind,
            QualityFinding.detail,
            QualityFinding.at,
        )
        .join(QualitySample, QualitySample.id == QualityFinding.sample_id)
        .join(QualityDraw, QualityDraw.id == QualitySample.draw_id)
        .join(Agent, Agent.id == QualitySample.agent_id)
        .where(*conditions)
        .order_by(QualityFinding.at.desc(), QualityFinding.id.desc())
        .limit(limit)
    )
    return [Finding(*row) for row in rows]


def findings_of(connection: Connection, sample_id: int) -> list[Finding]:
    """What was found wrong with one sample."""
    return findings(connection, QualityFinding.sample_id == sample_id, limit=10)


def count_findings(connection: Connection, months: list[str]) -> int:
    """How many findings there are about the samples of some months."""
    counted = (
        select(func.count(QualityFinding.id))
        .join(QualitySample, QualitySample.id == QualityFinding.sample_id)
        .join(QualityDraw, QualityDraw.id == QualitySample.draw_id)
        .where(QualityDraw.month.in_(months))
    )
    return int(connection.execute(counted).scalar_one())


def ranks(connection: Connection, months: list[str]) -> list[tuple[Ranked, str, str]]:
    """The ranking over some months, the best first, each with work number and name (R-QA3)."""
    last = (
        select(QualityScore.sample_id, func.max(QualityScore.reading).label("reading"))
        .group_by(QualityScore.sample_id)
        .subquery()
    )
    rows = connection.execute(
        select(QualitySample.agent_id, QualityScore.percent)
        .join(QualitySample, QualitySample.id == QualityScore.sample_id)
        .join(QualityDraw, QualityDraw.id == QualitySample.draw_id)
        .join(
            last,
            (last.c.sample_id == QualityScore.sample_id) & (last.c.reading == QualityScore.reading),
        )
        .where(QualityDraw.month.in_(months))
        .order_by(QualityScore.id)
    )
    ranked = ranking((agent_id, percent) for agent_id, percent in rows)
    names = {
        row.id: (row.work_number, row.name)
        for row in connection.execute(
            select(Agent.id, Agent.work_number, Agent.name).where(
                Agent.id.in_([each.agent_id for each in ranked])
            )
        )
    }
    return [(each, *names[each.agent_id]) for each in ranked]
