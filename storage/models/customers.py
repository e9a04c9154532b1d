"""The customer archive 用户档案 (R-12.6, R-A): customers, their numbers, their history, and imports.

Nobody is ever deleted (R-AR): who is removed stays, with the moment it happened.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ivr.standard.customer_type import CustomerType
from ivr.standard.import_state import DuplicateChoice, ImportState
from storage.models.columns import Base, Id, RowId, Word

_ACCOUNT_IN_USE = text("account_number IS NOT NULL AND removed_at IS NULL")
_DEMO_IN_USE = text("demo AND removed_at IS NULL")


class Customer(Base):
    """Somebody the company supplies, with the address as 小区, 楼, 单元, 门牌."""

    __tablename__ = "customers"
    __table_args__ = (
        Index(
            "uq_customers_account_number",
            "account_number",
            unique=True,
            sqlite_where=_ACCOUNT_IN_USE,
            postgresql_where=_ACCOUNT_IN_USE,
        ),
        Index("ix_customers_name", "name"),
        Index("ix_customers_demo", "id", sqlite_where=_DEMO_IN_USE, postgresql_where=_DEMO_IN_USE),
    )

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(String(80))
    form_of_address: Mapped[str | None] = mapped_column(String(8))
    """先生 or 女士."""
    customer_type: Mapped[CustomerType | None] = mapped_column(Word(CustomerType))
    compound: Mapped[str | None] = mapped_column(String(80))
    building: Mapped[str | None] = mapped_column(String(20))
    entrance: Mapped[str | None] = mapped_column(String(20))
    door: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[datetime]
    surname: Mapped[str | None] = mapped_column(String(8))
    """As the agent says it with 先生 or 女士 (R-12.5); taken from the name, None of a firm."""
    account_number: Mapped[str | None] = mapped_column(String(32))
    """户号: the company's own number of the customer."""
    meter_kind: Mapped[str | None] = mapped_column(String(40))
    meter_model: Mapped[str | None] = mapped_column(String(40))
    meter_year: Mapped[int | None] = mapped_column(Integer)
    """When the meter was made."""
    search_text: Mapped[str] = mapped_column(String(2000), server_default="")
    """What a search looks through, see storage.customer_search; numbers are not in it (R-18)."""
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    """Grows with every edit, so that two who edit at once are told of each other."""
    updated_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """Made up, to try the hotline."""
    removed_at: Mapped[datetime | None]

    numbers: Mapped[list["CustomerNumber"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class CustomerNumber(Base):
    """A telephone number of a customer, E.164; several customers may share one."""

    __tablename__ = "customer_numbers"
    __table_args__ = (Index("ix_customer_numbers_number", "number"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(32), primary_key=True)


class CustomerChange(Base):
    """One thing that was changed about a customer, never altered nor deleted (R-AR)."""

    __tablename__ = "customer_changes"
    __table_args__ = (Index("ix_customer_changes_customer_id", "customer_id"),)

    id: Mapped[RowId]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    at: Mapped[datetime]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Who; None for a command of the operator."""
    import_id: Mapped[int | None] = mapped_column(ForeignKey("customer_imports.id"))
    field: Mapped[str] = mapped_column(String(40))
    """A column's name, "numbers", or "created" or "removed"."""
    before: Mapped[str | None] = mapped_column(String(1000))
    after: Mapped[str | None] = mapped_column(String(1000))


class CustomerImport(Base):
    """One import of a list, from the file to its end; its progress is here for every page to see."""

    __tablename__ = "customer_imports"
    __table_args__ = (
        Index(
            "uq_customer_imports_at_work",
            "at_work",
            unique=True,
            sqlite_where=text("at_work"),
            postgresql_where=text("at_work"),
        ),
    )

    id: Mapped[RowId]
    state: Mapped[ImportState] = mapped_column(Word(ImportState))
    at_work: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """A program works on it now; one import at a time."""
    file_name: Mapped[str] = mapped_column(String(200))
    """As it was called where it came from."""
    size_bytes: Mapped[int] = mapped_column(Id)
    sha256: Mapped[str] = mapped_column(String(64))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    """Who; None for a command of the operator."""
    uploaded_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """Last sign of life of the program that works on it."""
    ended_at: Mapped[datetime | None]
    how: Mapped[dict[str, Any] | None]
    """How the file is read and what was chosen: encoding, delimiter, header row, columns."""
    duplicates: Mapped[DuplicateChoice | None] = mapped_column(Word(DuplicateChoice))
    rows: Mapped[int] = mapped_column(Integer, server_default="0")
    """Rows of the file that hold a customer."""
    rows_done: Mapped[int] = mapped_column(Integer, server_default="0")
    rows_wrong: Mapped[int] = mapped_column(Integer, server_default="0")
    rows_known: Mapped[int] = mapped_column(Integer, server_default="0")
    """Rows whose customer is in the archive already."""
    created: Mapped[int] = mapped_column(Integer, server_default="0")
    updated: Mapped[int] = mapped_column(Integer, server_default="0")
    skipped: Mapped[int] = mapped_column(Integer, server_default="0")
    failure: Mapped[str | None] = mapped_column(String(400))
    """Why it could not be done."""
