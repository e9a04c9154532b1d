"""What supervisors did in one call: at its conversations, and with the caller while waiting."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased

from ivr.standard.intervention import InterventionMode, InterventionOutcome
from storage.models import Agent, Event, Intervention

INTERVENED = "call.intervened"
MOVED = "call.moved"
RAISED = "call.raised"

_WHO, _WITH = aliased(Agent), aliased(Agent)


@dataclass(frozen=True, slots=True)
class AtConversation:
    """A supervisor at the conversation of an agent; both as work number and name."""

    who: str
    with_whom: str
    mode: InterventionMode
    """As it was last."""
    modes: list[tuple[datetime, InterventionMode]]
    """What was asked for, since when."""
    asked_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: InterventionOutcome | None


@dataclass(frozen=True, slots=True)
class Steered:
    """A waiting caller was moved to another queue, or put before the others."""

    at: datetime
    kind: str
    """:data:`MOVED` or :data:`RAISED`."""
    who: str
    from_queue: str | None
    to_queue: str | None


@dataclass(frozen=True, slots=True)
class SupervisorActs:
    """Of one call, each in the order of time."""

    at_conversation: list[AtConversation]
    steered: list[Steered]


def of_call(connection: Connection, call_id: int) -> SupervisorActs:
    """Read them; of most calls there are none."""
    events = connection.execute(
        select(Event.at, Event.kind, Event.agent_id, Event.data)
        .where(Event.call_id == call_id, Event.kind.in_((INTERVENED, MOVED, RAISED)))
        .order_by(Event.at, Event.id)
    ).all()
    rows = connection.execute(
        select(
            *Intervention.__table__.c,
            (_WHO.work_number + " " + _WHO.name).label("who"),
            (_WITH.work_number + " " + _WITH.name).label("with_whom"),
        )
        .join(_WHO, _WHO.id == Intervention.by_agent_id)
        .join(_WITH, _WITH.id == Intervention.agent_id)
        .where(Intervention.call_id == call_id)
        .order_by(Intervention.asked_at, Intervention.id)
    )
    at_conversation = [
        AtConversation(
            row.who,
            row.with_whom,
            row.mode,
            [
                (event.at, InterventionMode((event.data or {})["mode"]))
                for event in events
                if event.kind == INTERVENED
                and event.agent_id == row.by_agent_id
                and row.asked_at <= event.at
                and (row.ended_at is None or event.at <= row.ended_at)
            ],
            row.asked_at,
            row.answered_at,
            row.ended_at,
            row.outcome,
        )
        for row in rows
    ]
    steering = [(event.at, event.kind, event.data or {}) for event in events if event.kind != INTERVENED]
    names = _names(connection, {data.get("by") for _, _, data in steering} - {None})
    steered = [
        Steered(at, kind, names.get(data.get("by"), ""), data.get("from"), data.get("to"))
        for at, kind, data in steering
    ]
    return SupervisorActs(at_conversation, steered)


def _names(connection: Connection, agents: set[int | None]) -> dict[int | None, str]:
    if not agents:
        return {}
    rows = connection.execute(select(Agent.id, Agent.work_number, Agent.name).where(Agent.id.in_(agents)))
    return {agent_id: f"{work_number} {name}" for agent_id, work_number, name in rows}
