"""`hotline retention run`: what the supervisor does every night, now, or only counted."""

import argparse
from datetime import UTC, datetime
from typing import Any

from ivr.config import Settings
from ivr.operation.retention import Removed, run
from storage.database import Database


def add_retention_commands(subparsers: Any) -> None:
    """Add `retention run` to the hotline's command line.

    :param subparsers: what ``ArgumentParser.add_subparsers()`` returned.
    """
    retention: argparse.ArgumentParser = subparsers.add_parser(
        "retention", help="delete what is past its time (config.yaml: retention)"
    )
    actions = retention.add_subparsers(dest="retention_action", required=True, metavar="ACTION")
    now = actions.add_parser("run", help="do now what is done every night")
    now.add_argument("--dry-run", action="store_true", help="only say how much it would be")
    now.set_defaults(run=run_retention)


def run_retention(settings: Settings, arguments: argparse.Namespace) -> None:
    """Delete, and say how much of each class.

    :raises HomeUnusable: a file cannot be deleted.
    :raises StorageError: the database cannot be read or written.
    """
    database = Database(settings.database_address)
    try:
        database.check()
        for removed in run(settings, database, datetime.now(UTC), dry_run=arguments.dry_run):
            print(told(removed, dry_run=arguments.dry_run))
    finally:
        database.close()


def told(removed: Removed, *, dry_run: bool) -> str:
    """A line for the operator."""
    if removed.days is None:
        return f"{removed.of}: kept for ever"
    verb = "would be deleted" if dry_run else "deleted"
    return f"{removed.of}: {removed.count} {verb} (older than {removed.days} days)"
