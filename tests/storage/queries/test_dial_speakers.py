"""Agents who speak with customers are never the last free ones for those who call us."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, update

from ivr.config.sections import CallKind
from ivr.standard.agent_choice import RoutingRules
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallDirection, CallStage
from ivr.standard.dial_reason import DialReason, DialWay
from storage.database import Database
from storage.dial_rules import DialRules
from storage.models import AgentPresence, AgentSkill
from storage.queries import matching
from storage.queries.dial_speakers import speakers
from storage.queries.dial_taking import one_at_a_time, take
from tests.storage.queries.case_rows import NOW
from tests.storage.queries.dial_rows import MANY, add_task, run, task
from tests.storage.rows import add_agent, add_call


def add_speaker(connection: Connection, *skills: str, state: AgentState = AgentState.READY) -> int:
    agent_id = add_agent(connection)
    connection.execute(
        update(AgentPresence)
        .where(AgentPresence.agent_id == agent_id)
        .values(state=state, device_present=True)
    )
    for skill in skills:
        connection.execute(insert(AgentSkill).values(agent_id=agent_id, skill=skill, level=1))
    return agent_id


def stand(connection: Connection, agent_id: int, state: AgentState) -> None:
    connection.execute(update(AgentPresence).where(AgentPresence.agent_id == agent_id).values(state=state))


def add_promise(connection: Connection, place: int, queue: str | None, agent_id: int | None = None) -> int:
    return add_task(
        connection,
        DialReason.CALL_BACK,
        f"+861391111{place:04}",
        way=DialWay.AGENT,
        queue=queue,
        agent_id=agent_id,
    )


def begun(database: Database, rules: DialRules) -> list[int]:
    with database.write() as connection:
        free = speakers(connection, NOW, rules)
        return [one.task_id for one in take(connection, "pbx1", NOW, rules, MANY, speakers=free)]


def test_an_agents_call_begins_only_while_somebody_is_free_who_could_speak(
    database: Database, rules: DialRules
) -> None:
    """The first responder, else one who has the skill of the task's queue; calls that are out count."""
    with database.write() as connection:
        owner = add_speaker(connection)
        add_speaker(connection, "complaint", state=AgentState.BREAK)
        for _ in range(2):
            add_speaker(connection, "consultation")
        complaint = add_promise(connection, 0, "complaint")
        repair = add_promise(connection, 1, "repair")
        of_owner = add_promise(connection, 2, "repair", owner)
        first, second = add_promise(connection, 3, None), add_promise(connection, 4, None)
    run(database)
    assert begun(database, rules) == [of_owner, first], "no queue: whoever speaks with those who choose none"
    assert begun(database, rules) == [], "both are counted on already"
    with database.write() as connection:
        for skills in (["complaint"], ["complaint"], ["repair"], ["repair"]):
            add_speaker(connection, *skills)
    assert begun(database, rules) == [complaint, repair]
    assert begun(database, rules) == []
    assert task(database, second).next_at == NOW, "keeps its place"


def test_the_last_free_agent_of_a_skill_stays_for_who_calls_us(database: Database, rules: DialRules) -> None:
    """However many others are free; who has it alone at work may go, to call their own customers at all."""
    with database.write() as connection:
        for place, queue in enumerate(("repair", "repair", "complaint")):
            add_promise(connection, place, queue)
        first, busy = add_speaker(connection, "repair"), add_speaker(connection, "repair")
        stand(connection, busy, AgentState.TALKING)
        add_speaker(connection, "complaint")
        for _ in range(3):
            add_speaker(connection, "consultation")
    run(database)
    (complaint,) = begun(database, rules)
    assert task(database, complaint).queue == "complaint"
    with database.write() as connection:
        stand(connection, busy, AgentState.READY)
    assert len(begun(database, rules)) == 1
    with database.write() as connection:
        for agent_id in (first, busy):
            stand(connection, agent_id, AgentState.TALKING)
    assert begun(database, rules) == []


