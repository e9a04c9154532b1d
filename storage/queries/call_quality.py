"""How well calls were heard on browser phones: kept while a call goes on, read for the call's page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from storage.models import Agent, Call, CallQuality, Offer

TOLERANCE = timedelta(seconds=20)
"""How far the page's and the engine's moment of the answer may lie apart."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a browser counted since a leg was answered. Times in milliseconds, None where it cannot say."""

    leg: str
    seconds: float
    complete: bool
    packets_sent: int
    packets_received: int
    packets_lost: int
    packets_lost_there: int
    jitter_ms: float | None
    round_trip_ms: float | None
    codec: str | None


@dataclass(frozen=True, slots=True)
class LegQuality:
    """One leg's counts as the call's page shows them."""

    work_number: str
    name: str
    began_at: datetime
    counted: Counted

    @property
    def lost_percent(self) -> float | None:
        """Share of the packets to the agent that did not arrive; None when nothing was sent."""
        return _percent(self.counted.packets_lost, self.counted.packets_received + self.counted.packets_lost)

    @property
    def lost_there_percent(self) -> float | None:
        """Share of the packets from the agent that did not arrive at the PBX."""
        return _percent(self.counted.packets_lost_there, self.counted.packets_sent)


def _percent(lost: int, all_of_them: int) -> float | None:
    return 100 * lost / all_of_them if all_of_them else None


def keep(connection: Connection, agent_id: int, counted: Counted, now: datetime) -> int | None:
    """Keep the counts of a leg of this agent, in place of those kept before.

    :returns: the call's id; None when this agent answered no call at that moment.
    """
    values = {
        "updated_at": now,
        "seconds": counted.seconds,
        "complete": counted.complete,
        "packets_sent": counted.packets_sent,
        "packets_received": counted.packets_received,
        "packets_lost": counted.packets_lost,
        "packets_lost_there": counted.packets_lost_there,
        "jitter_ms": counted.jitter_ms,
        "round_trip_ms": counted.round_trip_ms,
        "codec": counted.codec,
    }
    kept = connection.execute(
        update(CallQuality)
        .where(
            CallQuality.agent_id == agent_id, CallQuality.leg == counted.leg, CallQuality.complete.is_(False)
        )
        .values(**values)
        .returning(CallQuality.call_id)
    ).scalar_one_or_none()
    if kept is None:
        # The last counts have come already, before these: they stay.
        kept = connection.execute(
            select(CallQuality.call_id).where(
                CallQuality.agent_id == agent_id, CallQuality.leg == counted.leg
            )
        ).scalar_one_or_none()
    if kept is not None:
        return int(kept)
    began_at = now - timedelta(seconds=counted.seconds)
    call_id = _call_answered_at(connection, agent_id, began_at)
    if call_id is not None:
        connection.execute(
            insert(CallQuality).values(
                call_id=call_id, agent_id=agent_id, leg=counted.leg, began_at=began_at, **values
            )
        )
    return call_id


def _call_answered_at(connection: Connection, agent_id: int, moment: datetime) -> int | None:
    """The call this agent answered, or made, closest to a moment."""
    window = (moment - TOLERANCE, moment + TOLERANCE)
    found = [
        *connection.execute(
            select(Offer.call_id, Offer.answered_at).where(
                Offer.agent_id == agent_id, Offer.answered_at.between(*window)
            )
        ),
        *connection.execute(
            select(Call.id, Call.talk_started_at).where(
                Call.agent_id == agent_id, Call.talk_started_at.between(*window)
            )
        ),
    ]
    if not found:
        return None
    return int(min(found, key=lambda row: abs(row[1] - moment))[0])


def of_call(connection: Connection, call_id: int) -> list[LegQuality]:
    """The counts of every leg of a call that was on a browser phone, in order."""
    rows = connection.execute(
        select(CallQuality.__table__, Agent.work_number, Agent.name)
        .join(Agent, Agent.id == CallQuality.agent_id)
        .where(CallQuality.call_id == call_id)
        .order_by(CallQuality.began_at, CallQuality.id)
    )
    return [
        LegQuality(
            row.work_number,
            row.name,
            row.began_at,
            Counted(
                row.leg,
                row.seconds,
                row.complete,
                row.packets_sent,
                row.packets_received,
                row.packets_lost,
                row.packets_lost_there,
                row.jitter_ms,
                row.round_trip_ms,
                row.codec,
            ),
        )
        for row in rows
    ]
