"""Texts to the people of an outage: a few at a time, so that they can be stopped, and others go between."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from ivr.standard.dial_state import CampaignState
from ivr.standard.notice_kind import NoticeReason, NoticeState, NoticeWay
from ivr.standard.outage import OutageText
from storage.models import Campaign, Notice, Outage, OutagePerson
from storage.queries import notices
from storage.queries.notices import NewNotice
from storage.queries.outages import OutageView, one


def next_outage(connection: Connection, now: datetime) -> OutageView | None:
    """The outage whose people are to get texts now: the one that begins first; None without any."""
    found = connection.execute(
        select(Outage.id)
        .join(Campaign, Campaign.id == Outage.campaign_id)
        .join(OutagePerson, OutagePerson.outage_id == Outage.id)
        .where(
            Campaign.state == CampaignState.RUNNING,
            Outage.begins_at > now,
            OutagePerson.text_state == OutageText.WAITING,
        )
        .order_by(Outage.begins_at, Outage.id)
        .limit(1)
    ).scalar_one_or_none()
    return one(connection, found) if found is not None else None


def write_some(connection: Connection, outage: OutageView, text: str, most: int, now: datetime) -> int:
    """Write the texts of some people, and that they are written; returns how many.

    Nothing is written while as many of them are still on their way to the carrier.

    :param most: texts on their way at once.
    """
    on_their_way = connection.execute(
        select(func.count()).where(
            Notice.next_try_at.is_not(None),
            Notice.reason == NoticeReason.OUTAGE,
            Notice.state == NoticeState.WAITING,
            Notice.tries == 0,
        )
    ).scalar_one()
    people = connection.execute(
        select(OutagePerson.number, OutagePerson.name)
        .where(OutagePerson.outage_id == outage.id, OutagePerson.text_state == OutageText.WAITING)
        .order_by(OutagePerson.number)
        .limit(max(0, most - on_their_way))
        .with_for_update(skip_locked=True)
    ).all()
    for person in people:
        notice_id = notices.add_one(
            connection,
            NewNotice(NoticeWay.TEXT, text, NoticeReason.OUTAGE, number=person.number, to_name=person.name),
            now,
        )
        connection.execute(
            update(OutagePerson)
            .where(OutagePerson.outage_id == outage.id, OutagePerson.number == person.number)
            .values(text_state=OutageText.WRITTEN, notice_id=notice_id)
        )
    return len(people)


def _too_late(now: datetime) -> ColumnElement[bool]:
    over = select(Outage.id).where(Outage.begins_at <= now)
    return and_(OutagePerson.text_state == OutageText.WAITING, OutagePerson.outage_id.in_(over))


def any_late(connection: Connection, now: datetime) -> bool:
    """Whether there is something to drop: cheap, to be asked again and again."""
    found = connection.execute(select(OutagePerson.number).where(_too_late(now)).limit(1))
    return found.first() is not None


def drop_late(connection: Connection, now: datetime) -> int:
    """Texts whose turn has not come before the outage began are not sent any more."""
    dropped = connection.execute(
        update(OutagePerson).where(_too_late(now)).values(text_state=OutageText.CANCELLED)
    )
    return int(dropped.rowcount)
