"""Incidents, blacklist proposals, and monthly summaries of complaints."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from storage.migrations import immutable_rows

revision = "0009"
down_revision = "0008"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB, "postgresql")
OPEN = "closed_at IS NULL"
UNDECIDED = "decided_at IS NULL"


def upgrade() -> None:
    """Make the tables."""
    _incidents()
    _proposals()
    _summaries()
    _kept_as_written()


def _to(table: str, column: str, target: str, *, null: bool = False) -> sa.Column[int]:
    """A column that points at a row of another table."""
    key = sa.ForeignKey(target, name=f"fk_{table}_{column}")
    return sa.Column(column, ID, key, nullable=null)


def _index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", ID, nullable=False),
        sa.Column("neighbourhood", sa.String(80), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        _to("incidents", "opened_by", "agents.id"),
        sa.Column("closed_at", MOMENT, nullable=True),
        _to("incidents", "closed_by", "agents.id", null=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    _index("ix_incidents_open", "incidents", ["id"], OPEN)
    op.create_table(
        "incident_cases",
        sa.Column("id", ID, nullable=False),
        _to("incident_cases", "incident_id", "incidents.id"),
        _to("incident_cases", "case_id", "cases.id"),
        sa.Column("at", MOMENT, nullable=False),
        _to("incident_cases", "by_agent_id", "agents.id"),
        sa.PrimaryKeyConstraint("id", name="pk_incident_cases"),
        sa.UniqueConstraint("case_id", name="uq_incident_cases_case_id"),
    )
    _index("ix_incident_cases_incident_id", "incident_cases", ["incident_id", "id"])


def _proposals() -> None:
    op.create_table(
        "blacklist_proposals",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        _to("blacklist_proposals", "case_id", "cases.id", null=True),
        sa.Column("proposed_at", MOMENT, nullable=False),
        _to("blacklist_proposals", "proposed_by", "agents.id"),
        sa.Column("decided_at", MOMENT, nullable=True),
        _to("blacklist_proposals", "decided_by", "agents.id", null=True),
        _to("blacklist_proposals", "entry_id", "blacklist.id", null=True),
        sa.Column("why_not", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_blacklist_proposals"),
    )
    _index("ix_blacklist_proposals_undecided", "blacklist_proposals", ["id"], UNDECIDED)


def _summaries() -> None:
    op.create_table(
        "complaint_summaries",
        sa.Column("id", ID, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("handed_in_at", MOMENT, nullable=False),
        _to("complaint_summaries", "handed_in_by", "agents.id"),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("rows", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_complaint_summaries"),
        sa.UniqueConstraint("month", name="uq_complaint_summaries_month"),
    )


def _kept_as_written() -> None:
    """R-AR: what was decided stays."""
    over = "an incident is never changed after its closing (R-AR)"
    immutable_rows.refuse("UPDATE", "incidents", over, when="OLD.closed_at IS NOT NULL")
    immutable_rows.refuse("DELETE", "incidents", "an incident is closed, not deleted (R-AR)")
    decided = "what was decided about the blacklist is never changed (R-BL)"
    immutable_rows.refuse("UPDATE", "blacklist_proposals", decided, when="OLD.decided_at IS NOT NULL")
    immutable_rows.refuse("DELETE", "blacklist_proposals", decided)
    for action in ("UPDATE", "DELETE"):
        immutable_rows.refuse(action, "incident_cases", "a case stays with its incident (R-AR)")
        immutable_rows.refuse(action, "complaint_summaries", "what was handed in is never changed (R-CS)")
