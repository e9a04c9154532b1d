"""The live feed: one thread waits for changes, reads one board for all pages, and tells each page its part.

The same thread ends sessions whose time is over, so that no page needs to be open for that.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection

from agent_console.board.figures import BoardFigures, BoardReading
from agent_console.board.views import BoardViews
from agent_console.live_feed.cut import Cut, Seen
from agent_console.live_feed.pops import Pops
from agent_console.live_feed.sessions_due import SessionsDue
from agent_console.live_feed.stream import Reader, Stream
from agent_console.moments import day_begin, milliseconds
from ivr import hotline_clock
from ivr.config import Settings
from ivr.errors import StorageError
from storage.changes import Watch
from storage.database import Database
from storage.queries import board as boards
from storage.queries import case_mark, day_figures, desk_notices
from storage.queries.board import Kept
from storage.queries.day_figures import DayFigures

_log = logging.getLogger(__name__)

COALESCE_SECONDS = 0.03
"""Changes that come within this time after the first are told together."""

LONGEST_COALESCE_SECONDS = 0.15
REST_PER_WORK = 3
"""After a board that took a while the thread rests three times as long: a quarter of a core at most."""

LONGEST_COALESCE_WITHOUT_DESK = 0.25
REST_WITHOUT_DESK = 12
"""Where no desk is open, at which a call may ring, it rests longer: a tenth of a core at most."""

IDLE_SECONDS = 1.0
"""A board is read at least this often while pages are open: an engine that died commits nothing."""

NO_PAGE_SECONDS = 30.0
FIGURES_SECONDS = 2.0
"""How old the day's figures may be; they cost more than the rest of the board together."""

FIGURES_REST = 100
"""Figures that took a while to read may be so many times as old as that."""


