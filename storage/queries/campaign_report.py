"""What came of one campaign: its head, calls by result, answers by question and word."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ivr.standard.dial_attempt import DialResult
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import CampaignState
from storage.models import Agent, Campaign, CampaignRefusal, DialAttempt, DialTask, RevisitAnswer


@dataclass(frozen=True, slots=True)
class CampaignHead:
    """A campaign's own facts. ``by``: work number and name of who made it; None: an operator's command."""

    id: int
    name: str
    reason: DialReason
    way: DialWay
    questionnaire: str | None
    state: CampaignState
    made_at: datetime
    changed_at: datetime
    until_at: datetime | None
    source: dict[str, Any]
    rows: int
    rows_refused: int
    by: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Answers:
    """``results``: calls by what came of them; ``words``: question → word → how many; ``mean``: of scores."""

    results: dict[DialResult, int]
    words: dict[str, dict[str, int]]
    scored: int
    mean: float | None
    dissatisfied: int


def head(connection: Connection, campaign_id: int) -> CampaignHead | None:
    """One campaign; None where there is none."""
    row = connection.execute(
        select(*Campaign.__table__.c, Agent.work_number, Agent.name.label("maker"))
        .outerjoin(Agent, Agent.id == Campaign.made_by)
        .where(Campaign.id == campaign_id)
    ).one_or_none()
    if row is None:
        return None
    return CampaignHead(
        id=row.id,
        name=row.name,
        reason=row.reason,
        way=row.way,
        questionnaire=row.questionnaire,
        state=row.state,
        made_at=row.made_at,
        changed_at=row.changed_at,
        until_at=row.until_at,
        source=row.source,
        rows=row.rows,
        rows_refused=row.rows_refused,
        by=(row.work_number, row.maker) if row.work_number is not None else None,
    )


def answers(connection: Connection, campaign_id: int) -> Answers:
    """What came of its calls."""
    results = {
        row.result: row.calls
        for row in connection.execute(
            select(DialAttempt.result, func.count().label("calls"))
            .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
            .where(DialTask.campaign_id == campaign_id, DialAttempt.result.is_not(None))
            .group_by(DialAttempt.result)
        )
        if row.result is not None
    }
    words: dict[str, dict[str, int]] = {}
    for row in connection.execute(
        select(RevisitAnswer.question, RevisitAnswer.word, func.count().label("given"))
        .join(DialAttempt, DialAttempt.id == RevisitAnswer.dial_attempt_id)
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .where(DialTask.campaign_id == campaign_id)
        .group_by(RevisitAnswer.question, RevisitAnswer.word)
    ):
        words.setdefault(row.question, {})[row.word or ""] = row.given
    score = connection.execute(
        select(
            func.count(DialTask.satisfaction).label("scored"),
            func.sum(DialTask.satisfaction).label("points"),
        ).where(DialTask.campaign_id == campaign_id)
    ).one()
    dissatisfied = connection.execute(
        select(func.count()).where(DialTask.campaign_id == campaign_id, DialTask.dissatisfied.is_(True))
    ).scalar_one()
    mean = float(score.points) / score.scored if score.scored else None
    return Answers(results, words, int(score.scored), mean, int(dissatisfied))


def refusal_reasons(connection: Connection, campaign_id: int) -> dict[str, int]:
    """How many rows were refused for which reason."""
    rows = connection.execute(
        select(CampaignRefusal.reason, func.count().label("rows"))
        .where(CampaignRefusal.campaign_id == campaign_id)
        .group_by(CampaignRefusal.reason)
        .order_by(func.count().desc(), CampaignRefusal.reason)
    )
    return {row.reason: row.rows for row in rows}
