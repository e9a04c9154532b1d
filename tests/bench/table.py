"""The one table of a bench, and what it says about the aims."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.bench.plan import Aims

BARE = "bare dialplan"


@dataclass(frozen=True)
class Times:
    """Milliseconds of many calls."""

    p50: float
    p95: float
    longest: float

    @classmethod
    def of(cls, measured: Sequence[float]) -> "Times | None":
        """None of no calls. A percentile is the value that so many calls did not exceed (nearest rank)."""
        if not measured:
            return None
        ordered = sorted(measured)
        rank = [ordered[max(0, math.ceil(len(ordered) * part) - 1)] for part in (0.5, 0.95)]
        return cls(rank[0], rank[1], ordered[-1])


@dataclass(frozen=True)
class Row:
    """What one load did to one path.

    :param processor: program → milliseconds a call, above what it uses idle.
    :param memory: program → megabytes before and after.
    :param others: part of the machine (0 to 1) that other programs used meanwhile, ours for the test too.
    """

    path: str
    load: str
    calls: int
    failed: int
    key_to_ring: Times | None
    free_to_ring: Times | None
    processor: dict[str, float]
    memory: dict[str, tuple[float, float]]
    others: float

    @property
    def sum(self) -> float:
        """Processor time of all programs, milliseconds a call."""
        return sum(self.processor.values())


HEAD = (
    ("path", "load", "calls", "failed", "key → phone rings, ms", "behind", "agent free → next rings, ms",
     "CPU, ms a call", "", "", "", "sum ÷", "memory, MB before → after", "", "", "CPU of"),
    ("", "", "", "", "p50 / p95 / max", "bare p95", "p50 / p95 / max", "PBX", "engine", "database", "sum",
     "bare", "PBX", "engine", "database", "others"),
)  # fmt: skip


def table(rows: Sequence[Row]) -> str:
    """All rows under one head."""
    bare = {row.load: row for row in rows if row.path == BARE}
    lines = [*HEAD, *(_cells(row, bare.get(row.load)) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD[0]))]
    # A heading over several columns must not widen the first of them.
    for first, last in ((7, 10), (12, 14)):
        own = [max(len(line[column]) for line in lines[1:]) for column in range(first, last + 1)]
        own[-1] += max(0, len(HEAD[0][first]) - sum(own) - 2 * (last - first))
        widths[first : last + 1] = own
    printed = [_line(HEAD[0], widths, heads=True), _line(HEAD[1], widths)]
    printed.append("─" * max(map(len, printed)))
    path = None
    for row, cells in zip(rows, lines[2:], strict=True):
        if path not in (None, row.path):
            printed.append("")
        path = row.path
        printed.append(_line(cells, widths))
    return "\n".join(printed)


def _line(cells: Sequence[str], widths: Sequence[int], *, heads: bool = False) -> str:
    text = ""
    at = 0
    for index, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        left = index < 2 or heads
        text = text.ljust(at) + (cell.ljust(width) if left else cell.rjust(width))
        at += width + 2
        if heads and not cell:
            text = text.rstrip()
        text = text if len(text) >= at else text.ljust(at) if not heads else text + "  "
    return text.rstrip()


def _cells(row: Row, bare: Row | None) -> tuple[str, ...]:
    behind = ratio = "–"
    if bare is not None and row.path != BARE:
        if row.key_to_ring and bare.key_to_ring and row.free_to_ring is None:
            behind = f"{row.key_to_ring.p95 - bare.key_to_ring.p95:+.0f}"
        ratio = f"{row.sum / bare.sum:.1f}" if bare.sum else "–"
    waiting = row.free_to_ring is not None
    return (
        row.path,
        row.load,
        str(row.calls),
        str(row.failed),
        "–" if waiting else _times(row.key_to_ring),
        behind,
        _times(row.free_to_ring),
        *(_processor(row, name) for name in ("pbx", "engine", "database")),
        f"{row.sum:.1f}",
        ratio,
        *(_memory(row, name) for name in ("pbx", "engine", "database")),
        f"{row.others:.0%}",
    )


def _times(times: Times | None) -> str:
    return "–" if times is None else f"{times.p50:.0f} / {times.p95:.0f} / {times.longest:.0f}"


def _processor(row: Row, program: str) -> str:
    return f"{row.processor[program]:.1f}" if program in row.processor else "–"


def _memory(row: Row, program: str) -> str:
    if program not in row.memory:
        return "–"
    before, after = row.memory[program]
    return f"{before:.0f} → {after:.0f}"


def verdicts(rows: Sequence[Row], aims: Aims) -> list[str]:
    """A line for each aim: reached, or missed and by how much, at its worst load."""
    bare = {row.load: row.key_to_ring.p95 for row in rows if row.path == BARE and row.key_to_ring}
    ours = [row for row in rows if row.path != BARE]
    lines = []
    for path in dict.fromkeys(row.path for row in ours):
        mine = [row for row in ours if row.path == path]
        behind = [
            (row.key_to_ring.p95 - bare[row.load], row.load)
            for row in mine
            if row.key_to_ring and not row.free_to_ring and row.load in bare
        ]
        free = [(row.free_to_ring.p95, row.load) for row in mine if row.free_to_ring]
        engine = [(row.processor["engine"], row.load) for row in mine]
        most = aims.engine_postgres if "PostgreSQL" in path else aims.engine_sqlite
        lines += [
            _verdict(path, "key → phone rings, p95 behind bare", aims.ring_behind_bare, "ms", behind),
            _verdict(path, "agent free → next rings, p95", aims.free_to_ring, "ms", free),
            _verdict(path, "engine's CPU", most, "ms a call", engine),
            _verdict(path, "failed calls", 0, "", [(row.failed, row.load) for row in mine]),
        ]
    return [line for line in lines if line]


def _verdict(path: str, what: str, aim: float, unit: str, measured: Iterable[tuple[float, str]]) -> str:
    worst = max(measured, default=None)
    if worst is None:
        return ""
    value, load = worst
    best = "reached" if value <= aim else f"missed by {value - aim:.3g} {unit}".rstrip()
    return f"{path}: {what}: aim ≤ {aim:g} {unit}".rstrip() + f", worst {value:.3g} ({load}): {best}"
