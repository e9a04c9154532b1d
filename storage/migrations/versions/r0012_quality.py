"""Quality assurance: draws, score sheets, scores, objections."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from storage.migrations import immutable_rows

revision = "0012"
down_revision = "0011"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB, "postgresql")


def upgrade() -> None:
    """Make the tables."""
    _draws()
    _scores()
    for table in (
        "quality_draws",
        "quality_populations",
        "quality_samples",
        "quality_sheets",
        "quality_scores",
        "quality_objections",
        "quality_findings",
    ):
        for action in ("UPDATE", "DELETE"):
            immutable_rows.refuse(action, table, "what was drawn and found is never changed (R-QA1, R-QA2)")


def _to(table: str, column: str, target: str, *, null: bool = False) -> sa.Column[int]:
    """A column that points at a row of another table."""
    key = sa.ForeignKey(target, name=f"fk_{table}_{column}")
    return sa.Column(column, ID, key, nullable=null)


def _draws() -> None:
    op.create_table(
        "quality_draws",
        sa.Column("id", ID, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("per_agent", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _to("quality_draws", "made_by", "agents.id"),
        sa.PrimaryKeyConstraint("id", name="pk_quality_draws"),
        sa.UniqueConstraint("month", name="uq_quality_draws_month"),
    )
    op.create_table(
        "quality_populations",
        _to("quality_populations", "draw_id", "quality_draws.id"),
        _to("quality_populations", "agent_id", "agents.id"),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("ids", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("draw_id", "agent_id", name="pk_quality_populations"),
    )
    op.create_table(
        "quality_samples",
        sa.Column("id", ID, nullable=False),
        _to("quality_samples", "draw_id", "quality_draws.id"),
        _to("quality_samples", "agent_id", "agents.id"),
        _to("quality_samples", "recording_id", "recordings.id"),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quality_samples"),
        sa.UniqueConstraint("draw_id", "recording_id", name="uq_quality_samples_draw_id_recording_id"),
    )
    op.create_index("ix_quality_samples_agent_id", "quality_samples", ["agent_id", "draw_id"])


def _scores() -> None:
    op.create_table(
        "quality_sheets",
        sa.Column("id", ID, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("first_used_at", MOMENT, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quality_sheets"),
        sa.UniqueConstraint("sha256", name="uq_quality_sheets_sha256"),
    )
    op.create_table(
        "quality_scores",
        sa.Column("id", ID, nullable=False),
        _to("quality_scores", "sample_id", "quality_samples.id"),
        sa.Column("reading", sa.Integer(), nullable=False),
        _to("quality_scores", "reader_id", "agents.id"),
        _to("quality_scores", "sheet_id", "quality_sheets.id"),
        sa.Column("marks", JSON, nullable=False),
        sa.Column("percent", sa.Float(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quality_scores"),
        sa.UniqueConstraint("sample_id", "reading", name="uq_quality_scores_sample_id_reading"),
    )
    op.create_index("ix_quality_scores_at", "quality_scores", ["at"])
    op.create_table(
        "quality_objections",
        sa.Column("id", ID, nullable=False),
        _to("quality_objections", "sample_id", "quality_samples.id"),
        _to("quality_objections", "agent_id", "agents.id"),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quality_objections"),
        sa.UniqueConstraint("sample_id", name="uq_quality_objections_sample_id"),
    )
    op.create_table(
        "quality_findings",
        sa.Column("id", ID, nullable=False),
        _to("quality_findings", "sample_id", "quality_samples.id"),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("detail", sa.String(200), nullable=False),
        _to("quality_findings", "found_by", "agents.id", null=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quality_findings"),
        sa.UniqueConstraint("sample_id", "kind", name="uq_quality_findings_sample_id_kind"),
    )
