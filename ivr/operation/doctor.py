"""`hotline check`: finds what is wrong before it hurts.

Each check is a function that looks at one thing and yields what it found. They do not know of each
other: what one raises is a finding of its own, and the others go on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from ivr.config import Settings
from ivr.errors import HotlineError


class Severity(StrEnum):
    """How bad a finding is."""

    FINE = "fine"  # not a fault: what was looked at
    WARNING = "warning"  # the hotline works, but something will hurt or is missing
    ERROR = "error"  # the hotline does not start, or callers would notice


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found; ``what`` names the fault, where it is and what would be right."""

    severity: Severity
    what: str

    def __str__(self) -> str:
        """One line for the operator; further lines of a longer message are set in."""
        return f"{self.severity}: {self.what}".replace("\n", "\n    ")


def fine(what: str) -> Finding:
    """What was looked at and is right."""
    return Finding(Severity.FINE, what)


def warning(what: str) -> Finding:
    """Something that will hurt, or is missing."""
    return Finding(Severity.WARNING, what)


def error(what: str) -> Finding:
    """Something that stops the hotline or that callers would notice."""
    return Finding(Severity.ERROR, what)


@dataclass(frozen=True, slots=True)
class Examined:
    """What the checks look at; ``now`` has a zone."""

    settings: Settings
    prompts_folder: Path
    environment: Mapping[str, str]
    now: datetime


Check = Callable[[Examined], Iterator[Finding]]


def examine(examined: Examined, checks: Mapping[str, Check]) -> dict[str, list[Finding]]:
    """Carry out every check; what one raises becomes its finding."""
    return {name: list(_carried_out(name, check, examined)) for name, check in checks.items()}


def _carried_out(name: str, check: Check, examined: Examined) -> Iterator[Finding]:
    try:
        yield from check(examined)
    except HotlineError as raised:
        yield error(str(raised))
    except Exception as raised:
        yield error(f"{name}: could not be looked at ({type(raised).__name__}: {raised})")


def report(findings: Mapping[str, Iterable[Finding]], show: Callable[[str], None]) -> int:
    """Show what was found, one finding a line, errors first.

    :param findings: by the name of the check.
    :returns: the exit code: 1 when there is an error.
    """
    found = [finding for each in findings.values() for finding in each]
    bad = {
        severity: [finding for finding in found if finding.severity is severity]
        for severity in (Severity.ERROR, Severity.WARNING)
    }
    for each in bad.values():
        for finding in each:
            show(str(finding))
    looked_at = "; ".join(
        ": ".join([name, ", ".join(finding.what for finding in each if finding.severity is Severity.FINE)])
        for name, each in ((name, list(each)) for name, each in findings.items())
        if any(finding.severity is Severity.FINE for finding in each)
    )
    errors, warnings = len(bad[Severity.ERROR]), len(bad[Severity.WARNING])
    if not errors:
        show(f"all fine{_but(warnings)}. Looked at {looked_at}")
    return 1 if errors else 0


def _but(warnings: int) -> str:
    if not warnings:
        return ""
    return f" but for {warnings} warning{'s' if warnings > 1 else ''}"
