"""`hotline reload`: a new engine, with what config.yaml says now, takes over the calls of the old one.

The supervisor starts the new engine beside the old one. It loads everything it needs and then waits; only
then is the old one ended, which leaves its calls as they are, and the new one takes them up within the
second. An engine that cannot start changes nothing.
"""

import argparse
import os
import select
import signal
import time
from typing import Any

from ivr.config import Settings
from ivr.errors import NotStarted, StorageError
from ivr.operation import home_lock
from storage.database import Database
from storage.queries.engines import SignOfLife, sign_of_life

ASKED_BY = signal.SIGUSR1
"""Tells the supervisor that a new engine is wanted."""
WITHIN = 45.0
LOOK_EVERY = 0.1
OLD_ONE_ENDS_WITHIN = 20.0


def add_reload_command(commands: Any) -> None:
    """`hotline reload`."""
    commands.add_parser(
        "reload", help="let a new engine take over the calls, with the settings as they are now"
    ).set_defaults(run=_reload)


def _reload(settings: Settings, asked: argparse.Namespace) -> None:
    supervisor = home_lock.holder(settings.home, home_lock.SUPERVISOR)
    if not supervisor:
        raise NotStarted(f"no hotline runs at {settings.home}; start it with `hotline run`")
    database = Database(settings.database_address)
    try:
        before, began = _sign(database, settings), time.monotonic()
        os.kill(supervisor, ASKED_BY)
        while time.monotonic() < began + WITHIN:
            time.sleep(LOOK_EVERY)
            now = _sign(database, settings)
            if now is not None and now.pbx_connected and (before is None or now.instance != before.instance):
                print(f"a new engine has taken over after {time.monotonic() - began:.1f} s")
                return
    finally:
        database.close()
    raise NotStarted(
        f"no new engine has taken over within {WITHIN:.0f} s; "
        f"{settings.home / 'log' / 'hotline.log'} says why, the old one goes on"
    )


def _sign(database: Database, settings: Settings) -> SignOfLife | None:
    try:
        with database.read() as connection:
            return sign_of_life(connection, settings.pbx.node)
    except StorageError:
        return None


def wait_for_turn(settings: Settings, before: int, tell: int) -> None:
    """In the new engine, when it has loaded everything: say so, and wait until the old one has ended.

    :param before: its process. ``tell``: the descriptor that the supervisor reads.
    :raises AlreadyRunning: it does not end.
    """
    os.write(tell, b".")
    os.close(tell)
    give_up = time.monotonic() + OLD_ONE_ENDS_WITHIN
    try:
        handle = os.pidfd_open(before)
    except ProcessLookupError:
        handle = None
    if handle is not None:
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        waiting.poll(OLD_ONE_ENDS_WITHIN * 1000)
        os.close(handle)
    while home_lock.holder(settings.home, home_lock.ENGINE) is not None and time.monotonic() < give_up:
        time.sleep(0.01)  # its own processes, which hold the lock as well, end a moment later
