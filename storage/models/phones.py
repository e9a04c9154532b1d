"""Phones in pages: the keys they register with, and how well calls were heard on them."""

from datetime import datetime

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Base, Id, RowId


class BrowserPhone(Base):
    """The key of a session's browser phone. It counts while the session lives: nothing else ends it."""

    __tablename__ = "browser_phones"

    sign_in_id: Mapped[int] = mapped_column(
        ForeignKey("sign_ins.id"), primary_key=True, autoincrement=False, type_=Id
    )
    digest: Mapped[str] = mapped_column(String(64))
    """MD5 of "user:realm:secret"; the secret itself is kept in the page and nowhere else."""
    mark: Mapped[str] = mapped_column(String(16))
    """By which a page knows whether the newest key is its own."""
    made_at: Mapped[datetime]


class VisitorPhone(Base):
    """A telephone somebody tries the hotline with in a browser (demo mode), for a while."""

    __tablename__ = "visitor_phones"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(String(40), unique=True)
    """Its SIP user name, random."""
    digest: Mapped[str] = mapped_column(String(64))
    caller_number: Mapped[str] = mapped_column(String(24))
    """The made-up number it calls from."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class CallQuality(Base):
    """What a browser counted of one leg of a call; written every ten seconds, last at its end."""

    __tablename__ = "call_quality"
    __table_args__ = (
        Index("uq_call_quality_agent_id_leg", "agent_id", "leg", unique=True),
        Index("ix_call_quality_call_id", "call_id"),
    )

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    leg: Mapped[str] = mapped_column(String(36))
    """The page's own name for the leg, a UUID."""
    began_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    seconds: Mapped[float] = mapped_column(Float)
    complete: Mapped[bool] = mapped_column(Boolean, default=False)
    """Told at the leg's end; otherwise the page went away before."""
    packets_sent: Mapped[int] = mapped_column(Integer)
    packets_received: Mapped[int] = mapped_column(Integer)
    packets_lost: Mapped[int] = mapped_column(Integer)
    """On the way to the agent."""
    packets_lost_there: Mapped[int] = mapped_column(Integer)
    """On the way from the agent, as the PBX reported it."""
    jitter_ms: Mapped[float | None] = mapped_column(Float)
    round_trip_ms: Mapped[float | None] = mapped_column(Float)
    codec: Mapped[str | None] = mapped_column(String(20))
