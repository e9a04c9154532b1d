"""Talks, holds, transfers and directed offers: written in order, settled once, never changed afterwards."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, select, update

from ivr.errors import Conflict
from ivr.standard.agent_state import AgentEvent, AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.talk_kind import TalkKind
from ivr.standard.three_rings import OfferOutcome
from ivr.standard.transfer import PassedBefore, Target, TargetKind, TransferOutcome, TransferState
from storage.database import Database
from storage.models import AgentPresence, AgentSkill, Call, Hold, Offer, Talk, Transfer
from storage.queries import calls, directed_offers, holds, offers, presence, talks, transfers
from storage.queries.offers import NewOffer
from tests.storage.rows import NOW, add_agent, add_call

LATER = NOW + timedelta(seconds=90)
TARGET = Target(TargetKind.AGENT, "1002")


def begin_transfer(connection: Connection, call: int, agent: int, target: Target = TARGET) -> int:
    return transfers.begin(
        connection,
        call_id=call,
        from_agent_id=agent,
        target=target,
        to_number=None,
        to_agent_id=None,
        note="注意",
        attended=False,
        command_id=None,
        now=NOW,
    )


def reserve(connection: Connection, call: int, agent: int, **more: object) -> NewOffer | None:
    return directed_offers.reserve(
        connection,
        call_id=call,
        agent_id=agent,
        device="PJSIP/x",
        node="pbx1",
        queue="repair",
        now=NOW,
        **more,  # type: ignore[arg-type]
    )


def state(connection: Connection, agent: int) -> AgentState | None:
    return presence.state_of(connection, agent)


def test_each_has_a_part_in_a_call_and_the_end_ends_all(database: Database) -> None:
    with database.write() as connection:
        first, second, call = add_agent(connection), add_agent(connection), add_call(connection)
        talks.begin(connection, call, first, NOW)
        talks.begin(connection, call, second, NOW, TalkKind.CONSULTED)
        talks.begin(connection, call, None, NOW)
        talks.go_on_with_caller(connection, call, second, LATER)
        talks.end(connection, call, None, LATER)
        talks.end_all(connection, call, LATER + timedelta(seconds=5))
    with database.read() as connection:
        rows = connection.execute(select(Talk.__table__).order_by(Talk.id)).all()
    assert [(r.agent_id, r.kind, (r.ended_at - NOW).total_seconds()) for r in rows] == [
        (first, TalkKind.CALLER, 95),
        (second, TalkKind.CONSULTED, 90),
        (None, TalkKind.CALLER, 90),
        (second, TalkKind.CALLER, 95),
    ]


def test_a_hold_is_counted_with_its_length_and_its_consent(database: Database) -> None:
    """R-12.9: total and count are recorded, with the consent."""
    with database.write() as connection:
        agent, call = add_agent(connection), add_call(connection)
        holds.begin(connection, call, agent, NOW, consent=True)
        holds.over_limit(connection, call, agent, LATER)
        holds.end(connection, call, LATER)
        holds.end(connection, call, LATER)
        holds.begin(connection, call, agent, LATER, consent=None)
        holds.end(connection, call, LATER + timedelta(seconds=10))
    with database.read() as connection:
        row = connection.execute(select(Call.__table__)).one()
        kept = connection.execute(select(Hold.consent, Hold.seconds).order_by(Hold.id)).all()
    assert (row.hold_count, row.hold_seconds, row.held_since, row.hold_over_limit) == (2, 100.0, None, False)
    assert [tuple(hold) for hold in kept] == [(True, 90.0), (None, 10.0)]


@pytest.mark.parametrize("model", [Talk, Hold, Transfer])
def test_what_has_ended_is_neither_changed_nor_deleted(
    database: Database, model: type[Talk] | type[Hold] | type[Transfer]
) -> None:
    with database.write() as connection:
        agent, call = add_agent(connection), add_call(connection)
        talks.begin(connection, call, agent, NOW)
        holds.begin(connection, call, agent, NOW, consent=True)
        transfer = begin_transfer(connection, call, agent)
        talks.end_all(connection, call, LATER)
        holds.end(connection, call, LATER)
        transfers.end(connection, transfer, call, TransferOutcome.TAKEN, LATER)
    for statement in (update(model).values(ended_at=NOW), delete(model)):
        with pytest.raises(Conflict, match="never changed"), database.write() as connection:
            connection.execute(statement)


def test_a_call_has_one_transfer_at_a_time_and_it_is_settled_once(database: Database) -> None:
    with database.write() as connection:
        agent, call = add_agent(connection, work_number="1001"), add_call(connection)
        transfer = begin_transfer(connection, call, agent)
    with pytest.raises(Conflict), database.write() as connection:
        begin_transfer(connection, call, agent)
    with database.write() as connection:
        transfers.talks(connection, transfer, agent, "offer-1", LATER)
        assert transfers.channels_of_consulted(connection) == {call: "offer-1"}
        transfers.rings(connection, transfer, agent, TransferState.RETURNING)
        row = transfers.open_of(connection, call)
        assert row is not None
        assert (row.state, row.note, row.answered_at) == (TransferState.RETURNING, "注意", LATER)
        transfers.end_open(connection, call, TransferOutcome.TAKEN, LATER)
        transfers.end(connection, transfer, call, TransferOutcome.CALLER_GONE, LATER)
        assert transfers.open_of(connection, call) is None
        assert transfers.channels_of_consulted(connection) == {}
        assert transfers.taken_before(connection, call) == [PassedBefore("1001", TARGET)]
        assert connection.execute(select(Transfer.outcome)).scalar_one() is TransferOutcome.TAKEN


def test_only_a_transfer_that_somebody_took_leads_nowhere_back(database: Database) -> None:
    with database.write() as connection:
        agent, call = add_agent(connection), add_call(connection)
        for outcome in (TransferOutcome.RETURNED, TransferOutcome.NOT_TAKEN, TransferOutcome.ENDED):
            transfers.end(connection, begin_transfer(connection, call, agent), call, outcome, LATER)
        assert transfers.taken_before(connection, call) == []


def test_a_colleague_is_offered_one_call_at_a_time(database: Database) -> None:
    with database.write() as connection:
        agent = add_agent(connection)
        first, second = (add_call(connection, stage=CallStage.TALKING) for _ in range(2))
        offer = reserve(connection, first, agent)
        assert offer is not None
        assert state(connection, agent) is AgentState.OFFERED
        assert reserve(connection, second, agent) is None
        directed_offers.answered(connection, offer, LATER, rung_at=NOW, rings=2)
        assert state(connection, agent) is AgentState.TALKING
        assert not offers.settle(connection, offer, OfferOutcome.MISSED, LATER, rung_at=NOW, rings=3)
        row = connection.execute(select(Offer.__table__)).one()
    assert (row.outcome, row.rings, row.answered_at) == (OfferOutcome.ANSWERED, 2, LATER)


def test_an_offer_that_was_not_answered_is_settled_like_all_others(database: Database) -> None:
    with database.write() as connection:
        agent, call = add_agent(connection), add_call(connection, stage=CallStage.TALKING)
        offer = reserve(connection, call, agent)
        assert offer is not None
        assert offers.settle(connection, offer, OfferOutcome.MISSED, LATER, rung_at=NOW, rings=3)
        assert state(connection, agent) is AgentState.NOT_ANSWERING
        assert connection.execute(select(Call.open_offers)).scalar_one() == 0


def test_the_best_free_colleague_of_a_queue_is_found_but_for_those_asked_before(database: Database) -> None:
    with database.write() as connection:
        found = [add_agent(connection) for _ in range(4)]
        for agent, level in zip(found, (2, 1, 1, 1), strict=True):
            connection.execute(
                AgentSkill.__table__.insert(),
                {"agent_id": agent, "skill": "repair", "level": level},  # type: ignore[attr-defined]
            )
        connection.execute(
            update(AgentPresence)
            .where(AgentPresence.agent_id == found[1])
            .values(idle_since=NOW + timedelta(seconds=5))
        )
        presence.apply(connection, found[3], AgentEvent.ASK_BREAK, NOW)

        def best(*but: int) -> int | None:
            colleague = directed_offers.best_free(connection, "repair", NOW, but)
            return colleague.id if colleague is not None else None

        assert best() == found[2]
        assert best(found[2]) == found[1]
        assert best(found[2], found[1]) == found[0]
        assert best(*found) is None


def test_who_calls_out_of_a_wrap_up_goes_on_with_it_when_nothing_comes_of_it(database: Database) -> None:
    with database.write() as connection:
        agent, old, new = add_agent(connection), add_call(connection), add_call(connection)
        presence.apply(connection, agent, AgentEvent.OFFER, NOW, call_id=old)
        presence.apply(connection, agent, AgentEvent.ANSWER, NOW, call_id=old)
        calls.finish_agent(connection, old, agent, NOW, LATER)
        assert state(connection, agent) is AgentState.WRAP_UP
        offer = reserve(
            connection, new, agent, event=AgentEvent.CALL_OUT, states=frozenset({AgentState.WRAP_UP})
        )
        assert offer is not None
        assert state(connection, agent) is AgentState.OFFERED
        offers.settle(connection, offer, OfferOutcome.CALLER_GONE, NOW, rung_at=None, rings=0)
        assert state(connection, agent) is AgentState.WRAP_UP


def test_a_break_asked_for_while_it_rang_begins_when_the_caller_is_gone(database: Database) -> None:
    """R-12.10: refused in a call, remembered for after it."""
    with database.write() as connection:
        agent, call = add_agent(connection), add_call(connection)
        offer = reserve(connection, call, agent)
        assert offer is not None
        presence.remember(connection, agent, AgentEvent.ASK_BREAK, "吃饭")
        offers.settle(connection, offer, OfferOutcome.CALLER_GONE, LATER, rung_at=None, rings=0)
        row = connection.execute(select(AgentPresence.__table__)).one()
    assert (row.state, row.reason, row.after_call) == (AgentState.BREAK, "吃饭", None)
