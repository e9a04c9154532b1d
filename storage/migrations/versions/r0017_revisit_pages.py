"""Revisits that agents make: who looks at a task, who called, what they wrote; why the dialer was paused."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
_HELD = "held_by IS NOT NULL AND status = 'open'"
_WAITS = "agent_id IS NOT NULL AND result IS NULL"


def upgrade() -> None:
    """Add the columns; rows of before have nothing in them."""
    _add_agent("dial_tasks", "held_by")
    op.add_column("dial_tasks", sa.Column("held_until", MOMENT, nullable=True))
    _add_agent("dial_attempts", "agent_id")
    op.add_column("dial_attempts", sa.Column("said", sa.Text(), nullable=True))
    op.add_column("dialer_state", sa.Column("reason", sa.String(200), nullable=True))
    _index("ix_dial_tasks_held_by", "dial_tasks", "held_by", _HELD)
    _index("ix_dial_attempts_agent_id", "dial_attempts", "agent_id", _WAITS)


def _add_agent(table: str, column: str) -> None:
    """A column that points at an agent; SQLite takes the reference only where it makes the column."""
    name = f"fk_{table}_{column}"
    if op.get_bind().dialect.name == "sqlite":
        column_of = f"{column} INTEGER CONSTRAINT {name} REFERENCES agents (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column_of}")
    else:
        op.add_column(table, sa.Column(column, ID, sa.ForeignKey("agents.id", name=name), nullable=True))


def _index(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], sqlite_where=condition, postgresql_where=condition)
