"""What was changed about customers, by whom and when; append-only (R-AR)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from storage.customer_values import FIELDS, CustomerValues
from storage.models import Agent, CustomerChange, CustomerImport

LONGEST = 1000
"""Characters of a value that the history keeps."""

Changes = dict[str, tuple[str | None, str | None]]
"""Field → (before, after)."""


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the history."""

    at: datetime
    field: str
    before: str | None
    after: str | None
    work_number: str | None
    name: str | None
    """Who; both None for a command of the operator."""
    import_id: int | None
    file_name: str | None
    """The list it came from."""


def changes_between(before: CustomerValues, after: CustomerValues) -> Changes:
    """The fields that differ; numbers are one field, whatever their order."""
    found: Changes = {}
    for field in FIELDS:
        old, new = getattr(before, field), getattr(after, field)
        if field == "numbers":
            old, new = ", ".join(sorted(old)) or None, ", ".join(sorted(new)) or None
        if old != new:
            found[field] = (_text(old), _text(new))
    return found


def _text(value: object) -> str | None:
    return None if value is None else str(value)[:LONGEST]


def note_changes(
    connection: Connection,
    customer_id: int,
    changes: Mapping[str, tuple[str | None, str | None]],
    by: int | None,
    now: datetime,
) -> None:
    """Write down what changed, in the transaction that changes it."""
    rows = [
        {
            "customer_id": customer_id,
            "at": now,
            "agent_id": by,
            "field": field,
            "before": before,
            "after": after,
        }
        for field, (before, after) in changes.items()
    ]
    connection.execute(insert(CustomerChange), rows)


def history(connection: Connection, customer_id: int, limit: int = 200) -> list[Change]:
    """The newest changes of a customer, the newest first."""
    rows = connection.execute(
        select(
            CustomerChange.at,
            CustomerChange.field,
            CustomerChange.before,
            CustomerChange.after,
            Agent.work_number,
            Agent.name,
            CustomerChange.import_id,
            CustomerImport.file_name,
        )
        .outerjoin(Agent, Agent.id == CustomerChange.agent_id)
        .outerjoin(CustomerImport, CustomerImport.id == CustomerChange.import_id)
        .where(CustomerChange.customer_id == customer_id)
        .order_by(CustomerChange.id.desc())
        .limit(limit)
    )
    return [Change(*row) for row in rows]
