"""Several cases that are one incident 事件; blacklist proposals; monthly summaries as they were handed in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Base, RowId

_OPEN = text("closed_at IS NULL")
_UNDECIDED = text("decided_at IS NULL")


class Incident(Base):
    """One event behind several cases of a neighbourhood (R-3.1); never changed after its closing."""

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: Mapped[RowId]
    neighbourhood: Mapped[str] = mapped_column(String(80))
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    summary: Mapped[str | None] = mapped_column(Text)
    """What it was and what came of it; said at the closing."""


class IncidentCase(Base):
    """A case is one of an incident; never changed nor deleted (R-AR)."""

    __tablename__ = "incident_cases"
    __table_args__ = (
        UniqueConstraint("case_id"),
        Index("ix_incident_cases_incident_id", "incident_id", "id"),
    )

    id: Mapped[RowId]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime]
    by_agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))


class BlacklistProposal(Base):
    """Somebody wants a number on the blacklist; another person decides (R-BL). Stays as it was decided."""

    __tablename__ = "blacklist_proposals"
    __table_args__ = (
        Index(
            "ix_blacklist_proposals_undecided",
            "id",
            sqlite_where=_UNDECIDED,
            postgresql_where=_UNDECIDED,
        ),
    )

    id: Mapped[RowId]
    number: Mapped[str] = mapped_column(String(32))
    """E.164."""
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    """What it came of."""
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("blacklist.id"))
    """What was made of it; None of one that was turned down."""
    why_not: Mapped[str | None] = mapped_column(Text)
    """Why it was turned down."""


class ComplaintSummary(Base):
    """The monthly summary of complaints as it was handed in (R-CS); never changed nor deleted."""

    __tablename__ = "complaint_summaries"

    id: Mapped[RowId]
    month: Mapped[str] = mapped_column(String(7), unique=True)
    """Of the complaints: 2026-10."""
    handed_in_at: Mapped[datetime]
    handed_in_by: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    closed: Mapped[int] = mapped_column(Integer)
    """How many complaints it counts."""
    rows: Mapped[dict[str, Any]]
    """{"units": [a line per unit, as :class:`ivr.standard.complaint_summary.UnitRow`]}."""
