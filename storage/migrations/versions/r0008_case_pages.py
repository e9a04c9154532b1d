"""What the pages of cases look for: the calls that were made about a case."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ABOUT_A_CASE = "case_id IS NOT NULL"


def upgrade() -> None:
    """An index of those calls only; most calls are about no case when they begin."""
    condition = sa.text(ABOUT_A_CASE)
    op.create_index(
        "ix_calls_case_id", "calls", ["case_id"], sqlite_where=condition, postgresql_where=condition
    )
