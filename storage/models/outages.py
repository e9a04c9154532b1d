"""Planned outages (R-5.1): what is announced, who lives there, and who was told by text.

Calls are those of the campaign that belongs to each: its tasks say who was reached by telephone, and its
state whether calls and texts go on.
"""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ivr.standard.outage import AreaSound, OutageText
from storage.models.columns import Base, RowId, Word

_WAITING = text("text_state = 'waiting'")


class Outage(Base):
    """One planned outage."""

    __tablename__ = "outages"
    __table_args__ = (
        Index("uq_outages_campaign_id", "campaign_id", unique=True),
        Index("ix_outages_ends_at", "ends_at"),
    )

    id: Mapped[RowId]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    name: Mapped[str] = mapped_column(String(80))
    area: Mapped[str] = mapped_column(String(200))
    """As texts name it, and the voice where there is one."""
    work: Mapped[str] = mapped_column(String(80))
    """Why gas is off."""
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """Forecast; may be changed while it goes on."""
    announced_from: Mapped[datetime | None]
    """In front of the menu, until the end; None: not there."""
    calls: Mapped[bool] = mapped_column(Boolean)
    texts: Mapped[bool] = mapped_column(Boolean)
    area_sound: Mapped[AreaSound] = mapped_column(Word(AreaSound))
    area_sound_why: Mapped[str | None] = mapped_column(String(200))
    """Why it cannot be said."""
    changed_at: Mapped[datetime]


class OutagePerson(Base):
    """Somebody who lives where gas is off, by the number they are told at."""

    __tablename__ = "outage_people"
    __table_args__ = (
        Index(
            "ix_outage_people_waiting",
            "outage_id",
            "number",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    outage_id: Mapped[int] = mapped_column(ForeignKey("outages.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    name: Mapped[str | None] = mapped_column(String(80))
    text_state: Mapped[OutageText] = mapped_column(Word(OutageText))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"))
    """The text, once it is written."""
