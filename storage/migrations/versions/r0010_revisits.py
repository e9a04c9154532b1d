"""Revisits and campaigns: what is to be called, and what came of it."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing yet."""
