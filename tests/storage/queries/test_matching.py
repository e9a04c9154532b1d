"""Reservation: an agent is offered to one call and a call to one agent, by conditional writes."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select, text, update

from ivr.config.sections import CallKind, DeviceKind
from ivr.standard.agent_choice import RoutingRules
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.three_rings import OfferOutcome
from storage.database import Database
from storage.models import AgentPresence, AgentSkill, Call, Engine, Offer
from storage.queries import matching, offers
from tests.patience import Patience
from tests.storage.rows import NOW, add_agent, add_call

RULES = RoutingRules(
    skills={"repair": "repair", "alarm": "alarm"},
    language_skills={"en": "english"},
    ring_all_after=timedelta(seconds=20),
)


def add_waiting(
    connection: Connection, queue: str = "repair", seconds_ago: float = 1, **values: object
) -> int:
    kind = CallKind.ALARM if queue == "alarm" else CallKind.REPAIR
    return add_call(
        connection,
        stage=CallStage.WAITING,
        queue=queue,
        kind=kind,
        queued_at=NOW - timedelta(seconds=seconds_ago),
        **values,
    )


def add_skilled(connection: Connection, *skills: str, **values: object) -> int:
    agent = add_agent(
        connection, device_kind=DeviceKind.ADDRESS, device_address="sip:1001@127.0.0.1", **values
    )
    for skill in skills:
        connection.execute(insert(AgentSkill), {"agent_id": agent, "skill": skill, "level": 1})
    return agent


def pairs(made: list[offers.NewOffer]) -> list[tuple[int, int | None]]:
    return [(offer.call_id, offer.agent_id) for offer in made]


def test_the_earlier_caller_gets_the_only_agent_and_both_are_taken(database: Database) -> None:
    with database.write() as connection:
        agent = add_skilled(connection, "repair")
        later, earlier = add_waiting(connection, seconds_ago=1), add_waiting(connection, seconds_ago=9)
        made = matching.match(connection, "pbx1", RULES, NOW)
        assert pairs(made) == [(earlier, agent)]
        assert matching.match(connection, "pbx1", RULES, NOW) == []
        assert connection.execute(select(AgentPresence.state)).scalar_one() is AgentState.OFFERED
        assert connection.execute(select(Call.open_offers).where(Call.id == later)).scalar_one() == 0


def test_an_agent_who_rests_or_has_no_device_is_not_offered(database: Database) -> None:
    with database.write() as connection:
        resting, gone = add_skilled(connection, "repair"), add_skilled(connection, "repair")
        add_waiting(connection)
        connection.execute(
            update(AgentPresence)
            .where(AgentPresence.agent_id == resting)
            .values(rest_until=NOW + timedelta(seconds=5))
        )
        connection.execute(
            update(AgentPresence).where(AgentPresence.agent_id == gone).values(device_present=False)
        )
        assert matching.match(connection, "pbx1", RULES, NOW) == []
        later = NOW + timedelta(seconds=6)
        assert [offer.agent_id for offer in matching.match(connection, "pbx1", RULES, later)] == [resting]


def test_an_alarm_that_waited_rings_every_free_agent_of_any_skill(database: Database) -> None:
    with database.write() as connection:
        agents = {add_skilled(connection, "repair") for _ in range(3)}
        call = add_waiting(connection, "alarm", seconds_ago=21)
        made = matching.match(connection, "pbx1", RULES, NOW)
        assert {offer.agent_id for offer in made} == agents
        assert {offer.call_id for offer in made} == {call}
        assert connection.execute(select(Call.open_offers)).scalar_one() == 3


def test_an_alarm_pre_empts_a_wrap_up_and_a_repair_does_not(database: Database) -> None:
    with database.write() as connection:
        agent = add_skilled(connection, "repair", "alarm")
        connection.execute(update(AgentPresence).values(state=AgentState.WRAP_UP))
        add_waiting(connection)
        assert matching.match(connection, "pbx1", RULES, NOW) == []
        alarm = add_waiting(connection, "alarm")
        assert pairs(matching.match(connection, "pbx1", RULES, NOW)) == [(alarm, agent)]


def test_a_caller_of_another_living_node_is_not_overtaken(database: Database) -> None:
    with database.write() as connection:
        add_skilled(connection, "repair")
        add_waiting(connection, seconds_ago=9, pbx_node="pbx2")
        mine = add_waiting(connection, seconds_ago=1)
        alive = {
            "pbx_node": "pbx2",
            "instance": "x",
            "started_at": NOW,
            "seen_at": NOW,
            "pbx_connected": True,
        }
        connection.execute(insert(Engine), alive)
        assert matching.match(connection, "pbx1", RULES, NOW) == []
        connection.execute(update(Engine).values(seen_at=NOW - timedelta(minutes=1)))
        assert [offer.call_id for offer in matching.match(connection, "pbx1", RULES, NOW)] == [mine]


def test_a_missed_offer_frees_the_call_for_the_next_agent(database: Database) -> None:
    """R-12.3: the call goes on to the next agent and keeps its place."""
    with database.write() as connection:
        first, second = add_skilled(connection, "repair"), add_skilled(connection, "repair")
        call = add_waiting(connection)
        (offer,) = matching.match(connection, "pbx1", RULES, NOW)
        assert offer.agent_id == first
        now = NOW + timedelta(seconds=15)
        assert offers.settle(connection, offer, OfferOutcome.MISSED, now, rung_at=NOW, rings=3)
        assert not offers.settle(connection, offer, OfferOutcome.BUSY, now, rung_at=NOW, rings=3)
        assert pairs(matching.match(connection, "pbx1", RULES, now)) == [(call, second)]


def test_an_answer_takes_the_call_once(database: Database) -> None:
    with database.write() as connection:
        add_skilled(connection, "repair"), add_skilled(connection, "repair")
        add_waiting(connection, "alarm", seconds_ago=21)
        first, second = matching.match(connection, "pbx1", RULES, NOW)
        assert offers.answer(connection, first, NOW, rung_at=NOW, rings=1, bridge="b")
        assert not offers.answer(connection, second, NOW, rung_at=NOW, rings=1, bridge="b")
        row = connection.execute(select(Offer.outcome, Offer.answered_at).where(Offer.id == first.id)).one()
        assert row == (OfferOutcome.ANSWERED, NOW)


def test_a_callers_place_counts_those_before(database: Database) -> None:
    with database.write() as connection:
        last = add_waiting(connection, seconds_ago=1)
        add_waiting(connection, seconds_ago=9)
        add_waiting(connection, seconds_ago=2, returned=True)
        add_waiting(connection, "alarm", seconds_ago=1)
        assert matching.place_of(connection, last) == 3
        assert matching.place_of(connection, 999999) is None


@pytest.mark.parametrize("agents", [1, 4])
def test_engines_that_match_at_once_never_offer_an_agent_twice(database: Database, agents: int) -> None:
    """Two engines on one database: each takes its share, nobody is offered twice."""
    with database.write() as connection:
        for _ in range(agents):
            add_skilled(connection, "repair")
        for _ in range(10):
            add_waiting(connection, pbx_node="pbx1")
            add_waiting(connection, pbx_node="pbx2")
    made: list[offers.NewOffer] = []
    at_once = threading.Barrier(2)

    def engine(node: str) -> None:
        at_once.wait()
        for _ in range(5):
            with database.write() as connection:
                made.extend(matching.match(connection, node, RULES, NOW))

    threads = [threading.Thread(target=engine, args=(node,)) for node in ("pbx1", "pbx2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({offer.agent_id for offer in made}) == len(made) == agents
    assert len({offer.call_id for offer in made}) == agents


def test_whose_agent_another_engine_takes_in_the_same_moment_is_still_the_first(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("one writer at a time")
    with database.write() as connection:
        taken, other = add_skilled(connection, "repair"), add_skilled(connection, "repair")
        first = add_waiting(connection, seconds_ago=9, pbx_node="pbx2")
        add_waiting(connection, seconds_ago=1, pbx_node="pbx2")
    made: list[offers.NewOffer] = []

    def second_engine() -> None:
        with database.write() as connection:
            made.extend(matching.match(connection, "pbx2", RULES, NOW))

    thread = threading.Thread(target=second_engine)
    with database.write() as connection:
        add_waiting(connection, seconds_ago=20, pbx_node="pbx1")
        assert [offer.agent_id for offer in matching.match(connection, "pbx1", RULES, NOW)] == [taken]
        thread.start()
        patience = Patience(10)
        while connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) == 0:
            assert not patience.is_over, f"nobody waits for the agent, {patience}"
            time.sleep(0.01)
    thread.join()

    assert pairs(made) == [(first, other)]


def test_a_caller_who_has_left_is_offered_nobody_though_it_is_not_written_yet(database: Database) -> None:
    with database.write() as connection:
        agent = add_skilled(connection, "repair")
        left, waits = add_waiting(connection, seconds_ago=9), add_waiting(connection, seconds_ago=1)
        made = matching.match(connection, "pbx1", RULES, NOW, lambda call_id: call_id == left)
        assert pairs(made) == [(waits, agent)]


def test_the_first_responder_of_an_open_case_is_asked_first_if_they_have_the_skill(
    database: Database,
) -> None:
    """R-FR: whom a caller lost goes before, and needs no skill (R-12.12)."""
    with database.write() as connection:
        other, mine = add_skilled(connection, "repair"), add_skilled(connection, "repair")
        unskilled = add_skilled(connection)
        connection.execute(
            update(AgentSkill).where(AgentSkill.agent_id == mine).values(level=9, skill="repair")
        )
        one = add_waiting(connection, seconds_ago=3, preferred_agent_id=mine)
        two = add_waiting(connection, seconds_ago=2, preferred_agent_id=unskilled)
        assert pairs(matching.match(connection, "pbx1", RULES, NOW)) == [(one, mine), (two, other)]
        lost = add_waiting(connection, preferred_agent_id=unskilled, returned=True)
        assert pairs(matching.match(connection, "pbx1", RULES, NOW)) == [(lost, unskilled)]
