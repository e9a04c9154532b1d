"""A PostgreSQL that tests of storage may stop and start."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from storage.database import Database
from tests.postgres import PostgresCluster


@dataclass(frozen=True)
class StoppableDatabase:
    """A database with the schema, on a server that may be stopped."""

    cluster: PostgresCluster
    address: str


@pytest.fixture(scope="package")
def second_cluster() -> Iterator[PostgresCluster]:
    """A server beside the one of all other tests."""
    cluster = PostgresCluster()
    try:
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture
def stoppable(second_cluster: PostgresCluster) -> Iterator[StoppableDatabase]:
    """A fresh database on that server; whatever a test does to the server, it runs afterwards."""
    with second_cluster.database() as name:
        address = second_cluster.address(name)
        database = Database(address)
        database.upgrade()
        database.close()
        try:
            yield StoppableDatabase(second_cluster, address)
        finally:
            second_cluster.start()
