"""People are made once from config.yaml and kept in the database afterwards, on both databases."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert, select, update

from ivr.config import Settings
from ivr.config.sections import Device, DeviceKind, Person, Role
from ivr.errors import AccountRefused, Refused
from ivr.standard.agent_state import AgentEvent, AgentState
from storage import people
from storage.changes import Watch
from storage.database import Database
from storage.models import Agent, AgentPresence, AgentSkill, AgentStateChange, SignIn
from storage.passwords import device_digest

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
WANG = Person(work_number="1001", name="王敏", skills={"consultation": 1, "repair": 2})


def _agent(database: Database, work_number: str) -> Any:
    with database.read() as connection:
        return connection.execute(select(Agent.__table__).where(Agent.work_number == work_number)).one()


def test_the_people_of_the_configuration_are_made_signed_out(database: Database, settings: Settings) -> None:
    made = people.seed_people(database, settings, NOW)
    assert [first.work_number for first in made] == [person.work_number for person in settings.people]
    with database.read() as connection:
        presences = connection.execute(
            select(Agent.work_number, AgentPresence.state, AgentPresence.since).join(Agent)
        ).all()
        skills = connection.execute(
            select(AgentSkill.skill, AgentSkill.level).join(Agent).where(Agent.work_number == "1001")
        ).all()
    assert sorted(row.work_number for row in presences) == ["1001", "1002", "2001", "9001"]
    assert {(row.state, row.since) for row in presences} == {(AgentState.SIGNED_OUT, NOW)}
    assert {row.skill: row.level for row in skills} == settings.people[0].skills


def test_the_passwords_shown_once_are_the_right_ones_and_are_kept_nowhere(
    database: Database, settings: Settings
) -> None:
    first = people.seed_people(database, settings, NOW)[0]
    agent = _agent(database, "1001")
    assert first.password is not None and first.device_password is not None
    assert PasswordHasher().verify(agent.password_hash, first.password)
    assert agent.device_digest == device_digest("agent-1001", first.device_password)
    assert first.password not in str(agent) and first.device_password not in str(agent)


def test_at_the_second_start_nobody_is_made_and_nobody_is_touched(
    database: Database, settings: Settings
) -> None:
    people.seed_people(database, settings, NOW)
    with database.write() as connection:
        connection.execute(
            update(Agent).where(Agent.work_number == "1001").values(name="王小敏", active=False)
        )
    before = _agent(database, "1001")
    assert people.seed_people(database, settings, NOW) == []
    assert _agent(database, "1001") == before


def test_only_who_is_missing_is_made(database: Database, settings: Settings) -> None:
    people.add_person(database, WANG, NOW)
    assert "1001" not in {first.work_number for first in people.seed_people(database, settings, NOW)}


def test_two_engines_that_start_at_once_make_everybody_once(
    database: Database, database_address: str, settings: Settings
) -> None:
    made: list[people.FirstSignIn] = []

    def start() -> None:
        own = Database(database_address)
        made.extend(people.seed_people(own, settings, NOW))
        own.close()

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(first.work_number for first in made) == ["1001", "1002", "2001", "9001"]
    for first in made:
        assert PasswordHasher().verify(
            _agent(database, first.work_number).password_hash, first.password or ""
        )


@pytest.mark.parametrize(
    "device",
    [Device(kind=DeviceKind.BROWSER), Device(kind=DeviceKind.ADDRESS, address="sip:1001@192.0.2.7:5060")],
)
def test_only_a_phone_that_registers_has_a_device_password(database: Database, device: Device) -> None:
    first = people.add_person(database, WANG.model_copy(update={"device": device}), NOW)
    agent = _agent(database, "1001")
    assert first.device_password is None and agent.device_digest is None
    assert (agent.device_kind, agent.device_address) == (device.kind, device.address)


def test_a_work_number_is_given_once_also_after_somebody_left(database: Database) -> None:
    """R-20: one person, one work number."""
    people.add_person(database, WANG, NOW)
    people.deactivate(database, "1001", NOW)
    with pytest.raises(Refused, match="work number 1001 is taken"):
        people.add_person(database, WANG, NOW)


def test_what_is_not_given_stays_as_it_is(database: Database) -> None:
    people.add_person(database, WANG, NOW)
    before = _agent(database, "1001")
    assert people.change_person(database, "1001", skills={"alarm": 3}) is None
    assert _agent(database, "1001") == before
    with database.read() as connection:
        assert people.all_people(connection)[0].skills == {"alarm": 3}


def test_a_device_that_becomes_a_phone_gets_a_password_and_loses_its_address(database: Database) -> None:
    fixed = Device(kind=DeviceKind.ADDRESS, address="sip:1001@192.0.2.7")
    people.add_person(database, WANG.model_copy(update={"device": fixed}), NOW)
    password = people.change_person(database, "1001", device=Device(kind=DeviceKind.PHONE))
    agent = _agent(database, "1001")
    assert password is not None
    assert agent.device_digest == device_digest("agent-1001", password)
    assert agent.device_address is None


def test_a_new_password_replaces_the_old_one(database: Database) -> None:
    old = people.add_person(database, WANG, NOW)
    new = people.renew_passwords(database, "1001", of_device=False)
    agent = _agent(database, "1001")
    assert new.password not in (None, old.password) and new.device_password is None
    assert PasswordHasher().verify(agent.password_hash, new.password or "")
    assert agent.device_digest == device_digest("agent-1001", old.device_password or "")


def test_a_new_phone_password_leaves_the_other_one(database: Database) -> None:
    old = people.add_person(database, WANG, NOW)
    new = people.renew_passwords(database, "1001", of_device=True)
    agent = _agent(database, "1001")
    assert new.password is None
    assert agent.device_digest == device_digest("agent-1001", new.device_password or "")
    assert PasswordHasher().verify(agent.password_hash, old.password or "")


def test_a_browser_phone_has_no_password_to_renew(database: Database) -> None:
    people.add_person(database, WANG.model_copy(update={"device": Device(kind=DeviceKind.BROWSER)}), NOW)
    with pytest.raises(Refused, match="kind browser and has no password"):
        people.renew_passwords(database, "1001", of_device=True)


def test_who_leaves_is_signed_out_and_the_records_stay(database: Database) -> None:
    people.add_person(database, WANG, NOW)
    agent_id = _agent(database, "1001").id
    with database.write() as connection:
        connection.execute(
            update(AgentPresence).where(AgentPresence.agent_id == agent_id).values(state=AgentState.READY)
        )
        connection.execute(
            insert(SignIn).values(agent_id=agent_id, token_hash="t" * 64, started_at=NOW, seen_at=NOW)
        )
    assert people.deactivate(database, "1001", NOW) is AgentState.SIGNED_OUT
    with database.read() as connection:
        person = people.all_people(connection)[0]
        sign_in = connection.execute(select(SignIn.ended_at, SignIn.end_reason)).one()
        change = connection.execute(select(AgentStateChange.event, AgentStateChange.to_state)).one()
    assert (person.active, person.skills) == (False, WANG.skills)
    assert sign_in == (NOW, "deactivated")
    assert change == (AgentEvent.SIGN_OUT, AgentState.SIGNED_OUT)


@pytest.mark.parametrize("state", [AgentState.TALKING, AgentState.SIGNED_OUT])
def test_access_ends_at_once_and_who_talks_is_signed_out_after_the_talk(
    database: Database, state: AgentState
) -> None:
    """R-12.10: a conversation is not cut by us; R-20: no session outlives the account."""
    people.add_person(database, WANG, NOW)
    agent_id = _agent(database, "1001").id
    with database.write() as connection:
        connection.execute(
            update(AgentPresence).where(AgentPresence.agent_id == agent_id).values(state=state)
        )
        connection.execute(
            insert(SignIn).values(agent_id=agent_id, token_hash="t" * 64, started_at=NOW, seen_at=NOW)
        )
    assert people.deactivate(database, "1001", NOW) is state
    wish = "sign_out" if state is AgentState.TALKING else None
    with database.read() as connection:
        assert connection.execute(select(AgentPresence.after_call)).scalar_one() == wish
        assert connection.execute(select(SignIn.ended_at)).scalar_one() == NOW


def test_a_new_password_ends_the_session_after_the_call_and_another_role_waits_for_its_end(
    database: Database,
) -> None:
    people.add_person(database, WANG, NOW)
    agent_id = _agent(database, "1001").id
    with database.write() as connection:
        connection.execute(
            update(AgentPresence).where(AgentPresence.agent_id == agent_id).values(state=AgentState.TALKING)
        )
        connection.execute(
            insert(SignIn).values(agent_id=agent_id, token_hash="t" * 64, started_at=NOW, seen_at=NOW)
        )
    people.renew_passwords(database, "1001", of_device=False)
    with pytest.raises(Refused, match="in a call"):
        people.change_person(database, "1001", role=Role.QUALITY_READER)
    people.change_person(database, "1001", name="王小敏", role=WANG.role)  # neither role nor phone changes
    with database.read() as connection:
        assert connection.execute(select(SignIn.ended_at)).scalar_one() is None
        assert connection.execute(select(AgentPresence.after_call)).scalar_one() == "sign_out"
    with database.write() as connection:
        connection.execute(update(AgentPresence).values(state=AgentState.READY, after_call=None))
    people.change_person(database, "1001", role=Role.QUALITY_READER)
    with database.read() as connection:
        assert connection.execute(select(SignIn.end_reason)).scalar_one() == "changed"
        assert connection.execute(select(AgentPresence.state)).scalar_one() is AgentState.SIGNED_OUT


def test_somebody_who_left_can_be_taken_back(database: Database) -> None:
    people.add_person(database, WANG, NOW)
    people.deactivate(database, "1001", NOW)
    with pytest.raises(Refused, match="not active already"):
        people.deactivate(database, "1001", NOW)
    with pytest.raises(Refused, match="give a reason"):
        people.change_person(database, "1001", active=True)
    people.change_person(database, "1001", active=True, role=Role.SUPERVISOR, by=people.By(None, "回来上班"))
    agent = _agent(database, "1001")
    assert agent.active is True and agent.role is Role.SUPERVISOR


def test_somebody_always_keeps_accounts_also_when_two_let_each_other_go_at_once(
    database: Database, database_address: str
) -> None:
    keeper = WANG.model_copy(update={"role": Role.ADMINISTRATOR, "skills": {}})
    ids = {}
    for number in ("9001", "9002"):
        people.add_person(database, keeper.model_copy(update={"work_number": number}), NOW)
        ids[number] = _agent(database, number).id
    refused: list[str] = []

    def leave(who: str, by: str) -> None:
        own = Database(database_address)
        try:
            people.deactivate(own, who, NOW, people.By(ids[by], "重组"))
        except AccountRefused as error:
            refused.append(error.reason)
        finally:
            own.close()

    both = [threading.Thread(target=leave, args=pair) for pair in (("9001", "9002"), ("9002", "9001"))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert refused == ["last_administrator"]
    with database.read() as connection:
        [last] = [each.work_number for each in people.all_people(connection) if each.active]
    for reason in ("", "退休"):
        with pytest.raises(Refused, match="give a reason" if not reason else "the last administrator"):
            people.deactivate(database, last, NOW, people.By(None, reason))
    with pytest.raises(Refused, match="the last administrator"):
        people.change_person(database, last, role=Role.AUDITOR)
    people.change_person(database, last, role=Role.ADMINISTRATOR, name="管理员")  # the role stays


def test_a_change_wakes_the_engines(database: Database) -> None:
    people.add_person(database, WANG, NOW)
    with Watch(database) as watch:
        people.change_person(database, "1001", name="王小敏")
        assert watch.wait(5) is True


@pytest.mark.parametrize(
    "ask",
    [
        lambda database: people.change_person(database, "4711", name="x"),
        lambda database: people.renew_passwords(database, "4711", of_device=False),
        lambda database: people.deactivate(database, "4711", NOW),
    ],
)
def test_a_work_number_nobody_has_is_named(database: Database, ask: Any) -> None:
    with pytest.raises(Refused, match="nobody with work number 4711; see `hotline agents list`"):
        ask(database)
