"""How far each campaign is: what has ended and why, what is left (:mod:`storage.queries.campaigns`)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from ivr.standard.dial_attempt import DialEnd
from ivr.standard.dial_reason import DialReason
from ivr.standard.dial_state import CampaignState, DialStatus
from storage.models import Campaign, DialTask


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is; ``ended`` by why tasks are over."""

    id: int
    name: str
    reason: DialReason
    state: CampaignState
    made_at: datetime
    until_at: datetime | None
    rows: int
    rows_refused: int
    waiting: int
    calling: int
    ended: dict[DialEnd, int]


def progress(connection: Connection) -> list[Progress]:
    """All campaigns, the newest first."""
    counts: dict[int, dict[tuple[DialStatus, DialEnd | None], int]] = {}
    for row in connection.execute(
        select(DialTask.campaign_id, DialTask.status, DialTask.end, func.count().label("tasks"))
        .where(DialTask.campaign_id.is_not(None))
        .group_by(DialTask.campaign_id, DialTask.status, DialTask.end)
    ):
        counts.setdefault(row.campaign_id, {})[row.status, row.end] = row.tasks
    found = []
    for row in connection.execute(select(*Campaign.__table__.c).order_by(Campaign.id.desc())):
        own = counts.get(row.id, {})
        found.append(
            Progress(
                id=row.id,
                name=row.name,
                reason=row.reason,
                state=row.state,
                made_at=row.made_at,
                until_at=row.until_at,
                rows=row.rows,
                rows_refused=row.rows_refused,
                waiting=own.get((DialStatus.OPEN, None), 0),
                calling=own.get((DialStatus.TAKEN, None), 0),
                ended={end: tasks for (_, end), tasks in own.items() if end is not None},
            )
        )
    return found
