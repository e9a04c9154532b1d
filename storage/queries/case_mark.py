"""One short text that differs whenever something about cases is new: what live pages of cases wait for."""

from sqlalchemy import Connection, func, select

from storage.models import CaseEntry, DutyCall, Incident, IncidentCase, Notice, ObligationWarning
from storage.prepared import Prepared

_LAST_CALLS = 500
"""Calls to the duty list that may still change; they end within minutes."""

_newest_call = select(func.coalesce(func.max(DutyCall.id), 0)).scalar_subquery()
_recent = DutyCall.id > _newest_call - _LAST_CALLS
_MARK = Prepared(
    select(
        select(func.max(CaseEntry.id)).scalar_subquery().label("entries"),
        select(func.max(ObligationWarning.id)).scalar_subquery().label("warnings"),
        select(func.max(Notice.id)).scalar_subquery().label("notices"),
        select(func.max(IncidentCase.id)).scalar_subquery().label("members"),
        select(func.count(Incident.closed_at)).scalar_subquery().label("closed"),
        select(
            func.count(DutyCall.id)
            + func.count(DutyCall.rang_at)
            + func.count(DutyCall.answered_at)
            + func.count(DutyCall.acknowledged_at)
            + func.count(DutyCall.ended_at)
        )
        .where(_recent)
        .scalar_subquery()
        .label("calls"),
        _newest_call.label("call"),
    )
)


def read(connection: Connection) -> str:
    """The mark of now; six looks at ends of indexes, and one at the last calls to the duty list."""
    row = _MARK.one(connection)
    parts = (row.entries, row.warnings, row.notices, row.members, row.closed, row.calls, row.call)
    return ".".join(str(part or 0) for part in parts)
