"""Calls the hotline owes: call-backs and messages to listen to."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from ivr.standard.task_kind import TaskKind, TaskStatus
from storage.models.columns import Base, RowId, Word


class Task(Base):
    """Something owed to a caller who has left the line."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_status_priority_queued_at", "status", "priority", "queued_at"),)

    id: Mapped[RowId]
    kind: Mapped[TaskKind] = mapped_column(Word(TaskKind))
    status: Mapped[TaskStatus] = mapped_column(Word(TaskStatus))
    priority: Mapped[int] = mapped_column(Integer)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    number: Mapped[str | None] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(8))
    queue: Mapped[str | None] = mapped_column(String(40))
    queued_at: Mapped[datetime]
    """The place the caller keeps: when they began to wait."""
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recordings.id"))
