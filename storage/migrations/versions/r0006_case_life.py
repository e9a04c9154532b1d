"""The life of cases: entries, obligations, who answers for units, links, photos, draws, blacklist, search."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from storage.migrations import immutable_rows, searched_words

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(40)
JSON = sa.JSON().with_variant(JSONB, "postgresql")
OPEN = "closed_at IS NULL"
TO_WARN = "warn_at IS NOT NULL"


def upgrade() -> None:
    """Make the tables, take up the cases that are there, and keep entries as they were written (R-AR)."""
    _people()
    _lives()
    _entries()
    _obligations()
    _beside()
    _proofs()
    _search()
    _take_up()
    _kept_as_written()


def _to(table: str, column: str, target: str, *, null: bool = False) -> sa.Column[int]:
    """A column that points at a row of another table."""
    key = sa.ForeignKey(target, name=f"fk_{table}_{column}")
    return sa.Column(column, ID, key, nullable=null)


def _index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _people() -> None:
    """Who answers for units."""
    op.create_table(
        "responsible_people",
        sa.Column("id", ID, nullable=False),
        _to("responsible_people", "unit_id", "units.id", null=True),
        sa.Column("duty", WORD, nullable=False),
        _to("responsible_people", "agent_id", "agents.id", null=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("number", sa.String(32), nullable=True),
        sa.Column("mail", sa.String(254), nullable=True),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_responsible_people"),
    )
    _index("ix_responsible_people_unit_id", "responsible_people", ["unit_id"])


def _lives() -> None:
    """Where cases stand."""
    op.create_table(
        "case_lives",
        _to("case_lives", "case_id", "cases.id"),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("complaint_class", WORD, nullable=True),
        sa.Column("severity", WORD, nullable=True),
        sa.Column("responsibility", WORD, nullable=True),
        sa.Column("urgency", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        _to("case_lives", "unit_id", "units.id", null=True),
        _to("case_lives", "owner_id", "agents.id"),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("outside_party", sa.Boolean(), nullable=False),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_lives"),
    )
    _index("ix_case_lives_unit", "case_lives", ["unit_id", "due_at", "case_id"], OPEN)
    _index("ix_case_lives_owner", "case_lives", ["owner_id", "due_at", "case_id"], OPEN)
    _index("ix_case_lives_due", "case_lives", ["due_at", "case_id"], OPEN)
    _index("ix_case_lives_kind_state", "case_lives", ["kind", "state", "case_id"])
    _index("ix_case_lives_closed_at", "case_lives", ["kind", "closed_at"])


def _entries() -> None:
    """What was done."""
    op.create_table(
        "case_entries",
        sa.Column("id", ID, nullable=False),
        _to("case_entries", "case_id", "cases.id"),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("step", WORD, nullable=False),
        sa.Column("from_state", WORD, nullable=True),
        sa.Column("to_state", WORD, nullable=False),
        sa.Column("actor", WORD, nullable=False),
        _to("case_entries", "agent_id", "agents.id", null=True),
        _to("case_entries", "person_id", "responsible_people.id", null=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("changes", JSON, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_case_entries"),
        sa.UniqueConstraint("case_id", "entry", name="uq_case_entries_case_id_entry"),
    )
    _index("ix_case_entries_at", "case_entries", ["at"])


def _obligations() -> None:
    """What is owed, when its clocks stood still, and who was warned."""
    op.create_table(
        "obligations",
        sa.Column("id", ID, nullable=False),
        _to("obligations", "case_id", "cases.id"),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("rule", sa.String(16), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=True),
        sa.Column("clock", WORD, nullable=False),
        sa.Column("total_seconds", sa.Float(), nullable=False),
        sa.Column("counted_seconds", sa.Float(), nullable=False),
        sa.Column("running_since", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("warn_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("outcome", WORD, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_obligations"),
    )
    _index("ix_obligations_case_id", "obligations", ["case_id"])
    _index("ix_obligations_warn_at", "obligations", ["warn_at", "id"], TO_WARN)
    _index("ix_obligations_outcome", "obligations", ["outcome", "settled_at"])
    op.create_table(
        "obligation_pauses",
        sa.Column("id", ID, nullable=False),
        _to("obligation_pauses", "obligation_id", "obligations.id"),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_obligation_pauses"),
    )
    _index("ix_obligation_pauses_obligation_id", "obligation_pauses", ["obligation_id"])
    op.create_table(
        "obligation_warnings",
        sa.Column("id", ID, nullable=False),
        _to("obligation_warnings", "obligation_id", "obligations.id"),
        _to("obligation_warnings", "case_id", "cases.id"),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Float(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("rungs", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_obligation_warnings"),
        sa.UniqueConstraint("obligation_id", "level", name="uq_obligation_warnings_obligation_id_level"),
    )
    _index("ix_obligation_warnings_case_id", "obligation_warnings", ["case_id"])


def _beside() -> None:
    """What belongs to a case."""
    op.create_table(
        "case_handovers",
        sa.Column("id", ID, nullable=False),
        _to("case_handovers", "case_id", "cases.id"),
        sa.Column("at", MOMENT, nullable=False),
        _to("case_handovers", "from_agent_id", "agents.id"),
        _to("case_handovers", "to_agent_id", "agents.id"),
        _to("case_handovers", "by_agent_id", "agents.id"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_handovers"),
    )
    _index("ix_case_handovers_case_id", "case_handovers", ["case_id"])
    op.create_table(
        "case_links",
        _to("case_links", "case_id", "cases.id"),
        _to("case_links", "original_id", "cases.id"),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _to("case_links", "by_agent_id", "agents.id", null=True),
        sa.PrimaryKeyConstraint("case_id", "original_id", name="pk_case_links"),
    )
    _index("ix_case_links_original_id", "case_links", ["original_id"])
    op.create_table(
        "case_tokens",
        sa.Column("id", ID, nullable=False),
        _to("case_tokens", "case_id", "cases.id"),
        sa.Column("token_hash", sa.String(64), nullable=False),
        _to("case_tokens", "person_id", "responsible_people.id", null=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", ID, sa.ForeignKey("agents.id", name="fk_case_tokens_made_by"), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_case_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_case_tokens_token_hash"),
    )
    _index("ix_case_tokens_case_id", "case_tokens", ["case_id"])
    op.create_table(
        "case_photos",
        sa.Column("id", ID, nullable=False),
        _to("case_photos", "case_id", "cases.id"),
        sa.Column("at", MOMENT, nullable=False),
        _to("case_photos", "agent_id", "agents.id", null=True),
        _to("case_photos", "person_id", "responsible_people.id", null=True),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("given_name", sa.String(200), nullable=False),
        sa.Column("file_name", sa.String(80), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_photos"),
        sa.UniqueConstraint("file_name", name="uq_case_photos_file_name"),
    )
    _index("ix_case_photos_case_id", "case_photos", ["case_id"])


def _proofs() -> None:
    """Draws that can be proven, and the blacklist (R-13.5, R-BL)."""
    op.create_table(
        "revisit_draws",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("percent", sa.Float(), nullable=False),
        sa.Column("population", JSON, nullable=False),
        sa.Column("picks", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revisit_draws"),
    )
    _index("ix_revisit_draws_until_at", "revisit_draws", ["until_at"])
    op.create_table(
        "blacklist",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _to("blacklist", "proposed_by", "agents.id"),
        _to("blacklist", "approved_by", "agents.id"),
        _to("blacklist", "case_id", "cases.id", null=True),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("lifted_at", MOMENT, nullable=True),
        _to("blacklist", "lifted_by", "agents.id", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_blacklist"),
    )
    _index("ix_blacklist_number", "blacklist", ["number"])


def _search() -> None:
    """Texts to look through, and the index over them; telephone numbers are not in it (R-18)."""
    op.create_table(
        "search_texts",
        sa.Column("id", ID, nullable=False),
        _to("search_texts", "case_id", "cases.id", null=True),
        _to("search_texts", "call_id", "calls.id", null=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_texts"),
    )
    _index("ix_search_texts_case_id", "search_texts", ["case_id"])
    _index("ix_search_texts_call_id", "search_texts", ["call_id"])
    searched_words.follow_cases(op.get_bind())


def _take_up() -> None:
    """Cases of an older program get a life, and are found; nothing was owed by the clock then."""
    op.execute(
        "INSERT INTO case_lives (case_id, kind, complaint_class, urgency, state, unit_id, owner_id, "
        "opened_at, outside_party, due_at, entries, closed_at) "
        "SELECT id, kind, complaint_class, urgency, CASE WHEN closed_at IS NOT NULL THEN 'closed' "
        "WHEN passed_at IS NOT NULL THEN 'passed' ELSE 'opened' END, unit_id, first_responder_id, created_at,"
        " false, '9999-12-31 00:00:00.000000', 1, closed_at FROM cases"
    )
    op.execute(
        "INSERT INTO case_entries (case_id, entry, at, step, to_state, actor, agent_id) "
        "SELECT case_id, 1, opened_at, 'open', state, 'first_responder', owner_id FROM case_lives"
    )
    searched_words.take_up_cases(op.get_bind())


def _kept_as_written() -> None:
    """Nothing about a case is deleted, and corrections are new entries (R-AR)."""
    written = "what was done about a case is never changed; a correction is a new entry (R-AR)"
    for table in ("case_entries", "obligation_warnings", "case_handovers", "case_links", "case_photos"):
        immutable_rows.refuse("UPDATE", table, written)
        immutable_rows.refuse("DELETE", table, written)
    for table in ("case_lives", "obligations", "obligation_pauses", "case_tokens", "search_texts"):
        immutable_rows.refuse("DELETE", table, "nothing about a case is deleted (R-AR)")
    settled = "what became of an obligation is never changed (R-AR)"
    immutable_rows.refuse("UPDATE", "obligations", settled, when="OLD.outcome IS NOT NULL")
    for action in ("UPDATE", "DELETE"):
        immutable_rows.refuse(action, "revisit_draws", "a draw is never changed (R-13.5)")
    immutable_rows.refuse("DELETE", "blacklist", "an entry of the blacklist is lifted, not deleted (R-BL)")
