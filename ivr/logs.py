"""Log lines: one JSON object a line, written by every program of the hotline to its standard error.

Whoever starts a program decides where that goes: `hotline run` sends it to ``<home>/log/<program>.log``,
a container or systemd unit to its journal.
"""

import json
import logging
import re
from contextlib import suppress
from typing import Any, NamedTuple, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

WARNING = "warning"
WORTH_SAYING = frozenset({WARNING, "error", "critical"})
"""Levels that the operator is told of at once."""

_SECRET = re.compile(r"password|secret|token|digest", re.IGNORECASE)
_OF_PEOPLE = frozenset({"number", "caller_number", "called_at", "person", "caller"})
"""Names of values that are a person's telephone number or name."""
_TELEPHONE = re.compile(r"\+?\d{5,}(?=\d{4}(?!\d))")
_NOT_OURS = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b")
_LEVEL_WITHIN = 60
"""How far into a line of somebody else's format its level stands at most."""
_AROUND = frozenset({"at", "level", "event", "logger", "exception"})


class Said(NamedTuple):
    """A line of a log as the operator is told of it; ``about`` is the same for repetitions."""

    level: str
    about: str
    words: str


class _Unfailing:
    """A stream that keeps what it cannot write to itself: calls go on when the disk of the log is full."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write it, if that is possible."""
        with suppress(OSError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        """Give it to the system, if that is possible."""
        with suppress(OSError):
            self._stream.flush()


def write_logs(stream: TextIO) -> None:
    """Send everything this process logs to ``stream``, our own and the libraries', from info upwards.

    Where it cannot be written, because its disk is full, nothing else is hurt by that.
    """
    unfailing = cast(TextIO, _Unfailing(stream))
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        hide_secrets,
        hide_people,
        structlog.processors.format_exc_info,
    ]
    as_json = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    structlog.configure(
        processors=[*shared, as_json],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=unfailing),
    )
    handler = logging.StreamHandler(unfailing)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, as_json],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("alembic", "websockets", "werkzeug"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def hide_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Blank every value whose name says that it is a secret."""
    for name in event:
        if _SECRET.search(name):
            event[name] = "(hidden)"
    return event


def hide_people(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Of a telephone number its last four digits are left, of a name its first character (R-18)."""
    for name in _OF_PEOPLE & event.keys():
        text = str(event[name])
        masked = _TELEPHONE.sub("***", text)
        if masked == text and not any(character.isdigit() for character in text):
            masked = f"{text[:1]}**"
        event[name] = masked
    return event


def worth_saying(line: str) -> Said | None:
    """Put a warning or an error of a log into plain words.

    :param line: one line of a log, ours or that of a library with a format of its own.
    :returns: None when it need not be said.
    """
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    if not isinstance(entry, dict):
        words = line.strip()
        level = _NOT_OURS.search(words[:_LEVEL_WITHIN])
        return Said(level[1].lower(), words, words) if level else None
    level_name = str(entry.get("level"))
    if level_name not in WORTH_SAYING:
        return None
    event = re.sub(r"[._](?=\w)", " ", str(entry.get("event", "")))
    return Said(level_name, event, f"{level_name}: {event}{_details(entry)}")


def _details(entry: dict[str, Any]) -> str:
    told = [f"{name} {value}" for name, value in entry.items() if name not in _AROUND]
    if exception := entry.get("exception"):
        told.append(str(exception).strip().splitlines()[-1])
    return f" ({', '.join(told)})" if told else ""
