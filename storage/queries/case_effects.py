"""What steps bring about beside the next state: unit, first responder, clocks, links, closing."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from ivr.config.sections import Role
from ivr.errors import CaseRefused
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.first_responder import why_not
from ivr.standard.obligations import Clockwork, ObligationKind, closing
from storage.models import Agent, Case, CaseHandover, CaseToken, Unit
from storage.prepared import Prepared
from storage.queries import obligations
from storage.queries.case_access import Who, hats_of, moment_text

if TYPE_CHECKING:
    from storage.queries.case_steps import Asked

Values = dict[str, Any]
"""Columns of the case's life."""
Changes = dict[str, Any]
"""Field → [before, after], as the entry tells it."""

_UNIT_THAT_STAYS = Prepared(
    select(Unit.id).where(Unit.id == bindparam("this_unit"), Unit.active).with_for_update(read=True)
)
_AT_A_UNIT = frozenset({CaseState.PASSED, CaseState.ACCEPTED, CaseState.WORKING})
_GIVEN_BACK = frozenset({CaseStep.TAKE_BACK, CaseStep.SEND_BACK})


def of_step(
    connection: Connection, life: Row[Any], asked: "Asked", who: Who, now: datetime, clockwork: Clockwork
) -> tuple[Values, Changes]:
    """Carry out what a step brings about.

    :returns: columns of the life that change, and what the entry tells of that.
    :raises CaseRefused: something that the step needs is missing or wrong.
    """
    step = asked.step
    if step is CaseStep.PASS_ON:
        return pass_on(connection, life, asked.unit_id, now)
    if step in _GIVEN_BACK:
        end_links(connection, life.case_id, now)
        return {"unit_id": None}, {"unit_id": [life.unit_id, None]}
    if step is CaseStep.ANSWER:
        return {"answered_at": now}, {}
    if step is CaseStep.OPINE:
        said = asked.responsibility
        return {"responsibility": said}, {"responsibility": [life.responsibility, said]} if said else {}
    if step is CaseStep.INVOLVE_OUTSIDE:
        obligations.lengthen(connection, life.case_id, closing(clockwork.times, outside=True), now, clockwork)
        return {"outside_party": True}, {"outside_party": [life.outside_party, True]}
    if step is CaseStep.AGREE_TIME:
        return {}, _agree(connection, life, asked.due_at, now, clockwork)
    if step in (CaseStep.PAUSE, CaseStep.RESUME):
        return _pause_or_resume(connection, life, asked, now, clockwork)
    if step is CaseStep.HAND_OVER:
        return _hand_over(connection, life, asked, who, now)
    return _open_or_close(connection, life, step, now)


def pass_on(
    connection: Connection, life: Row[Any], unit_id: int | None, now: datetime
) -> tuple[Values, Changes]:
    """Give the case to a unit; the first responder stays (R-FR). Links of the unit before end."""
    if unit_id is None:
        raise CaseRefused(CaseRefusal.NO_UNIT, "to be passed on, the case needs a unit")
    refuse_removed_unit(connection, unit_id)
    if unit_id == life.unit_id and life.state in _AT_A_UNIT:
        raise CaseRefused(CaseRefusal.SAME_UNIT, f"unit {unit_id} has the case already")
    if unit_id != life.unit_id:
        end_links(connection, life.case_id, now)
    connection.execute(update(Case).where(Case.id == life.case_id).values(unit_id=unit_id, passed_at=now))
    return {"unit_id": unit_id}, {"unit_id": [life.unit_id, unit_id]}


def refuse_removed_unit(connection: Connection, unit_id: int) -> None:
    """Refuse a unit that nothing is passed on to, and keep this one from being removed meanwhile.

    :raises CaseRefused: there is no such unit, or it was removed.
    """
    if _UNIT_THAT_STAYS.first(connection, {"this_unit": unit_id}) is None:
        raise CaseRefused(
            CaseRefusal.NO_SUCH_UNIT, f"unit {unit_id}: there is none that work is passed on to now"
        )


