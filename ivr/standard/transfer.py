"""Passing a call on (R-12.12): to whom, what stands in the way, and what may become of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

LONGEST_NOTE = 300
"""Characters of the note that pops up at the target."""

LONGEST_VALUE = 40


class TargetKind(StrEnum):
    """What a call can be passed on to."""

    AGENT = "agent"  # one colleague, by work number
    QUEUE = "queue"  # whoever is free in a queue, by its name
    UNIT = "unit"  # a unit's phone, by the unit's id
    OUTSIDE = "outside"  # a telephone number


class TransferState(StrEnum):
    """Where a transfer that goes on stands."""

    RINGING = "ringing"  # the target rings
    TALKING = "talking"  # the one consulted talks to the agent
    RETURNING = "returning"  # the target did not answer; who passed the call on rings


class TransferOutcome(StrEnum):
    """What became of a transfer; written once, never changed."""

    TAKEN = "taken"  # the target has the caller
    NOT_TAKEN = "not_taken"  # the one consulted did not answer; the caller is with the agent
    ENDED = "ended"  # the one consulted left again; the caller is with the agent
    RETURNED = "returned"  # not answered; who passed the call on has the caller again
    TO_QUEUE = "to_queue"  # the caller waits in a queue, ahead of others
    CALLER_GONE = "caller_gone"  # the caller hung up
    AGENT_GONE = "agent_gone"  # the agent's leg dropped; the caller is connected again


@dataclass(frozen=True, slots=True)
class Target:
    """To whom."""

    kind: TargetKind
    value: str
    """Work number, name of a queue, id of a unit, or number as it was typed."""


@dataclass(frozen=True, slots=True)
class PassedBefore:
    """An earlier transfer of the same call that its target took."""

    by_work_number: str
    target: Target


def read_note(given: object) -> str:
    """A note as it is kept: printable, in one line, not too long; empty where there is none."""
    text = given if isinstance(given, str) else ""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()[:LONGEST_NOTE]


def read_target(given: object) -> Target | None:
    """Read the target of a command's arguments; None where it is none."""
    if not isinstance(given, Mapping) or given.get("kind") not in list(TargetKind):
        return None
    value = given.get("value")
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_VALUE or not value.isprintable():
        return None
    return Target(TargetKind(given["kind"]), value.strip())


def is_a_circle(target: Target, before: Collection[PassedBefore]) -> bool:
    """Whether a blind transfer would send the caller back to where the call came from.

    Who passed the call on does not get it back without being asked, and nobody is sent twice into one
    queue. Asking first (consulting) is always possible.
    """
    if target.kind is TargetKind.AGENT:
        return any(passed.by_work_number == target.value for passed in before)
    return any(passed.target == target for passed in before)
