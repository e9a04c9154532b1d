"""A floor of people and calls for the console's tests, written as the engine would write it."""

import itertools
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import delete, func, insert, select, update

from ivr.config.sections import CallKind, DeviceKind, Role
from ivr.standard.agent_state import AgentEvent, AgentState
from ivr.standard.call_stage import CallOutcome, CallStage, EndedBy, TimeSource
from ivr.standard.recording_status import RecordingKind, RecordingStatus
from ivr.standard.talk_kind import TalkKind
from ivr.standard.three_rings import OfferOutcome
from storage.changes import announce
from storage.database import Database
from storage.models import (
    Agent,
    AgentPresence,
    AgentStateChange,
    Call,
    Command,
    Engine,
    Event,
    Offer,
    Recording,
    SurveyAnswer,
    Talk,
)

PASSWORD = "天然气-2026"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Parameters that make tests quick; the console reads them from the hash."""

_HASH = CHEAP.hash(PASSWORD)
_SERIAL = itertools.count(1)


def ago(seconds: float) -> datetime:
    """A moment in the past."""
    return datetime.now(UTC) - timedelta(seconds=seconds)


class Scene:
    """Writes what the engine writes; every method is one committed change that wakes the live feed."""

    def __init__(self, database: Database) -> None:
        """Write into ``database``."""
        self.database = database

    def _write(self, statement: Any) -> None:
        with self.database.write() as connection:
            connection.execute(statement)
            announce(connection)

    def _add(self, statement: Any) -> int:
        with self.database.write() as connection:
            made = connection.execute(statement).scalar_one()
            announce(connection)
            return int(made)

    def person(self, work_number: str, name: str = "王敏", role: Role = Role.AGENT, **values: Any) -> int:
        """Somebody who may sign in with :data:`PASSWORD`."""
        row = {
            "work_number": work_number,
            "name": name,
            "role": role,
            "password_hash": _HASH,
            "device_kind": DeviceKind.PHONE,
            "created_at": ago(86400),
            **values,
        }
        return self._add(insert(Agent).values(row).returning(Agent.id))

    def presence(self, agent_id: int, state: AgentState, **values: Any) -> None:
        """Set what an agent is doing."""
        row = {
            "state": state,
            "since": ago(0),
            "idle_since": ago(0),
            "call_id": None,
            "reason": None,
            **values,
        }
        with self.database.write() as connection:
            known = connection.execute(
                select(AgentPresence.agent_id).where(AgentPresence.agent_id == agent_id)
            ).first()
            if known is None:
                connection.execute(insert(AgentPresence).values(agent_id=agent_id, **row))
            else:
                connection.execute(
                    update(AgentPresence).where(AgentPresence.agent_id == agent_id).values(row)
                )
            announce(connection)

    def call(self, stage: CallStage = CallStage.WAITING, **values: Any) -> int:
        """A call that goes on unless ``values`` end it."""
        row = {
            "pbx_node": "pbx1",
            "channel": f"caller-{next(_SERIAL)}",
            "dialled": "95777",
            "language": "zh",
            "stage": stage,
            "caller_number": "13912341111",
            "menu_path": "2",
            "kind": CallKind.REPAIR,
            "queue": "repair",
            "priority": 20,
            "arrived_at": ago(40),
            "queued_at": ago(30),
            **values,
        }
        return self._add(insert(Call).values(row).returning(Call.id))

    def ended_call(self, agent_id: int | None, minutes_ago: float = 10, **values: Any) -> int:
        """A call of today that is over."""
        begin = ago(minutes_ago * 60)
        answered = agent_id is not None
        call_id = self.call(
            CallStage.ENDED,
            **{
                "arrived_at": begin,
                "answered_at": begin + timedelta(seconds=1),
                "queued_at": begin + timedelta(seconds=12),
                "talk_started_at": begin + timedelta(seconds=30) if answered else None,
                "talk_ended_at": begin + timedelta(seconds=161) if answered else None,
                "ended_at": begin + timedelta(seconds=165),
                "ended_by": EndedBy.CALLER,
                "end_source": TimeSource.EVENT,
                "agent_id": agent_id,
                "outcome": CallOutcome.ANSWERED if answered else CallOutcome.ABANDONED_WAITING,
                **values,
            },
        )
        if answered:
            began, ended = begin + timedelta(seconds=30), begin + timedelta(seconds=161)
            part = {"call_id": call_id, "agent_id": agent_id, "kind": TalkKind.CALLER}
            self._write(insert(Talk).values(**part, began_at=began, ended_at=ended))
        return call_id

    def update_call(self, call_id: int, **values: Any) -> None:
        """Change a call."""
        self._write(update(Call).where(Call.id == call_id).values(values))

    def offer(self, call_id: int, agent_id: int | None, **values: Any) -> int:
        """An offer; it rings unless ``values`` say otherwise."""
        row = {
            "call_id": call_id,
            "agent_id": agent_id,
            "pbx_node": "pbx1",
            "device": "PJSIP/1001",
            "channel": f"offer-{next(_SERIAL)}",
            "queue": "repair",
            "made_at": ago(1),
            "rung_at": ago(0.5),
            **values,
        }
        return self._add(insert(Offer).values(row).returning(Offer.id))

    def update_offer(self, call_id: int, **values: Any) -> None:
        """Change the offers of a call."""
        self._write(update(Offer).where(Offer.call_id == call_id).values(values))

    def past_offer(self, call_id: int, agent_id: int, outcome: OfferOutcome, at: datetime) -> int:
        """An offer that had its outcome after three rings."""
        end = at + timedelta(seconds=15.4)
        return self.offer(
            call_id,
            agent_id,
            made_at=at,
            rung_at=at + timedelta(seconds=0.4),
            rings=3,
            ended_at=end,
            answered_at=end if outcome is OfferOutcome.ANSWERED else None,
            outcome=outcome,
        )

    def ring(self, agent_id: int, call_id: int, **values: Any) -> None:
        """Let a call ring at an agent."""
        self.offer(call_id, agent_id, **values)
        self.presence(agent_id, AgentState.OFFERED, call_id=call_id)

    def state_change(self, agent_id: int, call_id: int, at: datetime) -> None:
        """An agent went from ready to offered for a call."""
        self._write(
            insert(AgentStateChange).values(
                agent_id=agent_id,
                at=at,
                event=AgentEvent.OFFER,
                from_state=AgentState.READY,
                to_state=AgentState.OFFERED,
                call_id=call_id,
            )
        )

    def recording(self, call_id: int, agent_id: int | None, name: str, **values: Any) -> int:
        """A finished recording of a call."""
        row = {
            "call_id": call_id,
            "agent_id": agent_id,
            "pbx_node": "pbx1",
            "kind": RecordingKind.CONVERSATION,
            "status": RecordingStatus.FINISHED,
            "name": name,
            "started_at": ago(500),
            "ended_at": ago(400),
            "seconds": 100.0,
            **values,
        }
        return self._add(insert(Recording).values(row).returning(Recording.id))

    def rating(self, call_id: int, agent_id: int, score: int | None) -> None:
        """What a caller pressed."""
        self._write(
            insert(SurveyAnswer).values(
                call_id=call_id, agent_id=agent_id, asked_at=ago(60), answered_at=ago(55), score=score
            )
        )

    def engine(self, node: str = "pbx1", *, silent_for: float = 0, connected: bool = True) -> None:
        """A sign of life of an engine."""
        with self.database.write() as connection:
            connection.execute(delete(Engine).where(Engine.pbx_node == node))
            connection.execute(
                insert(Engine).values(
                    pbx_node=node,
                    instance="one",
                    started_at=ago(3600),
                    seen_at=ago(silent_for),
                    pbx_connected=connected,
                )
            )
            announce(connection)

    def settle(self, command_id: int, refusal: str | None = None) -> None:
        """Carry a command out, or refuse it."""
        self._write(update(Command).where(Command.id == command_id).values(done_at=ago(0), refusal=refusal))

    def commands(self, agent_id: int) -> list[Any]:
        """What was asked about an agent, the oldest first."""
        with self.database.read() as connection:
            return list(
                connection.execute(
                    select(*Command.__table__.c).where(Command.agent_id == agent_id).order_by(Command.id)
                )
            )

    def events(self, kind: str) -> list[Any]:
        """Lines of the audit log of a kind, the oldest first."""
        with self.database.read() as connection:
            return list(
                connection.execute(select(*Event.__table__.c).where(Event.kind == kind).order_by(Event.id))
            )

    def how_many_events(self) -> int:
        """Lines of the audit log."""
        with self.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(Event)).scalar_one())


def write_sound(file: Path, seconds: float = 1.0) -> bytes:
    """A stereo WAV file with two different tones; gives its bytes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        for step in range(int(8000 * seconds)):
            left, right = (step * 400 % 8000) - 4000, (step * 900 % 8000) - 4000
            sound.writeframesraw(
                left.to_bytes(2, "little", signed=True) + right.to_bytes(2, "little", signed=True)
            )
    return file.read_bytes()
