"""What an attempt that nobody answered came to, by what the network said and what was heard before.

Sources: ITU-T Q.850 (causes), RFC 3261 and RFC 3398 (SIP answers and their causes). A network that says
"480" means an absent phone when nothing rang, and a phone that nobody took when it did; so ringing and
early media count as much as the cause.
"""

from dataclasses import dataclass, replace

from ivr.standard.dial_attempt import DialResult
from ivr.standard.line_tones import LineSound

_EMPTY = frozenset({1, 2, 3, 22, 28})
"""Unallocated, no route, number changed, number incomplete."""
_BUSY = frozenset({17})
_REJECTED = frozenset({21})
_ABSENT = frozenset({18, 19, 20, 31})
"""No user responding, no answer, subscriber absent, normal unspecified."""
_EMPTY_SIP = frozenset({404, 410, 484, 485, 604})
_BUSY_SIP = frozenset({486, 600})
_OURS_SIP = frozenset({401, 402, 403, 405, 406, 407, 415, 420, 421, 482, 483, 488, 491, 493, 513, 606})
"""The line refuses us, not the person."""


_BY_TONE: dict[LineSound | None, DialResult] = {
    LineSound.BUSY: DialResult.BUSY,
    LineSound.CONGESTION: DialResult.BUSY,  # no way there now: tried again like who is busy
    LineSound.VACANT: DialResult.EMPTY,
}


@dataclass(frozen=True, slots=True)
class LineSignals:
    """What was seen of a leg that was never answered.

    ``cause``: Q.850, 0 or None where nothing was said. ``sip``: the final answer, None without one.
    ``rang``: a 180, or ring-back was heard. ``early_media``: a 183 with sound: where nothing rang, an
    announcement of the network. ``given_up``: it was we who ended it, after the time to answer. ``heard``:
    what the early media were; what the line says in words goes before it.
    """

    cause: int | None = None
    sip: int | None = None
    rang: bool = False
    early_media: bool = False
    given_up: bool = False
    heard: LineSound | None = None


def result_of(signals: LineSignals) -> DialResult:
    """What the attempt came to; never one of those of an answered call."""
    said = _said(signals)
    if signals.heard is LineSound.RING_BACK:
        signals = replace(signals, rang=True)
    if said is None and (by_tone := _BY_TONE.get(signals.heard)) is not None:
        return by_tone
    if said is not None:
        return said
    if signals.given_up:
        return _given_up(signals)
    if signals.sip is not None and (signals.sip in _OURS_SIP or 500 <= signals.sip < 600):
        # A phone that rang and then fails is out of reach; a line that fails at once is ours.
        return DialResult.OFF if signals.rang else DialResult.NO_LINE
    if signals.cause in _REJECTED:
        return DialResult.REJECTED if signals.rang else DialResult.NO_LINE
    if signals.sip in (408, 480, 487) or signals.cause in _ABSENT:
        return _absent(signals)
    if signals.rang:
        return DialResult.NO_ANSWER
    return DialResult.OFF if signals.early_media else DialResult.NO_LINE


def _said(signals: LineSignals) -> DialResult | None:
    """What the line says in words: busy, nobody has the number, does not want the call."""
    if signals.given_up:
        return None
    if signals.sip in _BUSY_SIP or signals.cause in _BUSY:
        return DialResult.BUSY
    if signals.sip in _EMPTY_SIP or (signals.sip is None and signals.cause in _EMPTY):
        return DialResult.EMPTY
    return DialResult.REJECTED if signals.sip == 603 else None


def _given_up(signals: LineSignals) -> DialResult:
    """Nobody answered in time: rang, heard an announcement, or the line never said anything."""
    if signals.rang:
        return DialResult.NO_ANSWER
    return DialResult.OFF if signals.early_media else DialResult.NO_LINE


def _absent(signals: LineSignals) -> DialResult:
    if signals.rang:
        return DialResult.NO_ANSWER
    if signals.sip == 408 and not signals.early_media:
        return DialResult.NO_LINE  # the line itself never answered
    return DialResult.OFF
