"""How the lines to the outside are, as each engine sees its own PBX's."""

from datetime import datetime

from sqlalchemy import Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from ivr.standard.trunk_choice import TrunkState
from storage.models.columns import Base, Word


class TrunkCondition(Base):
    """One trunk of one PBX; changed whenever something is seen of it."""

    __tablename__ = "trunk_states"

    pbx_node: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    place: Mapped[int] = mapped_column(Integer)
    """In the order in which they are tried, from 1."""
    listed: Mapped[bool] = mapped_column(Boolean)
    """Stands in config.yaml now."""
    state: Mapped[TrunkState] = mapped_column(Word(TrunkState))
    since: Mapped[datetime]
    why: Mapped[str | None] = mapped_column(String(200))
    """What was seen last that is wrong."""
    calls: Mapped[int] = mapped_column(Integer, default=0)
    """Begun over it since it is known."""
    failures: Mapped[int] = mapped_column(Integer, default=0)
    """Of them those that it did not carry."""
    last_call_at: Mapped[datetime | None]
    last_failure_at: Mapped[datetime | None]
