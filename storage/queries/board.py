"""Everything the live pages show, read at one moment: who does what, who waits, what rings, what lives.

One :class:`Board` serves all open pages; a page's own view is cut from it without asking the database again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, select

from ivr.config.sections import CallKind, Role
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.queue_order import order_key
from storage.kept_rows import KeptRows
from storage.models import Agent, AgentPresence, Call, Engine, Offer, SignIn
from storage.queries import answered_elsewhere, commands_asked, conversation_now, interventions
from storage.queries.answered_elsewhere import Faster
from storage.queries.commands_asked import Asked
from storage.queries.conversation_now import ConversationNow
from storage.queries.day_figures import DayFigures
from storage.queries.interventions import InterventionNow


@dataclass(frozen=True, slots=True)
class AgentNow:
    """An agent and what they are doing; the state is *signed out* where the engine wrote none yet."""

    agent_id: int
    work_number: str
    name: str
    role: Role
    state: AgentState
    since: datetime | None
    reason: str | None
    call_id: int | None
    wrap_up_until: datetime | None
    device_present: bool
    after_call: str | None


class CallNow(NamedTuple):
    """A call that is going on, or that somebody is wrapping up. A tuple: hundreds are made a second."""

    id: int
    pbx_node: str
    caller_number: str | None
    language: str
    stage: CallStage
    menu_path: str
    kind: CallKind | None
    queue: str | None
    priority: int
    arrived_at: datetime
    queued_at: datetime | None
    returned: bool
    agent_id: int | None
    talk_started_at: datetime | None
    talk_ended_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class OfferNow:
    """An offer without outcome: it is being dialled or it rings."""

    call_id: int
    agent_id: int | None
    made_at: datetime
    rung_at: datetime | None


@dataclass(frozen=True, slots=True)
class EngineNow:
    """The engine of one PBX node and its last sign of life."""

    pbx_node: str
    seen_at: datetime
    pbx_connected: bool


@dataclass(frozen=True, slots=True)
class SessionNow:
    """A live session of somebody who may still sign in."""

    id: int
    agent_id: int
    started_at: datetime
    address: str | None


@dataclass(frozen=True, slots=True)
class Board:
    """The whole picture at ``at``; ``waiting`` is in the order of service, alarms first."""

    at: datetime
    agents: dict[int, AgentNow]
    calls: dict[int, CallNow]
    waiting: list[CallNow]
    offers: dict[int, OfferNow]
    """Open offers by agent."""
    engines: list[EngineNow]
    sessions: dict[int, SessionNow]
    asked: dict[int, Asked]
    """The newest command about each agent."""
    asked_by: dict[int, Asked]
    """The newest command of each person."""
    figures: dict[int, DayFigures]
    """Of the day, by agent; those without any are missing."""
    conversations: dict[int, ConversationNow] = field(default_factory=dict)
    """By call; those that are plain are missing."""
    watches: list[InterventionNow] = field(default_factory=list)
    """Supervisors at conversations."""
    answered_elsewhere: dict[int, Faster] = field(default_factory=dict)
    """By agent: who was faster with a call that has just rung at them, too."""


class Kept:
    """What a reader of many boards keeps from one to the next."""

    def __init__(self) -> None:
        self.agents = KeptRows(_AGENTS, Agent.id, _agent)
        self.calls = KeptRows(_LIVE_CALLS, Call.id, CallNow._make)

    def read(self, connection: Connection) -> tuple[list[AgentNow], list[CallNow]]:
        """Everybody, and all calls that go on."""
        return self.agents.read(connection), self.calls.read(connection)


def read(
    connection: Connection,
    now: datetime,
    figures: dict[int, DayFigures],
    kept: Kept | None = None,
    inside: Collection[int] | None = None,
) -> Board:
    """Read the board: nine queries at most, none of which grows with the past.

    :param now: the moment the board is of.
    :param figures: of the day, from :func:`storage.queries.day_figures.read`; they cost more and are
        therefore read less often.
    :param kept: of the reader, who reads one board after the other.
    :param inside: agents of whose conversations is read what goes on in them; None: of all.
    """
    kept_agents, live_calls = _read_once(connection) if kept is None else kept.read(connection)
    agents = {agent.agent_id: agent for agent in kept_agents}
    calls = _with_wrapped_up(connection, live_calls, agents.values())
    asked = commands_asked.newest(connection)
    return Board(
        at=now,
        agents=agents,
        calls={call.id: call for call in calls},
        waiting=in_order(
            [call for call in calls if call.stage is CallStage.WAITING and call.ended_at is None]
        ),
        offers=_offers(connection),
        engines=[EngineNow(*row) for row in connection.execute(_ENGINES)],
        sessions={row.id: SessionNow(*row) for row in connection.execute(_SESSIONS)},
        asked=commands_asked.latest(asked),
        asked_by=commands_asked.latest_by(asked),
        figures=figures,
        conversations=conversation_now.read(
            connection,
            {
                agent.call_id
                for agent in agents.values()
                if agent.call_id is not None and (inside is None or agent.agent_id in inside)
            },
        ),
        watches=interventions.now_going_on(connection),
        answered_elsewhere=answered_elsewhere.lately(connection, now, calls),
    )


def in_order(waiting: Iterable[CallNow]) -> list[CallNow]:
    """Sort waiting calls as they are served."""
    return sorted(
        waiting,
        key=lambda call: order_key(
            alarm=call.kind is CallKind.ALARM,
            returned=call.returned,
            priority=call.priority,
            queued_at=call.queued_at or call.arrived_at,
            call_id=call.id,
        ),
    )


_AGENTS = (
    select(
        Agent.id,
        Agent.work_number,
        Agent.name,
        Agent.role,
        AgentPresence.state,
        AgentPresence.since,
        AgentPresence.reason,
        AgentPresence.call_id,
        AgentPresence.wrap_up_until,
        AgentPresence.device_present,
        AgentPresence.after_call,
    )
    .outerjoin(AgentPresence, AgentPresence.agent_id == Agent.id)
    .where(Agent.active)
    .order_by(Agent.work_number)
)

_CALLS = select(
    Call.id,
    Call.pbx_node,
    Call.caller_number,
    Call.language,
    Call.stage,
    Call.menu_path,
    Call.kind,
    Call.queue,
    Call.priority,
    Call.arrived_at,
    Call.queued_at,
    Call.returned,
    Call.agent_id,
    Call.talk_started_at,
    Call.talk_ended_at,
    Call.ended_at,
)
_LIVE_CALLS = _CALLS.where(Call.ended_at.is_(None))
_CALLS_BY_ID = _CALLS.where(Call.id.in_(bindparam("ids", expanding=True)))
"""Two ways in, each by an index: calls that go on, and ended ones that somebody wraps up."""

_OFFERS = select(Offer.call_id, Offer.agent_id, Offer.made_at, Offer.rung_at).where(
    Offer.outcome.is_(None), Offer.agent_id.is_not(None)
)

_ENGINES = select(Engine.pbx_node, Engine.seen_at, Engine.pbx_connected).order_by(Engine.pbx_node)

_SESSIONS = (
    select(SignIn.id, SignIn.agent_id, SignIn.started_at, SignIn.address)
    .join(Agent, Agent.id == SignIn.agent_id)
    .where(SignIn.ended_at.is_(None), Agent.active)
)


def _agent(row: Row[*tuple[Any, ...]]) -> AgentNow:
    agent_id, work_number, name, role, state, since, reason, call_id, until, present, after = row
    return AgentNow(
        agent_id=agent_id,
        work_number=work_number,
        name=name,
        role=role,
        state=state or AgentState.SIGNED_OUT,
        since=since,
        reason=reason,
        call_id=call_id,
        wrap_up_until=until,
        device_present=present is None or present,
        after_call=after,
    )


def _read_once(connection: Connection) -> tuple[list[AgentNow], list[CallNow]]:
    kept = Kept()
    return kept.agents.anew(connection), kept.calls.anew(connection)


def _with_wrapped_up(
    connection: Connection, live: list[CallNow], agents: Iterable[AgentNow]
) -> list[CallNow]:
    calls = list(live)
    known = {call.id for call in calls}
    ended = {agent.call_id for agent in agents if agent.call_id is not None} - known
    if ended:
        rows = connection.execute(_CALLS_BY_ID, {"ids": list(ended)}).all()
        calls += [CallNow._make(row) for row in rows]
    return calls


def _offers(connection: Connection) -> dict[int, OfferNow]:
    return {row.agent_id: OfferNow(*row) for row in connection.execute(_OFFERS)}


def state_of(connection: Connection, agent_id: int) -> AgentState | None:
    """What one agent is doing; None where the engine wrote nothing yet."""
    return connection.execute(
        select(AgentPresence.state).where(AgentPresence.agent_id == agent_id)
    ).scalar_one_or_none()


def call_of(connection: Connection, agent_id: int) -> Row[int, str] | None:
    """Id and ``pbx_node`` of the call an agent is in or wraps up; None where there is none."""
    return connection.execute(
        select(Call.id, Call.pbx_node)
        .join(AgentPresence, AgentPresence.call_id == Call.id)
        .where(AgentPresence.agent_id == agent_id)
    ).one_or_none()
