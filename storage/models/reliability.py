"""What the hotline keeps to survive its own failures, and whom it keeps out."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Base, RowId


class JournalMark(Base):
    """How much of an engine's journal on disk is in the database: written with what was written."""

    __tablename__ = "journal_marks"

    journal: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    """The number of the last entry that is in."""
    written_at: Mapped[datetime]


class SipBan(Base):
    """An address that the PBX no longer listens to, because it tried names or passwords."""

    __tablename__ = "sip_bans"
    __table_args__ = (Index("ix_sip_bans_until", "until"),)

    id: Mapped[RowId]
    pbx_node: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(45))
    since: Mapped[datetime]
    until: Mapped[datetime]
    tries: Mapped[int]
