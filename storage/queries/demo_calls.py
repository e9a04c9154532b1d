"""Made-up calls to customers for a demo: a queue, a campaign, answers of twelve weeks; taking them out."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from ivr.config.sections import CallKind
from ivr.standard.dial_attempt import DialEnd, DialResult
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import CampaignState, DialStatus, DoNotCallSource
from ivr.standard.questionnaire import Answered, Questionnaire, is_dissatisfied, opinion, walk
from storage.dial_rules import DialRules
from storage.models import (
    Campaign,
    CampaignRefusal,
    Case,
    CaseLife,
    Customer,
    CustomerNumber,
    DialAttempt,
    DialTask,
)
from storage.queries import dial_results, do_not_call
from storage.queries.dial_planning import plan
from storage.queries.dial_rows import new_task

WEEKS = 12
A_WEEK = 9
PEOPLE = 24
"""Of the made-up campaign, which nobody has started."""
_SEED = 16
_SAID = ("师傅很专业，谢谢。", "上门前能先打个电话就好了。", "灶具还是偶尔打不着火。", "燃气表显示屏看不清。")
_UNREACHED = (DialResult.NO_ANSWER, DialResult.BUSY, DialResult.OFF, DialResult.LATER)


def fill(
    connection: Connection, questionnaires: dict[str, Questionnaire], now: datetime, rules: DialRules
) -> int:
    """Fill them in, for cases and customers that are there; returns how many. The dialer stays paused."""
    chance = random.Random(_SEED)  # noqa: S311 - nothing secret
    plan(connection, now, rules)
    cases = connection.execute(
        select(Case.id, Case.customer_id, Case.contact_number, CaseLife.kind, CaseLife.owner_id)
        .join(CaseLife, CaseLife.case_id == Case.id)
        .where(Case.contact_number.is_not(None), CaseLife.kind != CallKind.ALARM)
        .order_by(Case.id)
    ).all()
    people = connection.execute(
        select(Customer.id, Customer.name, CustomerNumber.number)
        .join(CustomerNumber, CustomerNumber.customer_id == Customer.id)
        .where(Customer.demo.is_(True))
        .order_by(Customer.id, CustomerNumber.number)
        .limit(3 * PEOPLE)
    ).all()
    made = 0
    for place in range(WEEKS * A_WEEK if cases else 0):
        case = chance.choice(cases)
        asked = questionnaires.get(case.kind)
        if asked is not None:
            at = _decent(now - timedelta(days=7 * (place // A_WEEK), hours=chance.randint(2, 100)), rules)
            _past(connection, case, asked, at, rules, chance)
            made += 1
    if people:
        made += _campaign(connection, people, next(iter(questionnaires), None), now)
        do_not_call.add(
            connection, people[-1].number, now, DoNotCallSource.OPERATOR, reason="演示：本人来电要求"
        )
    return made


def _decent(moment: datetime, rules: DialRules) -> datetime:
    """The same day at an hour at which customers are called (R-16.6)."""
    return rules.local(moment).replace(hour=10 if moment.minute % 2 else 15, minute=moment.minute)


def _past(
    connection: Connection,
    case: Any,
    asked: Questionnaire,
    at: datetime,
    rules: DialRules,
    chance: random.Random,
) -> None:
    """A revisit that is over: an attempt that reached nobody, now and then, and one with answers."""
    answers = _answers(asked, chance)
    found = opinion(answers)
    number = rules.judge(case.contact_number).number
    bad = is_dissatisfied(found, rules.dissatisfied_at_most)
    over = {"status": DialStatus.ENDED, "ended_at": at, "end": DialEnd.REACHED}
    task_id = connection.execute(
        insert(DialTask)
        .values(
            **{**new_task(DialReason.REVISIT, at, number=number), **over},
            way=DialWay.AUTOMATIC,
            language="zh",
            customer_id=case.customer_id,
            case_id=case.id,
            agent_id=case.owner_id,
            questionnaire=asked.id,
            due_at=at,
            result=DialResult.DONE,
            satisfaction=found.satisfaction,
            solved=found.solved,
            dissatisfied=bad,
        )
        .returning(DialTask.id)
    ).scalar_one()
    tries = 2 if chance.random() < 0.3 else 1
    for attempt in range(1, tries + 1):
        last = attempt == tries
        began = at - timedelta(hours=4 * (tries - attempt))
        attempt_id = connection.execute(
            insert(DialAttempt)
            .values(
                dial_task_id=task_id,
                attempt=attempt,
                number=number,
                shown_number="95777",
                at=began,
                engine="demo",
                rang_at=began + timedelta(seconds=3),
                answered_at=began + timedelta(seconds=9) if last else None,
                consent_at=began + timedelta(seconds=20) if last else None,
            )
            .returning(DialAttempt.id)
        ).scalar_one()
        for place, one in enumerate(answers if last else ()):
            dial_results.answer(connection, attempt_id, one, began + timedelta(seconds=30 + 12 * place))
        ended: dict[str, Any] = {"ended_at": began + timedelta(seconds=95 if last else 41)}
        ended["result"] = DialResult.DONE if last else chance.choice(_UNREACHED)
        if last and chance.random() < (0.7 if bad else 0.1):
            ended["said"] = _SAID[2 if bad else chance.randrange(2)]
        dial_results.note(connection, attempt_id, **ended)
    connection.execute(update(DialTask).where(DialTask.id == task_id).values(attempts=tries))


def _answers(asked: Questionnaire, chance: random.Random) -> list[Answered]:
    """Mostly content customers."""
    chosen = {}
    for question in asked.questions:
        choices = list(question.choices.values())
        if choices:
            best = max(choice.value or 0 for choice in choices)
            weights = [9 if (choice.value or 0) >= best - (best > 1) else 1 for choice in choices]
            chosen[question.id] = chance.choices(choices, weights)[0].word
    return walk(asked, chosen)[0]


def _campaign(connection: Connection, people: Sequence[Any], questionnaire: str | None, now: datetime) -> int:
    """A list that waits to be started, with rows that were refused."""
    once = {person.number: person for person in people[: 2 * PEOPLE]}
    chosen = list(once.values())[:PEOPLE]
    refused = [(7, "1.39E+10", "rounded"), (12, "0085221234567", "number_not_allowed"), (19, "", "no_number")]
    campaign_id = connection.execute(
        insert(Campaign)
        .values(
            name="冬季安全用气回访（演示）",
            reason=DialReason.CAMPAIGN,
            way=DialWay.AUTOMATIC,
            questionnaire=questionnaire,
            state=CampaignState.READY,
            made_at=now,
            source={"file": "冬季回访名单.xlsx", "sha256": "0" * 64},
            rows=len(chosen) + len(refused),
            rows_refused=len(refused),
            changed_at=now,
        )
        .returning(Campaign.id)
    ).scalar_one()
    for person in chosen:
        connection.execute(
            insert(DialTask).values(
                **new_task(DialReason.CAMPAIGN, now, number=person.number),
                way=DialWay.AUTOMATIC,
                language="zh",
                customer_id=person.id,
                name=person.name,
                campaign_id=campaign_id,
                questionnaire=questionnaire,
                due_at=now,
                next_at=now,
            )
        )
    for row, given, reason in refused:
        connection.execute(
            insert(CampaignRefusal).values(campaign_id=campaign_id, row=row, given=given, reason=reason)
        )
    return len(chosen)


def cancel(connection: Connection, customer_ids: Sequence[int], now: datetime) -> None:
    """Nobody made up is called any more: what is open is taken back, a campaign of theirs is stopped."""
    made_up = DialTask.customer_id.in_(customer_ids)
    theirs = select(DialTask.campaign_id).where(made_up, DialTask.campaign_id.is_not(None))
    connection.execute(
        update(Campaign)
        .where(Campaign.id.in_(theirs), Campaign.state.not_in((CampaignState.STOPPED, CampaignState.DONE)))
        .values(state=CampaignState.STOPPED, changed_at=now)
    )
    connection.execute(
        update(DialTask)
        .where(made_up, DialTask.status == DialStatus.OPEN)
        .values(status=DialStatus.ENDED, end=DialEnd.CANCELLED, ended_at=now, next_at=None)
    )
