from sqlalchemy import select

from ivr.config.sections import DeviceKind
from ivr.routing import presence
from ivr.standard.agent_state import AgentState
from storage.database import Database
from storage.models import AgentPresence
from tests.storage.rows import add_agent


def _lost(database: Database, kind: DeviceKind, address: str | None) -> AgentState:
    with database.write() as connection:
        agent = add_agent(connection, work_number="1001", device_kind=kind, device_address=address)
        presence._device(connection, "1001", False)
        return connection.execute(
            select(AgentPresence.state).where(AgentPresence.agent_id == agent)
        ).scalar_one()


def test_who_is_not_registered_any_more_is_gone(database: Database) -> None:
    assert _lost(database, DeviceKind.PHONE, None) is AgentState.DEVICE_GONE


def test_a_phone_of_before_that_goes_does_not_take_a_fixed_address_with_it(database: Database) -> None:
    assert _lost(database, DeviceKind.ADDRESS, "sip:1001@127.0.0.1:5070") is AgentState.READY
