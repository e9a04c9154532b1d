"""What is read here lies in files; one kind of database is enough."""

import pytest


@pytest.fixture
def database_address(sqlite_address: str) -> str:
    """Address of a fresh SQLite database with the schema."""
    return sqlite_address
