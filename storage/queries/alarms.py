"""Gas-leak cases as the live page of alarms shows them: who called, who goes, arrived, found (R-3.1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState, CaseStep
from storage.models import Agent, CaseEntry, CaseLife, ResponsiblePerson
from storage.queries.case_lists import CaseLine, columns, lines

_ANEW = frozenset({CaseStep.PASS_ON, CaseStep.SEND_BACK, CaseStep.TAKE_BACK, CaseStep.REOPEN})
"""After one of these somebody else goes, or somebody goes again."""
NOT_CLOSED = [state for state in CaseState if state is not CaseState.CLOSED]
"""Said of the state and not of the closing: then the index over kind and state leads straight to the few."""
_TOLD = (*_ANEW, CaseStep.ACCEPT, CaseStep.ARRIVE, CaseStep.HANDLE, CaseStep.FINISH)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that was done, and by whom."""

    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """How far the work on the spot is; None: not yet."""

    passed: Moment | None = None
    accepted: Moment | None = None
    arrived: Moment | None = None
    handled: Moment | None = None
    finished: Moment | None = None
    found: str | None = None
    """What the unit wrote at its end."""


def going_on(connection: Connection, *, limit: int) -> list[CaseLine]:
    """Open alarms, the newest first."""
    wanted = columns().where(CaseLife.kind == CallKind.ALARM, CaseLife.state.in_(NOT_CLOSED))
    return lines(connection, wanted.order_by(CaseLife.opened_at.desc(), CaseLife.case_id.desc()).limit(limit))


def closed_since(connection: Connection, since: datetime, *, limit: int) -> list[CaseLine]:
    """Alarms that were closed since a moment, the last closed first."""
    wanted = columns().where(CaseLife.kind == CallKind.ALARM, CaseLife.closed_at >= since)
    return lines(connection, wanted.order_by(CaseLife.closed_at.desc()).limit(limit))


def lines_of(connection: Connection, case_ids: Sequence[int]) -> dict[int, CaseLine]:
    """Cases by their ids."""
    wanted = columns().where(CaseLife.case_id.in_(list(case_ids)))
    return {line.id: line for line in lines(connection, wanted)}


def courses(connection: Connection, case_ids: Sequence[int]) -> dict[int, Course]:
    """How far each case is at its unit; every one of them has a course."""
    found = {case_id: Course() for case_id in case_ids}
    rows = connection.execute(
        select(
            CaseEntry.case_id,
            CaseEntry.step,
            CaseEntry.at,
            CaseEntry.said,
            Agent.name.label("agent"),
            ResponsiblePerson.name.label("person"),
        )
        .outerjoin(Agent, Agent.id == CaseEntry.agent_id)
        .outerjoin(ResponsiblePerson, ResponsiblePerson.id == CaseEntry.person_id)
        .where(CaseEntry.case_id.in_(list(case_ids)), CaseEntry.step.in_(_TOLD))
        .order_by(CaseEntry.case_id, CaseEntry.entry)
    )
    for row in rows:
        moment = Moment(row.at, row.agent or row.person)
        found[row.case_id] = _after(found[row.case_id], row.step, moment, row.said)
    return found


def _after(course: Course, step: CaseStep, moment: Moment, said: str | None) -> Course:
    """The course after one more step; the first of a kind counts."""
    if step in _ANEW:
        return Course(passed=moment if step is CaseStep.PASS_ON else None)
    if step is CaseStep.ACCEPT:
        return replace(course, accepted=course.accepted or moment)
    if step is CaseStep.ARRIVE:
        return replace(course, arrived=course.arrived or moment)
    if step is CaseStep.HANDLE:
        return replace(course, handled=course.handled or moment)
    return replace(course, finished=moment, found=said)
