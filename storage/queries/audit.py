"""The console's lines of the audit log: ``events`` whose kind begins with ``console.`` (R-18, R-20)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert

from storage.models import Event


class ConsoleFact(StrEnum):
    """What somebody did at a page and must be provable later."""

    SIGN_IN = "console.sign_in"  # a session began
    SIGN_IN_REFUSED = "console.sign_in_refused"  # wrong password, inactive, or another session lives
    TAKEN_OVER = "console.taken_over"  # a session ended because the same person began another
    SIGN_OUT = "console.sign_out"  # a session ended, with the reason
    VIEWED = "console.viewed"  # looked at a call that has a recording
    LISTENED = "console.listened"  # was given the sound of a recording
    CUSTOMER_SHOWN = "console.customer_shown"  # was shown who calls, at the first ring
    CUSTOMER_LOOKED_AT = "console.customer_looked_at"  # opened a customer of the archive
    CUSTOMERS_SEARCHED = "console.customers_searched"  # was shown a list of customers
    CUSTOMERS_IMPORTED = "console.customers_imported"  # brought a list into the archive
    RECORD_SAVED = "console.record_saved"  # made a case of a call, or corrected one (R-AR)
    LOG_READ = "console.log_read"  # looked at the audit log


def note(
    connection: Connection,
    kind: ConsoleFact,
    now: datetime,
    *,
    agent_id: int | None,
    data: dict[str, Any],
    call_id: int | None = None,
) -> None:
    """Write one line of the audit log, in the transaction of what it is about.

    :param agent_id: who did it; None where nobody with such a work number is known.
    :param data: from where (``address``), and what it was about.
    """
    connection.execute(insert(Event).values(at=now, kind=kind, agent_id=agent_id, call_id=call_id, data=data))
