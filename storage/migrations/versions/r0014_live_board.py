"""The live board's screens, and supervisors at the conversations of agents."""

import sqlalchemy as sa
from alembic import op

from storage.migrations import immutable_rows

revision = "0014"
down_revision = "0013"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "interventions",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, sa.ForeignKey("calls.id", name="fk_interventions_call_id"), nullable=False),
        sa.Column(
            "agent_id", ID, sa.ForeignKey("agents.id", name="fk_interventions_agent_id"), nullable=False
        ),
        sa.Column(
            "by_agent_id", ID, sa.ForeignKey("agents.id", name="fk_interventions_by_agent_id"), nullable=False
        ),
        sa.Column("pbx_node", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("command_id", ID),
        sa.Column("mode", sa.String(40), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("outcome", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name="pk_interventions"),
    )
    op.create_index("ix_interventions_call_id", "interventions", ["call_id"])
    op.create_index(
        "uq_interventions_one_open_each",
        "interventions",
        ["by_agent_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    immutable_rows.refuse("DELETE", "interventions", "who was at a conversation is never deleted")
    op.create_table(
        "board_screens",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_by", ID, sa.ForeignKey("agents.id", name="fk_board_screens_made_by"), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_board_screens"),
    )
    op.create_index("uq_board_screens_token_hash", "board_screens", ["token_hash"], unique=True)
