"""People who sign in, their sessions, and what state each of them is in."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ivr.config.sections import DeviceKind, Role
from ivr.standard.agent_state import AgentEvent, AgentState
from storage.models.columns import Base, Id, RowId, Word


class Agent(Base):
    """Somebody with a work number (R-20): agents, supervisors and the others who sign in."""

    __tablename__ = "agents"

    id: Mapped[RowId]
    work_number: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    role: Mapped[Role] = mapped_column(Word(Role))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    device_kind: Mapped[DeviceKind] = mapped_column(Word(DeviceKind))
    device_address: Mapped[str | None] = mapped_column(String(320))
    device_digest: Mapped[str | None] = mapped_column(String(64))
    """MD5 of "user:realm:password" of a phone that registers; the password itself is kept nowhere."""
    created_at: Mapped[datetime]

    skills: Mapped[list["AgentSkill"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class AgentSkill(Base):
    """A skill of an agent; level 1 is the best and is asked first."""

    __tablename__ = "agent_skills"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    skill: Mapped[str] = mapped_column(String(40), primary_key=True)
    level: Mapped[int] = mapped_column(Integer)


class AgentPresence(Base):
    """The one row that says what an agent is doing now; reservation is a conditional write on it."""

    __tablename__ = "agent_presence"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    state: Mapped[AgentState] = mapped_column(Word(AgentState), index=True)
    since: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(80))
    """Of a break, as the agent gave it."""
    call_id: Mapped[int | None] = mapped_column(Id)
    """The call that rings at the agent, is talked in, or is wrapped up."""
    idle_since: Mapped[datetime]
    """End of the last conversation or sign-in: the longest idle is asked first."""
    rest_until: Mapped[datetime | None]
    """Not offered a call before (after busy, declined, no ringing, unreachable)."""
    wrap_up_until: Mapped[datetime | None]
    device_present: Mapped[bool] = mapped_column(Boolean, default=True)
    after_call: Mapped[str | None] = mapped_column(String(100))
    """A wish remembered during a call (R-12.10): "break:<reason>", "sign_out", or
    "sign_out:<reason>" where a supervisor signs the agent out."""


class AgentStateChange(Base):
    """One change of state, never altered: the source of every figure about an agent's day."""

    __tablename__ = "agent_state_changes"
    __table_args__ = (Index("ix_agent_state_changes_agent_id_at", "agent_id", "at"),)

    id: Mapped[RowId]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    at: Mapped[datetime]
    event: Mapped[AgentEvent] = mapped_column(Word(AgentEvent))
    from_state: Mapped[AgentState] = mapped_column(Word(AgentState))
    to_state: Mapped[AgentState] = mapped_column(Word(AgentState))
    reason: Mapped[str | None] = mapped_column(String(80))
    call_id: Mapped[int | None] = mapped_column(Id)


class SignIn(Base):
    """A session of the console; one live session per work number (R-20)."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        Index(
            "uq_sign_ins_one_live",
            "agent_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[RowId]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the session's token."""
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(45))
    browser: Mapped[str | None] = mapped_column(String(200))
