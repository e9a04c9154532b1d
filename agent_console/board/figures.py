"""What the live board shows beside what everybody does now; read less often than that, as it costs more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from agent_console.moments import day_begin
from ivr.config import Settings
from ivr.standard.report_figures import Counts
from storage.queries import board_figures, board_lines
from storage.queries.board_figures import AtWork, DayCount
from storage.queries.board_lines import Lines


@dataclass(frozen=True, slots=True)
class BoardFigures:
    """Of the day, by queue; people by skill; and what is due."""

    day: dict[str, Counts]
    at_work: dict[str, AtWork]
    lines: Lines


class BoardReading:
    """Keeps the sums of the day for all boards of this console."""

    def __init__(self, settings: Settings) -> None:
        """Begin with nothing; the first reading counts the day."""
        self._settings = settings
        self._day: DayCount | None = None

    def read(self, connection: Connection, now: datetime) -> BoardFigures:
        """The figures at ``now``; at midnight of the hotline's zone they begin anew."""
        begin, rules = day_begin(now, self._settings.zone), self._settings.reports
        if self._day is None or self._day.begin != begin:
            self._day = DayCount(begin, rules.quick_seconds, rules.soon_seconds)
        return BoardFigures(
            self._day.read(connection, now),
            board_figures.at_work(connection),
            board_lines.read(connection, now),
        )
