"""Calls to customers: who is to be called and why, each attempt, what was answered, who must not be called.

Attempts and answers are the evidence of R-16.6 (consent, both numbers, time, recording): once an attempt is
over it is never changed, and nothing of it is deleted.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ivr.standard.dial_attempt import DialEnd, DialResult, LaterWish
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import CampaignState, DialStatus, DoNotCallSource
from ivr.standard.questionnaire import Measures
from storage.models.columns import Base, RowId, Word

_OPEN = text("status = 'open'")
_TAKEN = text("status = 'taken'")
_IN_FORCE = text("lifted_at IS NULL")
_RUNNING = text("result IS NULL")
_HELD = text("held_by IS NOT NULL AND status = 'open'")
_WAITS = text("agent_id IS NOT NULL AND result IS NULL")


class Campaign(Base):
    """A list of people to call 批次, made of a file or a filter of the archive."""

    __tablename__ = "campaigns"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(String(80))
    reason: Mapped[DialReason] = mapped_column(Word(DialReason))
    way: Mapped[DialWay] = mapped_column(Word(DialWay))
    questionnaire: Mapped[str | None] = mapped_column(String(40))
    """What is asked; None of a notice."""
    state: Mapped[CampaignState] = mapped_column(Word(CampaignState))
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Who; None for a command of the operator."""
    until_at: Mapped[datetime | None]
    """When calling has lost its sense, such as the beginning of an outage."""
    source: Mapped[dict[str, Any]]
    """File name and SHA-256, or the filter."""
    rows: Mapped[int] = mapped_column(Integer, default=0)
    """In which somebody stood."""
    rows_refused: Mapped[int] = mapped_column(Integer, default=0)
    changed_at: Mapped[datetime]
    """When its state was set."""


class CampaignRefusal(Base):
    """A row of a campaign's file that nobody is called of, with its reason; nothing is lost."""

    __tablename__ = "campaign_refusals"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """As a spreadsheet counts; of a filter, the customer's id."""
    given: Mapped[str] = mapped_column(String(200))
    """What stood there."""
    reason: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(80), default="")
    """The row it repeats."""


class DialTask(Base):
    """Somebody who is to be called for a reason."""

    __tablename__ = "dial_tasks"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        Index("uq_dial_tasks_obligation_id", "obligation_id", unique=True),
        Index("uq_dial_tasks_task_id", "task_id", unique=True),
        Index(
            "ix_dial_tasks_order",
            "rank",
            "due_at",
            "id",
            "next_at",
            "way",
            "campaign_id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_dial_tasks_held_by", "held_by", sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_dial_tasks_taken", "taken_by", sqlite_where=_TAKEN, postgresql_where=_TAKEN),
        Index("ix_dial_tasks_number", "number"),
        Index("ix_dial_tasks_case_id", "case_id"),
    )

    id: Mapped[RowId]
    reason: Mapped[DialReason] = mapped_column(Word(DialReason))
    way: Mapped[DialWay] = mapped_column(Word(DialWay))
    rank: Mapped[int] = mapped_column(Integer)
    """Of the reason: the lower is called first."""
    status: Mapped[DialStatus] = mapped_column(Word(DialStatus))
    number: Mapped[str | None] = mapped_column(String(32))
    """E.164; None where nobody knows one, then the task has ended."""
    language: Mapped[str] = mapped_column(String(8))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    name: Mapped[str | None] = mapped_column(String(80))
    """Of somebody of a file who is not in the archive."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    obligation_id: Mapped[int | None] = mapped_column(ForeignKey("obligations.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    questionnaire: Mapped[str | None] = mapped_column(String(40))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Who is to speak: the first responder."""
    queue: Mapped[str | None] = mapped_column(String(40))
    """Whose agents speak otherwise."""
    planned_at: Mapped[datetime]
    due_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    """Not called before; None once it has ended."""
    until_at: Mapped[datetime | None]
    """Not called from then on."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    taken_by: Mapped[str | None] = mapped_column(String(80))
    """The engine that calls."""
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end: Mapped[DialEnd | None] = mapped_column(Word(DialEnd))
    refusal: Mapped[DialRefusal | None] = mapped_column(Word(DialRefusal))
    result: Mapped[DialResult | None] = mapped_column(Word(DialResult))
    """Of the last attempt."""
    satisfaction: Mapped[int | None] = mapped_column(Integer)
    solved: Mapped[bool | None] = mapped_column(Boolean)
    dissatisfied: Mapped[bool | None] = mapped_column(Boolean)
    held_by: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Who looks at it on the desk before calling, until ``held_until``; nobody else takes it meanwhile."""
    held_until: Mapped[datetime | None]


