"""Deletes what is past its time (config.yaml: retention), class by class, each with a line in the audit log.

Files go before their rows are marked: where something breaks between the two, the next run finds the rows
again, and nothing is marked as deleted that still lies there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ivr.config import Settings
from ivr.errors import HomeUnusable
from ivr.operation.backup import PHOTOS
from ivr.standard.retention_class import RetentionClass
from storage.database import Database
from storage.queries import retention
from storage.queries.retention import Rule

BATCH = 500
"""Of one transaction: so short that nobody waits for it."""
WITH_FILES = frozenset(
    {RetentionClass.RECORDINGS, RetentionClass.REVISITS, RetentionClass.MESSAGES, RetentionClass.PHOTOS}
)


@dataclass(frozen=True, slots=True)
class Removed:
    """What of a class was deleted, or would be; ``days`` None: this class is kept for ever."""

    of: RetentionClass
    days: int | None
    count: int


def run(settings: Settings, database: Database, now: datetime, *, dry_run: bool = False) -> list[Removed]:
    """Delete what is past its time.

    :param dry_run: only count.
    :raises HomeUnusable: a file cannot be deleted.
    :raises StorageError: the database cannot be read or written; what was deleted until then is noted.
    """
    done = []
    for of, days in kept_days(settings):
        if days is None:
            done.append(Removed(of, None, 0))
            continue
        rule = Rule(of, days, now - timedelta(days=days))
        work: Callable[[Settings, Database, Rule, datetime], int] = _count if dry_run else _remove
        done.append(Removed(of, days, work(settings, database, rule, now)))
    return done


def kept_days(settings: Settings) -> Iterator[tuple[RetentionClass, int | None]]:
    """How long each class is kept."""
    kept = settings.retention
    yield RetentionClass.RECORDINGS, kept.recordings
    yield RetentionClass.REVISITS, settings.revisits.kept_days
    yield RetentionClass.MESSAGES, kept.messages
    yield RetentionClass.PHOTOS, kept.photos
    yield RetentionClass.DRAFTS, kept.drafts
    yield RetentionClass.VISITOR_PHONES, kept.visitor_phones
    yield RetentionClass.CALL_EVENTS, kept.call_events


def _count(settings: Settings, database: Database, rule: Rule, now: datetime) -> int:
    if rule.of is RetentionClass.PHOTOS:
        return sum(len(found) for found in _files(settings, database, rule))
    with database.read() as connection:
        if rule.of in WITH_FILES:
            return retention.count_files(connection, rule, settings.pbx.node)
        return retention.count_rows(connection, rule)


def _remove(settings: Settings, database: Database, rule: Rule, now: datetime) -> int:
    if rule.of in WITH_FILES:
        return _remove_files(settings, database, rule, now)
    total = 0
    while True:
        with database.write() as connection:
            count = retention.delete_rows(connection, rule, BATCH)
            if count:
                retention.note(connection, rule, count, now)
        total += count
        if count < BATCH:
            return total


def _remove_files(settings: Settings, database: Database, rule: Rule, now: datetime) -> int:
    total = 0
    for found in _files(settings, database, rule):
        for _, file in found:
            _unlink(file)
        ids = [each for each, _ in found]
        with database.write() as connection:
            if rule.of is not RetentionClass.PHOTOS:
                retention.recordings_gone(connection, ids)
            retention.note(connection, rule, len(ids), now, ids)
        total += len(ids)
    return total


def _files(settings: Settings, database: Database, rule: Rule) -> Iterator[list[tuple[int, Path]]]:
    """What is due, batch by batch; of photos, whose rows never change (R-AR), those that still lie there."""
    last = 0
    while True:
        with database.read() as connection:
            due = retention.files_due(connection, rule, settings.pbx.node, after=last, limit=BATCH)
        if not due:
            return
        last = due[-1][0]
        found = [(each, _file(settings, rule.of, name)) for each, name in due]
        if rule.of is RetentionClass.PHOTOS:
            found = [(each, file) for each, file in found if file.exists()]
        if found:
            yield found


def _file(settings: Settings, of: RetentionClass, name: str) -> Path:
    """Where a file lies; a name that leads out of its folder leads to nothing there."""
    photos = of is RetentionClass.PHOTOS
    folder = (settings.home / PHOTOS if photos else settings.recordings_folder).resolve()
    file = (folder / (name if photos else f"{name}.wav")).resolve()
    return file if file.is_relative_to(folder) else folder / "outside" / "nothing"


def _unlink(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except NotADirectoryError:
        return
    except OSError as error:
        raise HomeUnusable(
            f"{file}: cannot be deleted: {error.strerror}; let this user write there"
        ) from error
