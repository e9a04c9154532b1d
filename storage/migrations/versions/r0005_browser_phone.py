"""Browser phones: their keys, the telephones for trying the hotline, and how well calls were heard."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "browser_phones",
        sa.Column(
            "sign_in_id",
            ID,
            sa.ForeignKey("sign_ins.id", name="fk_browser_phones_sign_in_id"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sign_in_id", name="pk_browser_phones"),
    )
    op.create_table(
        "visitor_phones",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("caller_number", sa.String(24), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visitor_phones"),
        sa.UniqueConstraint("name", name="uq_visitor_phones_name"),
    )
    op.create_index("ix_visitor_phones_expires_at", "visitor_phones", ["expires_at"])
    op.create_table(
        "call_quality",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, sa.ForeignKey("calls.id", name="fk_call_quality_call_id"), nullable=False),
        sa.Column(
            "agent_id", ID, sa.ForeignKey("agents.id", name="fk_call_quality_agent_id"), nullable=False
        ),
        sa.Column("leg", sa.String(36), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("packets_sent", sa.Integer(), nullable=False),
        sa.Column("packets_received", sa.Integer(), nullable=False),
        sa.Column("packets_lost", sa.Integer(), nullable=False),
        sa.Column("packets_lost_there", sa.Integer(), nullable=False),
        sa.Column("jitter_ms", sa.Float(), nullable=True),
        sa.Column("round_trip_ms", sa.Float(), nullable=True),
        sa.Column("codec", sa.String(20), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_call_quality"),
    )
    op.create_index("uq_call_quality_agent_id_leg", "call_quality", ["agent_id", "leg"], unique=True)
    op.create_index("ix_call_quality_call_id", "call_quality", ["call_id"])
