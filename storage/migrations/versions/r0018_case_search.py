"""Search of cases and calls: words of one character too, and numbers faster."""

from alembic import op

from storage import full_text

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Index characters beside pairs of them."""
    full_text.find_single_signs(op.get_bind())