def end_links(connection: Connection, case_id: int, now: datetime) -> None:
    """Links to the case that were given open nothing any more."""
    connection.execute(
        update(CaseToken)
        .where(CaseToken.case_id == case_id, CaseToken.ended_at.is_(None))
        .values(ended_at=now)
    )


def refuse_early_revisit(connection: Connection, case_id: int, now: datetime) -> None:
    """R-CR: a revisit on the second day is none on the first.

    :raises CaseRefused: the day has not come.
    """
    for row in obligations.open_of(connection, case_id, {ObligationKind.REVISIT}):
        if row.not_before is not None and now < row.not_before:
            raise CaseRefused(
                CaseRefusal.TOO_EARLY,
                f"the customer is asked from {moment_text(row.not_before)} on (R-CR)",
                (moment_text(row.not_before),),
            )


def _agree(
    connection: Connection, life: Row[Any], due_at: datetime | None, now: datetime, clockwork: Clockwork
) -> Changes:
    if due_at is None or due_at <= now:
        raise CaseRefused(CaseRefusal.TIME_PASSED, "the time that was agreed must be still to come")
    moved = obligations.agree(connection, life.case_id, ObligationKind.ANSWER, due_at, now, clockwork)
    if moved is None:
        raise CaseRefused(CaseRefusal.NOTHING_RUNS, "no clock runs until the customer is answered")
    return {"answer_due_at": [moment_text(moved[0]), moment_text(moved[1])]}


def _pause_or_resume(
    connection: Connection, life: Row[Any], asked: "Asked", now: datetime, clockwork: Clockwork
) -> tuple[Values, Changes]:
    if asked.step is CaseStep.RESUME:
        if life.paused_at is None:
            raise CaseRefused(CaseRefusal.NOT_PAUSED, "the clocks of the case run")
        obligations.go_on(connection, life.case_id, now, clockwork)
        return {"paused_at": None}, {"paused_at": [moment_text(life.paused_at), None]}
    if life.paused_at is not None:
        raise CaseRefused(CaseRefusal.ALREADY_PAUSED, "the clocks of the case are stopped already")
    if not obligations.stop(connection, life.case_id, asked.said.strip(), now, clockwork):
        raise CaseRefused(CaseRefusal.NOTHING_RUNS, "no clock runs that is not late already; late stays late")
    return {"paused_at": now}, {"paused_at": [None, moment_text(now)]}


def _hand_over(
    connection: Connection, life: Row[Any], asked: "Asked", who: Who, now: datetime
) -> tuple[Values, Changes]:
    """R-FR: by a supervisor, with a reason; both names stay."""
    to = asked.to_agent_id or 0
    answers = connection.execute(
        select(Agent.id).where(Agent.id == to, Agent.active, Agent.role.in_((Role.AGENT, Role.SUPERVISOR)))
    ).first()
    refusal = why_not(
        hats_of(connection, life, who), asked.said, life.owner_id, to, to_answers=answers is not None
    )
    if refusal is not None:
        raise CaseRefused(refusal, f"the case is not handed over to agent {to}: {refusal}")
    connection.execute(
        insert(CaseHandover).values(
            case_id=life.case_id,
            at=now,
            from_agent_id=life.owner_id,
            to_agent_id=to,
            by_agent_id=who.agent_id,
            reason=asked.said.strip(),
        )
    )
    return {"owner_id": to}, {"owner_id": [life.owner_id, to]}


def _open_or_close(
    connection: Connection, life: Row[Any], step: CaseStep, now: datetime
) -> tuple[Values, Changes]:
    values: Values = {}
    if step is CaseStep.CLOSE:
        end_links(connection, life.case_id, now)
        values = {"closed_at": now, "paused_at": None}
    elif step is CaseStep.REOPEN:
        values = {"closed_at": None, "answered_at": None, "paused_at": None}
    elif step is CaseStep.OWE_REVISIT:
        values = {"closed_at": None}
    if "closed_at" in values:
        closed = update(Case).where(Case.id == life.case_id).values(closed_at=values["closed_at"])
        connection.execute(closed)
    return values, {}
