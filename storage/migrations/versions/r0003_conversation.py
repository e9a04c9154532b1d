"""What happens inside a conversation: who talked when, holds, transfers, consultations, calls out."""

import sqlalchemy as sa
from alembic import op

from storage.migrations import immutable_rows

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(40)


def upgrade() -> None:
    """Add the tables and the columns; what has ended is never changed."""
    _calls()
    _talks()
    _holds()
    _transfers()
    for table in ("talks", "holds", "transfers"):
        over = f"what has ended in {table} is never changed (R-12.9, R-12.12)"
        immutable_rows.refuse("UPDATE", table, over, when="OLD.ended_at IS NOT NULL")
        immutable_rows.refuse("DELETE", table, over, when="OLD.ended_at IS NOT NULL")


def _to(target: str, name: str) -> sa.ForeignKey:
    """A named foreign key."""
    return sa.ForeignKey(target, name=name)


def _calls() -> None:
    """New columns; those that point elsewhere without a foreign key, which SQLite cannot add to a table."""
    no = sa.text("false")
    for column in (
        sa.Column("direction", WORD, server_default="inbound", nullable=False),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("held_since", MOMENT, nullable=True),
        sa.Column("hold_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hold_seconds", sa.Float(), server_default="0", nullable=False),
        sa.Column("hold_over_limit", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("muted", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("three_way", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("special_end", WORD, nullable=True),
        sa.Column("special_end_text", sa.String(300), nullable=True),
    ):
        op.add_column("calls", column)
    op.create_index(
        "ix_calls_special_end",
        "calls",
        ["ended_at"],
        sqlite_where=sa.text("special_end IS NOT NULL"),
        postgresql_where=sa.text("special_end IS NOT NULL"),
    )


def _talks() -> None:
    """Who talked from when to when."""
    op.create_table(
        "talks",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, _to("calls.id", "fk_talks_call_id"), nullable=False),
        sa.Column("agent_id", ID, _to("agents.id", "fk_talks_agent_id"), nullable=True),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_talks"),
    )
    op.create_index("ix_talks_call_id", "talks", ["call_id"])
    op.create_index("ix_talks_began_at", "talks", ["began_at"])


def _holds() -> None:
    """When callers heard music."""
    op.create_table(
        "holds",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, _to("calls.id", "fk_holds_call_id"), nullable=False),
        sa.Column("agent_id", ID, _to("agents.id", "fk_holds_agent_id"), nullable=True),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("consent", sa.Boolean(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
    )
    op.create_index("ix_holds_call_id", "holds", ["call_id"])


def _transfers() -> None:
    """Calls passed on, and colleagues asked."""
    op.create_table(
        "transfers",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, _to("calls.id", "fk_transfers_call_id"), nullable=False),
        sa.Column("from_agent_id", ID, _to("agents.id", "fk_transfers_from_agent_id"), nullable=True),
        sa.Column("to_kind", WORD, nullable=False),
        sa.Column("to_value", WORD, nullable=False),
        sa.Column("to_number", sa.String(32), nullable=True),
        sa.Column("to_agent_id", ID, _to("agents.id", "fk_transfers_to_agent_id"), nullable=True),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=False),
        sa.Column("command_id", ID, nullable=True),
        sa.Column("channel", sa.String(80), nullable=True),
        sa.Column("state", WORD, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", WORD, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_transfers"),
    )
    op.create_index("ix_transfers_call_id", "transfers", ["call_id"])
    op.create_index(
        "uq_transfers_one_open_per_call",
        "transfers",
        ["call_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
