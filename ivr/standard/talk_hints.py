"""Hints about a recorded conversation, of who spoke when: for a human to look at, no verdict (R-QA2, R-9).

The caller is on the left channel, the agent on the right. Times are seconds from the recording's beginning.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class HintKind(StrEnum):
    """What a hint points at."""

    INTERRUPTION = "interruption"  # the agent began while the caller went on speaking
    SILENCE = "silence"  # nobody spoke for long, and nobody was on hold
    FAST = "fast"  # more characters a minute than wanted
    SLOW = "slow"  # fewer characters a minute than wanted
    FORBIDDEN = "forbidden"  # a phrase that is never said was heard
    MISSING = "missing"  # a phrase that belongs to every conversation was not heard


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when."""

    begin: float
    end: float

    @property
    def seconds(self) -> float:
        """How long."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint with its time mark; ``detail``: the phrase, or the number it is about."""

    kind: HintKind
    begin: float
    end: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HintRules:
    """What hints are given for. ``overlap``: so long both must speak before it is an interruption."""

    silence_seconds: float
    overlap_seconds: float
    slowest: float
    fastest: float
    """Characters a minute (R-9)."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recogniser understood of the agent's channel, a stretch of speech each."""

    begin: float
    end: float
    text: str


def total(spans: Iterable[Span]) -> float:
    """Seconds of all spans together."""
    return sum(span.seconds for span in spans)


def agent_share(caller: Sequence[Span], agent: Sequence[Span]) -> float | None:
    """The agent's part of what was spoken, 0 to 1; None where nobody spoke."""
    spoken = total(caller) + total(agent)
    return total(agent) / spoken if spoken else None


def interruptions(caller: Sequence[Span], agent: Sequence[Span], overlap_seconds: float) -> list[Hint]:
    """Where the agent began while the caller had spoken for a while and went on."""
    found = []
    for said in agent:
        for other in caller:
            before, together = said.begin - other.begin, min(said.end, other.end) - said.begin
            if before >= overlap_seconds and together >= overlap_seconds:
                found.append(Hint(HintKind.INTERRUPTION, said.begin, said.begin + together))
                break
    return found


def silences(
    caller: Sequence[Span], agent: Sequence[Span], holds: Sequence[Span], length: float, longest: float
) -> list[Hint]:
    """Where nobody spoke for more than ``longest`` seconds.

    :param holds: the caller heard music then; that is no silence.
    :param length: of the recording, seconds.
    """
    found, quiet_since = [], 0.0
    busy = sorted([*caller, *agent, *holds], key=lambda span: span.begin)
    for span in [*busy, Span(length, length)]:
        if span.begin - quiet_since > longest:
            found.append(Hint(HintKind.SILENCE, quiet_since, span.begin, f"{span.begin - quiet_since:.0f}"))
        quiet_since = max(quiet_since, span.end)
    return found


def characters(text: str) -> int:
    """How many characters a speaker said: Han characters, and other words and numbers as one each."""
    count, in_word = 0, False
    for sign in text:
        if "\u3400" <= sign <= "\u9fff":
            count, in_word = count + 1, False
        elif sign.isalnum():
            count += not in_word
            in_word = not sign.isdigit()  # a figure is a syllable of its own
        else:
            in_word = False
    return count


TURN_PAUSE_SECONDS = 1.5
"""A pause of breath belongs to speaking; a longer one is listening or looking something up."""


def speech_rate(heard: Sequence[Heard]) -> float | None:
    """Characters a minute of the agent's turns, pauses of breath included (R-9); None: too little said."""
    count = sum(characters(one.text) for one in heard)
    seconds, until = 0.0, None
    for one in sorted(heard, key=lambda one: one.begin):
        pause = one.begin - until if until is not None else 0.0
        seconds += one.end - one.begin + (pause if 0 < pause <= TURN_PAUSE_SECONDS else 0.0)
        until = one.end
    return 60 * count / seconds if seconds >= 5 and count >= 10 else None


def rate_hints(heard: Sequence[Heard], rules: HintRules) -> list[Hint]:
    """Too fast or too slow over the whole conversation, marked where it was so the most (R-9)."""
    rate = speech_rate(heard)
    if rate is None or rules.slowest <= rate <= rules.fastest:
        return []
    fast = rate > rules.fastest
    rated = [(60 * characters(one.text) / max(0.1, one.end - one.begin), one) for one in heard]
    _, most = (max if fast else min)(rated, key=lambda pair: pair[0])
    return [Hint(HintKind.FAST if fast else HintKind.SLOW, most.begin, most.end, f"{rate:.0f}")]
