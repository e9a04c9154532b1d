"""Open complaints with class and severity, the gravest first (R-CL)."""

from dataclasses import dataclass

from sqlalchemy import Connection, case, select

from ivr.config.sections import CallKind
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import Severity
from storage.models import CaseLife
from storage.queries.alarms import NOT_CLOSED
from storage.queries.case_lists import CaseLine, columns, lines

_GRAVE = case((CaseLife.severity == Severity.SEVERE, 0), (CaseLife.severity == Severity.LIGHT, 2), else_=1)


@dataclass(frozen=True, slots=True)
class OpenComplaint:
    """A complaint that is not closed; ``complaint_class`` None: not said yet."""

    line: CaseLine
    complaint_class: ComplaintClass | None


def open_ones(connection: Connection, *, limit: int) -> list[OpenComplaint]:
    """Open complaints: severe ones, then by time left."""
    wanted = columns().where(CaseLife.kind == CallKind.COMPLAINT, CaseLife.state.in_(NOT_CLOSED))
    found = lines(connection, wanted.order_by(_GRAVE, CaseLife.due_at, CaseLife.case_id).limit(limit))
    classes = {
        row.case_id: row.complaint_class
        for row in connection.execute(
            select(CaseLife.case_id, CaseLife.complaint_class).where(
                CaseLife.case_id.in_([line.id for line in found])
            )
        )
    }
    return [OpenComplaint(line, classes[line.id]) for line in found]
