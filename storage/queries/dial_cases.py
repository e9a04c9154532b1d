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


def take_back(
    connection: Connection, case_id: int, reason: str, now: datetime, rules: DialRules, *, by: int
) -> bool:
    """Somebody took the revisit back: entered with their reason, in their name where they work on cases."""
    asked = Asked(CaseStep.GIVE_UP_REVISIT, not_asked(DialEnd.CANCELLED, rules.language, reason))
    return _step(connection, case_id, asked, now, rules, by) or _step(connection, case_id, asked, now, rules)


def revisited(
    connection: Connection,
    case_id: int,
    opinion: Opinion,
    now: datetime,
    rules: DialRules,
    *,
    remark: bool,
    whole: bool,
    agent_id: int | None = None,
    said: str | None = None,
) -> bool:
    """The customer was asked (R-16.5). False: the case does not wait for it any more.

    :param agent_id: who asked; None: the program. ``said``: what the agent wrote down beside the answers.
    """
    text = summary(
        opinion, rules.language, remark=remark, whole=whole, by_agent=agent_id is not None, said=said
    )
    return _step(connection, case_id, Asked(CaseStep.REVISIT, text), now, rules, agent_id)


def reopen(
    connection: Connection, case_id: int, now: datetime, rules: DialRules, *, agent_id: int | None = None
) -> bool:
    """R-14.4, R-16.5: the customer is not satisfied; the unit is pressed again by the same step."""
    asked = Asked(CaseStep.REOPEN, reopened(rules.language))
    return _step(connection, case_id, asked, now, rules, agent_id)


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


def _step(
    connection: Connection,
    case_id: int,
    asked: Asked,
    now: datetime,
    rules: DialRules,
    agent_id: int | None = None,
) -> bool:
    """Do a step as an agent or the hotline itself; a case that has moved on meanwhile stays as it is."""
    try:
        do(connection, case_id, asked, Who(agent_id), now, rules.clockwork)
    except CaseRefused:
        return False
    return True