class DialAttempt(Base):
    """One attempt to reach somebody, never changed once it has a result."""

    __tablename__ = "dial_attempts"
    __table_args__ = (
        UniqueConstraint("dial_task_id", "attempt"),
        Index("ix_dial_attempts_number", "number", "at"),
        Index("ix_dial_attempts_call_id", "call_id"),
        Index("ix_dial_attempts_at", "at"),
        Index("ix_dial_attempts_agent_id", "agent_id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_dial_attempts_running", "engine", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    )

    id: Mapped[RowId]
    dial_task_id: Mapped[int] = mapped_column(ForeignKey("dial_tasks.id"))
    attempt: Mapped[int] = mapped_column(Integer)
    """Counted from 1."""
    number: Mapped[str] = mapped_column(String(32))
    shown_number: Mapped[str | None] = mapped_column(String(32))
    """What the person called saw."""
    at: Mapped[datetime]
    engine: Mapped[str] = mapped_column(String(80))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    rang_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    consent_at: Mapped[datetime | None]
    """When the person said that it suits (R-16.2)."""
    ended_at: Mapped[datetime | None]
    result: Mapped[DialResult | None] = mapped_column(Word(DialResult))
    later: Mapped[LaterWish | None] = mapped_column(Word(LaterWish))
    cause: Mapped[int | None] = mapped_column(Integer)
    """Q.850."""
    sip: Mapped[int | None] = mapped_column(Integer)
    """The final SIP answer."""
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Who called, where an agent did and not the program."""
    said: Mapped[str | None] = mapped_column(Text)
    """What the customer said beside the answers, as the agent wrote it down."""


class RevisitAnswer(Base):
    """What was answered to one question, never changed."""

    __tablename__ = "revisit_answers"

    dial_attempt_id: Mapped[int] = mapped_column(ForeignKey("dial_attempts.id"), primary_key=True)
    question: Mapped[str] = mapped_column(String(40), primary_key=True)
    measures: Mapped[Measures] = mapped_column(Word(Measures))
    word: Mapped[str | None] = mapped_column(String(40))
    """None of a remark."""
    value: Mapped[int | None] = mapped_column(Integer)
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recordings.id"))
    """Of a remark."""
    at: Mapped[datetime]


class DoNotCall(Base):
    """A number that asked not to be called; lifted, never deleted."""

    __tablename__ = "do_not_call"
    __table_args__ = (
        Index(
            "uq_do_not_call_number",
            "number",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
    )

    id: Mapped[RowId]
    number: Mapped[str] = mapped_column(String(32))
    since: Mapped[datetime]
    source: Mapped[DoNotCallSource] = mapped_column(Word(DoNotCallSource))
    dial_attempt_id: Mapped[int | None] = mapped_column(ForeignKey("dial_attempts.id"))
    by_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))


class DialedNumber(Base):
    """What earlier calls say of a number: one row each, so that protecting it takes one look."""

    __tablename__ = "dialed_numbers"

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    asked_at: Mapped[datetime | None]
    """Last agreed to be asked (30 days)."""
    empty_at: Mapped[datetime | None]
    called_on: Mapped[date | None] = mapped_column(Date)
    """Local day of the last call; ``called_task``: for which task, so one reason a day."""
    called_task: Mapped[int | None] = mapped_column(ForeignKey("dial_tasks.id"))
    called_for: Mapped[DialReason | None] = mapped_column(Word(DialReason))


class DialerState(Base):
    """Whether the dialer runs: one row, set by the operator; no row: it does not."""

    __tablename__ = "dialer_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    running: Mapped[bool] = mapped_column(Boolean)
    changed_at: Mapped[datetime]
    by_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Who; None for a command of the operator."""
    planned_at: Mapped[datetime | None]
    """When what is to be called was gathered last."""
    reason: Mapped[str | None] = mapped_column(String(200))
    """Why it was paused, or goes on, as somebody wrote on the page."""
