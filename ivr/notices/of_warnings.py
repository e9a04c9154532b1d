"""A level of the time was reached (R-OV): the ladder is told; what is late names who answers (R-FR)."""

from sqlalchemy import Connection

from ivr.notices.letters import About, Letters, Receiver
from ivr.standard.notice_kind import NoticeReason
from storage.queries import responsible_people
from storage.queries.case_view import answers_for
from storage.queries.notices import NewNotice
from storage.queries.obligation_warnings import DueWarning

ALL_OF_THE_TIME = 100


def of_warning(connection: Connection, letters: Letters, warning: DueWarning) -> list[NewNotice]:
    """The notices of one warning: to all rungs reached, each by desk, text and mail as they have it."""
    late = warning.percent >= ALL_OF_THE_TIME
    responders, unit = answers_for(connection, warning.case_id)
    values = {
        "number": warning.number,
        "kind": letters.kind(warning.case_kind),
        "obligation": letters.obligation(warning.kind),
        "percent": f"{warning.percent:g}",
        "due": letters.moment(warning.due_at),
        "responder": "、".join(responders if late else responders[-1:]),
        "unit": unit,
    }
    told = responsible_people.told(connection, warning.owner_id, warning.unit_id, warning.rungs)
    about = About(NoticeReason.WARNING, warning.case_id, warning.obligation_id, urgent=late)
    receivers = [Receiver(one.name, one.agent_id, one.number, one.mail) for one in told]
    return letters.write("late" if late else "warning", values, about, receivers)
