"""What each figure of a report counts, as conditions on rows: for the sums and for the calls behind them.

The words for it stand in agent_console/reports/definitions.py; the figures are made of the counts in
:mod:`ivr.standard.report_figures`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, or_

from ivr.standard.call_stage import CallDirection, CallOutcome
from ivr.standard.dial_attempt import NOT_COUNTED, REACHED
from ivr.standard.dial_reason import DialReason
from ivr.standard.talk_kind import TalkKind
from ivr.standard.three_rings import OfferOutcome
from ivr.standard.transfer import TransferOutcome
from storage.models import Call, DialAttempt, DialTask, Hold, Offer, SurveyAnswer, Talk, Transfer
from storage.queries.directed_offers import OWN_DEVICE
from storage.queries.seconds_between import seconds_between

BUCKET_SECONDS = 900
"""A quarter of an hour: no time zone's day or hour begins within one."""


@dataclass(frozen=True, slots=True)
class ReportSpan:
    """From when until before when, UTC, and the seconds answers and conversations are held to."""

    begin: datetime
    end: datetime
    quick: float
    soon: float
    goal: float


def milliseconds(start: Any, end: Any) -> ColumnElement[int]:
    """Whole milliseconds between two moments: sums of them are the same whatever the order of the rows."""
    return cast(func.round(seconds_between(start, end) * 1000.0), BigInteger)


WAITED = milliseconds(Call.queued_at, Call.talk_started_at)
OFFERED = and_(Call.direction == CallDirection.INBOUND, Call.queued_at.is_not(None), Call.queue.is_not(None))
ANSWERED = Call.talk_started_at.is_not(None)
ABANDONED = and_(Call.talk_started_at.is_(None), Call.outcome == CallOutcome.ABANDONED_WAITING)
AGENT_HUNG_UP = or_(Call.agent_left_first.is_(True), Call.special_end.is_not(None))

RANG_TO_AN_AGENT = and_(Offer.agent_id.is_not(None), Offer.queue != OWN_DEVICE)
OFFER_ANSWERED = Offer.outcome == OfferOutcome.ANSWERED
OFFER_MISSED = Offer.outcome == OfferOutcome.MISSED
CONVERSATION = and_(Talk.agent_id.is_not(None), Talk.ended_at.is_not(None), Talk.kind == TalkKind.CALLER)
HELD = and_(Hold.agent_id.is_not(None), Hold.ended_at.is_not(None))
PASSED_ON = and_(
    Transfer.from_agent_id.is_not(None),
    Transfer.outcome.in_((TransferOutcome.TAKEN, TransferOutcome.TO_QUEUE)),
)
RATED = SurveyAnswer.score.is_not(None)

REVISIT_TRIED = and_(
    DialTask.reason == DialReason.REVISIT,
    DialAttempt.result.is_not(None),
    DialAttempt.result.not_in(list(NOT_COUNTED)),
)
REVISITED = DialAttempt.result.in_(list(REACHED))
DISSATISFIED = and_(REVISITED, DialTask.dissatisfied.is_(True))


def arrived_in(span: ReportSpan) -> ColumnElement[bool]:
    """Calls belong to the time in which they arrived, also those that last beyond it."""
    return and_(Call.arrived_at >= span.begin, Call.arrived_at < span.end)


def answered_within(seconds: float) -> ColumnElement[bool]:
    """Answered so soon after the caller reached the queue."""
    return and_(ANSWERED, within(seconds, WAITED))


def within(seconds: float, waited: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether milliseconds of waiting are in time; exactly so many are, NULL (not answered) is not."""
    return round(seconds * 1000) >= waited
