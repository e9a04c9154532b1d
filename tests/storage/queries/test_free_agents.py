"""Only agents who can be chosen are read: the pairs are those that all free agents would give."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from ivr.standard.agent_choice import FreeAgent, WaitingCall, pair
from ivr.standard.agent_state import FREE_FOR_ALARM, AgentState
from ivr.standard.kept_agents import KeptAgents, demands_of
from ivr.standard.queue_order import order_key
from storage.database import Database
from storage.models import AgentPresence, AgentSkill
from storage.queries.free_agents import anybody_free, free_agents_for
from tests.storage.rows import NOW, add_agent

SKILLS = ("repair", "consultation", "english")
KEPT = KeptAgents(demands_of(SKILLS[:2], SKILLS[2:]), 1)
STATES = (AgentState.READY, AgentState.READY, AgentState.WRAP_UP, AgentState.TALKING)


def add_agents(connection: Connection, dice: random.Random, number: int) -> list[int]:
    agents = [add_agent(connection) for _ in range(number)]
    for agent in agents:
        connection.execute(
            update(AgentPresence)
            .where(AgentPresence.agent_id == agent)
            .values(state=dice.choice(STATES), idle_since=NOW - timedelta(seconds=dice.randrange(5)))
        )
        for skill in dice.sample(SKILLS, dice.randrange(len(SKILLS) + 1)):
            connection.execute(
                insert(AgentSkill), {"agent_id": agent, "skill": skill, "level": dice.randint(1, 3)}
            )
    return agents


def waiting_calls(dice: random.Random, agents: list[int], number: int) -> list[WaitingCall]:
    calls = []
    for call_id in range(1, number + 1):
        alarm = dice.random() < 0.2
        calls.append(
            WaitingCall(
                id=call_id,
                node="pbx1",
                queue="any",
                skill=dice.choice(SKILLS[:2]),
                language_skill=dice.choice((None, "english")),
                order=order_key(alarm=alarm, returned=False, priority=5, queued_at=NOW, call_id=call_id),
                preferred_agent_id=dice.choice((None, None, dice.choice(agents))),
                ring_all=alarm and dice.random() < 0.2,
                open_offers=1 if alarm and dice.random() < 0.3 else 0,
                alarm=alarm,
                first_responder_id=dice.choice((None, dice.choice(agents))),
                called=dice.random() < 0.2,
            )
        )
    return calls


def everybody_free(connection: Connection) -> list[FreeAgent]:
    rows = connection.execute(
        select(AgentPresence.agent_id, AgentPresence.state, AgentPresence.idle_since).where(
            AgentPresence.state.in_(FREE_FOR_ALARM)
        )
    ).all()
    skills: dict[int, dict[str, int]] = {row.agent_id: {} for row in rows}
    for row in connection.execute(select(AgentSkill.agent_id, AgentSkill.skill, AgentSkill.level)):
        if row.agent_id in skills:
            skills[row.agent_id][row.skill] = row.level
    return [
        FreeAgent(row.agent_id, skills[row.agent_id], row.idle_since, row.state is AgentState.WRAP_UP)
        for row in rows
    ]


@pytest.mark.parametrize("seed", range(12))
def test_the_pairs_are_those_that_all_free_agents_would_give(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    with database.write() as connection:
        agents = add_agents(connection, dice, 12)
        everybody = everybody_free(connection)
        for _ in range(15):
            waiting = waiting_calls(dice, agents, dice.randint(1, 8))
            found, rows = free_agents_for(connection, waiting, NOW)
            chosen = [(call.id, agent.id) for call, agent in pair(waiting, found, KEPT)]
            assert chosen == [(call.id, agent.id) for call, agent in pair(waiting, everybody, KEPT)]
            assert rows.keys() == {agent.id for agent in found}


def test_for_one_caller_one_agent_is_read_of_many(database: Database) -> None:
    with database.write() as connection:
        for agent in [add_agent(connection) for _ in range(5)]:
            connection.execute(insert(AgentSkill), {"agent_id": agent, "skill": "repair", "level": 1})
        connection.execute(update(AgentPresence).values(state=AgentState.READY))
        order = order_key(alarm=False, returned=False, priority=5, queued_at=NOW, call_id=1)
        call = WaitingCall(1, "pbx1", "repair", "repair", None, order, None, False, 0, False)
        found, _ = free_agents_for(connection, [call], NOW)
        assert len(found) == 1


def test_nobody_is_free_when_all_rest_talk_or_have_left(database: Database) -> None:
    with database.write() as connection:
        agent = add_agent(connection)
        mine = update(AgentPresence).where(AgentPresence.agent_id == agent)
        connection.execute(mine.values(state=AgentState.READY))
        assert anybody_free(connection, NOW)
        connection.execute(mine.values(rest_until=NOW + timedelta(seconds=5)))
        assert not anybody_free(connection, NOW)
        connection.execute(mine.values(rest_until=None, state=AgentState.TALKING))
        assert not anybody_free(connection, NOW)
