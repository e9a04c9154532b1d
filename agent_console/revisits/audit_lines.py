"""Lines of the audit log about calls to customers (R-16.6, R-18)."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_login import current_user
from sqlalchemy import Connection

from agent_console.auth.pages import origin
from agent_console.context import now
from storage.queries import audit
from storage.queries.audit import ConsoleFact


def looked(connection: Connection, *, tasks: Sequence[int], **more: Any) -> None:
    """Somebody opened calls to a customer, or the evidence of them."""
    note(connection, ConsoleFact.REVISIT_LOOKED_AT, tasks=list(tasks), **more)


def note(connection: Connection, fact: ConsoleFact, **data: Any) -> None:
    """One line of who is signed in."""
    noter(fact)(connection, **data)


def noter(fact: ConsoleFact) -> Callable[..., None]:
    """Writes a line of who is signed in now, also when this request is answered already."""
    agent_id, whence = current_user.agent_id, {"sign_in": current_user.sign_in_id, **origin().data()}

    def write(connection: Connection, **data: Any) -> None:
        audit.note(connection, fact, now(), agent_id=agent_id, data={**data, **whence})

    return write
