"""Supervisors at the conversations of agents, as the engine writes them and the pages read them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from ivr.standard.agent_state import AgentEvent, AgentState
from ivr.standard.conversation_refusal import Refusal, refusal_to_call_out
from ivr.standard.intervention import InterventionMode, InterventionOutcome
from storage.models import AgentPresence, Call, Intervention
from storage.queries import calls, directed_offers, presence


@dataclass(frozen=True, slots=True)
class InterventionNow:
    """A supervisor who is at a conversation, or whose phone rings for it."""

    by_agent_id: int
    agent_id: int
    call_id: int
    mode: InterventionMode
    answered: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A row was written, and the supervisor's phone is to be rung at ``device``."""

    id: int
    device: str


def begin(
    connection: Connection,
    *,
    call_id: int,
    agent_id: int,
    by_agent_id: int,
    node: str,
    channel: str,
    command_id: int,
    mode: InterventionMode,
    now: datetime,
) -> Begun | str:
    """Reserve the supervisor and write the row; or say why it cannot be, then nothing has changed."""
    supervisor = directed_offers.by_id(connection, by_agent_id)
    if supervisor is None:
        return "no_such_agent"
    refusal = refusal_to_call_out(supervisor.state)
    if refusal is not None:
        return refusal
    if not supervisor.device_present:
        return Refusal.NO_PHONE
    rest = connection.execute(
        select(AgentPresence.reason).where(AgentPresence.agent_id == by_agent_id)
    ).scalar_one_or_none()
    if presence.apply(connection, by_agent_id, AgentEvent.LISTEN, now) is None:
        return f"not_possible_while_{supervisor.state}"
    if supervisor.state is AgentState.BREAK:  # who was away is away again afterwards
        presence.remember(connection, by_agent_id, AgentEvent.ASK_BREAK, rest)
    made = connection.execute(
        insert(Intervention)
        .values(
            call_id=call_id,
            agent_id=agent_id,
            by_agent_id=by_agent_id,
            pbx_node=node,
            channel=channel,
            command_id=command_id,
            mode=mode,
            asked_at=now,
        )
        .returning(Intervention.id)
    )
    calls.note(
        connection,
        "call.intervened",
        now,
        node=node,
        call_id=call_id,
        agent_id=by_agent_id,
        data={"mode": mode.value},
    )
    return Begun(int(made.scalar_one()), supervisor.device)


def answered(connection: Connection, intervention_id: int, now: datetime) -> None:
    """The supervisor has picked up."""
    _change(connection, intervention_id, answered_at=now)


def set_mode(connection: Connection, intervention_id: int, mode: InterventionMode, now: datetime) -> None:
    """The supervisor is heard by others from now on."""
    row = _change(connection, intervention_id, mode=mode)
    if row is not None:
        calls.note(
            connection,
            "call.intervened",
            now,
            call_id=row.call_id,
            agent_id=row.by_agent_id,
            data={"mode": mode.value},
        )


def end(connection: Connection, intervention_id: int, outcome: InterventionOutcome, now: datetime) -> bool:
    """The supervisor is at the conversation no longer; False: that was written before.

    Whoever took the caller talks from now on, everybody else does what they did before.
    """
    row = _change(connection, intervention_id, outcome=outcome, ended_at=now)
    if row is None:
        return False
    if outcome is not InterventionOutcome.TOOK_OVER:
        presence.apply(connection, row.by_agent_id, AgentEvent.LISTEN_OVER, now)
    calls.note(
        connection,
        "call.intervention_over",
        now,
        call_id=row.call_id,
        agent_id=row.by_agent_id,
        data={"outcome": outcome.value},
    )
    return True


def _change(connection: Connection, intervention_id: int, **values: object) -> Row[int, int] | None:
    """Change one that has not ended; None: it has."""
    return connection.execute(
        update(Intervention)
        .where(Intervention.id == intervention_id, Intervention.ended_at.is_(None))
        .values(**values)
        .returning(Intervention.call_id, Intervention.by_agent_id)
    ).one_or_none()


_OPEN = Intervention.ended_at.is_(None)


def open_of_node(connection: Connection, node: str) -> list[Row[tuple[object, ...]]]:
    """Those that a restarted engine of this PBX has to look after."""
    return list(
        connection.execute(
            select(Intervention.__table__)
            .where(_OPEN, Intervention.pbx_node == node)
            .order_by(Intervention.id)
        )
    )


def free_the_lost(connection: Connection, now: datetime) -> int:
    """After a restart: people who are said to listen and are at no conversation; returns how many."""
    at_one = select(Intervention.by_agent_id).where(_OPEN)
    lost = connection.execute(
        select(AgentPresence.agent_id).where(
            AgentPresence.state == AgentState.LISTENING, AgentPresence.agent_id.not_in(at_one)
        )
    ).scalars()
    found = lost.all()
    for agent_id in found:
        presence.apply(connection, agent_id, AgentEvent.LISTEN_OVER, now)
    return len(found)


def now_going_on(connection: Connection) -> list[InterventionNow]:
    """All that go on; few, by an index of only those."""
    rows = connection.execute(
        select(
            Intervention.by_agent_id,
            Intervention.agent_id,
            Intervention.call_id,
            Intervention.mode,
            Intervention.answered_at,
        ).where(_OPEN)
    )
    return [
        InterventionNow(by, agent_id, call_id, mode, answered_at is not None)
        for by, agent_id, call_id, mode, answered_at in rows
    ]


def call_of(connection: Connection, by_agent_id: int) -> tuple[int, str] | None:
    """Id and node of the call a supervisor is at; None: at none."""
    row = connection.execute(
        select(Intervention.call_id, Intervention.pbx_node).where(
            _OPEN, Intervention.by_agent_id == by_agent_id
        )
    ).one_or_none()
    return (int(row.call_id), str(row.pbx_node)) if row is not None else None


def channels_with_caller(connection: Connection, node: str) -> Collection[str]:
    """Agents' channels of the calls that go on: a supervisor's may be among them, after taking over."""
    rows = connection.execute(
        select(Call.agent_channel).where(
            Call.pbx_node == node, Call.ended_at.is_(None), Call.agent_channel.is_not(None)
        )
    )
    return {str(channel) for channel in rows.scalars()}
