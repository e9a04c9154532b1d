"""The customer archive 用户档案 (R-12.6, R-A)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.columns import Base, RowId


class Customer(Base):
    """Somebody the company supplies, with the address as 小区, 楼, 单元, 门牌."""

    __tablename__ = "customers"

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(String(80))
    form_of_address: Mapped[str | None] = mapped_column(String(8))
    """先生 or 女士."""
    customer_type: Mapped[str | None] = mapped_column(String(40))
    compound: Mapped[str | None] = mapped_column(String(80))
    building: Mapped[str | None] = mapped_column(String(20))
    entrance: Mapped[str | None] = mapped_column(String(20))
    door: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[datetime]

    numbers: Mapped[list["CustomerNumber"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class CustomerNumber(Base):
    """A telephone number of a customer, E.164; several customers may share one."""

    __tablename__ = "customer_numbers"
    __table_args__ = (Index("ix_customer_numbers_number", "number"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(32), primary_key=True)
