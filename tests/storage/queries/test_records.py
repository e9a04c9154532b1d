"""Saving a record makes one case, passes it on at once, and corrections are new entries."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from ivr.config.sections import CallKind
from ivr.errors import Conflict
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.talk_kind import TalkKind
from ivr.standard.urgency import Urgency
from storage.database import Database
from storage.models import Agent, CallRecord, Case, Unit
from storage.queries import records, talks
from storage.queries.records import RecordText, SavedCase
from tests.storage.rows import add_agent, add_call

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
TEXT = RecordText(
    kind=CallKind.REPAIR,
    complaint_class=None,
    urgency=Urgency.URGENT,
    unit_id=None,
    customer_id=None,
    surname="李",
    form_of_address="先生",
    contact_number="13912341111",
    address="泉中小区 3号楼 2单元 501",
    content="灶具打不着火 <b>急</b> 🔥",
)


@pytest.fixture
def agent(database: Database) -> int:
    with database.write() as connection:
        return add_agent(connection)


@pytest.fixture
def call(database: Database) -> int:
    with database.write() as connection:
        return add_call(connection, kind=CallKind.CONSULTATION, caller_number="13912341111")


@pytest.fixture
def unit(database: Database) -> int:
    with database.write() as connection:
        return int(
            connection.execute(
                insert(Unit).values(name="城南管理站", active=True).returning(Unit.id)
            ).scalar_one()
        )


def save(database: Database, call: int, agent: int, text: RecordText, now: datetime = NOW) -> SavedCase:
    with database.write() as connection:
        facts = records.call_facts(connection, call)
        assert facts is not None
        return records.save(connection, facts, text, now, agent_id=agent, series="2026-11", digits=4)


@pytest.mark.parametrize("kind", [CallKind.REPAIR, CallKind.ALARM, CallKind.COMPLAINT])
def test_saving_passes_on_to_the_unit_in_the_same_transaction(
    database: Database, call: int, agent: int, unit: int, kind: CallKind
) -> None:
    """R-14.1, R-15.1; R-FR: who saves is the first responder, where nobody talked before."""
    saved = save(database, call, agent, replace(TEXT, kind=kind, unit_id=unit))
    assert (saved.number, saved.entry, saved.passed_at) == ("2026-11-0001", 1, NOW)
    with database.read() as connection:
        case = connection.execute(select(*Case.__table__.c)).one()
        record = connection.execute(select(*CallRecord.__table__.c)).one()
    assert (case.first_responder_id, case.unit_id, case.passed_at, case.created_at) == (agent, unit, NOW, NOW)
    assert (record.entry, record.case_id, record.content) == (1, case.id, TEXT.content)


def test_who_talked_with_the_caller_first_is_first_responder_whoever_saves(
    database: Database, call: int, agent: int
) -> None:
    """R-FR: fixed at first contact, survives every transfer; who was only asked is no contact."""
    with database.write() as connection:
        asked, first, later, gone = (add_agent(connection) for _ in range(4))
        connection.execute(update(Agent).where(Agent.id == gone).values(active=False))
        talks.begin(connection, call, asked, NOW, TalkKind.CONSULTED)
        for who in (gone, None, first, later, agent):
            talks.begin(connection, call, who, NOW)
    save(database, call, agent, TEXT)
    save(database, call, later, replace(TEXT, content="是热水器"))
    with database.read() as connection:
        case = connection.execute(select(Case.first_responder_id)).scalar_one()
        written = connection.execute(select(CallRecord.agent_id).order_by(CallRecord.entry)).scalars().all()
    assert (case, written) == (first, [agent, later])


def test_a_consultation_is_passed_on_to_nobody(database: Database, call: int, agent: int, unit: int) -> None:
    saved = save(database, call, agent, replace(TEXT, kind=CallKind.CONSULTATION, unit_id=unit))
    assert saved.passed_at is None


def test_the_menus_choice_is_kept_beside_the_agents(database: Database, call: int, agent: int) -> None:
    """R-12.7."""
    save(database, call, agent, TEXT)
    with database.read() as connection:
        record = connection.execute(select(CallRecord.menu_kind, CallRecord.kind)).one()
    assert tuple(record) == (CallKind.CONSULTATION, CallKind.REPAIR)


def test_a_second_save_is_a_new_entry_of_the_same_case(database: Database, call: int, agent: int) -> None:
    """R-AR: corrections are new entries, and the case keeps its first words."""
    first = save(database, call, agent, TEXT)
    same = save(database, call, agent, TEXT)
    corrected = save(database, call, agent, replace(TEXT, content="是热水器"), NOW + timedelta(minutes=1))
    assert (same.entry, corrected.entry) == (1, 2)
    assert {first.number, same.number, corrected.number} == {"2026-11-0001"}
    with database.read() as connection:
        contents = connection.execute(select(CallRecord.content).order_by(CallRecord.entry)).scalars().all()
        assert contents == [TEXT.content, "是热水器"]
        assert connection.execute(select(Case.content)).scalar_one() == TEXT.content


def test_two_desks_that_save_one_call_at_once_make_one_case(
    database: Database, call: int, agent: int
) -> None:
    numbers: list[str] = []

    def write(place: int) -> None:
        numbers.append(save(database, call, agent, replace(TEXT, content=f"第{place}次")).number)

    threads = [threading.Thread(target=write, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers == ["2026-11-0001"] * 8
    with database.read() as connection:
        entries = connection.execute(select(CallRecord.entry).order_by(CallRecord.entry)).scalars().all()
    assert entries == list(range(1, 9))


def test_what_was_written_is_never_changed_nor_deleted(database: Database, call: int, agent: int) -> None:
    """R-AR."""
    save(database, call, agent, replace(TEXT, kind=CallKind.COMPLAINT, complaint_class=ComplaintClass.FEES))
    for change in (
        update(CallRecord).values(content="x"),
        delete(CallRecord),
        delete(Case),
        update(Case).values(number="2026-11-9999"),
        update(Case).values(content="x"),
    ):
        with pytest.raises(Conflict, match="R-AR"), database.write() as connection:
            connection.execute(change)
    with database.write() as connection:
        connection.execute(update(Case).values(closed_at=NOW))


def test_only_who_has_had_the_call_may_write_of_it(database: Database, call: int, agent: int) -> None:
    with database.write() as connection:
        other = add_agent(connection)
        mine = add_call(connection, agent_id=agent)
        assert records.may_write(connection, mine, agent)
        assert not records.may_write(connection, mine, other)
        assert not records.may_write(connection, 10**9, agent)
