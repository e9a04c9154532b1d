"""Calls of a span of time as a list to look through, and one call with all that is known about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, or_, select

from ivr.standard.call_stage import CallOutcome
from storage.models import Agent, AgentStateChange, Call, Offer, Recording, SurveyAnswer, Task
from storage.queries import conversation_course, supervisor_acts
from storage.queries.supervisor_acts import SupervisorActs

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls are wanted.

    ``number`` are digits: anywhere in the caller's number where ``number_anywhere``, otherwise the whole
    number or its last four digits only, so that a masked number cannot be guessed digit by digit (R-18).
    ``of_agent`` keeps to calls this agent talked in or was offered.
    """

    since: datetime
    until: datetime
    queue: str | None = None
    outcome: CallOutcome | None = None
    number: str | None = None
    number_anywhere: bool = False
    of_agent: int | None = None


@dataclass(frozen=True, slots=True)
class ListedCall:
    """A line of the list."""

    id: int
    caller_number: str | None
    queue: str | None
    stage: str
    outcome: CallOutcome | None
    arrived_at: datetime
    queued_at: datetime | None
    talk_started_at: datetime | None
    talk_ended_at: datetime | None
    ended_at: datetime | None
    agent_work_number: str | None
    agent_name: str | None
    recordings: int
    score: int | None


@dataclass(frozen=True, slots=True)
class WholeCall:
    """One call and everything that hangs on it, as rows of the tables."""

    call: AnyRow
    agent: tuple[str, str] | None
    """Work number and name of who talked last."""
    offers: list[AnyRow]
    changes: list[AnyRow]
    holds: list[AnyRow]
    transfers: list[AnyRow]
    supervisors: SupervisorActs
    recordings: list[AnyRow]
    survey: AnyRow | None
    tasks: list[AnyRow]

    def concerns(self, agent_id: int) -> bool:
        """Whether the agent talked in this call or was offered it."""
        return self.call.agent_id == agent_id or any(offer.agent_id == agent_id for offer in self.offers)


def page(connection: Connection, wanted: CallFilter, *, offset: int, limit: int) -> list[ListedCall]:
    """One page of the list, the newest first."""
    return listed(connection, _condition(wanted), offset=offset, limit=limit)


def listed(
    connection: Connection, condition: ColumnElement[bool], *, offset: int, limit: int
) -> list[ListedCall]:
    """The calls of a condition, the newest first."""
    recordings = select(func.count()).where(Recording.call_id == Call.id).scalar_subquery()
    rows = connection.execute(
        select(
            Call.id,
            Call.caller_number,
            Call.queue,
            Call.stage,
            Call.outcome,
            Call.arrived_at,
            Call.queued_at,
            Call.talk_started_at,
            Call.talk_ended_at,
            Call.ended_at,
            Agent.work_number,
            Agent.name,
            recordings,
            SurveyAnswer.score,
        )
        .outerjoin(Agent, Agent.id == Call.agent_id)
        .outerjoin(SurveyAnswer, SurveyAnswer.call_id == Call.id)
        .where(condition)
        .order_by(Call.arrived_at.desc(), Call.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [ListedCall(*tuple(row)) for row in rows]


def count(connection: Connection, wanted: CallFilter) -> int:
    """How many calls the filter lets through."""
    return int(
        connection.execute(select(func.count()).select_from(Call).where(_condition(wanted))).scalar_one()
    )


def _condition(wanted: CallFilter) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [Call.arrived_at >= wanted.since, Call.arrived_at < wanted.until]
    if wanted.queue is not None:
        parts.append(Call.queue == wanted.queue)
    if wanted.outcome is not None:
        parts.append(Call.outcome == wanted.outcome)
    if wanted.number is not None:
        parts.append(_has_number(wanted.number, wanted.number_anywhere))
    if wanted.of_agent is not None:
        offered = exists().where(Offer.call_id == Call.id, Offer.agent_id == wanted.of_agent)
        parts.append(or_(Call.agent_id == wanted.of_agent, offered))
    return and_(*parts)


def _has_number(number: str, anywhere: bool) -> ColumnElement[bool]:
    if anywhere:
        return Call.caller_number.contains(number, autoescape=True)
    whole = Call.caller_number.in_([number, f"+{number}", f"+86{number.removeprefix('0')}"])
    if len(number) != 4:
        return whole
    return or_(whole, Call.caller_number.endswith(number, autoescape=True))


def whole(connection: Connection, call_id: int) -> WholeCall | None:
    """One call with its offers, changes of state, recordings, rating and tasks; None when there is none."""
    call = connection.execute(select(*Call.__table__.c).where(Call.id == call_id)).one_or_none()
    if call is None:
        return None
    agent = connection.execute(
        select(Agent.work_number, Agent.name).where(Agent.id == call.agent_id)
    ).one_or_none()
    offers = list(connection.execute(_offers(call_id)))
    return WholeCall(
        call=call,
        agent=(agent.work_number, agent.name) if agent is not None else None,
        offers=offers,
        changes=_changes(
            connection, call, {offer.agent_id for offer in offers if offer.agent_id is not None}
        ),
        holds=conversation_course.holds(connection, call_id),
        transfers=conversation_course.transfers(connection, call_id),
        supervisors=supervisor_acts.of_call(connection, call_id),
        recordings=list(
            connection.execute(
                select(*Recording.__table__.c)
                .where(Recording.call_id == call_id)
                .order_by(Recording.started_at, Recording.id)
            )
        ),
        survey=connection.execute(
            select(SurveyAnswer.asked_at, SurveyAnswer.answered_at, SurveyAnswer.score).where(
                SurveyAnswer.call_id == call_id
            )
        ).one_or_none(),
        tasks=list(
            connection.execute(
                select(Task.id, Task.kind, Task.status, Task.created_at, Task.done_at)
                .where(Task.call_id == call_id)
                .order_by(Task.id)
            )
        ),
    )


def _offers(call_id: int) -> Select[Any]:
    return (
        select(*Offer.__table__.c, Agent.work_number, Agent.name)
        .outerjoin(Agent, Agent.id == Offer.agent_id)
        .where(Offer.call_id == call_id)
        .order_by(Offer.made_at, Offer.id)
    )


def _changes(connection: Connection, call: AnyRow, agents: set[int]) -> list[AnyRow]:
    """Changes of state about this call; found through the agents it was offered to, as the index wants it."""
    if not agents:
        return []
    rows = connection.execute(
        select(*AgentStateChange.__table__.c, Agent.work_number, Agent.name)
        .join(Agent, Agent.id == AgentStateChange.agent_id)
        .where(
            AgentStateChange.agent_id.in_(agents),
            AgentStateChange.at >= call.arrived_at,
            AgentStateChange.call_id == call.id,
        )
        .order_by(AgentStateChange.at, AgentStateChange.id)
    )
    return list(rows)


def recording(connection: Connection, recording_id: int) -> AnyRow | None:
    """A recording with the agent of its call, for the check of rights; None when there is none."""
    return connection.execute(
        select(*Recording.__table__.c, Call.agent_id.label("call_agent_id"))
        .join(Call, Call.id == Recording.call_id)
        .where(Recording.id == recording_id)
    ).one_or_none()
