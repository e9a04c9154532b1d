"""A planned outage that is called off, or ends early: who was told of it is told that too, by text (R-5.1).

Whom that concerns is settled in the transaction that stops the outage; the texts are written a few at a time
like those before it, and never before the first one to the same person is on its way or has failed.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, or_, select, update

from ivr.standard.dial_attempt import DialEnd
from ivr.standard.dial_state import CampaignState, DialStatus
from ivr.standard.notice_kind import NoticeReason, NoticeState, NoticeWay
from ivr.standard.outage import OutageText
from storage.models import Campaign, DialAttempt, DialTask, Notice, Outage, OutagePerson
from storage.queries import notices
from storage.queries.notices import NewNotice
from storage.telephone_numbers import is_mobile

LOOKED_AT_AFTERWARDS = timedelta(days=1)
"""After the end that was announced: texts that were not written until then are dropped in this time."""


def call_off(connection: Connection, campaign_id: int, now: datetime) -> int:
    """Note who is to be told that the outage of a campaign is off; returns how many.

    People of mobile telephones who heard the call, or hear it now, or to whom a text was written. Nobody
    where the outage is over, or the campaign is about something else.
    """
    outage = connection.execute(
        select(Outage.id, Outage.texts).where(Outage.campaign_id == campaign_id, Outage.ends_at > now)
    ).one_or_none()
    if outage is None:
        return 0
    texted = (
        select(Notice.id)
        .where(Notice.id == OutagePerson.notice_id, Notice.state != NoticeState.FAILED)
        .correlate(OutagePerson)
        .exists()
    )
    told = and_(
        OutagePerson.outage_id == outage.id, or_(texted, OutagePerson.number.in_(_called(campaign_id)))
    )
    marked = connection.execute(
        update(OutagePerson)
        .where(told, OutagePerson.text_state.in_((OutageText.WRITTEN, OutageText.CANCELLED)))
        .values(text_state=OutageText.OFF_WAITING)
    ).rowcount
    if outage.texts:  # who has no text then has no mobile telephone
        return int(marked)
    numbers = connection.execute(
        select(OutagePerson.number).where(told, OutagePerson.text_state == OutageText.NONE)
    ).scalars()
    mobiles = [{"this_number": number} for number in numbers if is_mobile(number)]
    if mobiles:
        connection.execute(
            update(OutagePerson)
            .where(OutagePerson.outage_id == outage.id, OutagePerson.number == bindparam("this_number"))
            .values(text_state=OutageText.OFF_WAITING),
            mobiles,
        )
    return int(marked) + len(mobiles)


def _called(campaign_id: int) -> Select[str | None]:
    """Numbers of people who heard the call, or hear it this moment."""
    hears = (
        select(DialAttempt.id)
        .where(
            DialAttempt.dial_task_id == DialTask.id,
            DialAttempt.result.is_(None),
            DialAttempt.answered_at.is_not(None),
        )
        .exists()
    )
    return select(DialTask.number).where(
        DialTask.number.is_not(None),
        DialTask.campaign_id == campaign_id,
        or_(DialTask.end == DialEnd.REACHED, and_(DialTask.status == DialStatus.TAKEN, hears)),
    )


def called_off(connection: Connection, now: datetime) -> list[int]:
    """Outages that were called off before their end, which was not long ago."""
    rows = connection.execute(
        select(Outage.id)
        .join(Campaign, Campaign.id == Outage.campaign_id)
        .where(Campaign.state == CampaignState.STOPPED, Outage.ends_at > now - LOOKED_AT_AFTERWARDS)
        .order_by(Outage.begins_at, Outage.id)
    )
    return list(rows.scalars())


def anybody_left(connection: Connection, outage_id: int) -> bool:
    """Whether somebody is still to be told that it is off."""
    found = connection.execute(select(OutagePerson.number).where(*_waits(outage_id)).limit(1))
    return found.first() is not None


def _waits(outage_id: int) -> tuple[ColumnElement[bool], ...]:
    return (OutagePerson.outage_id == outage_id, OutagePerson.text_state == OutageText.OFF_WAITING)


def write_some(
    connection: Connection, outage_id: int, campaign_id: int, text: str, most: int, now: datetime
) -> int:
    """Write to some people that it is off; returns how many were written to.

    Whose first text has failed meanwhile, and who heard no call, knows of nothing and is left alone.

    :param most: texts about outages on their way at once.
    """
    on_their_way = connection.execute(
        select(func.count()).where(
            Notice.next_try_at.is_not(None),
            Notice.reason.in_((NoticeReason.OUTAGE, NoticeReason.OUTAGE_OFF)),
            Notice.state == NoticeState.WAITING,
            Notice.tries == 0,
        )
    ).scalar_one()
    first = select(Notice.state).where(Notice.id == OutagePerson.notice_id).scalar_subquery()
    people = connection.execute(
        select(
            OutagePerson.number,
            OutagePerson.name,
            and_(
                func.coalesce(first == NoticeState.FAILED, False),
                OutagePerson.number.not_in(_called(campaign_id)),
            ).label("knows_nothing"),
        )
        .where(*_waits(outage_id), func.coalesce(first != NoticeState.WAITING, True))
        .order_by(OutagePerson.number)
        .limit(max(0, most - on_their_way))
        .with_for_update(of=OutagePerson.__table__, skip_locked=True)
    ).all()
    for person in people:
        if not person.knows_nothing:
            notices.add_one(
                connection,
                NewNotice(
                    NoticeWay.TEXT,
                    text,
                    NoticeReason.OUTAGE_OFF,
                    number=person.number,
                    to_name=person.name,
                ),
                now,
            )
        connection.execute(
            update(OutagePerson)
            .where(OutagePerson.outage_id == outage_id, OutagePerson.number == person.number)
            .values(text_state=OutageText.WRITTEN if person.knows_nothing else OutageText.OFF_WRITTEN)
        )
    return sum(not person.knows_nothing for person in people)


def drop(connection: Connection, outage_id: int) -> int:
    """The end that was announced has passed: who was not told until then is not told any more."""
    dropped = connection.execute(
        update(OutagePerson).where(*_waits(outage_id)).values(text_state=OutageText.OFF_LATE)
    )
    return int(dropped.rowcount)
