"""The first tables, and the triggers that keep the records as they were written."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from storage.migrations import immutable_rows

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(40)
JSON = sa.JSON().with_variant(JSONB, "postgresql")


def upgrade() -> None:
    """Make everything; there is no way back, an older program needs a backup."""
    _people()
    _calls()
    _meeting_point()
    _customers()
    _tasks()
    _immutable_records()


def _where(condition: str) -> dict[str, Any]:
    """The condition of a partial index, for both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _to(target: str, name: str) -> sa.ForeignKey:
    """A named foreign key."""
    return sa.ForeignKey(target, name=name)


def _people() -> None:
    """People, their sessions and what state each is in."""
    op.create_table(
        "agents",
        sa.Column("id", ID, nullable=False),
        sa.Column("work_number", sa.String(8), nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("device_kind", WORD, nullable=False),
        sa.Column("device_address", sa.String(320), nullable=True),
        sa.Column("device_digest", sa.String(64), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agents"),
        sa.UniqueConstraint("work_number", name="uq_agents_work_number"),
    )
    op.create_table(
        "agent_presence",
        sa.Column("agent_id", ID, _to("agents.id", "fk_agent_presence_agent_id"), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("reason", sa.String(80), nullable=True),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("idle_since", MOMENT, nullable=False),
        sa.Column("rest_until", MOMENT, nullable=True),
        sa.Column("wrap_up_until", MOMENT, nullable=True),
        sa.Column("device_present", sa.Boolean(), nullable=False),
        sa.Column("after_call", sa.String(100), nullable=True),
        sa.PrimaryKeyConstraint("agent_id", name="pk_agent_presence"),
    )
    op.create_index("ix_agent_presence_state", "agent_presence", ["state"])
    op.create_table(
        "agent_skills",
        sa.Column("agent_id", ID, _to("agents.id", "fk_agent_skills_agent_id"), nullable=False),
        sa.Column("skill", WORD, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "skill", name="pk_agent_skills"),
    )
    op.create_table(
        "agent_state_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("agent_id", ID, _to("agents.id", "fk_agent_state_changes_agent_id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("event", WORD, nullable=False),
        sa.Column("from_state", WORD, nullable=False),
        sa.Column("to_state", WORD, nullable=False),
        sa.Column("reason", sa.String(80), nullable=True),
        sa.Column("call_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_agent_state_changes"),
    )
    op.create_index("ix_agent_state_changes_agent_id_at", "agent_state_changes", ["agent_id", "at"])
    op.create_table(
        "sign_ins",
        sa.Column("id", ID, nullable=False),
        sa.Column("agent_id", ID, _to("agents.id", "fk_sign_ins_agent_id"), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("end_reason", WORD, nullable=True),
        sa.Column("address", sa.String(45), nullable=True),
        sa.Column("browser", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
        sa.UniqueConstraint("token_hash", name="uq_sign_ins_token_hash"),
    )
    op.create_index(
        "uq_sign_ins_one_live", "sign_ins", ["agent_id"], unique=True, **_where("ended_at IS NULL")
    )


def _calls() -> None:
    """Calls, offers, recordings and ratings."""
    op.create_table(
        "calls",
        sa.Column("id", ID, nullable=False),
        sa.Column("pbx_node", WORD, nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("caller_number", sa.String(32), nullable=True),
        sa.Column("caller_given", sa.String(255), nullable=True),
        sa.Column("dialled", sa.String(80), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("menu_path", sa.String(80), nullable=False),
        sa.Column("kind", WORD, nullable=True),
        sa.Column("queue", WORD, nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("arrived_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("queued_at", MOMENT, nullable=True),
        sa.Column("open_offers", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("preferred_agent_id", ID, _to("agents.id", "fk_calls_preferred_agent_id"), nullable=True),
        sa.Column("agent_id", ID, _to("agents.id", "fk_calls_agent_id"), nullable=True),
        sa.Column("agent_channel", sa.String(80), nullable=True),
        sa.Column("bridge", sa.String(80), nullable=True),
        sa.Column("talk_started_at", MOMENT, nullable=True),
        sa.Column("talk_ended_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", WORD, nullable=True),
        sa.Column("end_source", WORD, nullable=True),
        sa.Column("outcome", WORD, nullable=True),
        sa.Column("agent_left_first", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_arrived_at", "calls", ["arrived_at"])
    op.create_index("ix_calls_live", "calls", ["stage", "queued_at"], **_where("ended_at IS NULL"))
    op.create_index("uq_calls_pbx_node_channel", "calls", ["pbx_node", "channel"], unique=True)
    op.create_table(
        "offers",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, _to("calls.id", "fk_offers_call_id"), nullable=False),
        sa.Column("agent_id", ID, _to("agents.id", "fk_offers_agent_id"), nullable=True),
        sa.Column("pbx_node", WORD, nullable=False),
        sa.Column("device", sa.String(340), nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("queue", WORD, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("rung_at", MOMENT, nullable=True),
        sa.Column("rings", sa.Integer(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", WORD, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_offers"),
    )
    op.create_index("ix_offers_call_id", "offers", ["call_id"])
    op.create_index("ix_offers_made_at", "offers", ["made_at"])
    op.create_index(
        "uq_offers_one_open_per_agent", "offers", ["agent_id"], unique=True, **_where("outcome IS NULL")
    )
    op.create_table(
        "recordings",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, _to("calls.id", "fk_recordings_call_id"), nullable=False),
        sa.Column("agent_id", ID, _to("agents.id", "fk_recordings_agent_id"), nullable=True),
        sa.Column("pbx_node", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("size_bytes", ID, nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("failure", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
        sa.UniqueConstraint("name", name="uq_recordings_name"),
    )
    op.create_index("ix_recordings_call_id", "recordings", ["call_id"])
    op.create_table(
        "survey_answers",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, _to("calls.id", "fk_survey_answers_call_id"), nullable=False),
        sa.Column("agent_id", ID, _to("agents.id", "fk_survey_answers_agent_id"), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_survey_answers"),
        sa.UniqueConstraint("call_id", name="uq_survey_answers_call_id"),
    )


def _meeting_point() -> None:
    """Where engine and console meet."""
    op.create_table(
        "events",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("pbx_node", WORD, nullable=True),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("data", JSON, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_call_id", "events", ["call_id"])
    op.create_table(
        "commands",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("by_agent_id", ID, _to("agents.id", "fk_commands_by_agent_id"), nullable=False),
        sa.Column("agent_id", ID, _to("agents.id", "fk_commands_agent_id"), nullable=False),
        sa.Column("call_id", ID, _to("calls.id", "fk_commands_call_id"), nullable=True),
        sa.Column("pbx_node", WORD, nullable=True),
        sa.Column("arguments", JSON, nullable=True),
        sa.Column("taken_by", WORD, nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("refusal", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_commands"),
    )
    op.create_index("ix_commands_open", "commands", ["id"], **_where("done_at IS NULL"))
    op.create_table(
        "engines",
        sa.Column("pbx_node", WORD, nullable=False),
        sa.Column("instance", WORD, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("pbx_connected", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("pbx_node", name="pk_engines"),
    )


def _customers() -> None:
    """The customer archive."""
    op.create_table(
        "customers",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("form_of_address", sa.String(8), nullable=True),
        sa.Column("customer_type", WORD, nullable=True),
        sa.Column("compound", sa.String(80), nullable=True),
        sa.Column("building", sa.String(20), nullable=True),
        sa.Column("entrance", sa.String(20), nullable=True),
        sa.Column("door", sa.String(20), nullable=True),
        sa.Column("note", sa.String(400), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
    )
    op.create_table(
        "customer_numbers",
        sa.Column("customer_id", ID, _to("customers.id", "fk_customer_numbers_customer_id"), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "number", name="pk_customer_numbers"),
    )
    op.create_index("ix_customer_numbers_number", "customer_numbers", ["number"])


def _tasks() -> None:
    """Calls that are owed."""
    op.create_table(
        "tasks",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("call_id", ID, _to("calls.id", "fk_tasks_call_id"), nullable=False),
        sa.Column("number", sa.String(32), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("queue", WORD, nullable=True),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("recording_id", ID, _to("recordings.id", "fk_tasks_recording_id"), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
    )
    op.create_index("ix_tasks_call_id", "tasks", ["call_id"])
    op.create_index("ix_tasks_status_priority_queued_at", "tasks", ["status", "priority", "queued_at"])


def _immutable_records() -> None:
    """What proves the service standard is never changed (R-12.3, R-AR)."""
    immutable_rows.prepare()
    over, once = "OLD.outcome IS NOT NULL", "an offer is never changed after its outcome (R-12.3)"
    immutable_rows.refuse("UPDATE", "offers", once, when=over)
    immutable_rows.refuse("DELETE", "offers", once, when=over)
    immutable_rows.refuse("UPDATE", "events", "an event is never changed")
    immutable_rows.refuse("UPDATE", "agent_state_changes", "a state change is never changed")
