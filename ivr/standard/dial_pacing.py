"""How many calls may be begun now: lines and people are there for those who call us, before all.

Automatic surveys use lines, not agents; what an agent speaks in uses both.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PacingRules:
    """The limits (config.yaml: dialer).

    ``most_lines``: calls of the dialer at once. ``kept_lines``: left free for who calls us.
    ``kept_agents``: left free for who calls us, at least 1; how many of each skill is said by
    :mod:`ivr.standard.kept_agents`. ``longest_wait_seconds``: of a caller who
    waits; above, nothing is begun. ``most_at_once``: begun in one look.
    """

    most_lines: int
    kept_lines: int
    kept_agents: int
    longest_wait_seconds: float
    most_at_once: int


@dataclass(frozen=True, slots=True)
class Floor:
    """What is going on.

    ``lines``: that the trunks have. ``lines_used``: by calls in both directions. ``dialing``: of them,
    calls of the dialer. ``free_agents``: signed in, and nobody rings or talks to them. ``promised_agents``:
    free ones that the dialer has calls out for already. ``urgent_out``: alarm call-backs that ring, or wait
    for an agent.
    """

    lines: int
    lines_used: int
    dialing: int
    free_agents: int
    promised_agents: int
    alarm_waiting: bool
    longest_wait_seconds: float
    urgent_out: int = 0


@dataclass(frozen=True, slots=True)
class Allowed:
    """How many may be begun now.

    ``urgent``: alarm call-backs, which wait for nothing but a line; one at a time is tried where all are
    taken by the count. ``lines``: all others together, of them at most ``with_agent`` in which an agent
    speaks.
    """

    urgent: int
    lines: int
    with_agent: int


def how_many(rules: PacingRules, floor: Floor) -> Allowed:
    """How many calls of each sort may be begun now.

    An alarm that waits, or a caller who waits too long, stops everything but alarm call-backs at once. How
    many lines there are is what somebody typed; whether one is free for a gas leak, the carrier says.
    """
    free_lines = max(0, floor.lines - floor.lines_used)
    urgent = max(free_lines, 0 if floor.urgent_out else 1)
    if floor.alarm_waiting or floor.longest_wait_seconds > rules.longest_wait_seconds:
        return Allowed(urgent, 0, 0)
    own = max(0, rules.most_lines - floor.dialing)
    lines = min(own, max(0, free_lines - rules.kept_lines), rules.most_at_once)
    agents = floor.free_agents - floor.promised_agents - max(1, rules.kept_agents)
    return Allowed(urgent, lines, max(0, min(lines, agents)))
