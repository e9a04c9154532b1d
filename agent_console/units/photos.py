"""Photos of cases: taken in, kept outside of everything the web serves, and shown to who may see the case.

What a file is, is judged by what is in it, never by its name; its file gets a name that nobody outside has
a say in. It is kept byte for byte, with the place and time a telephone wrote into it: that is evidence, and
only who may see the case gets to it.
"""

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Response, abort, send_file
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage

from agent_console.context import console, now
from ivr.errors import CaseRefused, HomeUnusable
from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.photo_rules import HEAD_BYTES, PhotoKind
from storage.queries import audit, case_photos
from storage.queries.audit import ConsoleFact
from storage.queries.case_access import Who
from storage.queries.case_photos import Offered, Photo

FOLDER = "case_photos"
FIELD = "photo"
CHUNK = 256 * 1024
_LONGEST_NAME = 200
_TYPES = {PhotoKind.JPEG: "image/jpeg", PhotoKind.PNG: "image/png", PhotoKind.WEBP: "image/webp"}
_NOTHING_RUNS = "default-src 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at a photo, for the audit log (R-18)."""

    agent_id: int | None
    data: Mapping[str, object]


def largest_bytes() -> int:
    """Of a photo (config.yaml: photos.largest_megabytes)."""
    return int(console().settings.photos.largest_megabytes * 1024 * 1024)


def accept_upload(case_id: int, who: Who, sent: FileStorage | None, at: datetime | None = None) -> str:
    """Keep what a form sent in its field ``photo`` as a photo of a case, with its entry: all or nothing.

    The route's endpoint must stand in :data:`agent_console.units.upload_size.PHOTO_UPLOADS`.

    :param who: comes by a link or has a work number; whether they may is looked up.
    :returns: the name of its file.
    :raises CaseRefused: no picture, too large, too many, nothing was chosen, or not theirs to add.
    :raises HomeUnusable: the folder of the photos cannot be written.
    """
    if sent is None or not sent.filename:
        raise CaseRefused(CaseRefusal.NO_PHOTO, "no file was chosen")
    folder = _folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        coming = folder / f"coming-{secrets.token_hex(8)}"
        try:
            offered = _receive(sent, coming)
            with console().database.write() as connection:
                name = _enter(connection, case_id, who, offered, at or now())
                coming.replace(folder / name)
        finally:
            coming.unlink(missing_ok=True)
    except OSError as error:
        raise HomeUnusable(f"{error.filename or folder}: {error.strerror}") from error
    return name


def _folder() -> Path:
    return console().settings.home / FOLDER


def _receive(sent: FileStorage, file: Path) -> Offered:
    digest, size, head = hashlib.sha256(), 0, b""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        while size <= largest_bytes() and (chunk := sent.stream.read(CHUNK)):
            head = head or chunk[:HEAD_BYTES]
            digest.update(chunk)
            size += len(chunk)
            opened.write(chunk)
        opened.flush()
        os.fsync(opened.fileno())
    name = "".join(sign for sign in Path(sent.filename or "").name if sign.isprintable())
    return Offered(name[:_LONGEST_NAME] or "?", head, size, digest.hexdigest())


def _enter(connection: Connection, case_id: int, who: Who, offered: Offered, at: datetime) -> str:
    most = console().settings.photos.most
    return case_photos.add(connection, case_id, offered, who, at, largest_bytes=largest_bytes(), most=most)


def of_case(connection: Connection, case_id: int) -> list[Photo]:
    """The photos of a case, in the order they came."""
    return case_photos.of_case(connection, case_id)


def show(case_id: int, photo_id: int, visit: Visit) -> Response:
    """A photo of this case as an answer, and a line in the audit log; 404 where it is of another case."""
    with console().database.read() as connection:
        photo = next((each for each in of_case(connection, case_id) if each.id == photo_id), None)
    file = _folder() / photo.file_name if photo is not None else None
    if photo is None or file is None or not file.is_file():
        abort(404)
    with console().database.write() as connection:
        audit.note(
            connection,
            ConsoleFact.PHOTO_SHOWN,
            now(),
            agent_id=visit.agent_id,
            data={"case": case_id, "photo": photo_id, **visit.data},
        )
    answer = send_file(file, mimetype=_TYPES[photo.kind], download_name=photo.file_name, max_age=0)
    # Nothing in the file can run, whatever it is: neither as a page of its own nor inside another one.
    answer.headers["Content-Security-Policy"] = _NOTHING_RUNS
    return answer
