"""Reads the files of a simulated day: calls and roster as CSV; what is wrong is told by line, all at once."""

import csv
import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path

from ivr.errors import SimulationFileWrong
from ivr.simulation.day import PlannedAgent, PlannedCall, Shift

CALL_COLUMNS = ("arrival", "kind", "service", "patience")
ROSTER_COLUMNS = ("work_number", "skills", "from", "until")
MOST_PROBLEMS = 20
MOST_SECONDS = 86_400.0
LARGEST_BYTES = 200_000_000


@dataclass(slots=True)
class _Reading:
    """A file while it is read, and what was wrong with it so far."""

    file: Path
    problems: list[str] = field(default_factory=list)
    more: int = 0

    def wrong(self, line: int, reason: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(f"{self.file}, line {line}: {reason}")
        else:
            self.more += 1

    def end(self) -> None:
        if self.more:
            self.problems.append(f"{self.file}: {self.more} more lines are wrong")
        if self.problems:
            raise SimulationFileWrong(self.problems)


def read_calls(file: Path, queues: Collection[str], zone: tzinfo, day: date) -> list[PlannedCall]:
    """Read the calls: columns arrival, kind, service, patience (an empty one waits for ever), seconds.

    :param queues: names that ``kind`` may have. ``zone``: of arrivals without one. ``day``: of arrivals
        that are a time of day only.
    :returns: in the order of their arrival, in whatever order the file has them.
    :raises SimulationFileWrong: with a line for each mistake.
    """
    reading = _Reading(file)
    calls = []
    for line, cells in _rows(reading, CALL_COLUMNS, optional={"patience"}):
        arrival = _moment(cells["arrival"], day, zone)
        service = _seconds(cells["service"])
        patience = _seconds(cells["patience"]) if cells["patience"] else None
        if arrival is None:
            reading.wrong(line, f'arrival "{cells["arrival"]}": write 08:30:05 or 2026-11-21 08:30:05')
        elif cells["kind"] not in queues:
            reading.wrong(
                line, f'kind "{cells["kind"]}": there is no such queue; {", ".join(sorted(queues))}'
            )
        elif service is None:
            reading.wrong(line, f'service "{cells["service"]}": seconds, above 0, at most a day')
        elif cells["patience"] and patience is None:
            reading.wrong(
                line, f'patience "{cells["patience"]}": seconds above 0, or nothing: waits for ever'
            )
        else:
            calls.append(PlannedCall(arrival, cells["kind"], service, patience))
    if not calls and not reading.problems:
        reading.wrong(2, "there is no call in the file")
    reading.end()
    return sorted(calls, key=lambda call: call.arrival)


def read_roster(file: Path, skills: Collection[str], zone: tzinfo, day: date) -> list[PlannedAgent]:
    """Read who takes calls: columns work_number, skills ("repair=1 alarm=2"), from, until.

    Somebody with a break has a line before and one after it. A shift that ends at or before its beginning
    ends on the next day. :raises SimulationFileWrong: with a line for each mistake.
    """
    reading = _Reading(file)
    known: dict[str, tuple[dict[str, int], list[Shift]]] = {}
    for line, cells in _rows(reading, ROSTER_COLUMNS):
        begin, end = (_moment(cells[name], day, zone) for name in ("from", "until"))
        can = _skills(cells["skills"], skills)
        if can is None:
            example = f"{min(skills)}=1" if skills else "repair=1"
            reading.wrong(line, f'skills "{cells["skills"]}": write such as "{example}" of {sorted(skills)}')
            continue
        if begin is None or end is None:
            reading.wrong(line, f'from "{cells["from"]}" until "{cells["until"]}": write times such as 08:30')
            continue
        shift = Shift(begin, end if end > begin else end + timedelta(days=1))
        had = known.setdefault(cells["work_number"], (can, []))
        if had[0] != can:
            reading.wrong(line, f"{cells['work_number']} has other skills in an earlier line; keep one")
        elif any(shift.begin < other.end and other.begin < shift.end for other in had[1]):
            reading.wrong(line, f"{cells['work_number']} is at work already at that time by an earlier line")
        had[1].append(shift)
    if not known and not reading.problems:
        reading.wrong(2, "nobody is in the roster")
    reading.end()
    return [
        PlannedAgent(number, can, tuple(sorted(shifts, key=lambda each: each.begin)))
        for number, (can, shifts) in known.items()
    ]


def _rows(
    reading: _Reading, columns: tuple[str, ...], optional: Collection[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with all cells that are needed; what is wrong with others is noted."""
    for line, cells in _cells(reading, columns):
        missing = [name for name in columns if not cells.get(name) and name not in optional]
        if missing:
            reading.wrong(line, f"{', '.join(missing)} missing")
        else:
            yield line, {name: cells.get(name, "") for name in columns}


def _cells(reading: _Reading, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        if reading.file.stat().st_size > LARGEST_BYTES:
            raise SimulationFileWrong([f"{reading.file}: is larger than {LARGEST_BYTES // 10**6} MB"])
        with reading.file.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            head = [name.strip().lower() for name in next(rows, [])]
            if lost := [name for name in columns if name not in head]:
                wanted = f"the first line names the columns {','.join(columns)}"
                raise SimulationFileWrong([f"{reading.file}, line 1: no column {', '.join(lost)}; {wanted}"])
            for cells in rows:
                if not any(cell.strip() for cell in cells):
                    reading.wrong(rows.line_num, "is empty")
                elif len(cells) > len(head):
                    reading.wrong(rows.line_num, f"has {len(cells)} cells where {len(head)} are named")
                else:
                    yield rows.line_num, dict(zip(head, (cell.strip() for cell in cells), strict=False))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SimulationFileWrong([f"{reading.file}: cannot be read as CSV in UTF-8: {reason}"]) from error


def _moment(text: str, day: date, zone: tzinfo) -> datetime | None:
    tries: tuple[Callable[[], datetime], ...] = (
        lambda: datetime.combine(day, time.fromisoformat(text)),
        lambda: datetime.fromisoformat(text),
    )
    for read in tries:
        try:
            found = read()
        except ValueError:
            continue
        return found if found.tzinfo is not None else found.replace(tzinfo=zone)
    return None


def _seconds(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and 0 < found <= MOST_SECONDS else None


def _skills(text: str, known: Collection[str]) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for part in text.split():
        name, _, level = part.partition("=")
        if name not in known or level not in {"", *map(str, range(1, 10))}:
            return None
        found[name] = int(level or 1)
    return found or None