class LiveFeed:
    """Boards for many open pages; start it once per process, after the fork."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Prepare; nothing is opened before :meth:`start` or the first page."""
        self._database = database
        self._settings = settings
        self._due = SessionsDue(database, timedelta(hours=settings.console.session_hours))
        self._pops = Pops(settings)
        self._streams: set[Stream] = set()
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._stopped = threading.Event()
        self._cut: Cut | None = None
        self._thread: threading.Thread | None = None
        self._figures: dict[int, DayFigures] = {}
        self._boards = BoardReading(settings)
        self._views = BoardViews(settings)
        self._kept = Kept()
        self._board_figures: BoardFigures | None = None
        self._figures_until = 0.0
        self._looked_at = 0.0

    def start(self) -> None:
        """Begin to watch, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="live feed", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End every open stream at once and the thread within a second; a signal handler may call it."""
        self._stopped.set()
        for stream in list(self._streams):
            stream.finish({})

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self._thread is not None:
            self._thread.join()

    @contextmanager
    def open(self, reader: Reader) -> Iterator[Stream]:
        """Open a page's stream; what there is to tell is in it at once."""
        stream = Stream(reader, hotline_clock.now())
        with self._reading:
            with self._lock:
                self._streams.add(stream)
                others = len(self._streams) > 1
            # While others are open the last board is current: every change makes a new one.
            if others and self._cut is not None and not self._cut.lacks(reader):
                stream.tell(self._cut.parts(reader))
            else:
                self._refresh()
        try:
            if self._stopped.is_set():
                stream.finish({})
            yield stream
        finally:
            with self._lock:
                self._streams.discard(stream)

    def look_again(self, agent_id: int) -> None:
        """Read anew who calls at an agent's desk, and tell it."""
        with self._reading:
            self._pops.forget(agent_id)
            self._refresh()

    def refresh(self) -> None:
        """Read a board now and tell it to all pages; a database that does not answer is told as well."""
        with self._reading:
            self._refresh()

    def _refresh(self) -> None:
        self._looked_at = time.monotonic()
        streams = self._open_streams()
        try:
            seen = self._read(streams)
            ended = self._due.settle(seen.board, streams)
        except StorageError as error:
            self._cut = None
            self._say_no_database(error)
            return
        self._cut = Cut(seen, self._settings, self._views)
        for stream in streams:
            session = stream.reader.sign_in_id
            if session is not None and session in ended:
                stream.finish({"signed_out": ended[session]})
            else:
                stream.tell(self._cut.parts(stream.reader))
        self._note_looks()

    def _note_looks(self) -> None:
        """Write down who was shown whom, after it was told: the log must not delay a ring."""
        try:
            self._pops.note(self._database, hotline_clock.now())
        except StorageError as error:
            _log.warning("live feed: a look is not in the audit log yet: %s", error)

    def _say_no_database(self, error: StorageError) -> None:
        _log.warning("live feed: %s; trying again", error)
        for stream in self._open_streams():
            stream.tell({"database": False})

    def _open_streams(self) -> list[Stream]:
        with self._lock:
            return list(self._streams)

    def _read(self, streams: list[Stream]) -> Seen:
        now = hotline_clock.now()
        with self._database.read() as connection:
            self._read_figures(connection, now, streams)
            inside = {stream.reader.agent_id for stream in streams if stream.reader.me}
            floor = any(stream.reader.floor for stream in streams)
            board = boards.read(connection, now, self._figures, self._kept, None if floor else inside)
            desks = [stream.reader.agent_id for stream in streams if stream.reader.me]
            of_cases = any(stream.reader.cases for stream in streams)
            unread = desk_notices.unread_of_many(connection, {stream.reader.agent_id for stream in streams})
            return Seen(
                board,
                self._pops.read(connection, board, desks),
                case_mark.read(connection) if of_cases else None,
                {stream.reader.agent_id: unread.get(stream.reader.agent_id) for stream in streams},
                self._board_figures,
            )

    def _read_figures(self, connection: Connection, now: datetime, streams: list[Stream]) -> None:
        """Read what costs more now and then, and for boards only while there are some."""
        of_board = any(stream.reader.board for stream in streams)
        if time.monotonic() < self._figures_until and (self._board_figures is not None or not of_board):
            return
        began = time.thread_time()
        begin = day_begin(now, self._settings.zone)
        self._figures = day_figures.read(connection, begin, self._settings.talk.goal_seconds)
        self._board_figures = self._boards.read(connection, now) if of_board else None
        rest = max(FIGURES_SECONDS, FIGURES_REST * (time.thread_time() - began))
        self._figures_until = time.monotonic() + rest

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with Watch(self._database) as watch:
                    self._follow(watch)
            except StorageError as error:
                self._say_no_database(error)
                self._stopped.wait(IDLE_SECONDS)
            except Exception:
                # The thread must outlive whatever surprises one round; the log has the trace.
                _log.exception("live feed: unexpected; going on")
                self._stopped.wait(IDLE_SECONDS)

    def _follow(self, watch: Watch) -> None:
        rest = COALESCE_SECONDS
        while not self._stopped.is_set():
            changed = watch.wait(IDLE_SECONDS)
            if self._stopped.is_set():
                return
            if self._streams and changed:
                self._stopped.wait(rest)
            elif time.monotonic() - self._looked_at < (IDLE_SECONDS if self._streams else NO_PAGE_SECONDS):
                continue
            began = time.monotonic()
            self.refresh()
            worked = time.monotonic() - began
            rest = max(COALESCE_SECONDS, self._rest_after(worked))

    def _rest_after(self, worked: float) -> float:
        """Seconds, so that many changes in a row are few boards."""
        if any(stream.reader.desk for stream in self._open_streams()):
            return min(LONGEST_COALESCE_SECONDS, REST_PER_WORK * worked)
        return min(LONGEST_COALESCE_WITHOUT_DESK, REST_WITHOUT_DESK * worked)


def server_time() -> int | None:
    """The server's clock for the pages' scripts, in milliseconds since 1970."""
    return milliseconds(hotline_clock.now())
