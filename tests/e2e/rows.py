"""The database as the tests see it: rows, and rows that are waited for."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Row, Select, insert, select

from ivr.config.sections import DeviceKind, Role
from ivr.standard.agent_state import AgentEvent, AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from ivr.standard.device_name import device_name
from storage.database import Database
from storage.models import (
    Agent,
    AgentPresence,
    AgentSkill,
    AgentStateChange,
    Call,
    Command,
    Event,
    Offer,
    Recording,
    SurveyAnswer,
    Task,
)
from storage.passwords import device_digest
from storage.queries import commands_asked, presence
from tests.patience import Patience

T = TypeVar("T")
SKILLS = {"consultation": 1, "repair": 1, "alarm": 1, "complaint": 1}


def eventually(look: Callable[[], T], within: float = 3.0, what: str = "") -> T:
    """What ``look`` gives as soon as it gives something true.

    :param within: seconds, see :mod:`tests.patience`.
    """
    patience = Patience(within)
    while True:
        is_over, found = patience.is_over, look()
        if found:
            return found
        if is_over:
            raise AssertionError(f"not within {patience}: {what or look}; there is {found!r}")
        time.sleep(0.02)


class Rows:
    """One test's database."""

    def __init__(self, address: str) -> None:
        self.database = Database(address)

    def close(self) -> None:
        """Let go of it."""
        self.database.close()

    def all(self, query: Select[Any]) -> list[Row[Any]]:
        """All rows of a query."""
        with self.database.read() as connection:
            return list(connection.execute(query))

    # -- what the engine wrote -----------------------------------------------------------------

    def calls(self) -> list[Row[Any]]:
        """All calls by arrival."""
        return self.all(select(Call.__table__).order_by(Call.id))

    def call_of(self, number: str, within: float = 3.0) -> Row[Any]:
        """The newest call of a caller's number."""
        query = select(Call.__table__).where(Call.caller_number == number).order_by(Call.id.desc())
        return eventually(lambda: self.all(query), within, f"a call of {number}")[0]

    def call(self, call_id: int) -> Row[Any]:
        """One call."""
        return self.all(select(Call.__table__).where(Call.id == call_id))[0]

    def offers(self, call_id: int | None = None) -> list[Row[Any]]:
        """Offers with the work number, in the order in which they were made."""
        query = select(Offer.__table__, Agent.work_number).outerjoin(Agent, Agent.id == Offer.agent_id)
        if call_id is not None:
            query = query.where(Offer.call_id == call_id)
        return self.all(query.order_by(Offer.id))

    def events(self, call_id: int | None = None) -> list[Row[Any]]:
        """Facts in the order in which they were written."""
        query = select(Event.__table__).order_by(Event.id)
        return self.all(query if call_id is None else query.where(Event.call_id == call_id))

    def recordings(self, call_id: int | None = None) -> list[Row[Any]]:
        """Recordings, finished or not."""
        query = select(Recording.__table__).order_by(Recording.id)
        return self.all(query if call_id is None else query.where(Recording.call_id == call_id))

    def tasks(self) -> list[Row[Any]]:
        """What is owed, in the order in which it is to be done."""
        return self.all(select(Task.__table__).order_by(Task.priority, Task.queued_at))

    def answers(self) -> list[Row[Any]]:
        """Answers to the survey."""
        return self.all(select(SurveyAnswer.__table__))

    def state(self, work_number: str) -> AgentState:
        """What an agent is doing."""
        query = select(AgentPresence.state).join(Agent, Agent.id == AgentPresence.agent_id)
        return AgentState(self.all(query.where(Agent.work_number == work_number))[0].state)

    def presence(self, work_number: str) -> Row[Any]:
        """An agent's whole row of presence."""
        query = select(AgentPresence.__table__).join(Agent, Agent.id == AgentPresence.agent_id)
        return self.all(query.where(Agent.work_number == work_number))[0]

    def states(self) -> dict[str, AgentState]:
        """What everybody is doing."""
        query = select(Agent.work_number, AgentPresence.state).join(Agent, Agent.id == AgentPresence.agent_id)
        return {row.work_number: row.state for row in self.all(query)}

    def changes(self, work_number: str) -> list[Row[Any]]:
        """An agent's changes of state."""
        query = select(AgentStateChange.__table__).join(Agent, Agent.id == AgentStateChange.agent_id)
        return self.all(query.where(Agent.work_number == work_number).order_by(AgentStateChange.id))

    def until_state(self, work_number: str, state: AgentState, within: float = 3.0) -> None:
        """Wait until an agent is in a state."""
        eventually(lambda: self.state(work_number) is state, within, f"{work_number} {state}")

    def until_ended(self, call_id: int, within: float = 3.0) -> Row[Any]:
        """Wait for a call's end and give the call."""

        def ended() -> Row[Any] | None:
            row = self.call(call_id)
            return row if row.ended_at is not None else None

        row = eventually(ended, within, f"the end of call {call_id}")
        assert row is not None
        return row

    def until_stage(self, number: str, stage: CallStage, within: float = 4.0) -> Row[Any]:
        """Wait until the call of a caller's number is in a stage, and give it."""

        query = select(Call.__table__).where(Call.caller_number == number).order_by(Call.id.desc()).limit(1)

        def look() -> Row[Any] | None:
            return next((row for row in self.all(query) if row.stage is stage), None)

        row = eventually(look, within, f"{number} {stage}")
        assert row is not None
        return row

    def until_outcomes(self, call_id: int, *outcomes: str, within: float = 4.0) -> list[Row[Any]]:
        """Wait until the offers of a call have just these outcomes, and give them."""

        def look() -> list[Row[Any]]:
            offers = self.offers(call_id)
            return offers if [offer.outcome for offer in offers] == list(outcomes) else []

        return eventually(look, within, f"offers {outcomes} of call {call_id}")

    def until_done(self, command_id: int, within: float = 3.0) -> str | None:
        """Wait until a command was done or refused, and give the refusal."""
        query = select(Command.refusal).where(Command.id == command_id, Command.done_at.is_not(None))
        return eventually(lambda: self.all(query), within, f"command {command_id}")[0].refusal

    # -- what people write ---------------------------------------------------------------------

    def add_agent(
        self, work_number: str, address: str, skills: dict[str, int] | None = None, *, ready: bool = True
    ) -> int:
        """An agent with a phone at a fixed address, signed in."""
        now = datetime.now(UTC)
        with self.database.write() as connection:
            made = connection.execute(
                insert(Agent).returning(Agent.id),
                {
                    "work_number": work_number,
                    "name": f"客服{work_number}",
                    "role": Role.AGENT,
                    "password_hash": "none",
                    "device_kind": DeviceKind.ADDRESS,
                    "device_address": address,
                    "created_at": now,
                },
            )
            agent_id = int(made.scalar_one())
            connection.execute(
                insert(AgentPresence),
                {"agent_id": agent_id, "state": AgentState.SIGNED_OUT, "since": now, "idle_since": now},
            )
            rows = [
                {"agent_id": agent_id, "skill": name, "level": level}
                for name, level in (SKILLS if skills is None else skills).items()
            ]
            if rows:
                connection.execute(insert(AgentSkill), rows)
            presence.apply(connection, agent_id, AgentEvent.SIGN_IN, now)
            if ready:
                presence.apply(connection, agent_id, AgentEvent.ASK_READY, now)
        return agent_id

    def add_registering_agent(self, work_number: str, password: str) -> None:
        """An agent, signed out, whose phone registers with a password."""
        now = datetime.now(UTC)
        with self.database.write() as connection:
            row = {
                "work_number": work_number,
                "name": f"客服{work_number}",
                "role": Role.AGENT,
                "password_hash": "none",
                "device_kind": DeviceKind.PHONE,
                "device_digest": device_digest(device_name(work_number), password),
                "created_at": now,
            }
            agent_id = connection.execute(insert(Agent).returning(Agent.id), row).scalar_one()
            state = {"agent_id": agent_id, "state": AgentState.SIGNED_OUT, "since": now, "idle_since": now}
            connection.execute(insert(AgentPresence), state)

    def ask(
        self, kind: CommandKind, work_number: str, call_id: int | None = None, **arguments: object
    ) -> int:
        """Ask for something as the agent does on the page; gives the command's id."""
        with self.database.write() as connection:
            agent_id = connection.execute(
                select(Agent.id).where(Agent.work_number == work_number)
            ).scalar_one()
            return commands_asked.ask(
                connection,
                kind,
                datetime.now(UTC),
                by_agent_id=agent_id,
                agent_id=agent_id,
                call_id=call_id,
                arguments=dict(arguments) or None,
            )
