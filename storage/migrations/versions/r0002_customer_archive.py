"""The customer archive: meters, accounts, what a search looks through, history and imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from storage.migrations import immutable_rows

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(40)
JSON = sa.JSON().with_variant(JSONB, "postgresql")
IN_USE = "account_number IS NOT NULL AND removed_at IS NULL"
DEMO_IN_USE = "demo AND removed_at IS NULL"


def upgrade() -> None:
    """Widen the archive; customers of an older program are found by number until they are edited."""
    _imports()
    _customers()
    _changes()
    op.create_index("ix_calls_caller_number_arrived_at", "calls", ["caller_number", "arrived_at"])


def _imports() -> None:
    """Imports and their progress."""
    op.create_table(
        "customer_imports",
        sa.Column("id", ID, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("at_work", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("size_bytes", ID, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column(
            "agent_id", ID, sa.ForeignKey("agents.id", name="fk_customer_imports_agent_id"), nullable=True
        ),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("how", JSON, nullable=True),
        sa.Column("duplicates", WORD, nullable=True),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in ("rows", "rows_done", "rows_wrong", "rows_known", "created", "updated", "skipped")
        ),
        sa.Column("failure", sa.String(400), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_customer_imports"),
    )
    op.create_index(
        "uq_customer_imports_at_work",
        "customer_imports",
        ["at_work"],
        unique=True,
        sqlite_where=sa.text("at_work"),
        postgresql_where=sa.text("at_work"),
    )


def _customers() -> None:
    """What the first tables did not know of a customer."""
    for column in (
        sa.Column("surname", sa.String(8), nullable=True),
        sa.Column("account_number", sa.String(32), nullable=True),
        sa.Column("meter_kind", WORD, nullable=True),
        sa.Column("meter_model", WORD, nullable=True),
        sa.Column("meter_year", sa.Integer(), nullable=True),
        sa.Column("search_text", sa.String(2000), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", MOMENT, nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
    ):
        op.add_column("customers", column)
    op.create_index(
        "uq_customers_account_number",
        "customers",
        ["account_number"],
        unique=True,
        sqlite_where=sa.text(IN_USE),
        postgresql_where=sa.text(IN_USE),
    )
    op.create_index("ix_customers_name", "customers", ["name"])
    op.create_index(
        "ix_customers_demo",
        "customers",
        ["id"],
        sqlite_where=sa.text(DEMO_IN_USE),
        postgresql_where=sa.text(DEMO_IN_USE),
    )


def _changes() -> None:
    """What was changed about customers, append-only (R-AR)."""
    op.create_table(
        "customer_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "customer_id",
            ID,
            sa.ForeignKey("customers.id", name="fk_customer_changes_customer_id"),
            nullable=False,
        ),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column(
            "agent_id", ID, sa.ForeignKey("agents.id", name="fk_customer_changes_agent_id"), nullable=True
        ),
        sa.Column(
            "import_id",
            ID,
            sa.ForeignKey("customer_imports.id", name="fk_customer_changes_import_id"),
            nullable=True,
        ),
        sa.Column("field", WORD, nullable=False),
        sa.Column("before", sa.String(1000), nullable=True),
        sa.Column("after", sa.String(1000), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_customer_changes"),
    )
    op.create_index("ix_customer_changes_customer_id", "customer_changes", ["customer_id"])
    for action in ("UPDATE", "DELETE"):
        immutable_rows.refuse(action, "customer_changes", "the history of a customer is never changed (R-AR)")
    immutable_rows.refuse("DELETE", "customers", "a customer is never deleted (R-AR)")
