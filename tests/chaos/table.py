"""What came of it, as the table that docs/RELIABILITY.md holds."""

from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "RELIABILITY.md"
ALLOWED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Broken:
    """One failure. Times are seconds since 1970."""

    what: str
    began: float
    back: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """One gas-leak call. ``reached``: None where nobody ever was. ``has_row``: stands in the database."""

    number: str
    began: float
    reached: float | None
    how: str
    has_row: bool

    def hit_by(self, broken: Broken) -> bool:
        """Whether it went on while a part was away."""
        return self.began < broken.back and (self.reached is None or self.reached > broken.began)

    def after_return(self, failures: list[Broken]) -> float:
        """Seconds from the return of the last part that was away, or from the call's beginning."""
        if self.reached is None:
            return float("inf")
        backs = [one.back for one in failures if self.hit_by(one) and one.back <= self.reached]
        return self.reached - max([self.began, *backs])


def is_kept(alarms: list[Alarm], failures: list[Broken]) -> bool:
    """The guarantee: each reached a human or a ringing call-back in time, and has its row."""
    return all(a.has_row and a.after_return(failures) <= ALLOWED_SECONDS for a in alarms)


def lines_of(alarms: list[Alarm], failures: list[Broken], database: str, minutes: float) -> list[str]:
    """The table in Markdown."""
    lines = [
        f"{len(alarms)} alarm calls within {minutes:.0f} minutes on {database}, {len(failures)} failures of "
        f"parts meanwhile: {sum(a.reached is not None for a in alarms)} reached, "
        f"{sum(not a.has_row for a in alarms)} without a row.",
        "",
        "| what broke | times | away (longest) | alarm calls that met it | reached after return (slowest) |",
        "|---|---|---|---|---|",
    ]
    for what in sorted({one.what for one in failures}):
        these = [one for one in failures if one.what == what]
        met = [a for a in alarms if any(a.hit_by(one) for one in these)]
        slowest = max((a.after_return(failures) for a in met), default=0.0)
        away = max(one.back - one.began for one in these)
        lines.append(f"| {what} | {len(these)} | {away:.1f} s | {len(met)} | {slowest:.1f} s |")
    calm = [a for a in alarms if not any(a.hit_by(one) for one in failures)]
    slowest = max((a.after_return([]) for a in calm), default=0.0)
    lines.append(f"| nothing | | | {len(calm)} | {slowest:.1f} s after the call |")
    ways = sorted({a.how for a in alarms if a.how})
    lines += [
        "",
        "Reached by: " + ", ".join(f"{way} {sum(a.how == way for a in alarms)}" for way in ways) + ".",
    ]
    return lines


def write_between(mark: str, lines: list[str], document: Path = DOCUMENT) -> None:
    """Put lines between ``<!-- mark -->`` and ``<!-- end of mark -->`` of a document."""
    text = document.read_text(encoding="utf-8")
    head, begin, rest = text.partition(f"<!-- {mark} -->\n")
    _, end, tail = rest.partition(f"<!-- end of {mark} -->")
    if not begin or not end:
        raise ValueError(f"{document} has no place for {mark}")
    document.write_text(head + begin + "\n".join(lines) + "\n" + end + tail, encoding="utf-8")
