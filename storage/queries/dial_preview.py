"""Calls to customers that agents make: one taken to look at, called, and what it came to written down.

R-16.1 to R-16.5. Looking at one only holds it for some minutes; everything that protects people (R-16.6) and
those who call us is looked at again in the transaction that begins the attempt, as for the program's calls.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, update
from sqlalchemy.orm import aliased

from ivr.standard.agent_state import AgentState
from ivr.standard.dial_attempt import DialResult, LaterWish
from ivr.standard.dial_pacing import Floor
from ivr.standard.dial_preview import ENTERED, LONGEST_SAID, PreviewRefusal, hindrance
from ivr.standard.dial_reason import ASKED_FOR, AT_ANY_HOUR, DialReason, DialWay
from ivr.standard.dial_state import DialStatus
from ivr.standard.questionnaire import Questionnaire, walk
from storage.changes import announce
from storage.dial_rules import DialRules
from storage.models import AgentPresence, Call, DialAttempt, DialTask
from storage.queries import dial_results
from storage.queries.dial_begin import begin, candidates, put_aside, refusal_of
from storage.queries.dial_results import Settled
from storage.queries.dial_speakers import asks_for, must_stay, skills_of
from storage.queries.dial_taking import Taken, taken_of
from storage.queries.dialer_state import state

LOOKED_AT = 200
"""Tasks that are judged at most before somebody is told that there is none."""

_AWAY = (AgentState.SIGNED_OUT, AgentState.DEVICE_GONE, AgentState.NOT_ANSWERING)


def take_next(
    connection: Connection, agent_id: int, now: datetime, rules: DialRules, floor: Floor
) -> int | PreviewRefusal:
    """Hold the next call for an agent: an alarm before all, then their own as first responder, then in order.

    Of calls for the same reason those come first about which the agent has the skill to speak. Who holds one
    already keeps it.

    :param floor: what is going on now.
    :returns: the task's id, or why there is none.
    """
    if (mine := held_by(connection, agent_id, now)) is not None:
        return mine
    if unwritten(connection, agent_id) is not None:
        return PreviewRefusal.RESULT_MISSING
    standing = _state_of(connection, agent_id)
    stays = must_stay(connection, agent_id, now, rules)
    hindered = hindrance(rules.pacing, floor, standing, must_stay=stays)
    which, closed = _may_be_called(connection, now, rules)
    if hindered is not None:
        if hindrance(rules.pacing, floor, standing, DialReason.ALARM_CALL_BACK) is not None:
            return hindered
        which = DialTask.reason.in_(sorted(AT_ANY_HOUR))
    found = _first(connection, agent_id, which, now, rules)
    if found is None:
        return hindered or closed or PreviewRefusal.NOBODY
    connection.execute(
        update(DialTask)
        .where(DialTask.id == found)
        .values(held_by=agent_id, held_until=now + rules.looked_at)
    )
    return found


def _may_be_called(
    connection: Connection, now: datetime, rules: DialRules
) -> tuple[ColumnElement[bool], PreviewRefusal | None]:
    """Which reasons may be called for at this moment, and what stands against the others."""
    if not rules.may_begin(now):
        return DialTask.reason.in_(sorted(AT_ANY_HOUR)), PreviewRefusal.OUTSIDE_HOURS
    if not state(connection).running:
        return DialTask.reason.in_(sorted(ASKED_FOR)), PreviewRefusal.PAUSED
    return DialTask.reason.is_not(None), None


def _first(
    connection: Connection, agent_id: int, which: ColumnElement[bool], now: datetime, rules: DialRules
) -> int | None:
    """The first task that the rules let be called; those they do not are put aside on the way."""
    rows = connection.execute(
        candidates(and_(which, _for_agent(agent_id, now)), now)
        .order_by(*_order(agent_id, asks_for(rules, skills_of(connection, agent_id))))
        .limit(LOOKED_AT)
        .with_for_update(of=DialTask.__table__, skip_locked=True)
    ).all()
    for row in rows:
        refusal = refusal_of(row, now, rules)
        if refusal is None:
            return int(row.id)
        put_aside(connection, row, refusal, now, rules)
    return None


def _order(agent_id: int, skilled: ColumnElement[bool]) -> Sequence[ColumnElement[Any]]:
    own = case((DialTask.reason.in_(sorted(AT_ANY_HOUR)), 0), (DialTask.agent_id == agent_id, 1), else_=2)
    fits = case((skilled, 0), else_=1)
    return own, DialTask.rank.expression, fits, DialTask.due_at.expression, DialTask.id.expression


def _for_agent(agent_id: int, now: datetime) -> ColumnElement[bool]:
    """Calls by agents at which nobody looks; who is dissatisfied waits for a first responder who is here."""
    owner = aliased(AgentPresence)
    here = select(owner.agent_id).where(
        owner.agent_id == DialTask.agent_id, owner.state.not_in(list(_AWAY)), owner.device_present.is_(True)
    )
    theirs = and_(
        DialTask.reason == DialReason.FOLLOW_UP,
        DialTask.agent_id != agent_id,
        here.correlate(DialTask).exists(),
    )
    free = or_(DialTask.held_until.is_(None), DialTask.held_until <= now, DialTask.held_by == agent_id)
    return and_(
        DialTask.way == DialWay.AGENT,
        DialTask.number.is_not(None),
        free,
        func.coalesce(theirs, False).is_(False),
    )


def waiting(connection: Connection, agent_id: int, now: datetime) -> tuple[int, int]:
    """How many calls by agents are due now: the agent's own as first responder, and all of them."""
    row = connection.execute(
        select(
            func.count(),
            func.count(case((DialTask.agent_id == agent_id, 1))),
        ).where(DialTask.status == DialStatus.OPEN, DialTask.next_at <= now, _for_agent(agent_id, now))
    ).one()
    return int(row[1]), int(row[0])


