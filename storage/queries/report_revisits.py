"""Revisits in reports: tried, asked, dissatisfied, answered; by first responder and unit (R-3.6, R-16.5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from ivr.standard.questionnaire import Measures
from ivr.standard.report_figures import Counts, Figure
from storage.models import Call, CaseLife, DialAttempt, DialTask, RevisitAnswer, Unit
from storage.queries import report_conditions as what

NOBODY = 0
"""Stands for an agent or a unit where there is none."""


def _counted(begin: datetime, end: datetime, *groups: Any) -> Select[Any]:
    """Attempts of the time by these columns; who was asked once answers once about their satisfaction."""
    score = (
        select(RevisitAnswer.value)
        .where(
            RevisitAnswer.dial_attempt_id == DialAttempt.id,
            RevisitAnswer.measures == Measures.SATISFACTION,
            RevisitAnswer.value.is_not(None),
        )
        .limit(1)
        .scalar_subquery()
    )
    counted: Any = (
        select(
            *groups,
            func.count().label("revisit_tries"),
            func.count().filter(what.REVISITED).label("revisited"),
            func.count().filter(what.DISSATISFIED).label("revisit_dissatisfied"),
            func.count(score).label("revisit_scored"),
            func.sum(score).label("revisit_score_sum"),
        )
        .select_from(DialAttempt)
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .outerjoin(Call, Call.id == DialAttempt.call_id)
        .outerjoin(CaseLife, CaseLife.case_id == DialTask.case_id)
        .outerjoin(Unit, Unit.id == CaseLife.unit_id)
        .where(DialAttempt.at >= begin, DialAttempt.at < end, what.REVISIT_TRIED)
        .group_by(*groups)
    )
    return counted  # type: ignore[no-any-return]


def by_agent(begin: datetime, end: datetime) -> Select[Any]:
    """By first responder and the queue of the call, as the other sums of people are."""
    return _counted(begin, end, DialTask.agent_id, Call.queue)


def by_unit(connection: Connection, begin: datetime, end: datetime) -> dict[int, tuple[str, Counts]]:
    """By the unit that has the case: name and counts; cases of no unit are under :data:`NOBODY`."""
    found: dict[int, tuple[str, Counts]] = {}
    rows = connection.execute(_counted(begin, end, Unit.id, Unit.name))
    for unit_id, name, tries, asked, dissatisfied, scored, score_sum in rows:
        counts = Counts(
            revisit_tries=tries,
            revisited=asked,
            revisit_dissatisfied=dissatisfied,
            revisit_scored=scored,
            revisit_score_sum=float(score_sum or 0),
        )
        found[unit_id or NOBODY] = (name or "", counts)
    return found


def behind(
    figure: Figure, begin: datetime, end: datetime, agent_id: int | None, unit_id: int | None
) -> ColumnElement[bool] | None:
    """The condition on calls of a figure about revisits; None: it is none of those."""
    more: dict[Figure, list[ColumnElement[bool]]] = {
        Figure.REVISIT_TRIES: [],
        Figure.REVISITED: [what.REVISITED],
        Figure.REVISIT_DISSATISFIED: [what.DISSATISFIED],
        Figure.REVISIT_SATISFACTION: [
            select(RevisitAnswer.dial_attempt_id)
            .where(
                RevisitAnswer.dial_attempt_id == DialAttempt.id,
                RevisitAnswer.measures == Measures.SATISFACTION,
                RevisitAnswer.value.is_not(None),
            )
            .exists()
        ],
    }
    if figure not in more:
        return None
    found = (
        select(DialAttempt.id)
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .outerjoin(CaseLife, CaseLife.case_id == DialTask.case_id)
        .where(
            DialAttempt.call_id == Call.id,
            DialAttempt.at >= begin,
            DialAttempt.at < end,
            and_(what.REVISIT_TRIED, *more[figure]),
        )
    )
    if agent_id is not None:
        found = found.where(DialTask.agent_id == agent_id)
    if unit_id is not None:
        found = found.where(CaseLife.unit_id == unit_id if unit_id != NOBODY else CaseLife.unit_id.is_(None))
    return found.correlate(Call).exists()
