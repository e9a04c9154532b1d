"""Photos of cases: what is known of each; the pictures themselves are files whose names are made here."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from ivr.errors import CaseRefused
from ivr.standard.case_life import CaseStep
from ivr.standard.photo_rules import PhotoKind, photo_kind, why_not
from storage.changes import announce
from storage.models import CasePhoto
from storage.queries.case_access import Who, capacity, hats_of, locked
from storage.queries.case_steps import enter

_LONGEST_NAME = 200
_BYTES = 16


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo; ``given_name`` is only shown, ``file_name`` is its file."""

    id: int
    at: datetime
    kind: PhotoKind
    given_name: str
    file_name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A file somebody wants to add, already read: its beginning, its size, its SHA-256."""

    name: str
    head: bytes
    size_bytes: int
    sha256: str


def add(
    connection: Connection,
    case_id: int,
    offered: Offered,
    who: Who,
    now: datetime,
    *,
    largest_bytes: int,
    most: int,
) -> str:
    """Enter a photo; returns the name its file gets, which nobody outside has a say in.

    In the transaction, write the file before it ends: a file without a row is found and harmless.

    :param largest_bytes: and ``most``: of a photo, and of photos of a case (config.yaml: photos).
    :raises CaseRefused: no picture, too large, too many, or not theirs to add.
    """
    life = locked(connection, case_id)
    actor = capacity(CaseStep.NOTE, hats_of(connection, life, who))
    there = connection.execute(
        select(func.count()).select_from(CasePhoto).where(CasePhoto.case_id == case_id)
    ).scalar_one()
    refusal = why_not(offered.head, offered.size_bytes, there, largest_bytes=largest_bytes, most=most)
    kind = photo_kind(offered.head)
    if refusal is not None or kind is None:
        raise CaseRefused(str(refusal), f"{offered.name[:_LONGEST_NAME]} is not kept: {refusal}")
    file_name = f"{case_id}-{secrets.token_hex(_BYTES)}.{kind}"
    connection.execute(
        insert(CasePhoto).values(
            case_id=case_id,
            at=now,
            agent_id=who.agent_id,
            person_id=who.person_id,
            kind=kind,
            given_name=offered.name[:_LONGEST_NAME],
            file_name=file_name,
            size_bytes=offered.size_bytes,
            sha256=offered.sha256,
        )
    )
    changes = {"photo": [None, file_name]}
    enter(connection, life, CaseStep.NOTE, life.state, actor, who, now, changes=changes)
    announce(connection)
    return file_name


def of_case(connection: Connection, case_id: int) -> list[Photo]:
    """The photos of a case, in the order they came."""
    rows = connection.execute(
        select(
            CasePhoto.id,
            CasePhoto.at,
            CasePhoto.kind,
            CasePhoto.given_name,
            CasePhoto.file_name,
            CasePhoto.size_bytes,
            CasePhoto.sha256,
        )
        .where(CasePhoto.case_id == case_id)
        .order_by(CasePhoto.id)
    )
    return [Photo(*row) for row in rows]
