"""What each agent did since a moment: answered, missed, how long, rating (R-12.3, R-12.8, R-3.6)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select

from ivr.standard.talk_kind import TalkKind
from ivr.standard.three_rings import OfferOutcome
from storage.models import Call, Offer, SurveyAnswer, Talk
from storage.queries.directed_offers import OWN_DEVICE
from storage.queries.seconds_between import seconds_between


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Figures of one agent; times in seconds, None where there is nothing to take a mean of."""

    answered: int = 0
    missed: int = 0
    mean_talk: float | None = None
    within_goal: float | None = None
    """Share of the conversations that were within the goal, 0 to 1 (R-12.8)."""
    mean_score: float | None = None


def read(connection: Connection, since: datetime, goal_seconds: float) -> dict[int, DayFigures]:
    """Figures by agent of the offers made, and the talks begun, since ``since``.

    An agent's own device that rings for a call out is no call answered.

    :param goal_seconds: what a conversation should take at most (R-12.8).
    """
    answered: dict[int, int] = defaultdict(int)
    missed: dict[int, int] = defaultdict(int)
    counted = {OfferOutcome.ANSWERED: answered, OfferOutcome.MISSED: missed}
    offers = (
        select(Offer.agent_id, Offer.outcome, func.count())
        .where(
            Offer.made_at >= since,
            Offer.agent_id.is_not(None),
            Offer.outcome.in_(list(counted)),
            Offer.queue != OWN_DEVICE,
        )
        .group_by(Offer.agent_id, Offer.outcome)
    )
    for agent_id, outcome, count in connection.execute(offers):
        if agent_id is not None and outcome is not None:
            counted[outcome][agent_id] = count
    talk = _lengths(connection, since, goal_seconds)
    scores = _scores(connection, since)
    return {
        agent_id: DayFigures(
            answered[agent_id],
            missed[agent_id],
            mean_talk=talk[agent_id][0] if agent_id in talk else None,
            within_goal=talk[agent_id][1] if agent_id in talk else None,
            mean_score=scores.get(agent_id),
        )
        for agent_id in answered.keys() | missed.keys() | talk.keys() | scores.keys()
    }


def _lengths(connection: Connection, since: datetime, goal_seconds: float) -> dict[int, tuple[float, float]]:
    """Mean length of a conversation, and the share within the goal.

    A conversation is all of an agent's part in a call, whoever had the caller before.
    """
    part = (
        select(Talk.agent_id, func.sum(seconds_between(Talk.began_at, Talk.ended_at)).label("seconds"))
        .where(
            Talk.began_at >= since,
            Talk.agent_id.is_not(None),
            Talk.ended_at.is_not(None),
            Talk.kind == TalkKind.CALLER,
        )
        .group_by(Talk.agent_id, Talk.call_id)
        .subquery()
    )
    within = case((part.c.seconds <= goal_seconds, 1), else_=0)
    rows = connection.execute(
        select(part.c.agent_id, func.sum(part.c.seconds), func.sum(within), func.count()).group_by(
            part.c.agent_id
        )
    )
    return {agent_id: (float(total) / calls, int(short) / calls) for agent_id, total, short, calls in rows}


def _scores(connection: Connection, since: datetime) -> dict[int, float]:
    rows = connection.execute(
        select(SurveyAnswer.agent_id, func.avg(SurveyAnswer.score))
        .join(Call, Call.id == SurveyAnswer.call_id)
        .where(Call.arrived_at >= since, SurveyAnswer.agent_id.is_not(None), SurveyAnswer.score.is_not(None))
        .group_by(SurveyAnswer.agent_id)
    )
    return {agent_id: float(mean) for agent_id, mean in rows if agent_id is not None}
