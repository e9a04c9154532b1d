"""Notices to people of the company and to customers; calls to the leaders' duty list."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nothing yet."""
