"""What people are told: notices, calls to the duty list, and how far the entries of cases have been read."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ivr.standard.duty_round import DutyOutcome
from ivr.standard.notice_kind import NoticeReason, NoticeState, NoticeWay
from storage.models.columns import Base, Id, RowId, Word

_WAITING = text("next_try_at IS NOT NULL")
_UNREAD = text("way = 'desk' AND read_at IS NULL")
_NOT_ENDED = text("ended_at IS NULL")


class Notice(Base):
    """Something that somebody is told 通知, once by one way. What was told is never changed (R-AR)."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_waiting", "next_try_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_notices_unread", "agent_id", "id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_notices_case_id", "case_id"),
    )

    id: Mapped[RowId]
    way: Mapped[NoticeWay] = mapped_column(Word(NoticeWay))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Of the desk: who is told."""
    number: Mapped[str | None] = mapped_column(String(32))
    """Of a text: E.164."""
    mail: Mapped[str | None] = mapped_column(String(254))
    """Of a mail: the address."""
    to_name: Mapped[str | None] = mapped_column(String(40))
    """Who is told; None of a customer whose name is not known."""
    subject: Mapped[str | None] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[NoticeReason] = mapped_column(Word(NoticeReason))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    obligation_id: Mapped[int | None] = mapped_column(ForeignKey("obligations.id"))
    """Of a warning."""
    urgent: Mapped[bool] = mapped_column(Boolean)
    """Goes before others, and is shown so."""
    made_at: Mapped[datetime]
    state: Mapped[NoticeState] = mapped_column(Word(NoticeState))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime | None]
    """While it waits, and only then: when it is to be carried; while an engine is at it: when another may."""
    lent_to: Mapped[str | None] = mapped_column(String(40))
    """PBX node whose engine carries it now."""
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(400))
    """Why the last try failed."""


class ReadingPosition(Base):
    """How far a reader has come in a table that only grows; locked by the engine that reads."""

    __tablename__ = "reading_positions"

    reader: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(Id)
    """All rows up to this id have been read."""
    ahead: Mapped[dict[str, Any]]
    """{"ids": […]}: rows after it that have been read too, while one between them may still be coming."""


class DutyAlert(Base):
    """The duty list is told of a case until somebody acknowledges it (R-3.1)."""

    __tablename__ = "duty_alerts"
    __table_args__ = (
        UniqueConstraint("case_id"),
        Index("ix_duty_alerts_open", "id", sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED),
    )

    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    begun_at: Mapped[datetime]
    pbx_node: Mapped[str | None] = mapped_column(String(40))
    """Whose engine calls; None: nobody has taken it yet."""
    ended_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(40))
    """Name of who pressed the key; None: the case was closed before anybody did."""


class DutyCall(Base):
    """One call to somebody on the duty list; never changed after its outcome (R-3.1)."""

    __tablename__ = "duty_calls"
    __table_args__ = (
        UniqueConstraint("alert_id", "attempt"),
        Index("ix_duty_calls_case_id", "case_id"),
    )

    id: Mapped[RowId]
    alert_id: Mapped[int] = mapped_column(ForeignKey("duty_alerts.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    attempt: Mapped[int] = mapped_column(Integer)
    """Counted from 1 within the alert."""
    round: Mapped[int] = mapped_column(Integer)
    """Which time through the list, from 1."""
    place: Mapped[int] = mapped_column(Integer)
    """In the list, from 1."""
    person: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(200))
    """As config.yaml names it: a telephone number, or the SIP address of a phone."""
    pbx_node: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime]
    """When the call was begun."""
    rang_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[DutyOutcome | None] = mapped_column(Word(DutyOutcome))
