"""Planned outages (R-5.1): made with their people, listed, heard in front of the menu, forecast anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import CampaignState
from ivr.standard.outage import AreaSound, OutagePlan, OutageText
from storage.changes import announce
from storage.dial_rules import DialRules
from storage.models import Campaign, DialTask, Outage, OutagePerson
from storage.queries import campaigns
from storage.queries.campaigns import Area, NewCampaign, RefusedRow, Somebody
from storage.queries.many_rows import insert_new
from storage.telephone_numbers import is_mobile

AT_ONCE = 5000
ANNOUNCED = frozenset({CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.DONE})
"""Of the campaign: pausing ends calls and texts, not the announcement, as gas is off all the same."""


@dataclass(frozen=True, slots=True)
class OutageView:
    """An outage as pages and calls need it."""

    id: int
    campaign_id: int
    name: str
    area: str
    work: str
    begins_at: datetime
    ends_at: datetime
    announced_from: datetime | None
    calls: bool
    texts: bool
    area_sound: AreaSound
    area_sound_why: str | None
    state: CampaignState
    made_at: datetime
    made_by: int | None
    rows: int
    rows_refused: int
    state_at: datetime
    """When its state was set."""
    changed_at: datetime
    """The newer of the two: its own change and the one of its state."""

    def is_announced(self, now: datetime) -> bool:
        """Whether callers hear of it now."""
        return (
            self.announced_from is not None
            and self.announced_from <= now < self.ends_at
            and self.state in ANNOUNCED
        )


def _views() -> Select[Any]:
    return select(
        *Outage.__table__.c,
        Campaign.state,
        Campaign.made_at,
        Campaign.made_by,
        Campaign.rows,
        Campaign.rows_refused,
        Campaign.changed_at.label("state_at"),
    ).join(Campaign, Campaign.id == Outage.campaign_id)


def _view(row: Row[Any]) -> OutageView:
    values = {name: getattr(row, name) for name in OutageView.__slots__ if name != "changed_at"}
    return OutageView(**values, changed_at=max(row.changed_at, row.state_at))


def make(
    connection: Connection,
    plan: OutagePlan,
    people: Sequence[Somebody],
    refused: Sequence[RefusedRow],
    source: dict[str, Any],
    now: datetime,
    rules: DialRules,
    *,
    by: int | None = None,
) -> int:
    """Write an outage with its people; nobody is told before it is begun. Returns its id.

    Numbers that may not be called at all are refused with the reason; everybody else is told in the ways of
    the plan, texts to mobile telephones only.

    :param plan: without mistakes, see :func:`ivr.standard.outage.mistakes`.
    :param source: file name and hash, or the places.
    """
    assert plan.begins_at is not None and plan.ends_at is not None
    told, not_told = judged(people, rules)
    campaign_id = campaigns.make(
        connection,
        campaign_of(plan),
        told if plan.calls else [],
        [*refused, *not_told],
        source,
        now,
        rules,
        by=by,
    )
    connection.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id)
        .values(rows=len(people) + len(refused), rows_refused=len(refused) + len(not_told))
    )
    outage_id = int(
        connection.execute(
            insert(Outage)
            .values(
                campaign_id=campaign_id,
                name=plan.name[:80],
                area=plan.area[:200],
                work=plan.work[:80],
                begins_at=plan.begins_at,
                ends_at=plan.ends_at,
                announced_from=plan.announced_from,
                calls=plan.calls,
                texts=plan.texts,
                area_sound=AreaSound.WANTED,
                changed_at=now,
            )
            .returning(Outage.id)
        ).scalar_one()
    )
    for begin in range(0, len(told), AT_ONCE):
        add_people(connection, outage_id, plan, told[begin : begin + AT_ONCE])
    announce(connection)
    return outage_id


def campaign_of(plan: OutagePlan) -> NewCampaign:
    """The campaign whose tasks are the calls of an outage."""
    return NewCampaign(plan.name[:80], DialReason.OUTAGE_NOTICE, DialWay.AUTOMATIC, None, plan.begins_at)


def add_people(connection: Connection, outage_id: int, plan: OutagePlan, told: Sequence[Somebody]) -> None:
    """Write some of the people of an outage; who stands there already is left alone."""
    rows = [
        {
            "outage_id": outage_id,
            "number": one.number,
            "customer_id": one.customer_id,
            "name": one.name,
            "text_state": OutageText.WAITING if plan.texts and is_mobile(one.number) else OutageText.NONE,
        }
        for one in told
    ]
    insert_new(connection, OutagePerson.__table__, rows)  # type: ignore[arg-type]


def people_of(connection: Connection, area: Area) -> tuple[list[Somebody], list[RefusedRow]]:
    """The customers of an area, each number once: the mobile telephone where there is one."""
    return campaigns.people_of(connection, area)


def judged(people: Sequence[Somebody], rules: DialRules) -> tuple[list[Somebody], list[RefusedRow]]:
    """Who may be told, and whose number may not be called at all."""
    told, not_told = [], []
    for one in people:
        number = rules.judge(one.number)
        if number.number is None:
            not_told.append(RefusedRow(one.row, one.number, str(number.verdict)))
        else:
            told.append(one)
    return told, not_told


def listed(connection: Connection, limit: int) -> list[OutageView]:
    """The newest first."""
    return [_view(row) for row in connection.execute(_views().order_by(Outage.id.desc()).limit(limit))]


def one(connection: Connection, outage_id: int) -> OutageView | None:
    """One of them."""
    row = connection.execute(_views().where(Outage.id == outage_id)).one_or_none()
    return _view(row) if row is not None else None


def of_task(connection: Connection, task_id: int) -> OutageView | None:
    """The outage that somebody is called about."""
    row = connection.execute(
        _views().join(DialTask, DialTask.campaign_id == Campaign.id).where(DialTask.id == task_id)
    ).one_or_none()
    return _view(row) if row is not None else None


def announced(connection: Connection, now: datetime, limit: int) -> list[OutageView]:
    """Those that callers hear of now, the one that begins first at the front."""
    rows = connection.execute(
        _views()
        .where(
            Outage.ends_at > now,
            Outage.announced_from <= now,
            Campaign.state.in_(sorted(ANNOUNCED)),
        )
        .order_by(Outage.begins_at, Outage.id)
        .limit(limit)
    )
    return [_view(row) for row in rows]


def forecast_end(connection: Connection, outage_id: int, ends_at: datetime, now: datetime) -> bool:
    """Set until when gas is off; callers hear it at once. False: it would end before it began, or is over."""
    changed = connection.execute(
        update(Outage)
        .where(Outage.id == outage_id, Outage.begins_at < ends_at, Outage.ends_at > now)
        .values(ends_at=ends_at, changed_at=now)
    )
    announce(connection)
    return changed.rowcount == 1


def set_area_sound(
    connection: Connection, outage_id: int, sound: AreaSound, now: datetime, why: str | None = None
) -> None:
    """Note whether the name of its area can be said."""
    connection.execute(
        update(Outage)
        .where(Outage.id == outage_id)
        .values(area_sound=sound, area_sound_why=why[:200] if why else None, changed_at=now)
    )
    announce(connection)


def sounds_wanted(connection: Connection, now: datetime) -> list[OutageView]:
    """Outages whose area is to be rendered."""
    rows = connection.execute(
        _views().where(Outage.area_sound == AreaSound.WANTED, Outage.ends_at > now).order_by(Outage.id)
    )
    return [_view(row) for row in rows]
