"""To whom a call is passed on or who is asked: found and judged in one transaction with their reservation."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from ivr.calls.after_hours import is_queue_open
from ivr.calls.hotline import ring_rule, utc_now
from ivr.calls.trunks import device_over
from ivr.config import Settings
from ivr.standard.agent_state import AgentState
from ivr.standard.conversation_refusal import Refusal
from ivr.standard.number_rules import Judged, NumberRules, NumberVerdict, judge
from ivr.standard.three_rings import OfferOutcome, RingRule
from ivr.standard.transfer import Target, TargetKind, is_a_circle
from ivr.standard.trunk_choice import TrunkSeen, order
from storage.queries import call_out_caps, directed_offers, transfers, trunk_states, units
from storage.queries.call_out_caps import Caps
from storage.queries.offers import NewOffer
from storage.telephone_numbers import read_number

_ROW_ID = re.compile("[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Destination:
    """A target that exists and may be called.

    ``agent_id`` and ``device``: who rings; no device where it is a queue of which nobody was chosen yet.
    ``number``: of a unit or outside, E.164 or a short number.
    """

    target: Target
    agent_id: int | None = None
    device: str | None = None
    number: str | None = None

    @property
    def is_outside(self) -> bool:
        """Not one of our agents."""
        return self.target.kind in (TargetKind.UNIT, TargetKind.OUTSIDE)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants to pass on which call."""

    call_id: int
    agent_id: int
    attended: bool


def judge_number(settings: Settings, typed: str) -> Judged:
    """Whether a number may be called from the desk, normalised (R-12.12, config.yaml: calling_out)."""
    rules = settings.calling_out
    own = {settings.company.hotline, *settings.numbers}
    if settings.company.area_code is not None:
        own |= {settings.company.area_code + number for number in own}
    return judge(
        typed,
        read_number(typed, settings.company.area_code).e164,
        NumberRules(
            emergency=rules.emergency_numbers,
            emergency_allowed=rules.emergency_allowed,
            countries=rules.countries,
            premium=rules.premium,
            short=rules.short_numbers,
            own=own,
        ),
    )


def device_of_number(connection: Connection, settings: Settings, number: str) -> str | None:
    """What the PBX dials to reach a number outside: over the first trunk with which nothing is wrong.

    None without a trunk that takes calls out.
    """
    trunks = {trunk.name: trunk for trunk in settings.all_trunks if trunk.outbound is not None}
    seen = {
        one.name: TrunkSeen(one.state, one.since)
        for one in trunk_states.listed(connection, settings.pbx.node)
    }
    names = order(list(trunks), seen, utc_now(), settings.failover.rules)
    return device_over(trunks[names[0]], number) if names else None


def outside_rule(settings: Settings) -> RingRule:
    """How long a number outside rings."""
    seconds = settings.calling_out.answer_within
    return RingRule(ring_seconds=seconds, ring_count=1, no_ringing_after=seconds)


def rule_for(settings: Settings, destination: Destination) -> RingRule:
    """How long a target rings: an agent three rings (R-12.3)."""
    return outside_rule(settings) if destination.is_outside else ring_rule(settings)


def find(
    connection: Connection, settings: Settings, target: Target | None, asking: Asking, now: datetime
) -> Destination | Refusal:
    """Find a target, or say why it cannot be."""
    if target is None:
        return Refusal.NO_SUCH_TARGET
    found = _FIND[target.kind](connection, settings, target, asking, now)
    if isinstance(found, Refusal):
        return found
    if not asking.attended and is_a_circle(target, transfers.taken_before(connection, asking.call_id)):
        return Refusal.IN_A_CIRCLE
    return found


def _agent(
    connection: Connection, settings: Settings, target: Target, asking: Asking, now: datetime
) -> Destination | Refusal:
    colleague = directed_offers.by_work_number(connection, target.value)
    if colleague is None:
        return Refusal.NO_SUCH_TARGET
    if colleague.id == asking.agent_id:
        return Refusal.TO_ONESELF
    if colleague.state is not AgentState.READY or not colleague.device_present:
        return Refusal.TARGET_BUSY
    return Destination(target, agent_id=colleague.id, device=colleague.device)


