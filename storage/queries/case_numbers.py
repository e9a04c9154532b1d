"""Serials of case numbers (R-N): counted in the transaction that makes the case, so that none is missing."""

from sqlalchemy import Connection

from storage.models import CaseCounter
from storage.queries.upsert import insert_or


def next_serial(connection: Connection, series: str) -> int:
    """The next serial of a series, from 1 on.

    The counter's row stays locked until the transaction ends: others wait, and a transaction that is rolled
    back gives its serial back. Take it as late in the transaction as possible.
    """
    counted = insert_or(connection, CaseCounter).values(series=series, last=1)
    taken = connection.execute(
        counted.on_conflict_do_update(
            index_elements=[CaseCounter.series], set_={"last": CaseCounter.last + 1}
        ).returning(CaseCounter.last)
    )
    return int(taken.scalar_one())
