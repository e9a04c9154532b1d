"""What an agent writes about a call: draft, record, case, its unit; and what was said of the script."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ivr.config.sections import CallKind
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.urgency import Urgency
from storage.models.columns import Base, RowId, Word


class Unit(Base):
    """A unit 责任单位 that work is passed on to, such as a maintenance station (R-14.1, R-15.1)."""

    __tablename__ = "units"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    phone: Mapped[str | None] = mapped_column(String(32))
    """E.164; where a call is transferred to. None: the unit takes no calls."""
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class CaseCounter(Base):
    """The last serial given out in a series of case numbers (R-N); locked while one is taken."""

    __tablename__ = "case_counters"

    series: Mapped[str] = mapped_column(String(24), primary_key=True)
    """What stands before the serial: "2026-11" or "TS2026-11"."""
    last: Mapped[int] = mapped_column(Integer)


class Case(Base):
    """A case 工单 as it was first written (R-AR): corrections are later rows of :class:`CallRecord`."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_contact_number", "contact_number"),
        Index("ix_cases_customer_id", "customer_id"),
        Index("ix_cases_created_at", "created_at"),
    )

    id: Mapped[RowId]
    number: Mapped[str] = mapped_column(String(32), unique=True)
    """R-N: year, month, serial: 2026-11-0001."""
    kind: Mapped[CallKind] = mapped_column(Word(CallKind))
    complaint_class: Mapped[ComplaintClass | None] = mapped_column(Word(ComplaintClass))
    urgency: Mapped[Urgency] = mapped_column(Word(Urgency))
    first_responder_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    """首问负责人: owns the case until the customer has been answered (R-FR)."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"), unique=True)
    """The call it was made of; one call makes one case."""
    surname: Mapped[str | None] = mapped_column(String(40))
    form_of_address: Mapped[str | None] = mapped_column(String(8))
    """先生 or 女士."""
    contact_number: Mapped[str | None] = mapped_column(String(32))
    address: Mapped[str | None] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    passed_at: Mapped[datetime | None]
    """When it went to the unit: in the transaction that made it (R-14.1, R-15.1); None: to nobody."""
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CallRecord(Base):
    """What an agent saved about a call, never altered: the first makes the case, later ones correct it.

    R-AR: corrections are new entries.
    """

    __tablename__ = "call_records"
    __table_args__ = (UniqueConstraint("case_id", "entry"),)

    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    entry: Mapped[int] = mapped_column(Integer)
    """1 for what made the case, then counting."""
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    saved_at: Mapped[datetime]
    menu_kind: Mapped[CallKind | None] = mapped_column(Word(CallKind))
    """What the caller chose in the menu; where ``kind`` differs, the agent corrected it (R-12.7)."""
    kind: Mapped[CallKind] = mapped_column(Word(CallKind))
    complaint_class: Mapped[ComplaintClass | None] = mapped_column(Word(ComplaintClass))
    urgency: Mapped[Urgency] = mapped_column(Word(Urgency))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    surname: Mapped[str | None] = mapped_column(String(40))
    form_of_address: Mapped[str | None] = mapped_column(String(8))
    contact_number: Mapped[str | None] = mapped_column(String(32))
    address: Mapped[str | None] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)


class RecordDraft(Base):
    """The record of a call while it is typed, exactly as it stands in the form; one for a call.

    It belongs to the call and not to a tab or an agent: a tab that is opened again, and the agent whom
    the call is transferred to, go on with it.
    """

    __tablename__ = "record_drafts"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True, autoincrement=False)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    """Who typed last."""
    editor: Mapped[str] = mapped_column(String(40))
    """The tab that typed last, by a name it gave itself."""
    seq: Mapped[int] = mapped_column(Integer)
    """Grows with every save; an older save never overwrites a newer one."""
    fields: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class ScriptTick(Base):
    """A line of the script that an agent has said in a call."""

    __tablename__ = "script_ticks"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True, autoincrement=False)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True, autoincrement=False)
    line: Mapped[str] = mapped_column(String(80), primary_key=True)
    """Its id in prompts/desk/."""
    ticked_at: Mapped[datetime]
