"""`hotline db backup` and `hotline db restore` as they are typed."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivr.config import Settings
from ivr.operation.backup import back_up
from ivr.operation.restore import restore
from storage import people
from storage.database import Database
from storage.queries import audit_chain


def add_backup_commands(actions: Any) -> None:
    """Add `backup` and `restore` to the actions of `hotline db`."""
    backup = actions.add_parser("backup", help="copy everything into a file, while calls run")
    backup.add_argument("file", type=Path, metavar="FILE", help="to be made")
    backup.add_argument("--recordings", action="store_true", help="with the recordings and messages")
    backup.add_argument("--photos", action="store_true", help="with the photos of cases")
    backup.set_defaults(run=make_backup)
    put_back = actions.add_parser("restore", help="put a backup onto an empty home and database")
    put_back.add_argument("file", type=Path, metavar="FILE")
    put_back.set_defaults(run=put_backup_back)


def make_backup(settings: Settings, arguments: argparse.Namespace) -> None:
    """Make a backup and say what is in it and what is not.

    :raises BackupError: it cannot be made.
    """
    manifest = back_up(
        settings,
        arguments.file,
        datetime.now(UTC),
        recordings=arguments.recordings,
        photos=arguments.photos,
        tell=print,
    )
    size = arguments.file.stat().st_size / 1e6
    print(f"{arguments.file}: {len(manifest.files)} files, {size:.1f} MB, schema {manifest.schema}")
    print(f"left out, as they are secrets: {', '.join(manifest.left_out)}")
    for name, wanted in (("recordings", arguments.recordings), ("photos", arguments.photos)):
        if not wanted:
            print(f"not in it: {name} (--{name})")
    print(f"head of the audit log: {manifest.audit_head}")


def put_backup_back(settings: Settings, arguments: argparse.Namespace) -> int:
    """Put a backup back, look through its audit log, and say what is to be done by hand.

    :returns: 1 where the audit log is not as it was when the backup was made.
    :raises BackupError: it is not whole, or the home or the database is not empty.
    """
    manifest = restore(settings, arguments.file)
    print(f"{settings.home}: as it was on {manifest.made_at}")
    position, _, digest = manifest.audit_head.partition(":")
    database = Database(settings.database_address)
    try:
        with database.read() as connection:
            verdict = audit_chain.verify(connection, audit_chain.Head(int(position), digest))
            phones = [each.work_number for each in people.all_people(connection) if each.active]
    finally:
        database.close()
    print(f"audit log: {verdict.fault or 'whole, as it was when the backup was made'}")
    print("passwords of telephones are in no backup; make new ones: hotline agents password NUMBER --device")
    print(f"  people: {', '.join(phones) or 'nobody'}")
    return 0 if verdict.fault is None else 1
