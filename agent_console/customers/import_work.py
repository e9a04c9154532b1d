"""Checks and imports lists in a thread of the console; how far it is stands in the database.

The page that asked for it may be closed meanwhile. Should the console die, nothing of the list is in the
archive, and whoever looks next finds the import interrupted.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent_console.context import Console, now
from ivr.errors import HotlineError, ListUnreadable
from ivr.standard.import_state import ImportState
from storage.customer_lists import checking, importing
from storage.customer_lists.checking import CheckedList, Limits
from storage.customer_lists.importing import Imported, Wish
from storage.customer_lists.kept_files import KeptFiles
from storage.customer_values import CustomerValues
from storage.queries import audit, customer_imports
from storage.queries.audit import ConsoleFact
from storage.queries.customer_matches import Matches, matches

_log = logging.getLogger(__name__)

TELL_EVERY = 0.7
"""Seconds between two signs of life."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for an import, and from where."""

    agent_id: int
    audit: dict[str, str | int]


def files_of(console: Console) -> KeptFiles:
    """Where lists lie while they are at work."""
    return KeptFiles(console.settings.home)


def limits_of(console: Console, moment: datetime) -> Limits:
    """What a list is held against."""
    settings = console.settings
    year = moment.astimezone(settings.zone).year
    return Limits(settings.company.area_code, year, settings.imports.most_rows)


def start_check(console: Console, import_id: int) -> bool:
    """Begin to check a list; False when it is in no state for that or another one is at work."""
    with console.database.write() as connection:
        begun = customer_imports.begin(
            connection, import_id, now(), before=ImportState.UPLOADED, at_work=ImportState.CHECKING
        )
    if begun:
        _in_background(console, import_id, lambda: _check(console, import_id))
    return begun


def start_import(console: Console, import_id: int, wish: Wish, asked: Asked) -> bool:
    """Begin to import a checked list; False when it is in no state for that or another one is at work."""
    with console.database.write() as connection:
        begun = customer_imports.begin(
            connection,
            import_id,
            now(),
            before=ImportState.CHECKED,
            at_work=ImportState.IMPORTING,
            duplicates=wish.duplicates,
        )
    if begun:
        _in_background(console, import_id, lambda: _import(console, import_id, wish, asked))
    return begun


def settle_dead(console: Console) -> None:
    """Say of imports whose program died that they were interrupted, and delete their lists."""
    with console.database.read() as connection:
        dead = customer_imports.any_dead(connection, now())
    if dead:
        with console.database.write() as connection:
            customer_imports.settle_dead(connection, now())
    files_of(console).sweep(console.settings.imports.kept_hours)


def _in_background(console: Console, import_id: int, work: Callable[[], None]) -> None:
    def guarded() -> None:
        try:
            work()
        except ListUnreadable as error:
            _fail(console, import_id, f"{error.reason}: {error.detail}")
        except HotlineError as error:
            _log.error("import %s: %s", import_id, error)
            _fail(console, import_id, "storage: ")
        except Exception:
            _log.exception("import %s failed", import_id)
            _fail(console, import_id, "unexpected: ")

    # A daemon: the console ends when it is told to; the transaction is then given up whole.
    threading.Thread(target=guarded, name=f"import {import_id}", daemon=True).start()


def _fail(console: Console, import_id: int, failure: str) -> None:
    files_of(console).forget_list(import_id)
    try:
        with console.database.write() as connection:
            customer_imports.settle(connection, import_id, ImportState.FAILED, now(), failure=failure)
    except HotlineError as error:
        _log.error("import %s: that it failed is not written: %s", import_id, error)


def _check(console: Console, import_id: int) -> None:
    checked = _checked(console, import_id)
    files_of(console).keep_mistakes(import_id, checked)
    with console.database.write() as connection:
        customer_imports.settle(
            connection,
            import_id,
            ImportState.CHECKED,
            now(),
            rows=checked.rows,
            rows_done=checked.rows,
            rows_wrong=checked.rows_wrong,
            rows_known=checked.rows_known,
        )


def _checked(console: Console, import_id: int) -> CheckedList:
    with console.database.read() as connection:
        run = customer_imports.one(connection, import_id)
    if run is None or run.how is None:
        raise ListUnreadable("gone", f"import {import_id}: there is none")

    def look_up(rows: Sequence[CustomerValues]) -> Matches:
        with console.database.read() as connection:
            return matches(connection, rows)

    return checking.check_list(
        files_of(console).list_of(import_id),
        importing.how_of_data(run.how),
        limits_of(console, now()),
        look_up,
        _Progress(console, import_id),
    )


def _import(console: Console, import_id: int, wish: Wish, asked: Asked) -> None:
    progress = _Progress(console, import_id)
    checked = _checked(console, import_id)
    if checked.rows_wrong and not wish.skip_wrong:
        raise ListUnreadable("wrong_rows", f"import {import_id}: rows are wrong", str(checked.rows_wrong))
    prepared = importing.make_ready(checked, progress)
    moment = now()
    with console.database.write() as connection:
        done = importing.write(connection, import_id, checked, prepared, wish, asked.agent_id, moment)
        audit.note(
            connection,
            ConsoleFact.CUSTOMERS_IMPORTED,
            moment,
            agent_id=asked.agent_id,
            data={"import": import_id, **_counts(done), **asked.audit},
        )
    files_of(console).forget_list(import_id)


def _counts(done: Imported) -> dict[str, int]:
    return {
        "created": done.created,
        "updated": done.updated,
        "skipped": done.skipped,
        "demo_cleared": done.cleared,
    }


class _Progress:
    """Writes how many rows are done, not too often; stops the work that was taken for dead."""

    def __init__(self, console: Console, import_id: int) -> None:
        self._console = console
        self._import_id = import_id
        self._told = 0.0

    def __call__(self, rows_done: int) -> None:
        if time.monotonic() - self._told < TELL_EVERY:
            return
        with self._console.database.write() as connection:
            alive = customer_imports.progress(connection, self._import_id, rows_done, now())
        if not alive:
            raise ListUnreadable("interrupted", f"import {self._import_id}: was taken for dead")
        self._told = time.monotonic()
