"""Calls to customers: tasks, attempts, answers, do-not-call list, campaigns, whether the dialer runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from storage.migrations import immutable_rows

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(40)
JSON = sa.JSON().with_variant(JSONB, "postgresql")


def upgrade() -> None:
    """Make the tables, and keep attempts and answers as they were written (R-16.6)."""
    _campaigns()
    _campaign_refusals()
    _dial_tasks()
    _dial_attempts()
    _revisit_answers()
    _do_not_call()
    _dialed_numbers()
    _dialer_state()
    _carriers()
    _kept_as_written()


def _to(table: str, column: str, target: str, *, null: bool = False) -> sa.Column[int]:
    """A column that points at a row of another table."""
    key = sa.ForeignKey(target, name=f"fk_{table}_{column}")
    return sa.Column(column, ID, key, nullable=null)


def _index(
    name: str, table: str, columns: list[str], *, unique: bool = False, where: str | None = None
) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("way", WORD, nullable=False),
        sa.Column("questionnaire", sa.String(40), nullable=True),
        sa.Column("state", WORD, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _to("campaigns", "made_by", "agents.id", null=True),
        sa.Column("until_at", MOMENT, nullable=True),
        sa.Column("source", JSON, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rows_refused", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
    )


def _campaign_refusals() -> None:
    op.create_table(
        "campaign_refusals",
        _to("campaign_refusals", "campaign_id", "campaigns.id"),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("given", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("about", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "row", name="pk_campaign_refusals"),
    )


def _dial_tasks() -> None:
    op.create_table(
        "dial_tasks",
        sa.Column("id", ID, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("way", WORD, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("number", sa.String(32), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        _to("dial_tasks", "customer_id", "customers.id", null=True),
        sa.Column("name", sa.String(80), nullable=True),
        _to("dial_tasks", "case_id", "cases.id", null=True),
        _to("dial_tasks", "obligation_id", "obligations.id", null=True),
        _to("dial_tasks", "task_id", "tasks.id", null=True),
        _to("dial_tasks", "campaign_id", "campaigns.id", null=True),
        sa.Column("questionnaire", sa.String(40), nullable=True),
        _to("dial_tasks", "agent_id", "agents.id", null=True),
        sa.Column("queue", sa.String(40), nullable=True),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("until_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.String(80), nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end", WORD, nullable=True),
        sa.Column("refusal", WORD, nullable=True),
        sa.Column("result", WORD, nullable=True),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("dissatisfied", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dial_tasks"),
        sa.UniqueConstraint("campaign_id", "number", name="uq_dial_tasks_campaign_id_number"),
    )
    _index("ix_dial_tasks_case_id", "dial_tasks", ["case_id"])
    _index("ix_dial_tasks_number", "dial_tasks", ["number"])
    order = ["rank", "due_at", "id", "next_at", "way", "campaign_id"]
    _index("ix_dial_tasks_order", "dial_tasks", order, where="status = 'open'")
    _index("ix_dial_tasks_taken", "dial_tasks", ["taken_by"], where="status = 'taken'")
    _index("uq_dial_tasks_obligation_id", "dial_tasks", ["obligation_id"], unique=True)
    _index("uq_dial_tasks_task_id", "dial_tasks", ["task_id"], unique=True)


def _dial_attempts() -> None:
    op.create_table(
        "dial_attempts",
        sa.Column("id", ID, nullable=False),
        _to("dial_attempts", "dial_task_id", "dial_tasks.id"),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("shown_number", sa.String(32), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("engine", sa.String(80), nullable=False),
        _to("dial_attempts", "call_id", "calls.id", null=True),
        sa.Column("rang_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("consent_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("result", WORD, nullable=True),
        sa.Column("later", WORD, nullable=True),
        sa.Column("cause", sa.Integer(), nullable=True),
        sa.Column("sip", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dial_attempts"),
        sa.UniqueConstraint("dial_task_id", "attempt", name="uq_dial_attempts_dial_task_id_attempt"),
    )
    _index("ix_dial_attempts_at", "dial_attempts", ["at"])
    _index("ix_dial_attempts_call_id", "dial_attempts", ["call_id"])
    _index("ix_dial_attempts_number", "dial_attempts", ["number", "at"])
    _index("ix_dial_attempts_running", "dial_attempts", ["engine"], where="result IS NULL")


def _revisit_answers() -> None:
    op.create_table(
        "revisit_answers",
        _to("revisit_answers", "dial_attempt_id", "dial_attempts.id"),
        sa.Column("question", sa.String(40), nullable=False),
        sa.Column("measures", WORD, nullable=False),
        sa.Column("word", sa.String(40), nullable=True),
        sa.Column("value", sa.Integer(), nullable=True),
        _to("revisit_answers", "recording_id", "recordings.id", null=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("dial_attempt_id", "question", name="pk_revisit_answers"),
    )


def _do_not_call() -> None:
    op.create_table(
        "do_not_call",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("source", WORD, nullable=False),
        _to("do_not_call", "dial_attempt_id", "dial_attempts.id", null=True),
        _to("do_not_call", "by_agent_id", "agents.id", null=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("lifted_at", MOMENT, nullable=True),
        _to("do_not_call", "lifted_by", "agents.id", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_do_not_call"),
    )
    _index("uq_do_not_call_number", "do_not_call", ["number"], unique=True, where="lifted_at IS NULL")


def _dialed_numbers() -> None:
    op.create_table(
        "dialed_numbers",
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("empty_at", MOMENT, nullable=True),
        sa.Column("called_on", sa.Date(), nullable=True),
        _to("dialed_numbers", "called_task", "dial_tasks.id", null=True),
        sa.Column("called_for", WORD, nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_dialed_numbers"),
    )


def _dialer_state() -> None:
    op.create_table(
        "dialer_state",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        _to("dialer_state", "by_agent_id", "agents.id", null=True),
        sa.Column("planned_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dialer_state"),
    )


def _carriers() -> None:
    """What carriers told."""
    op.create_table(
        "received_texts",
        sa.Column("id", ID, nullable=False),
        sa.Column("sid", sa.String(64), nullable=False),
        sa.Column("sender", sa.String(32), nullable=False),
        sa.Column("sent_to", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_received_texts"),
        sa.UniqueConstraint("sid", name="uq_received_texts_sid"),
    )
    _index("ix_received_texts_sender", "received_texts", ["sender"])
    op.create_table(
        "carrier_statuses",
        sa.Column("sid", sa.String(64), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("error", sa.String(32), nullable=True),
        _to("carrier_statuses", "notice_id", "notices.id", null=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sid", "status", name="pk_carrier_statuses"),
    )


def _kept_as_written() -> None:
    """The evidence of R-16.6, and what a file held, stay."""
    over = "an attempt that is over is never changed (R-16.6)"
    immutable_rows.refuse("UPDATE", "dial_attempts", over, when="OLD.result IS NOT NULL")
    answered = "what was answered is never changed (R-16.5)"
    immutable_rows.refuse("UPDATE", "revisit_answers", answered)
    immutable_rows.refuse("UPDATE", "campaign_refusals", "what was refused of a list is never changed")
    kept = "calls to customers and their evidence are never deleted (R-16.6)"
    for table in ("dial_tasks", "dial_attempts", "revisit_answers", "campaigns", "campaign_refusals"):
        immutable_rows.refuse("DELETE", table, kept)
    immutable_rows.refuse("DELETE", "do_not_call", "an entry is lifted, not deleted (R-16.6)")
