"""Units, records and their drafts, cases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from storage.migrations import immutable_rows

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(40)
JSON = sa.JSON().with_variant(JSONB, "postgresql")


def upgrade() -> None:
    """Make the tables, and keep what was written as it was written (R-AR)."""
    _units()
    _cases()
    _records()
    _while_typing()
    _kept_as_written()


def _to(target: str, name: str) -> sa.ForeignKey:
    """A named foreign key."""
    return sa.ForeignKey(target, name=name)


def _units() -> None:
    """Whom work is passed on to."""
    op.create_table(
        "units",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("phone", sa.String(32), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
        sa.UniqueConstraint("name", name="uq_units_name"),
    )


def _cases() -> None:
    """Cases and the counters of their numbers (R-N)."""
    op.create_table(
        "case_counters",
        sa.Column("series", sa.String(24), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_case_counters"),
    )
    op.create_table(
        "cases",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("complaint_class", WORD, nullable=True),
        sa.Column("urgency", WORD, nullable=False),
        sa.Column("first_responder_id", ID, _to("agents.id", "fk_cases_first_responder_id"), nullable=False),
        sa.Column("unit_id", ID, _to("units.id", "fk_cases_unit_id"), nullable=True),
        sa.Column("customer_id", ID, _to("customers.id", "fk_cases_customer_id"), nullable=True),
        sa.Column("call_id", ID, _to("calls.id", "fk_cases_call_id"), nullable=True),
        sa.Column("surname", sa.String(40), nullable=True),
        sa.Column("form_of_address", sa.String(8), nullable=True),
        sa.Column("contact_number", sa.String(32), nullable=True),
        sa.Column("address", sa.String(200), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("passed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("number", name="uq_cases_number"),
        sa.UniqueConstraint("call_id", name="uq_cases_call_id"),
    )
    op.create_index("ix_cases_contact_number", "cases", ["contact_number"])
    op.create_index("ix_cases_customer_id", "cases", ["customer_id"])
    op.create_index("ix_cases_created_at", "cases", ["created_at"])


def _records() -> None:
    """What was saved about calls."""
    op.create_table(
        "call_records",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, _to("cases.id", "fk_call_records_case_id"), nullable=False),
        sa.Column("call_id", ID, _to("calls.id", "fk_call_records_call_id"), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("agent_id", ID, _to("agents.id", "fk_call_records_agent_id"), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("menu_kind", WORD, nullable=True),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("complaint_class", WORD, nullable=True),
        sa.Column("urgency", WORD, nullable=False),
        sa.Column("unit_id", ID, _to("units.id", "fk_call_records_unit_id"), nullable=True),
        sa.Column("customer_id", ID, _to("customers.id", "fk_call_records_customer_id"), nullable=True),
        sa.Column("surname", sa.String(40), nullable=True),
        sa.Column("form_of_address", sa.String(8), nullable=True),
        sa.Column("contact_number", sa.String(32), nullable=True),
        sa.Column("address", sa.String(200), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_call_records"),
        sa.UniqueConstraint("case_id", "entry", name="uq_call_records_case_id_entry"),
    )
    op.create_index("ix_call_records_call_id", "call_records", ["call_id"])


def _while_typing() -> None:
    """What is kept while a call goes on."""
    op.create_table(
        "record_drafts",
        sa.Column("call_id", ID, _to("calls.id", "fk_record_drafts_call_id"), nullable=False),
        sa.Column("agent_id", ID, _to("agents.id", "fk_record_drafts_agent_id"), nullable=False),
        sa.Column("editor", WORD, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_record_drafts"),
    )
    op.create_table(
        "script_ticks",
        sa.Column("call_id", ID, _to("calls.id", "fk_script_ticks_call_id"), nullable=False),
        sa.Column("agent_id", ID, _to("agents.id", "fk_script_ticks_agent_id"), nullable=False),
        sa.Column("line", sa.String(80), nullable=False),
        sa.Column("ticked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "agent_id", "line", name="pk_script_ticks"),
    )


def _kept_as_written() -> None:
    """Nothing about a case is deleted, and corrections are new entries (R-AR)."""
    written = "what was written about a call is never changed; a correction is a new entry (R-AR)"
    immutable_rows.refuse("UPDATE", "call_records", written)
    immutable_rows.refuse("DELETE", "call_records", written)
    immutable_rows.refuse("DELETE", "cases", "a case is never deleted (R-AR)")
    immutable_rows.refuse("DELETE", "events", "a line of the audit log is never deleted (R-18)")
    first = "a case keeps its number, its beginning and its first words; a correction is a new entry (R-AR)"
    immutable_rows.refuse(
        "UPDATE",
        "cases",
        first,
        when="OLD.number <> NEW.number OR OLD.content <> NEW.content OR OLD.created_at <> NEW.created_at",
    )