def held_by(connection: Connection, agent_id: int, now: datetime) -> int | None:
    """The task that an agent looks at."""
    return connection.execute(
        select(DialTask.id)
        .where(DialTask.held_by == agent_id, DialTask.held_until > now, DialTask.status == DialStatus.OPEN)
        .order_by(DialTask.held_until.desc())
        .limit(1)
    ).scalar_one_or_none()


def number_of(connection: Connection, task_id: int) -> str | None:
    """Whom a task is to reach; None where it is not there any more."""
    return connection.execute(select(DialTask.number).where(DialTask.id == task_id)).scalar_one_or_none()


def unwritten(connection: Connection, agent_id: int) -> Any:
    """The agent's newest attempt without a result: a row of the attempt and its call; None: there is none."""
    return connection.execute(
        select(
            *DialAttempt.__table__.c,
            DialTask.questionnaire,
            Call.stage,
            Call.talk_started_at,
            Call.ended_at.label("call_ended_at"),
        )
        .join(DialTask, DialTask.id == DialAttempt.dial_task_id)
        .join(Call, Call.id == DialAttempt.call_id)
        .where(DialAttempt.agent_id == agent_id, DialAttempt.result.is_(None))
        .order_by(DialAttempt.id.desc())
        .limit(1)
    ).one_or_none()


def give_back(connection: Connection, agent_id: int) -> None:
    """Put what an agent looks at back into the queue; it keeps its place."""
    connection.execute(
        update(DialTask).where(DialTask.held_by == agent_id).values(held_by=None, held_until=None)
    )


def begin_call(
    connection: Connection,
    task_id: int,
    agent_id: int,
    node: str,
    now: datetime,
    rules: DialRules,
    floor: Floor,
    *,
    shown_number: str | None,
) -> Taken | PreviewRefusal:
    """Begin the attempt of an agent who has looked at a task; everything is judged again now (R-16.6).

    :param node: whose engine calls.
    :param floor: counted after :func:`~storage.queries.dial_taking.one_at_a_time`.
    """
    free = or_(DialTask.held_until.is_(None), DialTask.held_until <= now, DialTask.held_by == agent_id)
    row = connection.execute(
        candidates(and_(DialTask.id == task_id, DialTask.way == DialWay.AGENT, free), now).with_for_update(
            of=DialTask.__table__, skip_locked=True
        )
    ).one_or_none()
    if row is None:
        return PreviewRefusal.GONE
    stays = must_stay(connection, agent_id, now, rules)
    hindered = hindrance(rules.pacing, floor, _state_of(connection, agent_id), row.reason, must_stay=stays)
    if hindered is not None:
        return hindered
    if row.reason not in AT_ANY_HOUR and not rules.may_begin(now):
        return PreviewRefusal.OUTSIDE_HOURS
    if row.reason not in ASKED_FOR and not state(connection).running:
        return PreviewRefusal.PAUSED
    if (refusal := refusal_of(row, now, rules)) is not None:
        put_aside(connection, row, refusal, now, rules)
        return PreviewRefusal.REFUSED_NOW
    attempt_id = begin(connection, row, node, now, rules, shown_number=shown_number, agent_id=agent_id)
    if attempt_id is None:
        return PreviewRefusal.REFUSED_NOW
    return taken_of(row, attempt_id, row.attempts + 1)


def consented(connection: Connection, attempt_id: int, agent_id: int, now: datetime) -> bool:
    """Keep when the customer said that it suits (R-16.2); the first time counts. False: no such talk."""
    row = unwritten(connection, agent_id)
    if row is None or row.id != attempt_id or row.talk_started_at is None:
        return False
    if row.consent_at is None:
        dial_results.note(connection, attempt_id, consent_at=now)
    return True


def write_down(
    connection: Connection,
    attempt_id: int,
    agent_id: int,
    result: DialResult,
    now: datetime,
    rules: DialRules,
    *,
    questionnaire: Questionnaire | None = None,
    chosen: Mapping[str, str] | None = None,
    later: LaterWish | None = None,
    said: str = "",
) -> Settled | PreviewRefusal:
    """What the agent's talk came to, with all that follows of it (R-16.5).

    :param result: one of :data:`ivr.standard.dial_preview.ENTERED`.
    :param questionnaire: that was asked, and ``chosen``: the word chosen for each question; of DONE only.
    :param later: of LATER: when they want to be called.
    """
    row = unwritten(connection, agent_id)
    if row is None or row.id != attempt_id or row.talk_started_at is None or result not in ENTERED:
        return PreviewRefusal.GONE
    if result is DialResult.DONE and questionnaire is not None:
        answers, whole = walk(questionnaire, chosen or {})
        for one in answers:
            dial_results.answer(connection, attempt_id, one, now)
        result = DialResult.DONE if whole else DialResult.PART
    dial_results.note(connection, attempt_id, said=said[:LONGEST_SAID] or None)
    settled = dial_results.settle(
        connection,
        attempt_id,
        result,
        now,
        rules,
        later=(later or LaterWish.UNSAID) if result is DialResult.LATER else None,
    )
    announce(connection)
    return settled if settled is not None else PreviewRefusal.GONE


def _state_of(connection: Connection, agent_id: int) -> AgentState | None:
    return connection.execute(
        select(AgentPresence.state).where(AgentPresence.agent_id == agent_id)
    ).scalar_one_or_none()
