"""What carriers told: texts that came in, and what became of texts and calls."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Base, RowId


class ReceivedText(Base):
    """A text somebody sent to the hotline; under the carrier's id, so that it is kept once."""

    __tablename__ = "received_texts"
    __table_args__ = (Index("ix_received_texts_sender", "sender"),)

    id: Mapped[RowId]
    sid: Mapped[str] = mapped_column(String(64), unique=True)
    sender: Mapped[str] = mapped_column(String(32))
    sent_to: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class CarrierStatus(Base):
    """What a carrier said of one of our texts or calls; each status once."""

    __tablename__ = "carrier_statuses"

    sid: Mapped[str] = mapped_column(String(64), primary_key=True)
    status: Mapped[str] = mapped_column(String(32), primary_key=True)
    error: Mapped[str | None] = mapped_column(String(32))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"))
    at: Mapped[datetime]
