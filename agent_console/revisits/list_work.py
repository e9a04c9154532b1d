"""Long lists of people to call are read beside the request that brought them; a page shows how far it is.

A list of 100 000 rows takes 6 to 15 s, in which no browser is to wait for an answer. What goes on is known to
this process only: a console that dies has written nothing of the list, and it is brought again.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.errors import ListUnreadable

_log = logging.getLogger(__name__)

LONG_LIST = 300_000
"""Bytes from which a list is read beside the request: some 10 000 rows, about a second."""
KEPT_SECONDS = 3600.0
"""For how long it is known what came of a list."""

Tell = Callable[[int], None]


@dataclass(slots=True)
class ListWork:
    """One list that is read. ``form``: what was filled in, shown again where something is wrong.

    ``made``: the id of what was written, when all went well. ``wrong``: why the list cannot be read.
    ``failed``: something went wrong that is not the list's fault; the log says what.
    """

    by: int
    file_name: str
    form: Any
    begun: float
    rows_done: int = 0
    made: int | None = None
    wrong: ListUnreadable | None = None
    failed: bool = False
    over: bool = False


_WORKS: MutableMapping[str, ListWork] = {}
_LOCK = threading.Lock()


def begin(by: int, file: Path, file_name: str, form: Any, work: Callable[[Tell], int]) -> str:
    """Read a list in a thread; returns the word under which :func:`of` finds it.

    :param by: who brought it; nobody else is shown how far it is.
    :param file: is deleted, whatever comes of it.
    :param work: reads and writes; told how to tell the rows that are done, it gives the id of what it made.
    """
    one = ListWork(by, file_name, form, time.monotonic())
    token = secrets.token_urlsafe(12)
    with _LOCK:
        for old in [word for word, each in _WORKS.items() if one.begun - each.begun > KEPT_SECONDS]:
            del _WORKS[old]
        _WORKS[token] = one

    def run() -> None:
        try:
            one.made = work(lambda rows: setattr(one, "rows_done", rows))
        except ListUnreadable as error:
            one.wrong = error
        except Exception:
            _log.exception("the list %s was not read to its end", file_name)
            one.failed = True
        finally:
            file.unlink(missing_ok=True)
            one.over = True

    threading.Thread(target=run, name=f"list {file_name}", daemon=True).start()
    return token


def of(token: str, by: int) -> ListWork | None:
    """How far somebody's list is; None: it is not known here."""
    one = _WORKS.get(token)
    return one if one is not None and one.by == by else None
