"""The life of cases 工单: where each stands, what was done, what is owed. Entries stay (R-AR)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ivr.config.sections import CallKind
from ivr.standard.case_clock import Clock
from ivr.standard.case_life import Actor, CaseState, CaseStep
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import Responsibility, Severity
from ivr.standard.objection import LinkKind
from ivr.standard.obligations import ObligationKind, ObligationOutcome
from ivr.standard.urgency import Urgency
from storage.models.columns import Base, RowId, Word

_OPEN = text("closed_at IS NULL")
_TO_WARN = text("warn_at IS NOT NULL")


class CaseLife(Base):
    """Where a case stands now; made with the case, changed only together with an entry."""

    __tablename__ = "case_lives"
    __table_args__ = (
        Index(
            "ix_case_lives_unit", "unit_id", "due_at", "case_id", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index(
            "ix_case_lives_owner", "owner_id", "due_at", "case_id", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index("ix_case_lives_due", "due_at", "case_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_case_lives_kind_state", "kind", "state", "case_id"),
        Index("ix_case_lives_closed_at", "kind", "closed_at"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    kind: Mapped[CallKind] = mapped_column(Word(CallKind))
    """As it was corrected last (R-12.7)."""
    complaint_class: Mapped[ComplaintClass | None] = mapped_column(Word(ComplaintClass))
    severity: Mapped[Severity | None] = mapped_column(Word(Severity))
    """Of a complaint (R-CL)."""
    responsibility: Mapped[Responsibility | None] = mapped_column(Word(Responsibility))
    """By the combined opinion (R-CS)."""
    urgency: Mapped[Urgency] = mapped_column(Word(Urgency))
    state: Mapped[CaseState] = mapped_column(Word(CaseState))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    """责任单位 now."""
    owner_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    """首问负责人 now; cases.first_responder_id is who it was first (R-FR)."""
    opened_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    """When the customer was answered last."""
    outside_party: Mapped[bool] = mapped_column(Boolean, default=False)
    paused_at: Mapped[datetime | None]
    """Its clocks stand still since then."""
    due_at: Mapped[datetime]
    """When the next thing is due; :data:`storage.queries.obligations.NEVER` while nothing is."""
    entries: Mapped[int] = mapped_column(Integer)
    """How many there are: grows with every step, so that two who act at once are told of each other."""
    closed_at: Mapped[datetime | None]


class CaseEntry(Base):
    """One step of a case, never changed nor deleted; a correction is a new one (R-AR)."""

    __tablename__ = "case_entries"
    __table_args__ = (UniqueConstraint("case_id", "entry"), Index("ix_case_entries_at", "at"))

    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    entry: Mapped[int] = mapped_column(Integer)
    """Counted from 1 within the case."""
    at: Mapped[datetime]
    step: Mapped[CaseStep] = mapped_column(Word(CaseStep))
    from_state: Mapped[CaseState | None] = mapped_column(Word(CaseState))
    to_state: Mapped[CaseState] = mapped_column(Word(CaseState))
    actor: Mapped[Actor] = mapped_column(Word(Actor))
    """In what capacity."""
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Who; None where it was somebody of a unit, or the hotline itself."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("responsible_people.id"))
    """Who of the unit."""
    said: Mapped[str | None] = mapped_column(Text)
    """Reason, finding, answer, report."""
    changes: Mapped[dict[str, Any] | None]
    """Field → [before, after]."""


class Obligation(Base):
    """Something owed by a time 时限, with the state of its clock."""

    __tablename__ = "obligations"
    __table_args__ = (
        Index("ix_obligations_case_id", "case_id"),
        Index("ix_obligations_warn_at", "warn_at", "id", sqlite_where=_TO_WARN, postgresql_where=_TO_WARN),
        Index("ix_obligations_outcome", "outcome", "settled_at"),
    )

    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[ObligationKind] = mapped_column(Word(ObligationKind))
    rule: Mapped[str] = mapped_column(String(16))
    """Id of the rule that demands it."""
    started_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    """Doing it earlier does not keep it (R-CR)."""
    clock: Mapped[Clock] = mapped_column(Word(Clock))
    total_seconds: Mapped[float] = mapped_column(Float)
    counted_seconds: Mapped[float] = mapped_column(Float, default=0.0)
    running_since: Mapped[datetime | None]
    """None: the clock is stopped, or the matter is settled."""
    due_at: Mapped[datetime]
    level: Mapped[int] = mapped_column(Integer, default=0)
    """The first level of warning that nobody has got yet (R-OV)."""
    warn_at: Mapped[datetime | None]
    """When that level is reached; None: no more warnings, for now or for ever."""
    settled_at: Mapped[datetime | None]
    outcome: Mapped[ObligationOutcome | None] = mapped_column(Word(ObligationOutcome))


class ObligationPause(Base):
    """A stretch of time in which a clock stood still, and why."""

    __tablename__ = "obligation_pauses"
    __table_args__ = (Index("ix_obligation_pauses_obligation_id", "obligation_id"),)

    id: Mapped[RowId]
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligations.id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text)


class ObligationWarning(Base):
    """A level of the time that was reached (R-OV), never changed; each is there once."""

    __tablename__ = "obligation_warnings"
    __table_args__ = (
        UniqueConstraint("obligation_id", "level"),
        Index("ix_obligation_warnings_case_id", "case_id"),
    )

    id: Mapped[RowId]
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligations.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    level: Mapped[int] = mapped_column(Integer)
    percent: Mapped[float] = mapped_column(Float)
    at: Mapped[datetime]
    """When it was found, at most a moment after it was reached."""
    rungs: Mapped[str] = mapped_column(String(80))
    """Who is warned, from below: words of :class:`ivr.standard.overdue.Rung` with blanks between."""


class CaseHandover(Base):
    """The case got another first responder, for a reason; both names stay (R-FR)."""

    __tablename__ = "case_handovers"
    __table_args__ = (Index("ix_case_handovers_case_id", "case_id"),)

    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime]
    from_agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    to_agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    by_agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    reason: Mapped[str] = mapped_column(Text)


class CaseLink(Base):
    """Two cases that belong together (R-CA)."""

    __tablename__ = "case_links"
    __table_args__ = (Index("ix_case_links_original_id", "original_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    """The later one."""
    original_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    kind: Mapped[LinkKind] = mapped_column(Word(LinkKind))
    at: Mapped[datetime]
    by_agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