def _queue(
    connection: Connection, settings: Settings, target: Target, asking: Asking, now: datetime
) -> Destination | Refusal:
    if target.value not in settings.queues:
        return Refusal.NO_SUCH_TARGET
    if not is_queue_open(settings, target.value):
        return Refusal.TARGET_NOT_ALLOWED
    destination = Destination(target)
    if not asking.attended:
        return destination
    return next_of_queue(connection, settings, destination, now, {asking.agent_id}) or Refusal.TARGET_BUSY


def next_of_queue(
    connection: Connection, settings: Settings, destination: Destination, now: datetime, but: set[int]
) -> Destination | None:
    """The next free agent of a queue to be asked; None when nobody is left."""
    skill = settings.queues[destination.target.value].skill
    colleague = directed_offers.best_free(connection, skill, now, but)
    if colleague is None:
        return None
    return replace(destination, agent_id=colleague.id, device=colleague.device)


def _unit(
    connection: Connection, settings: Settings, target: Target, asking: Asking, now: datetime
) -> Destination | Refusal:
    unit = units.one(connection, int(target.value)) if _ROW_ID.fullmatch(target.value) else None
    if unit is None or unit.phone is None:
        return Refusal.NO_SUCH_TARGET
    if caps_reached(connection, settings, asking.agent_id, now):
        return Refusal.TOO_MANY_CALLS_OUT
    return _number(connection, settings, target, unit.phone)


def _outside(
    connection: Connection, settings: Settings, target: Target, asking: Asking, now: datetime
) -> Destination | Refusal:
    judged = judge_number(settings, target.value)
    if judged.number is None:
        return REFUSED_NUMBERS[judged.verdict]
    if caps_reached(connection, settings, asking.agent_id, now):
        return Refusal.TOO_MANY_CALLS_OUT
    return _number(connection, settings, target, judged.number)


def caps_of(settings: Settings) -> Caps:
    """The caps on calls to the outside."""
    rules = settings.calling_out
    return Caps(rules.agent_per_hour, rules.agent_per_day, rules.all_per_hour, rules.all_per_day)


def caps_reached(connection: Connection, settings: Settings, agent_id: int, now: datetime) -> bool:
    """Whether an agent may begin no more calls to the outside for now."""
    return call_out_caps.left(connection, caps_of(settings), now, agent_id) == 0


def _number(connection: Connection, settings: Settings, target: Target, number: str) -> Destination | Refusal:
    device = device_of_number(connection, settings, number)
    if device is None:
        return Refusal.NO_LINE_OUT
    return Destination(target, device=device, number=number)


def of_row(connection: Connection, settings: Settings, row: Row[Any]) -> Destination | None:
    """The destination of a transfer that goes on, as its row says; None when it is there no more."""
    target = Target(row.to_kind, row.to_value)
    if row.to_number is not None:
        found = _number(connection, settings, target, row.to_number)
        return found if isinstance(found, Destination) else None
    colleague = directed_offers.by_id(connection, row.to_agent_id) if row.to_agent_id is not None else None
    if colleague is None:
        return None
    return Destination(target, agent_id=colleague.id, device=colleague.device)


def reserve(
    connection: Connection, call_id: int, destination: Destination, *, node: str, queue: str, now: datetime
) -> NewOffer | None:
    """Take who is to be rung; None when they are not free any more."""
    assert destination.device is not None
    return directed_offers.reserve(
        connection,
        call_id=call_id,
        agent_id=destination.agent_id,
        device=destination.device,
        node=node,
        queue=queue,
        now=now,
    )


_FIND = {
    TargetKind.AGENT: _agent,
    TargetKind.QUEUE: _queue,
    TargetKind.UNIT: _unit,
    TargetKind.OUTSIDE: _outside,
}

REFUSED_NUMBERS = {
    NumberVerdict.NOT_VALID: Refusal.NUMBER_NOT_VALID,
    NumberVerdict.NOT_ALLOWED: Refusal.NUMBER_NOT_ALLOWED,
    NumberVerdict.EMERGENCY: Refusal.EMERGENCY_NOT_ALLOWED,
}

REFUSAL_OF = {
    OfferOutcome.BUSY: Refusal.TARGET_BUSY,
    OfferOutcome.DECLINED: Refusal.TARGET_REFUSED,
    OfferOutcome.UNREACHABLE: Refusal.TARGET_NOT_REACHED,
}
"""How it is said that somebody who was rung did not come; every other way is *not answering*."""
