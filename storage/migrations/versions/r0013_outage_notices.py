"""Planned outages with the people who are told, and how the lines to the outside are."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("text_state = 'waiting'")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "outages",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "campaign_id", ID, sa.ForeignKey("campaigns.id", name="fk_outages_campaign_id"), nullable=False
        ),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("area", sa.String(200), nullable=False),
        sa.Column("work", sa.String(80), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("announced_from", MOMENT),
        sa.Column("calls", sa.Boolean(), nullable=False),
        sa.Column("texts", sa.Boolean(), nullable=False),
        sa.Column("area_sound", sa.String(40), nullable=False),
        sa.Column("area_sound_why", sa.String(200)),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outages"),
    )
    op.create_index("uq_outages_campaign_id", "outages", ["campaign_id"], unique=True)
    op.create_index("ix_outages_ends_at", "outages", ["ends_at"])
    op.create_table(
        "outage_people",
        sa.Column(
            "outage_id", ID, sa.ForeignKey("outages.id", name="fk_outage_people_outage_id"), nullable=False
        ),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("customer_id", ID, sa.ForeignKey("customers.id", name="fk_outage_people_customer_id")),
        sa.Column("name", sa.String(80)),
        sa.Column("text_state", sa.String(40), nullable=False),
        sa.Column("notice_id", ID, sa.ForeignKey("notices.id", name="fk_outage_people_notice_id")),
        sa.PrimaryKeyConstraint("outage_id", "number", name="pk_outage_people"),
    )
    op.create_index(
        "ix_outage_people_waiting",
        "outage_people",
        ["outage_id", "number"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "trunk_states",
        sa.Column("pbx_node", sa.String(40), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("why", sa.String(200)),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_call_at", MOMENT),
        sa.Column("last_failure_at", MOMENT),
        sa.PrimaryKeyConstraint("pbx_node", "name", name="pk_trunk_states"),
    )
