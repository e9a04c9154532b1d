"""Calls, the offers of each call to agents, what was recorded, and how callers rated it."""

from datetime import datetime

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ivr.config.sections import CallKind
from ivr.standard.call_stage import CallDirection, CallOutcome, CallStage, EndedBy, TimeSource
from ivr.standard.conversation_refusal import SpecialEnd
from ivr.standard.recording_status import RecordingKind, RecordingStatus
from ivr.standard.three_rings import OfferOutcome
from storage.models.columns import Base, Id, RowId, Word

_OPEN = text("outcome IS NULL")
_ALARM = text("kind = 'alarm' OR queue = 'alarm'")


class Call(Base):
    """One call. Written before it is answered; the stage says where its coroutine stands."""

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_arrived_at", "arrived_at"),
        Index("ix_calls_caller_number_arrived_at", "caller_number", "arrived_at"),
        Index("uq_calls_pbx_node_channel", "pbx_node", "channel", unique=True),
        Index("ix_calls_alarm", "id", sqlite_where=_ALARM, postgresql_where=_ALARM),
        Index(
            "ix_calls_case_id",
            "case_id",
            sqlite_where=text("case_id IS NOT NULL"),
            postgresql_where=text("case_id IS NOT NULL"),
        ),
        Index(
            "ix_calls_live",
            "stage",
            "queued_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_calls_special_end",
            "ended_at",
            sqlite_where=text("special_end IS NOT NULL"),
            postgresql_where=text("special_end IS NOT NULL"),
        ),
    )

    id: Mapped[RowId]
    pbx_node: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(80))
    """The customer's channel on that PBX."""
    caller_number: Mapped[str | None] = mapped_column(String(32))
    """As it can be dialled; None when missing, anonymous or unusable."""
    caller_given: Mapped[str | None] = mapped_column(String(255))
    """What the network sent, made printable and cut."""
    dialled: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(8))
    stage: Mapped[CallStage] = mapped_column(Word(CallStage))
    menu_path: Mapped[str] = mapped_column(String(80), default="")
    """Keys pressed in the menus, in order."""
    kind: Mapped[CallKind | None] = mapped_column(Word(CallKind))
    queue: Mapped[str | None] = mapped_column(String(40))
    priority: Mapped[int] = mapped_column(Integer, default=50)
    """Order among the waiting: alarm first, returned callers next, then by queue; see queue_order."""
    arrived_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    """When the hotline itself answered (R-12.3b)."""
    queued_at: Mapped[datetime | None]
    """When the caller began to wait; kept through every offer and restart."""
    open_offers: Mapped[int] = mapped_column(Integer, default=0)
    returned: Mapped[bool] = mapped_column(Boolean, default=False)
    """The agent's leg went first and the caller is to be served ahead of the queue (R-12.12)."""
    preferred_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Whom they lost, where they are ``returned``; else the first responder of their open case (R-FR)."""
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Who talks or talked last."""
    agent_channel: Mapped[str | None] = mapped_column(String(80))
    bridge: Mapped[str | None] = mapped_column(String(80))
    talk_started_at: Mapped[datetime | None]
    """Beginning of the first conversation."""
    talk_ended_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[EndedBy | None] = mapped_column(Word(EndedBy))
    end_source: Mapped[TimeSource | None] = mapped_column(Word(TimeSource))
    outcome: Mapped[CallOutcome | None] = mapped_column(Word(CallOutcome))
    agent_left_first: Mapped[bool] = mapped_column(Boolean, default=False)
    direction: Mapped[CallDirection] = mapped_column(
        Word(CallDirection), default=CallDirection.INBOUND, server_default="inbound"
    )
    customer_id: Mapped[int | None] = mapped_column(Id)
    """Whom a call out was made to, where the agent called from the archive or a case."""
    case_id: Mapped[int | None] = mapped_column(Id)
    held_since: Mapped[datetime | None]
    """The caller hears music since then, on hold or while somebody is asked (R-12.9)."""
    hold_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    hold_seconds: Mapped[float] = mapped_column(Float, default=0.0, server_default="0")
    """Of all holds that have ended."""
    hold_over_limit: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    """The caller has been on hold longer than the limit, now."""
    muted: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    """The agent is not heard."""
    three_way: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    """Caller, agent and the one who was asked talk together."""
    special_end: Mapped[SpecialEnd | None] = mapped_column(Word(SpecialEnd))
    """Why the agent ended it (R-12.12)."""
    special_end_text: Mapped[str | None] = mapped_column(String(300))


class Offer(Base):
    """One ring attempt at one agent's device (or a duty phone); never changed after its outcome."""

    __tablename__ = "offers"
    __table_args__ = (
        Index(
            "uq_offers_one_open_per_agent",
            "agent_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_offers_call_id", "call_id"),
        Index("ix_offers_made_at", "made_at"),
    )

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """None for a duty phone."""
    pbx_node: Mapped[str] = mapped_column(String(40))
    device: Mapped[str] = mapped_column(String(340))
    channel: Mapped[str] = mapped_column(String(80))
    """Chosen before the leg exists, so that a restart can find it."""
    queue: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]
    rung_at: Mapped[datetime | None]
    rings: Mapped[int] = mapped_column(Integer, default=0)
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[OfferOutcome | None] = mapped_column(Word(OfferOutcome))


class Recording(Base):
    """Sound kept of a call: a conversation in two channels, or a message in one."""

    __tablename__ = "recordings"

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    pbx_node: Mapped[str] = mapped_column(String(40))
    kind: Mapped[RecordingKind] = mapped_column(Word(RecordingKind))
    status: Mapped[RecordingStatus] = mapped_column(Word(RecordingStatus))
    name: Mapped[str] = mapped_column(String(120), unique=True)
    """Stem of the PBX's files; the finished file is <name>.wav in the recordings folder."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    seconds: Mapped[float | None] = mapped_column(Float)
    size_bytes: Mapped[int | None] = mapped_column(Id)
    sha256: Mapped[str | None] = mapped_column(String(64))
    failure: Mapped[str | None] = mapped_column(String(200))


class SurveyAnswer(Base):
    """What a caller pressed when asked to rate the service (R-3.6)."""

    __tablename__ = "survey_answers"

    id: Mapped[RowId]
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), unique=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    score: Mapped[int | None] = mapped_column(Integer)
    """None when the caller pressed nothing or left."""
