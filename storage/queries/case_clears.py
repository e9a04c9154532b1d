"""What stands in a case for the five clears and the report (R-5C)."""

from typing import Any

from sqlalchemy import Connection, Row, func, select

from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.five_clears import CaseFacts, Clear, missing
from ivr.standard.record_rules import REQUIRED
from ivr.standard.record_rules import missing as missing_fields
from storage.models import CallRecord, Case, CaseEntry

_DONE = (CaseStep.FINISH, CaseStep.FIND, CaseStep.OPINE)
_RESULTS = (*_DONE, CaseStep.ANSWER)


def facts(connection: Connection, life: Row[Any], report: str) -> CaseFacts:
    """What stands in a case since it was opened or last reopened.

    :param report: of who closes it.
    """
    written = _written(connection, life.case_id)
    begun = connection.execute(
        select(func.max(CaseEntry.entry)).where(
            CaseEntry.case_id == life.case_id, CaseEntry.to_state == CaseState.REOPENED
        )
    ).scalar_one()
    done = connection.execute(
        select(CaseEntry.step, CaseEntry.said).where(
            CaseEntry.case_id == life.case_id,
            CaseEntry.step.in_(_RESULTS),
            CaseEntry.entry > (begun or 0),
        )
    ).all()
    # What was told in the call stands in the record.
    told = written.content if any(row.step is CaseStep.ANSWER and row.said is None for row in done) else ""
    return CaseFacts(
        content=written.content,
        missing_fields=tuple(missing_fields(life.kind, _fields(written))),
        at_unit=life.unit_id is not None,
        unit_done=any(row.step in _DONE for row in done),
        answered=life.answered_at is not None,
        result=" ".join(row.said for row in done if row.said) or told,
        report=report,
    )


def missing_for_close(connection: Connection, life: Row[Any], report: str) -> list[Clear]:
    """Which of the five clears, and of the report, are missing."""
    return missing(facts(connection, life, report))


def _written(connection: Connection, case_id: int) -> Row[Any]:
    """The newest record, or the case itself where it was made of no call."""
    newest = connection.execute(
        select(*CallRecord.__table__.c)
        .where(CallRecord.case_id == case_id)
        .order_by(CallRecord.entry.desc())
        .limit(1)
    ).one_or_none()
    return newest or connection.execute(select(*Case.__table__.c).where(Case.id == case_id)).one()


def _fields(written: Row[Any]) -> dict[str, str | None]:
    """What the record's rules look at; a unit that was asked once counts, also where it was taken back."""
    names = {field for fields in REQUIRED.values() for field in fields}
    values = {str(name): getattr(written, str(name)) for name in names}
    return {name: None if value is None else str(value) for name, value in values.items()}
