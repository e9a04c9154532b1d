"""What every page needs of the running console: settings, database, live feed; and the clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Flask, current_app

from agent_console.auth.passwords import Passwords
from agent_console.calls.listens import Listens
from agent_console.knowledge.reading import DeskReading
from agent_console.live_feed.feed import LiveFeed
from ivr import hotline_clock
from ivr.config import Settings
from storage.database import Database
from storage.queries import demo

_KEY = "hotline"


@dataclass(frozen=True, slots=True)
class Console:
    """The parts one console process is made of."""

    settings: Settings
    database: Database
    feed: LiveFeed
    passwords: Passwords
    listens: Listens
    reading: DeskReading

    @property
    def tries_allowed(self) -> bool:
        """Whether anybody may call the hotline from the page /try: while the data is made up."""
        if not self.settings.demo:
            return False
        with self.database.read() as connection:
            return demo.any_left(connection)


def attach(app: Flask, console: Console) -> None:
    """Let the pages of ``app`` find ``console``."""
    app.extensions[_KEY] = console


def console_of(app: Flask) -> Console:
    """The console of an application, also outside a request."""
    return cast(Console, app.extensions[_KEY])


def console() -> Console:
    """The console of the request that is being answered."""
    return console_of(current_app)


def now() -> datetime:
    """The present moment in UTC; read in one place so that a page shows one moment."""
    return hotline_clock.now()
