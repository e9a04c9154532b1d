"""People to call or to tell are read and written beside the request that brought them; a page shows how far.

A list of 100 000 rows takes 6 to 15 s, in which no browser is to wait for an answer. What is asked for lies
on disk with the list until it is done, so that a console which dies in the middle goes on with it at its next
start.
"""

import json
import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path, PurePath
from typing import IO, Any

from flask import request
from flask_login import current_user

from agent_console.auth.pages import origin
from agent_console.context import Console
from ivr.errors import DatabaseNotWritable, DatabaseUnreachable, HomeUnusable, ListUnreadable
from storage.customer_lists.kept_files import KeptFiles

_log = logging.getLogger(__name__)

FOLDER = "lists"
ASKED, LIST, BEGUN = "asked.json", "list", "begun"
ANSWERED_WITHIN = 1.0
"""Seconds which a request waits for it: most lists are done then, and no page is needed to wait on."""
KEPT_SECONDS = 3600.0
"""For how long it is known what came of it."""
AGAIN_AFTER = 2.0
"""Seconds until the next try while the database is away."""
MOST_BEGINNINGS = 3
"""A list at which the console has died so often is not begun once more."""

NOBODY_LEFT = "nobody_left"
"""Reason of a list of which every row is refused."""


class ListKind(StrEnum):
    """What is made of people."""

    CAMPAIGN = "campaign"  # they are called, R-16
    OUTAGE = "outage"  # they are told that gas will be off, R-5.1


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for, as it lies on disk.

    ``by``: agent id. ``whence``: of the audit line. ``wanted``: what was read of the form and found right;
    ``form``: the form itself, shown again where something is wrong with the people. ``file_name``: of the
    list; empty where people come from the archive.
    """

    kind: ListKind
    by: int
    whence: dict[str, Any]
    wanted: dict[str, Any]
    form: dict[str, list[str]]
    file_name: str = ""


@dataclass(slots=True)
class ListWork:
    """One that is at work, or over.

    ``rows_read``, ``people_written``: how far it is. ``made``: the id of what was written, when all went
    well. ``wrong``: why the people cannot be read. ``failed``: something went wrong that is not the list's
    fault; the log says what.
    """

    word: str
    asked: Asked
    folder: Path
    begun: float = field(default_factory=time.monotonic)
    rows_read: int = 0
    people_written: int = 0
    made: int | None = None
    wrong: ListUnreadable | None = None
    failed: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def file(self) -> Path | None:
        """The list, where there is one."""
        return self.folder / LIST if self.asked.file_name else None

    def has_read(self, rows: int) -> None:
        """So many rows are read."""
        self.rows_read = rows

    def has_written(self, people: int) -> None:
        """So many people are written."""
        self.people_written = people


def shown_name(file_name: str | None) -> str:
    """What a browser calls a file, without folders and signs that cannot be shown."""
    return "".join(sign for sign in PurePath(file_name or "").name if sign.isprintable())[:200] or "?"


Make = Callable[[Console, ListWork], int]
"""Reads people and writes what is made of them; gives its id. Called again, it goes on where it broke off."""

_WORKS: dict[str, ListWork] = {}
_LOCK = threading.Lock()


def begin(console: Console, asked: Asked, sent: IO[bytes] | None, make: Make) -> ListWork:
    """Keep what is asked for and begin with it in a thread.

    :param sent: the list, where people do not come from the archive.
    :raises ListUnreadable: it is larger than ``campaigns.largest_megabytes``.
    :raises HomeUnusable: it cannot be kept.
    """
    word = secrets.token_urlsafe(12)
    folder = console.settings.home / FOLDER / word
    try:
        folder.mkdir(mode=0o700, parents=True)
        if sent is not None:
            largest = int(console.settings.campaigns.largest_megabytes)
            KeptFiles(console.settings.home).receive(sent, largest).file.replace(folder / LIST)
        (folder / ASKED).touch(mode=0o600)
        (folder / ASKED).write_text(json.dumps(asdict(asked), ensure_ascii=False), encoding="utf-8")
    except (OSError, ListUnreadable, HomeUnusable) as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise HomeUnusable(f"{error.filename or folder}: {error.strerror}") from error
        raise
    return _start(console, ListWork(word, asked, folder), make)


def take_up(console: Console, makes: Mapping[ListKind, Make]) -> list[ListWork]:
    """Go on with what an earlier console of this home did not end."""
    return [_start(console, work, makes[work.asked.kind]) for work in _left(console.settings.home)]


def of(word: str, by: int) -> ListWork | None:
    """How far somebody's list is; None: it is not known here, or somebody else's."""
    one = _WORKS.get(word)
    return one if one is not None and one.asked.by == by else None


def told(word: str, by: int) -> dict[str, str | int]:
    """How far somebody's list is, for the page that waits for it."""
    work = of(word, by)
    at_work = work is not None and not work.ended.is_set()
    return {
        "state": "reading" if at_work else "over",
        "done": work.rows_read if work else 0,
        "written": work.people_written if work else 0,
    }


def asked_by_request(kind: ListKind, wanted: dict[str, Any], file_name: str) -> Asked:
    """What the request that is being answered asks for, and by whom."""
    form = {name: request.form.getlist(name) for name in request.form if name != "csrf_token"}
    whence = {"sign_in": current_user.sign_in_id, **origin().data()}
    return Asked(kind, current_user.agent_id, whence, wanted, form, file_name)


def _left(home: Path) -> Iterator[ListWork]:
    for folder in sorted(home.glob(f"{FOLDER}/*")):
        begun = folder / BEGUN
        if begun.is_file() and begun.stat().st_size >= MOST_BEGINNINGS:
            _log.error("a list is given up, as the console has ended over it %d times", MOST_BEGINNINGS)
            shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            asked = json.loads((folder / ASKED).read_text(encoding="utf-8"))
            yield ListWork(folder.name, Asked(**{**asked, "kind": ListKind(asked["kind"])}), folder)
        except (OSError, ValueError, TypeError, KeyError):
            # Was not kept whole: nobody was told that it is at work.
            shutil.rmtree(folder, ignore_errors=True)


def _start(console: Console, work: ListWork, make: Make) -> ListWork:
    with _LOCK:
        for old in [word for word, one in _WORKS.items() if work.begun - one.begun > KEPT_SECONDS]:
            del _WORKS[old]
        _WORKS[work.word] = work
    # A daemon: the console ends when it is told to, and goes on with this when it starts again.
    threading.Thread(
        target=_run, args=(console, work, make), name=f"list of a {work.asked.kind}", daemon=True
    ).start()
    return work


def _run(console: Console, work: ListWork, make: Make) -> None:
    try:
        with (work.folder / BEGUN).open("ab") as begun:
            begun.write(b".")
        work.made = _made(console, work, make)
    except ListUnreadable as error:
        work.wrong = error
    except Exception:
        _log.exception("the list of a %s was not written to its end", work.asked.kind)
        work.failed = True
    finally:
        shutil.rmtree(work.folder, ignore_errors=True)
        work.ended.set()


def _made(console: Console, work: ListWork, make: Make) -> int:
    while True:
        try:
            return make(console, work)
        except (DatabaseUnreachable, DatabaseNotWritable) as error:
            _log.warning("the list of a %s waits for the database: %s", work.asked.kind, error)
            time.sleep(AGAIN_AFTER)
