"""Steps of cases: checked, carried out with all they bring about, and entered, in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ivr.errors import CaseRefused
from ivr.standard.case_life import NEEDS_TEXT, Actor, CaseState, CaseStep, next_state
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.complaint_path import Responsibility
from ivr.standard.obligations import SETTLED_BY, Clockwork, after_reopening, begun_by, dropped_by
from storage.changes import announce
from storage.models import Case, CaseEntry, CaseLife
from storage.queries import case_effects, obligations
from storage.queries.case_access import Who, capacity, clears_refusal, hats_of, locked, refuse_stale
from storage.queries.case_clears import missing_for_close
from storage.queries.case_effects import Changes


@dataclass(frozen=True, slots=True)
class Asked:
    """A step that somebody wants to do, with what it needs."""

    step: CaseStep
    said: str = ""
    """Reason, finding, answer or report; see :data:`ivr.standard.case_life.NEEDS_TEXT`."""
    unit_id: int | None = None
    """Of PASS_ON: to which unit."""
    to_agent_id: int | None = None
    """Of HAND_OVER: the new first responder."""
    due_at: datetime | None = None
    """Of AGREE_TIME: when, as agreed with the customer."""
    responsibility: Responsibility | None = None
    """Of OPINE: who answers for what was found (R-CS)."""
    seen: int | None = None
    """How many entries the case had on the page; None: whatever they are."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a step."""

    case_id: int
    entry: int
    """The number of its entry, and so how many there are now."""
    state: CaseState
    due_at: datetime
    """When the next thing is due; :data:`storage.queries.obligations.NEVER` while nothing is."""


def do(
    connection: Connection, case_id: int, asked: Asked, who: Who, now: datetime, clockwork: Clockwork
) -> Done:
    """Do a step; a reopened case goes back to its unit by itself (R-14.4, R-16.5).

    :raises CaseRefused: it is not possible now, not theirs to do, or lacks something; nothing is written.
    """
    life = locked(connection, case_id)
    refuse_stale(connection, life, asked.step, asked.seen)
    state = next_state(life.kind, life.state, asked.step)
    if state is None:
        raise CaseRefused(
            CaseRefusal.NOT_POSSIBLE_NOW,
            f"{asked.step} is no step of a {life.kind} that is {life.state}",
            (asked.step, life.state),
        )
    actor = capacity(asked.step, hats_of(connection, life, who))
    said = asked.said.strip()
    if asked.step is CaseStep.CLOSE:
        _refuse_unclear(connection, life, said)
    elif not said and asked.step in NEEDS_TEXT:
        raise CaseRefused(CaseRefusal.TEXT_MISSING, f"{asked.step} needs words: why, or what came of it")
    if asked.step is CaseStep.REVISIT:
        case_effects.refuse_early_revisit(connection, case_id, now)
    values, changes = case_effects.of_step(connection, life, asked, who, now, clockwork)
    if life.paused_at is not None and state is not life.state:
        values |= {"paused_at": None}
        obligations.go_on(connection, case_id, now, clockwork)
    _clocks(connection, life, asked.step, actor, now, clockwork)
    done = enter(
        connection, life, asked.step, state, actor, who, now, said=said, values=values, changes=changes
    )
    announce(connection)
    if asked.step is CaseStep.REOPEN and life.unit_id is not None:
        again = Asked(CaseStep.PASS_ON, unit_id=life.unit_id)
        return _pass_again(connection, case_id, again, who, now)
    return done


def _pass_again(connection: Connection, case_id: int, asked: Asked, who: Who, now: datetime) -> Done:
    """The unit is pressed once more; whoever reopens a case may do that."""
    life = locked(connection, case_id)
    values, changes = case_effects.pass_on(connection, life, asked.unit_id, now)
    return enter(
        connection,
        life,
        CaseStep.PASS_ON,
        CaseState.PASSED,
        Actor.PROGRAM,
        who,
        now,
        said="",
        values=values,
        changes=changes,
    )


def _refuse_unclear(connection: Connection, life: Row[Any], report: str) -> None:
    """R-5C."""
    if unclear := missing_for_close(connection, life, report):
        number = connection.execute(select(Case.number).where(Case.id == life.case_id)).scalar_one()
        raise clears_refusal(number, unclear)


def _clocks(
    connection: Connection,
    life: Row[Any],
    step: CaseStep,
    actor: Actor,
    now: datetime,
    clockwork: Clockwork,
) -> None:
    """Settle what the step keeps, drop what is not owed any more, start what is owed from now on."""
    case_id = life.case_id
    obligations.settle(connection, case_id, SETTLED_BY.get(step, frozenset()), now)
    dropped = dropped_by(life.kind, step, life.complaint_class)
    obligations.settle(connection, case_id, dropped, now, dropped=True)
    owed = begun_by(life.kind, step, clockwork.times, complaint_class=life.complaint_class)
    if step is CaseStep.REOPEN:
        running = {row.kind for row in obligations.open_of(connection, case_id)}
        owed = after_reopening(life.kind, clockwork.times, running)
    # Who was drawn is asked within the time since the answer, whenever the draw was.
    drawn = step is CaseStep.OWE_REVISIT and actor is Actor.PROGRAM
    since = life.answered_at if drawn and life.answered_at is not None else now
    obligations.start(connection, case_id, owed, since, clockwork)


def enter(
    connection: Connection,
    life: Row[Any],
    step: CaseStep,
    state: CaseState,
    actor: Actor,
    who: Who,
    now: datetime,
    *,
    said: str = "",
    values: dict[str, Any] | None = None,
    changes: Changes | None = None,
) -> Done:
    """Write the entry of a step, and where the case stands after it.

    :param life: from :func:`storage.queries.case_access.locked`.
    :param values: columns of the life that change with it; ``changes``: of these, what the entry tells.
    """
    entry = life.entries + 1
    connection.execute(
        insert(CaseEntry).values(
            case_id=life.case_id,
            entry=entry,
            at=now,
            step=step,
            from_state=life.state,
            to_state=state,
            actor=actor,
            agent_id=who.agent_id,
            person_id=who.person_id,
            said=said or None,
            changes=changes or None,
        )
    )
    connection.execute(
        update(CaseLife)
        .where(CaseLife.case_id == life.case_id)
        .values(state=state, entries=entry, **(values or {}))
    )
    due_at = obligations.refresh_due(connection, life.case_id)
    return Done(life.case_id, entry, state, due_at)
