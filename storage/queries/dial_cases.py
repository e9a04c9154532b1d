"""What calls to customers do to cases: the revisit is entered, a dissatisfied customer's case is reopened."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from ivr.errors import CaseRefused
from ivr.standard.case_life import CaseStep
from ivr.standard.dial_attempt import DialEnd
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.questionnaire import Opinion
from ivr.standard.revisit_words import not_asked, reopened, summary
from storage.dial_rules import DialRules
from storage.models import CaseLife, DialTask
from storage.queries.case_access import Who
from storage.queries.case_steps import Asked, do
from storage.queries.dial_rows import new_task


def give_up(
    connection: Connection, case_id: int, why: DialEnd | DialRefusal, now: datetime, rules: DialRules
) -> bool:
    """The customer will not be asked: entered with the reason. False: somebody has seen to it already."""
    said = not_asked(why, rules.language)
    return _step(connection, case_id, Asked(CaseStep.GIVE_UP_REVISIT, said), now, rules)


def revisited(
    connection: Connection,
    case_id: int,
    opinion: Opinion,
    now: datetime,
    rules: DialRules,
    *,
    remark: bool,
    whole: bool,
) -> bool:
    """The customer was asked (R-16.5). False: the case does not wait for it any more."""
    said = summary(opinion, rules.language, remark=remark, whole=whole)
    return _step(connection, case_id, Asked(CaseStep.REVISIT, said), now, rules)


def reopen(connection: Connection, case_id: int, now: datetime, rules: DialRules) -> bool:
    """R-14.4, R-16.5: the customer is not satisfied; the unit is pressed again by the same step."""
    return _step(connection, case_id, Asked(CaseStep.REOPEN, reopened(rules.language)), now, rules)


def follow_up(connection: Connection, task_id: int, now: datetime) -> int | None:
    """Put a call by the first responder on top of the queue (R-16.5).

    :param task_id: in which the customer was not satisfied.
    :returns: the new task; None where the case is not there.
    """
    task = connection.execute(select(*DialTask.__table__.c).where(DialTask.id == task_id)).one()
    owner = connection.execute(
        select(CaseLife.owner_id).where(CaseLife.case_id == task.case_id)
    ).scalar_one_or_none()
    if owner is None:
        return None
    made = connection.execute(
        insert(DialTask)
        .values(
            **new_task(DialReason.FOLLOW_UP, now, number=task.number),
            way=DialWay.AGENT,
            language=task.language,
            customer_id=task.customer_id,
            case_id=task.case_id,
            agent_id=owner,
            queue=task.queue,
            due_at=now,
            next_at=now,
        )
        .returning(DialTask.id)
    )
    return int(made.scalar_one())


def _step(connection: Connection, case_id: int, asked: Asked, now: datetime, rules: DialRules) -> bool:
    """Do a step as the hotline itself; a case that has moved on meanwhile stays as it is."""
    try:
        do(connection, case_id, asked, Who(), now, rules.clockwork)
    except CaseRefused:
        return False
    return True
