"""Reads what a page says it counted of a call; whatever cannot be true is refused with its name."""

import math
import re
from collections.abc import Mapping

from storage.queries.call_quality import Counted

LONGEST_SECONDS = 24 * 3600
MOST_PACKETS = 2**31 - 1
LONGEST_MILLISECONDS = 600_000.0

_LEG = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CODEC = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
_WHOLE = re.compile(r"[0-9]{1,10}")
_NUMBER = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")


class CountsRefused(ValueError):
    """A field is missing or impossible; the message names it and says what would be right."""


def read_counts(form: Mapping[str, str]) -> Counted:
    """Read the fields of /phone/quality.

    :raises CountsRefused: naming the field.
    """
    leg = form.get("leg", "")
    if not _LEG.fullmatch(leg):
        raise CountsRefused("leg: must be a UUID in small letters")
    over = form.get("over", "")
    if over not in ("true", "false"):
        raise CountsRefused('over: must be "true" or "false"')
    codec = form.get("codec") or None
    if codec is not None and not _CODEC.fullmatch(codec):
        raise CountsRefused("codec: must be a codec's name of at most 20 letters, digits, . _ -")
    return Counted(
        leg=leg,
        seconds=_number(form, "seconds", LONGEST_SECONDS) or 0.0,
        complete=over == "true",
        packets_sent=_whole(form, "sent"),
        packets_received=_whole(form, "received"),
        packets_lost=_whole(form, "lost"),
        packets_lost_there=_whole(form, "lost_there"),
        jitter_ms=_number(form, "jitter_ms", LONGEST_MILLISECONDS, needed=False),
        round_trip_ms=_number(form, "round_trip_ms", LONGEST_MILLISECONDS, needed=False),
        codec=codec,
    )


def _whole(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "")
    if not _WHOLE.fullmatch(text) or int(text) > MOST_PACKETS:
        raise CountsRefused(f"{name}: must be a whole number from 0 to {MOST_PACKETS}")
    return int(text)


def _number(form: Mapping[str, str], name: str, highest: float, *, needed: bool = True) -> float | None:
    text = form.get(name, "")
    if not text and not needed:
        return None
    if not _NUMBER.fullmatch(text) or math.ceil(float(text)) > highest:
        raise CountsRefused(f"{name}: must be a number from 0 to {highest:g}")
    return float(text)
