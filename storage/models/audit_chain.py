"""The chain of hashes over the audit log: shows what triggers cannot refuse to the database's superuser."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Base, Id


class AuditLink(Base):
    """The place of one line of the audit log in the chain; never changed nor deleted (R-18)."""

    __tablename__ = "audit_chain"

    position: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    """From 1, without a gap, in the order of the commits."""
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)
    previous_hash: Mapped[str] = mapped_column(String(64))
    """Of the line before."""
    hash: Mapped[str] = mapped_column(String(64))
    """See :mod:`storage.audit_hash`."""
