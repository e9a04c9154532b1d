"""What the hotline keeps to survive its own failures, and whom it keeps out."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.add_column("engines", sa.Column("pbx_seconds", sa.Double(), nullable=True))
    op.add_column("engines", sa.Column("unwritten", sa.Integer(), nullable=False, server_default="0"))
    for name in ("unrecorded", "crowded"):
        op.add_column("engines", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("engines", sa.Column("unseen_since", MOMENT, nullable=True))
    op.create_table(
        "journal_marks",
        sa.Column("journal", sa.String(40), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("journal", name="pk_journal_marks"),
    )
    op.create_table(
        "sip_bans",
        sa.Column("id", ID, nullable=False),
        sa.Column("pbx_node", sa.String(40), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sip_bans"),
    )
    op.create_index("ix_sip_bans_until", "sip_bans", ["until"])
