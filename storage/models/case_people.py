"""Who and what belongs to cases: people of units, links for fitters, photos, draws, the blacklist, search."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Float, ForeignKey, Index, Integer, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from ivr.standard.photo_rules import PhotoKind
from storage import full_text
from storage.models.columns import Base, RowId, Word


class Duty(StrEnum):
    """What somebody answers for."""

    HEAD = "head"  # of a unit: warned before something is late (R-OV)
    FITTER = "fitter"  # of a unit: does the work, gets links to single cases
    MANAGER = "manager"  # of all units: the top of the ladder (R-OV, R-CL)


class ResponsiblePerson(Base):
    """Somebody of a unit, or above all units; with or without a work number."""

    __tablename__ = "responsible_people"
    __table_args__ = (Index("ix_responsible_people_unit_id", "unit_id"),)

    id: Mapped[RowId]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    """None of a manager."""
    duty: Mapped[Duty] = mapped_column(Word(Duty))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Who this is in the console."""
    name: Mapped[str] = mapped_column(String(40))
    number: Mapped[str | None] = mapped_column(String(32))
    """E.164; for calls and texts."""
    mail: Mapped[str | None] = mapped_column(String(254))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    """No longer; the name stays in what was done."""


class CaseToken(Base):
    """A link that opens one case and no other; the token itself is kept nowhere."""

    __tablename__ = "case_tokens"
    __table_args__ = (Index("ix_case_tokens_case_id", "case_id"),)

    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("responsible_people.id"))
    """Whom it was sent to."""
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """Taken back before its time."""


class CasePhoto(Base):
    """A photo of a case; the picture lies in a file. Never changed nor deleted (R-AR)."""

    __tablename__ = "case_photos"
    __table_args__ = (Index("ix_case_photos_case_id", "case_id"),)

    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("responsible_people.id"))
    kind: Mapped[PhotoKind] = mapped_column(Word(PhotoKind))
    given_name: Mapped[str] = mapped_column(String(200))
    """As it was called where it came from; shown, never used as a name of a file."""
    file_name: Mapped[str] = mapped_column(String(80), unique=True)
    size_bytes: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))


class RevisitDraw(Base):
    """A draw of cases for revisits with all that proves it (R-13.5); never changed nor deleted."""

    __tablename__ = "revisit_draws"
    __table_args__ = (Index("ix_revisit_draws_until_at", "until_at"),)

    id: Mapped[RowId]
    at: Mapped[datetime]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    """The population is of this time, its end not included; each draw begins where the last one ended."""
    seed: Mapped[str] = mapped_column(String(64))
    percent: Mapped[float] = mapped_column(Float)
    population: Mapped[dict[str, Any]]
    """{"cases": [ids]}."""
    picks: Mapped[dict[str, Any]]
    """{"cases": [ids]}, in the order they were drawn."""


class BlacklistEntry(Base):
    """A number that is turned away for a time, but for alarms (R-BL)."""

    __tablename__ = "blacklist"
    __table_args__ = (Index("ix_blacklist_number", "number"),)

    id: Mapped[RowId]
    number: Mapped[str] = mapped_column(String(32))
    """E.164."""
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    approved_by: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    """What it came of."""
    since: Mapped[datetime]
    until: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))


class SearchText(Base):
    """Text that a search looks through; written by triggers of what it is about, see storage.full_text."""

    __tablename__ = "search_texts"
    __table_args__ = (
        Index("ix_search_texts_case_id", "case_id"),
        Index("ix_search_texts_call_id", "call_id"),
    )

    id: Mapped[RowId]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    text: Mapped[str] = mapped_column(Text)


@event.listens_for(SearchText.__table__, "after_create")
def _with_its_index(table: Any, connection: Connection, **options: Any) -> None:
    full_text.prepare(connection)
    full_text.find_single_signs(connection)
