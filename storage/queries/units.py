"""Units 责任单位 that work and calls are passed on to."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage.models import Unit


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit as forms and dialogs offer it; ``phone`` is E.164, None where it takes no calls."""

    id: int
    name: str
    phone: str | None


def active(connection: Connection) -> list[UnitView]:
    """The units that work may be passed on to now, by name."""
    rows = connection.execute(
        select(Unit.id, Unit.name, Unit.phone).where(Unit.active).order_by(Unit.name, Unit.id)
    )
    return [UnitView(*row) for row in rows]


def one(connection: Connection, unit_id: int) -> UnitView | None:
    """A unit that work may be passed on to now; None where there is none."""
    row = connection.execute(
        select(Unit.id, Unit.name, Unit.phone).where(Unit.id == unit_id, Unit.active)
    ).one_or_none()
    return UnitView(*row) if row is not None else None
