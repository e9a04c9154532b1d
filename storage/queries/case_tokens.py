"""Links that open one case, for a fitter's phone: given and looked at. Only their hash is kept.

They end with their time, when the case goes to another unit, and when it is closed."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from ivr.errors import CaseRefused
from ivr.standard.case_refusal import CaseRefusal
from storage.models import CaseLife, CaseToken, ResponsiblePerson
from storage.queries.case_access import Who, locked

_BYTES = 24


def give(
    connection: Connection,
    case_id: int,
    now: datetime,
    *,
    hours: float,
    person_id: int | None = None,
    made_by: int | None = None,
) -> str:
    """Make a link's token; it is shown this once.

    :param hours: how long it opens the case (config.yaml: case_links.hours).
    :param person_id: whom of the unit it is sent to.
    :raises CaseRefused: the case is closed, at no unit, or the person is of another unit.
    """
    life = locked(connection, case_id)
    if life.closed_at is not None:
        raise CaseRefused(CaseRefusal.CASE_CLOSED, f"case {case_id} is closed; no link to it is given")
    if life.unit_id is None:
        raise CaseRefused(CaseRefusal.NO_UNIT, f"case {case_id} is at no unit that a link could be for")
    if person_id is not None and _unit_of(connection, person_id) != life.unit_id:
        raise CaseRefused(CaseRefusal.NO_SUCH_PERSON, f"person {person_id} is not of the unit of the case")
    token = secrets.token_urlsafe(_BYTES)
    connection.execute(
        insert(CaseToken).values(
            case_id=case_id,
            token_hash=_hash(token),
            person_id=person_id,
            made_at=now,
            made_by=made_by,
            expires_at=now + timedelta(hours=hours),
        )
    )
    return token


def opened_by(connection: Connection, token: str, case_id: int, now: datetime) -> Who:
    """Who comes with a token to a case.

    :raises CaseRefused: never given, of another case, over or taken back, or the case is closed.
    """
    row = connection.execute(
        select(CaseToken.case_id, CaseToken.person_id, CaseToken.expires_at, CaseToken.ended_at)
        .add_columns(CaseLife.unit_id, CaseLife.closed_at)
        .join(CaseLife, CaseLife.case_id == CaseToken.case_id)
        .where(CaseToken.token_hash == _hash(token))
    ).one_or_none()
    if row is None:
        raise CaseRefused(CaseRefusal.NO_SUCH_LINK, "this link was never given")
    if row.case_id != case_id:
        raise CaseRefused(CaseRefusal.LINK_OF_OTHER_CASE, "this link opens another case")
    if row.closed_at is not None:
        raise CaseRefused(CaseRefusal.CASE_CLOSED, "the case is closed; the link opens nothing any more")
    if row.ended_at is not None or now >= row.expires_at:
        raise CaseRefused(CaseRefusal.LINK_ENDED, "the link's time is over, or the unit has changed")
    return Who(person_id=row.person_id, unit_id=row.unit_id)


def _unit_of(connection: Connection, person_id: int) -> int | None:
    return connection.execute(
        select(ResponsiblePerson.unit_id).where(
            ResponsiblePerson.id == person_id, ResponsiblePerson.until.is_(None)
        )
    ).scalar_one_or_none()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
