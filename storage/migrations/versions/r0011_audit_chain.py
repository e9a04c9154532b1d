"""The audit log's chain of hashes, with the lines there are; events of calls may go by the retention rule."""

from datetime import UTC

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from storage.audit_hash import FIRST, Line, chained
from storage.migrations import immutable_rows

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
JSON = sa.JSON().with_variant(JSONB, "postgresql")
BATCH = 5000


def upgrade() -> None:
    """Make the table, take up the lines there are, and keep both as they are."""
    links = op.create_table(
        "audit_chain",
        sa.Column("position", ID, nullable=False, autoincrement=False),
        sa.Column("event_id", ID, sa.ForeignKey("events.id", name="fk_audit_chain_event_id"), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_audit_chain"),
        sa.UniqueConstraint("event_id", name="uq_audit_chain_event_id"),
    )
    _take_up(links)
    for action in ("UPDATE", "DELETE"):
        immutable_rows.refuse(action, "audit_chain", "the chain of the audit log is never changed (R-18)")
    _let_events_of_calls_go()


def _take_up(links: sa.Table) -> None:
    connection = op.get_bind()
    events = sa.table(
        "events",
        sa.column("id", ID),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("kind", sa.String),
        sa.column("pbx_node", sa.String),
        sa.column("call_id", ID),
        sa.column("agent_id", ID),
        sa.column("data", JSON),
    )
    last, position, previous = 0, 0, FIRST
    lines = sa.select(events).where(events.c.kind.like("console.%")).order_by(events.c.id).limit(BATCH)
    while rows := connection.execute(lines.where(events.c.id > last)).all():
        new = []
        for row in rows:
            position += 1
            at = row.at if row.at.tzinfo is not None else row.at.replace(tzinfo=UTC)
            line = Line(row.id, at, row.kind, row.pbx_node, row.call_id, row.agent_id, row.data)
            own = chained(previous, position, line)
            new.append({"position": position, "event_id": row.id, "previous_hash": previous, "hash": own})
            last, previous = row.id, own
        connection.execute(links.insert(), new)


def _let_events_of_calls_go() -> None:
    """Only lines of the audit log stay for ever (R-18); what calls left behind has its time (retention)."""
    name = "refuse_delete_events"
    on = " ON events" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER {name}{on}")
    immutable_rows.refuse(
        "DELETE",
        "events",
        "a line of the audit log is never deleted (R-18)",
        when="OLD.kind LIKE 'console.%'",
    )
