"""Who was faster: calls that rang at several agents at once and were answered by one of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, bindparam, select

from ivr.standard.three_rings import OfferOutcome
from storage.models import Offer

if TYPE_CHECKING:
    from storage.queries.board import CallNow

LATELY = timedelta(seconds=15)
"""For so long an agent is told who was faster."""


class Faster(NamedTuple):
    """Somebody answered a call that rang elsewhere, too; ``agent_id`` None: at a duty phone."""

    call_id: int
    agent_id: int | None


_OFFERS = select(Offer.agent_id, Offer.call_id).where(
    Offer.call_id.in_(bindparam("ids", expanding=True)),
    Offer.outcome == OfferOutcome.ANSWERED_ELSEWHERE,
    Offer.agent_id.is_not(None),
)


def lately(connection: Connection, now: datetime, calls: Iterable["CallNow"]) -> dict[int, Faster]:
    """By agent at whom it rang in vain: who was faster, with calls answered in the last seconds.

    :param calls: that go on or are wrapped up; only the offers of those just answered are read.
    """
    answered = {
        call.id: call.agent_id
        for call in calls
        if call.talk_started_at is not None and now - call.talk_started_at <= LATELY
    }
    if not answered:
        return {}
    rows = connection.execute(_OFFERS, {"ids": list(answered)}).all()
    return {row.agent_id: Faster(row.call_id, answered[row.call_id]) for row in rows}
