"""Calls that the dialer makes: written in the transaction that takes their task."""

from typing import Any

from sqlalchemy import Connection, insert

from storage.models import Call
from storage.queries import calls, dial_results
from storage.queries.dial_taking import Taken


def arrive(connection: Connection, values: dict[str, Any], taken: Taken) -> int:
    """Write a call before anything rings, and that the attempt has it; gives the call's id.

    :param values: columns of ``calls``.
    """
    call_id = int(connection.execute(insert(Call).returning(Call.id), values).scalar_one())
    dial_results.note(connection, taken.attempt_id, call_id=call_id)
    calls.note(
        connection,
        "call.dialed",
        values["arrived_at"],
        node=values["pbx_node"],
        call_id=call_id,
        data={"reason": str(taken.reason), "attempt": taken.attempt},
    )
    return call_id
