"""What happens inside conversations: who talked when, holds, transfers. Nothing changes once it has ended."""

from datetime import datetime

from sqlalchemy import Boolean, Float, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ivr.standard.talk_kind import TalkKind
from ivr.standard.transfer import TargetKind, TransferOutcome, TransferState
from storage.models.columns import Base, Id, RowId, Word

_OPEN = text("ended_at IS NULL")


class Talk(Base):
    """An agent's part in a call, from when to when; what agents' own figures and reviews rest on."""

    __tablename__ = "talks"
    __table_args__ = (
        Index("ix_talks_call_id", "call_id"),
        Index("ix_talks_began_at", "began_at"),
    )

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """None: somebody outside, such as a unit."""
    kind: Mapped[TalkKind] = mapped_column(Word(TalkKind))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Hold(Base):
    """A time in which the caller heard music (R-12.9)."""

    __tablename__ = "holds"
    __table_args__ = (Index("ix_holds_call_id", "call_id"),)

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    consent: Mapped[bool | None] = mapped_column(Boolean)
    """The agent confirmed that the customer agreed; None: the music of a consultation."""
    seconds: Mapped[float | None] = mapped_column(Float)


class Transfer(Base):
    """A call passed on, or somebody asked about it; the note pops up at the target."""

    __tablename__ = "transfers"
    __table_args__ = (
        Index("ix_transfers_call_id", "call_id"),
        Index(
            "uq_transfers_one_open_per_call",
            "call_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    from_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Who passed it on; None: somebody outside had the call."""
    to_kind: Mapped[TargetKind] = mapped_column(Word(TargetKind))
    to_value: Mapped[str] = mapped_column(String(40))
    to_number: Mapped[str | None] = mapped_column(String(32))
    """What is dialled for a unit or an outside number, E.164 or a short number."""
    to_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Who rings or answered."""
    note: Mapped[str] = mapped_column(String(300))
    attended: Mapped[bool] = mapped_column(Boolean)
    """The target was asked first (a consultation)."""
    command_id: Mapped[int | None] = mapped_column(Id)
    """The wish that began it."""
    channel: Mapped[str | None] = mapped_column(String(80))
    """The leg of the one consulted."""
    state: Mapped[TransferState] = mapped_column(Word(TransferState))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[TransferOutcome | None] = mapped_column(Word(TransferOutcome))
