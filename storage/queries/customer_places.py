"""The archive's addresses as a tree: 小区, and the buildings of each, with how many customers live there."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage.models import Customer


@dataclass(frozen=True, slots=True)
class Building:
    """One building; ``name`` None: customers whose building nobody wrote down."""

    name: str | None
    customers: int


@dataclass(frozen=True, slots=True)
class Compound:
    """One 小区 with its buildings in order."""

    name: str
    buildings: tuple[Building, ...]

    @property
    def customers(self) -> int:
        """How many live in all of it."""
        return sum(building.customers for building in self.buildings)


def tree(connection: Connection) -> list[Compound]:
    """All places of the archive, in order; who has no address is nowhere."""
    rows = connection.execute(
        select(Customer.compound, Customer.building, func.count().label("customers"))
        .where(Customer.removed_at.is_(None), Customer.compound.is_not(None), Customer.compound != "")
        .group_by(Customer.compound, Customer.building)
    )
    found: dict[str, list[Building]] = {}
    for row in rows:
        found.setdefault(row.compound, []).append(Building(row.building or None, row.customers))
    return [Compound(name, tuple(sorted(found[name], key=_in_order))) for name in sorted(found)]


def _in_order(building: Building) -> tuple[int, int, str]:
    """2 before 10; names behind numbers, the unknown at the end."""
    name = building.name or ""
    digits = "".join(sign for sign in name if sign.isdecimal())
    if not name:
        return 2, 0, ""
    return (0, int(digits), name) if digits else (1, 0, name)
