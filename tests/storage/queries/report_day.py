"""A day of about forty calls, each there for an edge of a definition, with the figures counted by hand.

The day is 2026-11-20 in Shanghai: from 2026-11-19 16:00 until 2026-11-20 16:00 UTC.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentEvent, AgentState
from ivr.standard.call_stage import CallDirection, CallOutcome, CallStage
from ivr.standard.conversation_refusal import SpecialEnd
from ivr.standard.dial_attempt import DialResult
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import DialStatus
from ivr.standard.questionnaire import Measures
from ivr.standard.talk_kind import TalkKind
from ivr.standard.three_rings import OfferOutcome
from ivr.standard.transfer import TargetKind, TransferOutcome, TransferState
from storage.models import (
    AgentStateChange,
    DialAttempt,
    DialTask,
    Hold,
    RevisitAnswer,
    SurveyAnswer,
    Talk,
    Transfer,
)
from storage.queries.report_conditions import ReportSpan
from tests.storage.rows import add_agent, add_call, add_offer

BEGIN = datetime(2026, 11, 19, 16, tzinfo=UTC)
END = BEGIN + timedelta(days=1)
SPAN = ReportSpan(BEGIN, END, quick=15, soon=20, goal=180)
NOON = BEGIN + timedelta(hours=12)


def after(seconds: float, since: datetime = NOON) -> datetime:
    return since + timedelta(seconds=seconds)


class Day:
    """Writes the calls."""

    def __init__(self, connection: Connection) -> None:
        """Two agents."""
        self.connection = connection
        self.minmin = add_agent(connection, name="王敏")
        self.fang = add_agent(connection, name="李芳")

    def call(self, at: datetime, wait: float | None, talk: float = 60, **values: Any) -> int:
        """A repair call; ``wait`` None: not answered."""
        agent = values.pop("agent", self.minmin)
        outcome = values.pop("outcome", CallOutcome.ANSWERED if wait is not None else None)
        answered = after(wait, at) if wait is not None else None
        queue = values.pop("queue", "repair")
        call_id = add_call(
            self.connection,
            arrived_at=values.pop("arrived_at", at),
            queued_at=at,
            queue=queue,
            kind=values.pop("kind", CallKind.REPAIR),
            stage=CallStage.ENDED,
            outcome=outcome,
            talk_started_at=answered,
            ended_at=after(talk, answered) if answered else after(30, at),
            agent_id=agent if answered else None,
            **values,
        )
        if answered is not None:
            self.offer(call_id, agent, at, OfferOutcome.ANSWERED, queue)
            self.talk(call_id, agent, answered, talk)
        return call_id

    def offer(
        self, call_id: int, agent: int, at: datetime, outcome: OfferOutcome, queue: str = "repair"
    ) -> None:
        add_offer(self.connection, call_id, agent, made_at=at, outcome=outcome, ended_at=at, queue=queue)

    def talk(
        self, call_id: int, agent: int | None, at: datetime, seconds: float, kind: TalkKind = TalkKind.CALLER
    ) -> None:
        row = {
            "call_id": call_id,
            "agent_id": agent,
            "kind": kind,
            "began_at": at,
            "ended_at": after(seconds, at),
        }
        self.connection.execute(insert(Talk).values(row))

    def rate(self, call_id: int, score: int | None, agent: int) -> None:
        row = {"call_id": call_id, "agent_id": agent, "asked_at": NOON, "score": score}
        self.connection.execute(insert(SurveyAnswer).values(row))

    def pass_on(self, call_id: int, outcome: TransferOutcome, at: datetime = NOON) -> None:
        row = {
            "call_id": call_id,
            "from_agent_id": self.minmin,
            "to_kind": TargetKind.AGENT,
            "to_value": "1002",
            "to_agent_id": self.fang,
            "note": "",
            "attended": False,
            "state": TransferState.RINGING,
            "asked_at": at,
            "ended_at": after(5, at),
            "outcome": outcome,
        }
        self.connection.execute(insert(Transfer).values(row))

    def state(self, agent: int, at: datetime, from_state: AgentState, to_state: AgentState) -> None:
        row = {
            "agent_id": agent,
            "at": at,
            "event": AgentEvent.ASK_READY,
            "from_state": from_state,
            "to_state": to_state,
        }
        self.connection.execute(insert(AgentStateChange).values(row))


def write(connection: Connection) -> Day:
    """The forty calls."""
    day = Day(connection)
    for wait in (0, 14.999, 15, 15.001, 19.999, 20, 20.001, 300):  # 8 answered: 3 within 15 s, 6 within 20 s
        day.call(NOON, wait)
    # Midnight: a call belongs to the day in which it arrived, however long it lasts.
    day.call(after(-1, END), 5, talk=600)
    day.call(after(2, END), 5, arrived_at=after(-2, END))
    day.call(after(1, BEGIN), 5, arrived_at=after(-1, BEGIN))  # of the day before; its talk is of this one
    day.call(END, 5)  # of the day after
    day.call(BEGIN, 5)  # the first moment of the day
    # Conversations against three minutes: exactly so long is within.
    for talk in (179.999, 180, 180.001):
        day.call(NOON, 1, talk)
    # Passed on: both have a conversation of their own; the whole of each counts.
    passed = day.call(NOON, 1, talk=100)
    day.talk(passed, day.fang, after(101), 120)
    day.pass_on(passed, TransferOutcome.TAKEN)
    day.offer(passed, day.fang, after(95), OfferOutcome.ANSWERED)
    # Passed on and come back: one conversation of two parts, 190 s together.
    back = day.call(NOON, 1, talk=100)
    day.talk(back, day.minmin, after(150), 90)
    day.pass_on(back, TransferOutcome.RETURNED)
    day.offer(back, day.fang, after(110), OfferOutcome.MISSED)
    # Asked about it: no conversation with a caller, and no transfer.
    asked = day.call(NOON, 1)
    day.talk(asked, day.fang, after(20), 30, TalkKind.CONSULTED)
    day.pass_on(asked, TransferOutcome.ENDED)
    to_queue = day.call(NOON, 1)
    day.pass_on(to_queue, TransferOutcome.TO_QUEUE)
    # Somebody outside talked on: nobody's conversation.
    outside = day.call(NOON, 1)
    day.talk(outside, None, after(70), 500)
    # Left while waiting, while it rang, and after an offer that rang to the end.
    day.call(NOON, None, outcome=CallOutcome.ABANDONED_WAITING)
    rang = day.call(NOON, None, outcome=CallOutcome.ABANDONED_WAITING)
    day.offer(rang, day.minmin, NOON, OfferOutcome.CALLER_GONE)
    missed = day.call(NOON, None, outcome=CallOutcome.ABANDONED_WAITING)
    day.offer(missed, day.minmin, NOON, OfferOutcome.MISSED)
    # Left the queue otherwise: neither answered nor abandoned.
    day.call(NOON, None, outcome=CallOutcome.CALL_BACK_STORED)
    day.call(NOON, None, outcome=CallOutcome.MESSAGE_LEFT)
    day.call(NOON, None, outcome=CallOutcome.FAILED)
    # Never in a queue: not offered.
    add_call(connection, arrived_at=NOON, stage=CallStage.ENDED, outcome=CallOutcome.ABANDONED_IN_MENU)
    add_call(connection, arrived_at=NOON, stage=CallStage.ENDED, outcome=CallOutcome.LEFT_AFTER_HOURS)
    # The promised call-back is a call out: nobody was offered it, but it is a conversation.
    out = add_call(
        connection,
        arrived_at=NOON,
        queued_at=NOON,
        queue="repair",
        direction=CallDirection.OUTBOUND,
        stage=CallStage.ENDED,
        outcome=CallOutcome.ANSWERED,
        talk_started_at=NOON,
        ended_at=after(60),
        agent_id=day.fang,
    )
    day.offer(out, day.fang, NOON, OfferOutcome.ANSWERED, queue="")
    day.talk(out, day.fang, NOON, 60)
    # An alarm that rang everybody: who was slower has missed nothing.
    alarm = day.call(NOON, 22, queue="alarm", kind=CallKind.ALARM)
    day.offer(alarm, day.fang, after(20), OfferOutcome.ANSWERED_ELSEWHERE, queue="alarm")
    # The agent's side went first: the leg dropped, or an end with a reason.
    day.call(NOON, 1, agent_left_first=True)
    day.call(NOON, 1, special_end=SpecialEnd.ABUSIVE)
    # Holds that have ended count; so do ratings that were given.
    held = day.call(NOON, 1, talk=90)
    hold = {"call_id": held, "agent_id": day.minmin, "began_at": after(10), "consent": True}
    connection.execute(insert(Hold).values(**hold, ended_at=after(35.5), seconds=25.5))
    connection.execute(insert(Hold).values(**{**hold, "agent_id": None}, ended_at=after(99), seconds=89.0))
    day.rate(held, 5, day.minmin)
    day.rate(passed, 2, day.fang)
    day.rate(back, None, day.minmin)
    # Offers whose end is not the agent's fault are no offers missed.
    for outcome in (
        OfferOutcome.BUSY,
        OfferOutcome.DECLINED,
        OfferOutcome.UNREACHABLE,
        OfferOutcome.NO_RINGING,
    ):
        day.offer(held, day.fang, NOON, outcome)
    _states(day)
    _revisits(day)
    return day


def _revisits(day: Day) -> None:
    """Two asked, one of them dissatisfied; one not reached; our own line failed, and two of other days."""
    for moment, result, satisfaction, dissatisfied in (
        (NOON, DialResult.DONE, 5, False),
        (after(60), DialResult.PART, 2, True),
        (BEGIN, DialResult.NO_ANSWER, None, None),
        (after(90), DialResult.NO_LINE, None, None),
        (END, DialResult.DONE, 5, False),
        (after(-1, BEGIN), DialResult.DONE, 1, True),
    ):
        revisit(day, moment, result, satisfaction, dissatisfied)
    revisit(day, NOON, DialResult.DONE, 1, True, DialReason.CAMPAIGN)  # asked, but about no case


def revisit(
    day: Day,
    at: datetime,
    result: DialResult,
    satisfaction: int | None,
    dissatisfied: bool | None,
    reason: DialReason = DialReason.REVISIT,
) -> None:
    """An attempt about a case of fang's, with the call it was."""
    call_id = add_call(
        day.connection,
        arrived_at=at,
        direction=CallDirection.OUTBOUND,
        stage=CallStage.ENDED,
        outcome=CallOutcome.ASKED,
    )
    task = {
        "reason": reason,
        "way": DialWay.AUTOMATIC,
        "rank": 50,
        "status": DialStatus.ENDED,
        "language": "zh",
        "agent_id": day.fang,
        "planned_at": BEGIN,
        "due_at": END,
        "dissatisfied": dissatisfied,
    }
    task_id = day.connection.execute(insert(DialTask).values(task).returning(DialTask.id)).scalar_one()
    attempt = {
        "dial_task_id": task_id,
        "attempt": 1,
        "number": "+8613900000001",
        "at": at,
        "engine": "test",
        "call_id": call_id,
        "result": result,
    }
    attempt_id = day.connection.execute(
        insert(DialAttempt).values(attempt).returning(DialAttempt.id)
    ).scalar_one()
    if satisfaction is not None:
        answer = {
            "dial_attempt_id": attempt_id,
            "question": "satisfied",
            "measures": Measures.SATISFACTION,
            "value": satisfaction,
            "at": at,
        }
        day.connection.execute(insert(RevisitAnswer).values(answer))


def _states(day: Day) -> None:
    """Minmin is at work from before the day; fang's shift ends after it; both have a break."""
    state = AgentState
    day.state(day.minmin, after(-3600, BEGIN), state.SIGNED_OUT, state.BREAK)
    day.state(day.minmin, after(-1800, BEGIN), state.BREAK, state.READY)
    day.state(day.minmin, after(100, BEGIN), state.READY, state.TALKING)
    day.state(day.minmin, after(160, BEGIN), state.TALKING, state.WRAP_UP)
    day.state(day.minmin, after(190.5, BEGIN), state.WRAP_UP, state.BREAK)
    day.state(day.fang, after(-1000, END), state.SIGNED_OUT, state.READY)
    day.state(day.fang, after(-400, END), state.READY, state.WRAP_UP)
    day.state(day.fang, after(50, END), state.WRAP_UP, state.READY)
