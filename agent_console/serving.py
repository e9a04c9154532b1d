"""Serves the console: gunicorn in this process, one worker with a thread for every open page.

A live page holds a thread of the worker for as long as it is open; threads that wait cost memory, no time.
Source: https://docs.gunicorn.org/en/stable/custom.html, and /settings.html for each setting below.
"""

import logging
import signal
import socket
import sys
from types import FrameType
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from agent_console import list_work
from agent_console.app import create_app
from agent_console.context import console_of
from agent_console.list_work import ListKind
from agent_console.outages import outage_work
from agent_console.revisits import campaign_work
from ivr.config import Settings
from ivr.config.desk_texts import load_desk_texts
from ivr.errors import ConsoleUnusable
from storage.database import Database

LISTS = {ListKind.CAMPAIGN: campaign_work.make, ListKind.OUTAGE: outage_work.make}
"""What becomes of people to call or to tell."""

THREADS = 320
"""200 live pages, and room for what else they ask and for pages that were closed a moment ago."""

CONNECTIONS = 1000
KEEP_ALIVE_SECONDS = 15
STOP_SECONDS = 1
"""For answers that are being given when the console is told to stop; live pages end at once.

Idle connections would be kept as long as this allows, so it is short: an answer takes milliseconds.
"""

BACKLOG = 512


def serve(settings: Settings) -> None:
    """Serve the console until SIGTERM or SIGINT, then raise SystemExit.

    The port is bound before anything else; the line "console ready: <address>" on standard output says
    that requests are answered.

    :raises ConsoleUnusable: the port cannot be had.
    :raises StorageError: the database does not answer, or its schema is not of this program.
    :raises DeskTextError: script, phrases or tips are wrong.
    """
    listener = _bind(settings.console.host, settings.console.port)
    database = Database(settings.database_address)
    database.check()
    database.close()  # what was opened here must not be shared with the worker
    load_desk_texts(settings.prompts_folder)  # here, so that a mistake ends the start and not a worker
    _Served(settings, listener).run()


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConsoleUnusable(
            f"console.host {host}, console.port {port}: {error.strerror}; choose another or stop what uses it"
        ) from error
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    return listener


class _Served(BaseApplication):  # type: ignore[misc]
    """The console as gunicorn wants to be given it."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._settings = settings
        self._listener = listener
        super().__init__()

    def load_config(self) -> None:
        chosen: dict[str, Any] = {
            "bind": f"fd://{self._listener.fileno()}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "worker_connections": CONNECTIONS,
            "keepalive": KEEP_ALIVE_SECONDS,
            "graceful_timeout": STOP_SECONDS,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "proc_name": "hotline console",
            "control_socket_disable": True,
            "forwarded_allow_ips": "",  # no header of a proxy is believed here; see security.protect
            "post_worker_init": self._ready,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application in the worker, after the fork: threads and connections do not survive one."""
        logging.basicConfig(
            stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s"
        )
        app = create_app(self._settings, Database(self._settings.database_address))
        console_of(app).feed.start()
        list_work.take_up(console_of(app), LISTS)
        return app

    def _ready(self, worker: Any) -> None:
        """Let SIGTERM end the live pages too, which otherwise never end; then say that all is ready."""
        feed = console_of(self.callable).feed

        def stop(number: int, frame: FrameType | None) -> None:
            feed.stop()
            worker.handle_exit(number, frame)

        signal.signal(signal.SIGTERM, stop)
        signal.siginterrupt(signal.SIGTERM, False)
        host, port = self._settings.console.host, self._settings.console.port
        shown = f"[{host}]" if ":" in host else host
        print(f"console ready: http://{shown}:{port}/", flush=True)
