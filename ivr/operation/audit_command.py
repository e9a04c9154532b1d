"""`hotline audit`: is the audit log as it was written (R-18), and what is kept elsewhere to prove it."""

import argparse
import re
from typing import Any

from ivr.config import Settings
from ivr.errors import Refused
from storage.database import Database
from storage.queries import audit_chain
from storage.queries.audit_chain import Head

_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


def add_audit_commands(subparsers: Any) -> None:
    """Add `audit verify|head` to the hotline's command line.

    :param subparsers: what ``ArgumentParser.add_subparsers()`` returned. The parsed arguments then have
        ``run``, to be called with (settings, arguments).
    """
    audit: argparse.ArgumentParser = subparsers.add_parser("audit", help="the audit log's chain of hashes")
    actions = audit.add_subparsers(dest="audit_action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="name the first line that is broken, missing or changed")
    verify.add_argument("--against", metavar="HEAD", help="a head printed earlier, that is still to be there")
    verify.set_defaults(run=verify_log)
    head = actions.add_parser("head", help="print the head, to be kept where nobody reaches both")
    head.set_defaults(run=print_head)


def verify_log(settings: Settings, arguments: argparse.Namespace) -> int:
    """Look through the whole log; 1 where something is wrong with it.

    :raises Refused: what is given as a head is none.
    :raises StorageError: the database cannot be read.
    """
    kept = _head(arguments.against) if arguments.against is not None else None
    database = Database(settings.database_address)
    try:
        database.check()
        with database.read() as connection:
            verdict = audit_chain.verify(connection, kept)
    finally:
        database.close()
    if verdict.fault is not None:
        print(f"audit log: {verdict.fault}")
        print(f"audit log: whole up to {verdict.head}")
        return 1
    print(f"audit log: {verdict.head.position} lines, whole; its head: {verdict.head}")
    return 0


def print_head(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print where the chain ends and its hash.

    :raises StorageError: the database cannot be read.
    """
    database = Database(settings.database_address)
    try:
        database.check()
        with database.read() as connection:
            print(audit_chain.head(connection))
    finally:
        database.close()


def _head(given: str) -> Head:
    found = _HEAD.fullmatch(given.strip())
    if found is None:
        raise Refused(f'"{given}" is no head; give what `hotline audit head` printed, such as 4711:3f…')
    return Head(int(found[1]), found[2])
