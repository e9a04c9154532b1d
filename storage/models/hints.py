"""Hints of drawn recordings, what readers say about them, and the marks readers set (R-QA2, R-9)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ivr.standard.talk_hints import HintKind
from storage.models.columns import Base, RowId, Word


class HintRun(Base):
    """A recording was looked through: what came of it, or why nothing could."""

    __tablename__ = "hint_runs"

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id"), primary_key=True, autoincrement=False
    )
    made_at: Mapped[datetime]
    seconds: Mapped[float | None] = mapped_column(Float)
    caller_seconds: Mapped[float | None] = mapped_column(Float)
    agent_seconds: Mapped[float | None] = mapped_column(Float)
    agent_share: Mapped[float | None] = mapped_column(Float)
    """0 to 1, of what was spoken."""
    characters_a_minute: Mapped[float | None] = mapped_column(Float)
    """Of the agent (R-9); None without a recogniser, and where too little was said."""
    recognised: Mapped[bool] = mapped_column(Boolean)
    """A recogniser listened."""
    spoken: Mapped[dict[str, Any]]
    """"caller" and "agent" → pairs of seconds."""
    failure: Mapped[str | None] = mapped_column(String(200))


class RecordingHint(Base):
    """One hint with its time mark."""

    __tablename__ = "recording_hints"
    __table_args__ = (Index("ix_recording_hints_recording_id", "recording_id"),)

    id: Mapped[RowId]
    recording_id: Mapped[int] = mapped_column(ForeignKey("hint_runs.recording_id"))
    kind: Mapped[HintKind] = mapped_column(Word(HintKind))
    begin_seconds: Mapped[float] = mapped_column(Float)
    end_seconds: Mapped[float] = mapped_column(Float)
    detail: Mapped[str] = mapped_column(String(100))


class HintJudgement(Base):
    """A reader says that a hint is wrong; counted by kind, so that everybody sees what hints are worth."""

    __tablename__ = "hint_judgements"
    __table_args__ = (UniqueConstraint("hint_id", "agent_id"),)

    id: Mapped[RowId]
    hint_id: Mapped[int] = mapped_column(ForeignKey("recording_hints.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    at: Mapped[datetime]


class QualityMark(Base):
    """A mark that a reader set in a drawn recording, with a word about it."""

    __tablename__ = "quality_marks"
    __table_args__ = (Index("ix_quality_marks_sample_id", "sample_id"),)

    id: Mapped[RowId]
    sample_id: Mapped[int] = mapped_column(ForeignKey("quality_samples.id"))
    second: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(String(200))
    by_agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    at: Mapped[datetime]
