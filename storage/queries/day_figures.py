"""What each agent did since a moment: answered, missed, mean conversation, rating (R-12.3, R-12.8, R-3.6)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

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
    mean_score: float | None = None


def read(connection: Connection, since: datetime) -> dict[int, DayFigures]:
    """Figures by agent of the offers made, and the talks begun, since ``since``.

    An agent's own device that rings for a call out is no call answered.
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
    talk = _means(connection, since)
    scores = _scores(connection, since)
    return {
        agent_id: DayFigures(answered[agent_id], missed[agent_id], talk.get(agent_id), scores.get(agent_id))
        for agent_id in answered.keys() | missed.keys() | talk.keys() | scores.keys()
    }


def _means(connection: Connection, since: datetime) -> dict[int, float]:
    """Mean length of a conversation: all of an agent's part in a call, whoever had the caller before."""
    seconds = func.sum(seconds_between(Talk.began_at, Talk.ended_at))
    rows = connection.execute(
        select(Talk.agent_id, seconds, func.count(Talk.call_id.distinct()))
        .where(
            Talk.began_at >= since,
            Talk.agent_id.is_not(None),
            Talk.ended_at.is_not(None),
            Talk.kind == TalkKind.CALLER,
        )
        .group_by(Talk.agent_id)
    )
    return {
        agent_id: float(total) / calls for agent_id, total, calls in rows if agent_id is not None and calls
    }


def _scores(connection: Connection, since: datetime) -> dict[int, float]:
    rows = connection.execute(
        select(SurveyAnswer.agent_id, func.avg(SurveyAnswer.score))
        .join(Call, Call.id == SurveyAnswer.call_id)
        .where(Call.arrived_at >= since, SurveyAnswer.agent_id.is_not(None), SurveyAnswer.score.is_not(None))
        .group_by(SurveyAnswer.agent_id)
    )
    return {agent_id: float(mean) for agent_id, mean in rows if agent_id is not None}
