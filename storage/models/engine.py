"""How engine and console meet: facts as events, wishes as commands; and which engines live."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from ivr.standard.command_kind import CommandKind
from storage.models.columns import Base, Id, RowId, Word

_OPEN = text("done_at IS NULL")


class Event(Base):
    """A fact about a call or an agent, never altered. ``kind`` is a dotted word: call.arrived."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_call_id", "call_id"), Index("ix_events_at", "at"))

    id: Mapped[RowId]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(60))
    pbx_node: Mapped[str | None] = mapped_column(String(40))
    call_id: Mapped[int | None] = mapped_column(Id)
    agent_id: Mapped[int | None] = mapped_column(Id)
    data: Mapped[dict[str, Any] | None]


class Command(Base):
    """A wish from a page. Taken by one engine with a conditional write, then done or refused."""

    __tablename__ = "commands"
    __table_args__ = (Index("ix_commands_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: Mapped[RowId]
    at: Mapped[datetime]
    kind: Mapped[CommandKind] = mapped_column(Word(CommandKind))
    by_agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    """Whom it is about."""
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    pbx_node: Mapped[str | None] = mapped_column(String(40))
    """The node whose engine must do it; None: any."""
    arguments: Mapped[dict[str, Any] | None]
    taken_by: Mapped[str | None] = mapped_column(String(40))
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    refusal: Mapped[str | None] = mapped_column(String(200))


class Engine(Base):
    """The engine of one PBX node and its last sign of life."""

    __tablename__ = "engines"

    pbx_node: Mapped[str] = mapped_column(String(40), primary_key=True)
    instance: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    pbx_connected: Mapped[bool]
    pbx_seconds: Mapped[float | None]
    """How long the PBX took for the engine's last request."""
    unwritten: Mapped[int] = mapped_column(default=0, server_default="0")
    """Facts that waited for the database."""
    unrecorded: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The disk is full: calls go on without being recorded."""
    crowded: Mapped[bool] = mapped_column(default=False, server_default=false())
    """More callers than can be served: new ones are asked to be called back."""
    unseen_since: Mapped[datetime | None]
    """Since when callers may have come and left who have no row yet; None where all have one."""
