"""The calls behind a figure of a report: the same conditions as its sum, as a list to look through."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from ivr.standard.report_figures import Figure
from storage.models import Call, Hold, Offer, SurveyAnswer, Talk, Transfer
from storage.queries import report_conditions as what
from storage.queries import report_revisits
from storage.queries.call_list import ListedCall, listed
from storage.queries.report_conditions import ReportSpan


def _of_callers(figure: Figure, span: ReportSpan) -> ColumnElement[bool] | None:
    """The condition of a figure about callers; None: it is none of those."""
    conditions: dict[Figure, ColumnElement[bool]] = {
        Figure.OFFERED: what.OFFERED,
        Figure.ANSWERED: what.ANSWERED,
        Figure.ANSWERED_SHARE: what.ANSWERED,
        Figure.MEAN_WAIT: what.ANSWERED,
        Figure.ABANDONED: what.ABANDONED,
        Figure.NOT_WAITED: and_(not_(what.ANSWERED), not_(func.coalesce(what.ABANDONED, False))),
        Figure.WITHIN_QUICK: what.answered_within(span.quick),
        Figure.WITHIN_SOON: what.answered_within(span.soon),
    }
    found = conditions.get(figure)
    return None if found is None else and_(what.arrived_in(span), what.OFFERED, found)


def _of_people(figure: Figure, span: ReportSpan, agent_id: int | None) -> ColumnElement[bool] | None:
    """The condition of a figure about what people did; None: there are no calls behind it."""

    def any_row(row: Any, agent: Any, moment: Any, *conditions: Any) -> ColumnElement[bool]:
        found = select(row.id).where(
            row.call_id == Call.id, moment >= span.begin, moment < span.end, *conditions
        )
        if agent_id is not None:
            found = found.where(agent == agent_id)
        return found.correlate(Call).exists()

    if figure in (Figure.WITHIN_RINGS, Figure.MISSED):
        outcome = what.OFFER_ANSWERED if figure is Figure.WITHIN_RINGS else what.OFFER_MISSED
        return any_row(Offer, Offer.agent_id, Offer.made_at, what.RANG_TO_AN_AGENT, outcome)
    if figure in (Figure.TALKS, Figure.MEAN_TALK, Figure.WITHIN_GOAL):
        return any_row(Talk, Talk.agent_id, Talk.began_at, what.CONVERSATION)
    if figure is Figure.HOLD:
        return any_row(Hold, Hold.agent_id, Hold.began_at, what.HELD)
    if figure is Figure.TRANSFERS:
        return any_row(Transfer, Transfer.from_agent_id, Transfer.asked_at, what.PASSED_ON)
    if figure in (Figure.RATED, Figure.SATISFACTION):
        rated = any_row(SurveyAnswer, SurveyAnswer.agent_id, Call.arrived_at, what.RATED)
        return and_(what.arrived_in(span), rated)
    if figure is Figure.AGENT_HANG_UPS:
        mine = Call.agent_id == agent_id if agent_id is not None else Call.agent_id.is_not(None)
        return and_(what.arrived_in(span), what.AGENT_HUNG_UP, mine)
    return None


def _arrived(begin: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(Call.arrived_at >= begin, Call.arrived_at < end)


def behind(
    connection: Connection,
    span: ReportSpan,
    figure: Figure,
    *,
    queue: str | None = None,
    agent_id: int | None = None,
    unit_id: int | None = None,
    within: Sequence[tuple[datetime, datetime]] = (),
    offset: int,
    limit: int,
) -> tuple[int, list[ListedCall]] | None:
    """How many calls are behind a figure, and a page of them, the newest first; None: it is not of calls.

    :param queue: only that one. ``agent_id``: only what this agent did; ``unit_id``: only its cases.
    :param within: only calls that arrived in one of these times, such as an hour of each day.
    """
    condition = _of_callers(figure, span)
    if condition is None:
        condition = _of_people(figure, span, agent_id)
    if condition is None:
        condition = report_revisits.behind(figure, span.begin, span.end, agent_id, unit_id)
    if condition is None:
        return None
    if within:
        condition = and_(condition, or_(*(_arrived(begin, end) for begin, end in within)))
    if queue is not None:
        condition = and_(condition, Call.queue == queue)
    total = connection.execute(select(func.count()).select_from(Call).where(condition)).scalar_one()
    return int(total), listed(connection, condition, offset=offset, limit=limit)
