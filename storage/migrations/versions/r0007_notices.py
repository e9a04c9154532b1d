"""Notices to people of the company and to customers; calls to the leaders' duty list."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from storage.migrations import immutable_rows

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(40)
JSON = sa.JSON().with_variant(JSONB, "postgresql")
WAITING = "next_try_at IS NOT NULL"
UNREAD = "way = 'desk' AND read_at IS NULL"
NOT_ENDED = "ended_at IS NULL"


def upgrade() -> None:
    """Make the tables; what was done about cases before is told to nobody any more."""
    _notices()
    _positions()
    _duty()
    _kept_as_written()


def _to(table: str, column: str, target: str, *, null: bool = False) -> sa.Column[int]:
    """A column that points at a row of another table."""
    key = sa.ForeignKey(target, name=f"fk_{table}_{column}")
    return sa.Column(column, ID, key, nullable=null)


def _index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("way", WORD, nullable=False),
        _to("notices", "agent_id", "agents.id", null=True),
        sa.Column("number", sa.String(32), nullable=True),
        sa.Column("mail", sa.String(254), nullable=True),
        sa.Column("to_name", sa.String(40), nullable=True),
        sa.Column("subject", sa.String(200), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", WORD, nullable=False),
        _to("notices", "case_id", "cases.id", null=True),
        _to("notices", "obligation_id", "obligations.id", null=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("lent_to", sa.String(40), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("error", sa.String(400), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    _index("ix_notices_waiting", "notices", ["next_try_at", "id"], WAITING)
    _index("ix_notices_unread", "notices", ["agent_id", "id"], UNREAD)
    _index("ix_notices_case_id", "notices", ["case_id"])


def _positions() -> None:
    op.create_table(
        "reading_positions",
        sa.Column("reader", sa.String(40), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("ahead", JSON, nullable=False),
        sa.PrimaryKeyConstraint("reader", name="pk_reading_positions"),
    )
    op.execute(
        "INSERT INTO reading_positions (reader, position, ahead) "
        "SELECT 'case_entries', COALESCE(MAX(id), 0), '{\"ids\": []}' FROM case_entries"
    )


def _duty() -> None:
    op.create_table(
        "duty_alerts",
        sa.Column("id", ID, nullable=False),
        _to("duty_alerts", "case_id", "cases.id"),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("pbx_node", WORD, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("acknowledged_by", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_duty_alerts"),
        sa.UniqueConstraint("case_id", name="uq_duty_alerts_case_id"),
    )
    _index("ix_duty_alerts_open", "duty_alerts", ["id"], NOT_ENDED)
    op.create_table(
        "duty_calls",
        sa.Column("id", ID, nullable=False),
        _to("duty_calls", "alert_id", "duty_alerts.id"),
        _to("duty_calls", "case_id", "cases.id"),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("number", sa.String(200), nullable=False),
        sa.Column("pbx_node", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("rang_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", WORD, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_duty_calls"),
        sa.UniqueConstraint("alert_id", "attempt", name="uq_duty_calls_alert_id_attempt"),
    )
    _index("ix_duty_calls_case_id", "duty_calls", ["case_id"])


def _kept_as_written() -> None:
    for table in ("notices", "duty_alerts", "duty_calls"):
        immutable_rows.refuse("DELETE", table, "what somebody was told is not deleted (R-AR)")
    told = "what became of a notice is never changed (R-AR)"
    settled = "OLD.state IN ('failed', 'read') OR (OLD.state = 'sent' AND OLD.way <> 'desk')"
    immutable_rows.refuse("UPDATE", "notices", told, when=settled)
    over = "a call to the duty list is never changed after its outcome (R-3.1)"
    immutable_rows.refuse("UPDATE", "duty_calls", over, when="OLD.outcome IS NOT NULL")
