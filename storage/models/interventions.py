"""Supervisors at the conversations of agents, and the screens that show the board."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ivr.standard.intervention import InterventionMode, InterventionOutcome
from storage.models.columns import Base, Id, RowId, Word

_OPEN = text("ended_at IS NULL")


class Intervention(Base):
    """A supervisor at the conversation of an agent, from the wish to its end; one at a time each."""

    __tablename__ = "interventions"
    __table_args__ = (
        Index("ix_interventions_call_id", "call_id"),
        Index(
            "uq_interventions_one_open_each",
            "by_agent_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    """Whose conversation it is."""
    by_agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    """The supervisor."""
    pbx_node: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(80))
    """Of the supervisor's leg, chosen before it exists."""
    command_id: Mapped[int | None] = mapped_column(Id)
    """The wish that began it."""
    mode: Mapped[InterventionMode] = mapped_column(Word(InterventionMode))
    """As it is now, or was at the end."""
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[InterventionOutcome | None] = mapped_column(Word(InterventionOutcome))


class BoardScreen(Base):
    """A screen on the wall that shows the board without anybody's session, by a link of its own."""

    __tablename__ = "board_screens"
    __table_args__ = (Index("uq_board_screens_token_hash", "token_hash", unique=True),)

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(String(60))
    """Where it hangs."""
    token_hash: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
