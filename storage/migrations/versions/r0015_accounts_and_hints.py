"""Hints of drawn recordings, what readers say about them, and readers' marks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from storage.migrations import immutable_rows

revision = "0015"
down_revision = "0014"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB, "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "hint_runs",
        _to("hint_runs", "recording_id", "recordings.id"),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("caller_seconds", sa.Float(), nullable=True),
        sa.Column("agent_seconds", sa.Float(), nullable=True),
        sa.Column("agent_share", sa.Float(), nullable=True),
        sa.Column("characters_a_minute", sa.Float(), nullable=True),
        sa.Column("recognised", sa.Boolean(), nullable=False),
        sa.Column("spoken", JSON, nullable=False),
        sa.Column("failure", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("recording_id", name="pk_hint_runs"),
    )
    op.create_table(
        "recording_hints",
        sa.Column("id", ID, nullable=False),
        _to("recording_hints", "recording_id", "hint_runs.recording_id"),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("begin_seconds", sa.Float(), nullable=False),
        sa.Column("end_seconds", sa.Float(), nullable=False),
        sa.Column("detail", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recording_hints"),
    )
    op.create_index("ix_recording_hints_recording_id", "recording_hints", ["recording_id"])
    op.create_table(
        "hint_judgements",
        sa.Column("id", ID, nullable=False),
        _to("hint_judgements", "hint_id", "recording_hints.id"),
        _to("hint_judgements", "agent_id", "agents.id"),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hint_judgements"),
        sa.UniqueConstraint("hint_id", "agent_id", name="uq_hint_judgements_hint_id_agent_id"),
    )
    op.create_table(
        "quality_marks",
        sa.Column("id", ID, nullable=False),
        _to("quality_marks", "sample_id", "quality_samples.id"),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        _to("quality_marks", "by_agent_id", "agents.id"),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quality_marks"),
    )
    op.create_index("ix_quality_marks_sample_id", "quality_marks", ["sample_id"])
    for action in ("UPDATE", "DELETE"):
        immutable_rows.refuse(action, "quality_marks", "marks of readers are never changed (R-QA2)")


def _to(table: str, column: str, target: str) -> sa.Column[int]:
    """A column that points at a row of another table."""
    return sa.Column(column, ID, sa.ForeignKey(target, name=f"fk_{table}_{column}"), nullable=False)
