"""The console's lines of the audit log: ``events`` whose kind begins with ``console.`` (R-18, R-20)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert

from storage.models import Event
from storage.prepared import Prepared
from storage.queries import audit_chain


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
    CASE_BY_LINK = "console.case_by_link"  # opened a case by the link to it, or was refused
    PHOTO_SHOWN = "console.photo_shown"  # was given a photo of a case
    PEOPLE_CHANGED = "console.people_changed"  # added, changed or let go somebody who signs in
    HINT_JUDGED = "console.hint_judged"  # said that a hint of a recording is wrong, or not after all
    UNITS_CHANGED = "console.units_changed"  # made, changed or removed a unit or one of its people
    BLACKLIST_CHANGED = "console.blacklist_changed"  # proposed, approved, turned down or lifted (R-BL)
    SUMMARY_TAKEN = "console.summary_taken"  # took the monthly summary away as a file, or handed it in (R-CS)
    CASE_LOOKED_AT = "console.case_looked_at"  # opened a case, on the screen or as its form on paper
    CASES_EXPORTED = "console.cases_exported"  # took a list of cases away as a file
    SEARCHED = "console.searched"  # was shown what a search found
    REPORT_TAKEN = "console.report_taken"  # took a report away as a file
    QUALITY_DRAWN = "console.quality_drawn"  # drew the recordings of a month (R-QA1)
    QUALITY_READ = "console.quality_read"  # opened a drawn recording
    QUALITY_SCORED = "console.quality_scored"  # scored one, objected to a score or decided (R-QA2)
    DIALER_SWITCHED = "console.dialer_switched"  # paused calls to customers, or let them go on
    CAMPAIGN_CHANGED = "console.campaign_changed"  # made, started, paused or stopped a campaign
    CAMPAIGN_ROWS_READ = "console.campaign_rows_read"  # looked at the refused rows of a campaign
    REVISIT_LOOKED_AT = "console.revisit_looked_at"  # opened calls to a customer, or their evidence
    REVISIT_CANCELLED = "console.revisit_cancelled"  # took one call to a customer back, with a reason
    DO_NOT_CALL_CHANGED = "console.do_not_call_changed"  # put a number on the do-not-call list, or lifted it
    FLOOR_ACT = "console.floor_act"  # a supervisor steered agents, calls, conversations or screens
    OUTAGE_CHANGED = "console.outage_changed"  # wrote a planned outage down, began or ended telling
    OUTAGE_PEOPLE_READ = "console.outage_people_read"  # looked at who was told of an outage
    LOG_READ = "console.log_read"  # looked at the audit log
    DELETED_BY_RULE = "console.deleted_by_rule"  # the program deleted what was past its time (retention)


_NEW_LINE = Prepared(insert(Event).returning(Event.id))


def note(
    connection: Connection,
    kind: ConsoleFact,
    now: datetime,
    *,
    agent_id: int | None,
    data: dict[str, Any],
    call_id: int | None = None,
) -> None:
    """Write one line of the audit log, in the transaction of what it is about (``Database.write``).

    :param agent_id: who did it; None where nobody with such a work number is known.
    :param data: from where (``address``), and what it was about.
    """
    values = {"at": now, "kind": kind.value, "agent_id": agent_id, "call_id": call_id, "data": data}
    audit_chain.remember(connection, int(_NEW_LINE.one(connection, values).id))
