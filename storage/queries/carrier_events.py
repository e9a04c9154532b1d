"""What carriers told, each thing once however often they tell it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.models import CarrierStatus, Notice, ReceivedText
from storage.queries.upsert import insert_or

LONGEST_NUMBER = 32
LONGEST_TEXT = 4000
LONGEST_WORD = 32
LONGEST_SID = 64


def text_received(
    connection: Connection, *, sid: str, sender: str, to: str, text: str, now: datetime
) -> bool:
    """Keep a text that came in; False: it was told before.

    :param sid: the carrier's id of it.
    """
    made = connection.execute(
        insert_or(connection, ReceivedText)
        .values(
            sid=sid[:LONGEST_SID],
            sender=sender[:LONGEST_NUMBER],
            sent_to=to[:LONGEST_NUMBER],
            text=text.replace("\0", "")[:LONGEST_TEXT],
            at=now,
        )
        .on_conflict_do_nothing()
        .returning(ReceivedText.id)
    )
    return made.first() is not None


def status_told(
    connection: Connection,
    *,
    sid: str,
    status: str,
    error: str | None,
    notice_id: int | None,
    now: datetime,
) -> bool:
    """Keep what became of a text or a call; False: it was told before.

    :param notice_id: of ours, where the carrier gave it back; one that is not there is left out.
    """
    known = connection.execute(select(Notice.id).where(Notice.id == notice_id)).scalar_one_or_none()
    made = connection.execute(
        insert_or(connection, CarrierStatus)
        .values(
            sid=sid[:LONGEST_SID],
            status=status[:LONGEST_WORD],
            error=error[:LONGEST_WORD] if error else None,
            notice_id=known,
            at=now,
        )
        .on_conflict_do_nothing()
        .returning(CarrierStatus.sid)
    )
    return made.first() is not None


def received(connection: Connection, limit: int) -> Sequence[Any]:
    """The last texts that came in, the newest first."""
    return connection.execute(
        select(*ReceivedText.__table__.c).order_by(ReceivedText.id.desc()).limit(limit)
    ).all()