def test_as_many_as_are_kept_stay_for_each_queue(database: Database, rules: DialRules) -> None:
    two_kept = replace(rules, kept=replace(rules.kept, number=2))
    with database.write() as connection:
        for place in range(4):
            add_promise(connection, place, "repair")
        for _ in range(4):
            add_speaker(connection, "repair")
    run(database)
    assert len(begun(database, two_kept)) == 2
    assert begun(database, two_kept) == []
    assert len(begun(database, rules)) == 1


def test_whoever_alone_is_free_for_gas_leaks_or_a_language_is_neither_counted_on_nor_given_the_customer(
    database: Database, rules: DialRules
) -> None:
    """They are the longest idle, and would be chosen for a caller of ours; others at work are talking."""
    routing = RoutingRules(rules.skills, rules.language_skills, timedelta(seconds=20), rules.kept)
    with database.write() as connection:
        for place in range(4):
            add_promise(connection, place, "repair")
        english, gas = (
            add_speaker(connection, "repair", "english"),
            add_speaker(connection, "repair", "alarm"),
        )
        for skill in ("english", "alarm"):
            add_speaker(connection, "repair", skill, state=AgentState.TALKING)
        others = [add_speaker(connection, "repair") for _ in range(2)]
    run(database)
    assert len(begun(database, rules)) == 2, "two of four could do nothing that others cannot"
    with database.write() as connection:
        for _ in range(2):
            add_call(
                connection,
                direction=CallDirection.OUTBOUND,
                stage=CallStage.WAITING,
                queue="repair",
                kind=CallKind.REPAIR,
                queued_at=NOW,
                returned=True,
                preferred_agent_id=gas,
            )
        made = matching.match(connection, "pbx1", routing, NOW)
        assert sorted(offer.agent_id or 0 for offer in made) == others, "not even as first responder"
        add_call(
            connection,
            stage=CallStage.WAITING,
            queue="repair",
            kind=CallKind.REPAIR,
            queued_at=NOW,
            language="en",
        )
        made = matching.match(connection, "pbx1", routing, NOW)
        assert [offer.agent_id for offer in made] == [english]


@pytest.mark.parametrize("talked", [False, True])
def test_a_customer_who_has_answered_is_not_left_without_anybody_and_goes_back_to_whom_they_spoke_with(
    database: Database, rules: DialRules, talked: bool
) -> None:
    """R-12.12. Who was counted on has a caller by now."""
    routing = RoutingRules(rules.skills, rules.language_skills, timedelta(seconds=20), rules.kept)
    with database.write() as connection:
        gas = add_speaker(connection, "alarm", "repair")
        repair = [add_speaker(connection, "repair") for _ in range(2)]
        add_call(
            connection,
            direction=CallDirection.OUTBOUND,
            stage=CallStage.WAITING,
            queue="repair",
            kind=CallKind.REPAIR,
            queued_at=NOW,
            returned=True,
            preferred_agent_id=gas,
            talk_started_at=NOW if talked else None,
        )
        if not talked:
            for agent_id in repair:
                stand(connection, agent_id, AgentState.TALKING)
        assert [offer.agent_id for offer in matching.match(connection, "pbx1", routing, NOW)] == [gas]


def test_two_engines_at_once_do_not_count_on_the_same_last_agents(
    database: Database, rules: DialRules
) -> None:
    with database.write() as connection:
        for place in range(6):
            add_promise(connection, place, "repair")
        for _ in range(3):
            add_speaker(connection, "repair")
    run(database)
    both_have_counted = threading.Barrier(2)

    def engine(name: str) -> int:
        with database.write() as connection:
            one_at_a_time(connection)
            free = speakers(connection, NOW, rules)
            with suppress(threading.BrokenBarrierError):
                both_have_counted.wait(0.5)
            return len(take(connection, name, NOW, rules, MANY, speakers=free))

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(engine, ("pbx1", "pbx2"))) == [0, 2]
