"""Recordings drawn for appraisal, scores, objections; none of it is ever changed (R-QA1, R-QA2)."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ivr.standard.quality_draw import FindingKind, PickReason
from storage.models.columns import Base, Id, RowId, Word


class QualityDraw(Base):
    """The draw of a month: its seed, and how many of each agent; once for each month (R-QA1)."""

    __tablename__ = "quality_draws"

    id: Mapped[RowId]
    month: Mapped[str] = mapped_column(String(7), unique=True)
    """Of the recordings: 2026-10."""
    seed: Mapped[str] = mapped_column(String(64))
    per_agent: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("agents.id"))


class QualityPopulation(Base):
    """The recordings of one agent that the draw was made of, frozen: their ids, and the digest of them."""

    __tablename__ = "quality_populations"

    draw_id: Mapped[int] = mapped_column(
        ForeignKey("quality_draws.id"), primary_key=True, autoincrement=False
    )
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(Integer)
    ids: Mapped[bytes] = mapped_column(LargeBinary)
    """The ids, rising, with commas between, packed by zlib."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the ids as text."""


class QualitySample(Base):
    """A recording that was drawn 抽检, of a population that was frozen with it."""

    __tablename__ = "quality_samples"
    __table_args__ = (
        ForeignKeyConstraint(
            ["draw_id", "agent_id"], ["quality_populations.draw_id", "quality_populations.agent_id"]
        ),
        UniqueConstraint("draw_id", "recording_id"),
        Index("ix_quality_samples_agent_id", "agent_id", "draw_id"),
    )

    id: Mapped[RowId]
    draw_id: Mapped[int] = mapped_column(Id)
    agent_id: Mapped[int] = mapped_column(Id)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id"))
    reason: Mapped[PickReason] = mapped_column(Word(PickReason))
    place: Mapped[int] = mapped_column(Integer)
    """Among those of the agent, in the order they were drawn."""


class QualitySheet(Base):
    """A version of the score sheet 评分表 as it was when somebody first scored with it (R-QA2)."""

    __tablename__ = "quality_sheets"

    id: Mapped[RowId]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    first_used_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]


class QualityScore(Base):
    """What a reader found in a sample: the first reading, or the second reader's decision (R-QA2)."""

    __tablename__ = "quality_scores"
    __table_args__ = (
        UniqueConstraint("sample_id", "reading"),
        Index("ix_quality_scores_at", "at"),
    )

    id: Mapped[RowId]
    sample_id: Mapped[int] = mapped_column(ForeignKey("quality_samples.id"))
    reading: Mapped[int] = mapped_column(Integer)
    """1: the first reader's; 2: that of the second reader, who decides."""
    reader_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    sheet_id: Mapped[int] = mapped_column(ForeignKey("quality_sheets.id"))
    marks: Mapped[dict[str, Any]]
    """Item → "met", "failed" or "none"."""
    percent: Mapped[float] = mapped_column(Float)
    remark: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class QualityObjection(Base):
    """An agent does not agree with a score; a second reader decides (R-QA2)."""

    __tablename__ = "quality_objections"

    id: Mapped[RowId]
    sample_id: Mapped[int] = mapped_column(ForeignKey("quality_samples.id"), unique=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    said: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class QualityFinding(Base):
    """A recording that was drawn is not there or is not what it was; no other is drawn for it (R-QA1)."""

    __tablename__ = "quality_findings"
    __table_args__ = (UniqueConstraint("sample_id", "kind"),)

    id: Mapped[RowId]
    sample_id: Mapped[int] = mapped_column(ForeignKey("quality_samples.id"))
    kind: Mapped[FindingKind] = mapped_column(Word(FindingKind))
    detail: Mapped[str] = mapped_column(String(200))
    found_by: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """None: `hotline qa verify`."""
    at: Mapped[datetime]
