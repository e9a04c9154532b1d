"""The free agents whom the dialer may count on, and which tasks one of them could speak about."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from ivr.standard.agent_choice import FreeAgent
from ivr.standard.agent_state import TAKES_CALLS, AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.dial_reason import DialWay
from ivr.standard.dial_speakers import Speakers
from storage.dial_rules import DialRules
from storage.models import AgentPresence, AgentSkill, Call, DialAttempt, DialTask


def must_stay(connection: Connection, agent_id: int, now: datetime, rules: DialRules) -> bool:
    """Whether an agent who wants to call a customer is one of the last free ones for a kind of callers."""
    return agent_id in speakers(connection, now, rules, or_asks=agent_id).staying


def speakers(
    connection: Connection, now: datetime, rules: DialRules, *, or_asks: int | None = None
) -> Speakers:
    """Who is free, without those whom calls that are out already will need.

    :param or_asks: counts as free, whether ready or in wrap-up.
    """
    is_free = and_(
        AgentPresence.state == AgentState.READY,
        or_(AgentPresence.rest_until.is_(None), AgentPresence.rest_until <= now),
    )
    counts = or_(is_free, AgentPresence.agent_id == or_asks)
    rows = connection.execute(
        select(
            AgentPresence.agent_id,
            AgentPresence.idle_since,
            AgentSkill.skill,
            AgentSkill.level,
            counts.label("free"),
        )
        .outerjoin(AgentSkill, AgentSkill.agent_id == AgentPresence.agent_id)
        .where(
            or_(AgentPresence.state.in_(TAKES_CALLS), AgentPresence.agent_id == or_asks),
            AgentPresence.device_present.is_(True),
        )
    ).all()
    skills: dict[int, dict[str, int]] = {row.agent_id: {} for row in rows}
    for row in rows:
        if row.skill is not None:
            skills[row.agent_id][row.skill] = row.level
    idle_since = {row.agent_id: row.idle_since for row in rows if row.free}
    free = (FreeAgent(agent_id, skills[agent_id], idle) for agent_id, idle in idle_since.items())
    found = Speakers(free, rules.kept.with_at_work(skills.values()))
    out = connection.execute(
        select(DialTask.queue, DialTask.language, DialTask.agent_id)
        .join(DialAttempt, DialAttempt.dial_task_id == DialTask.id)
        .outerjoin(Call, Call.id == DialAttempt.call_id)
        .where(
            DialAttempt.result.is_(None),
            DialAttempt.agent_id.is_(None),
            DialTask.way == DialWay.AGENT,
            func.coalesce(Call.stage, CallStage.ARRIVED) != CallStage.TALKING,
        )
        .order_by(DialAttempt.id)
    )
    found.count_on_all(rules.wanted(row.queue, row.language, row.agent_id) for row in out)
    return found


def asks_for(rules: DialRules, skills: Collection[str]) -> ColumnElement[bool]:
    """Tasks about which somebody with one of these skills could speak."""
    fits = DialTask.queue.in_([name for name, skill in rules.skills.items() if skill in skills])
    if rules.skill_of(None) not in skills:
        return func.coalesce(fits, False)
    return or_(fits, DialTask.queue.is_(None), DialTask.queue.not_in(list(rules.skills)))


def could_be_spoken_to(rules: DialRules, left: Speakers) -> ColumnElement[bool]:
    """Tasks for which one of those who are left could be counted on."""
    return or_(asks_for(rules, left.skills), DialTask.agent_id.in_(sorted(left.agents)))


def skills_of(connection: Connection, agent_id: int) -> list[str]:
    """What an agent can do."""
    rows = connection.execute(select(AgentSkill.skill).where(AgentSkill.agent_id == agent_id))
    return list(rows.scalars())
