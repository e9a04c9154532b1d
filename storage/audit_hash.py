"""The hash that ties each line of the audit log to the one before it (R-18).

Its words are kept with every line for ever: what is changed here breaks every chain there is.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIRST = "0" * 64
"""What stands as the hash before the first line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the audit log as the database gives it back; ``id`` is the event's."""

    id: int
    at: datetime
    kind: str
    pbx_node: str | None
    call_id: int | None
    agent_id: int | None
    data: dict[str, Any] | None


def canonical(position: int, line: Line) -> bytes:
    """The same bytes for the same line, whichever database holds it: JSON, keys sorted, UTC, UTF-8.

    :param position: of the line in the chain, from 1.
    """
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    told = [position, line.id, at, line.kind, line.pbx_node, line.call_id, line.agent_id, line.data]
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def chained(previous: str, position: int, line: Line) -> str:
    """SHA-256, in small hexadecimal digits, over the hash before and the line.

    :param previous: hash of the line at ``position - 1``, :data:`FIRST` for the first.
    """
    return hashlib.sha256(previous.encode() + b"\n" + canonical(position, line)).hexdigest()
