"""A caller hears how a case stands: its number keyed in, or the last figures of one that is theirs."""

import asyncio

from ivr.asterisk.channel import KeyPressed
from ivr.calls.call import Call
from ivr.calls.hotline import utc_now
from ivr.errors import StorageError
from ivr.speech.prompt_ids import Prompt
from ivr.standard.call_stage import CallOutcome, CallStage
from ivr.standard.case_standing import Standing, standing
from ivr.standard.keyed_number import Keyed, judge, patience
from storage.queries import known_callers
from storage.queries.known_callers import NOBODY, CaseNow, KnownCaller

NUMBER_KEYS = "0123456789*#"
TURNED_AWAY_ROUNDS = 2
"""How often somebody who is turned away is told what to press for a gas leak."""

STANDINGS: dict[Standing, Prompt] = {
    Standing.IN_HAND: Prompt.CASE_IN_HAND,
    Standing.AT_UNIT: Prompt.CASE_AT_UNIT,
    Standing.TAKEN: Prompt.CASE_TAKEN,
    Standing.AT_WORK: Prompt.CASE_AT_WORK,
    Standing.ALARM_SENT: Prompt.CASE_ALARM_SENT,
    Standing.ON_THE_WAY: Prompt.CASE_ON_THE_WAY,
    Standing.ON_THE_SPOT: Prompt.CASE_ON_THE_SPOT,
    Standing.LOOKED_INTO: Prompt.CASE_LOOKED_INTO,
    Standing.CONCLUDING: Prompt.CASE_CONCLUDING,
    Standing.DONE: Prompt.CASE_DONE,
    Standing.ANSWERED: Prompt.CASE_ANSWERED,
    Standing.REVISIT: Prompt.CASE_REVISIT,
    Standing.OBJECTED: Prompt.CASE_OBJECTED,
    Standing.CLOSED: Prompt.CASE_CLOSED,
}


async def look_up_caller(call: Call) -> KnownCaller:
    """What is known of the caller by the number; where the database is away, nothing is.

    Somebody with an open case is served by its first responder, if free (R-FR).
    """
    number = call.caller_number
    if number is None:
        return NOBODY
    area_code, now = call.hotline.settings.company.area_code, utc_now()
    try:
        known = await call.hotline.ledger.read(
            lambda c: known_callers.known_caller(c, number, area_code, now)
        )
    except StorageError as error:
        call.log.error("caller.not_looked_up", reason=str(error))
        return NOBODY
    if known.cases:
        call.change(preferred_agent_id=known.cases[0].owner_id)
    return known


async def turn_away(call: Call) -> CallStage:
    """The number is on the blacklist: say so; a gas leak is taken all the same (R-BL).

    :returns: WAITING for who presses the gas-leak key, else ENDED.
    """
    call.outcome = CallOutcome.TURNED_AWAY
    call.note("call.turned_away", number=call.caller_number)
    settings = call.hotline.settings
    for _ in range(TURNED_AWAY_ROUNDS):
        pressed = await call.ask(
            call.phrase(Prompt.TURNED_AWAY), keys=settings.alarm.key, patience=settings.silence.seconds
        )
        if pressed is not None:
            return call.to_alarm()
    return CallStage.ENDED


def offer(call: Call, known: KnownCaller) -> list[str]:
    """What the menu says to somebody with an open case."""
    status = call.hotline.settings.case_status
    if not status.enabled or not known.cases:
        return []
    return call.phrase(Prompt.CASE_OFFER, key=int(status.key))


async def tell_how_it_stands(call: Call, known: KnownCaller) -> Keyed:
    """Ask for a number, and say how that case stands.

    :returns: BACK: on with the menu. ALARM: the gas-leak key was pressed. NOTHING: no case was found after
        all rounds, so a person sees to it.
    """
    settings = call.hotline.settings
    asked = call.phrase(Prompt.CASE_ENTER if known.cases else Prompt.CASE_ENTER_WHOLE)
    sounds = asked
    for _ in range(settings.case_status.rounds):
        keys, meant = await _listen(call, sounds)
        if meant in (Keyed.ALARM, Keyed.BACK):
            return meant
        cases = await _find(call, keys, known) if meant is Keyed.NUMBER else []
        if cases:
            return await _tell(call, cases)
        sounds = call.phrase(Prompt.CASE_WRONG) + asked if meant is Keyed.NUMBER else asked
    return Keyed.NOTHING


async def _listen(call: Call, sounds: list[str]) -> tuple[str, Keyed]:
    """The figures that are keyed in, and what they mean."""
    settings = call.hotline.settings
    alarm_key, loop = settings.alarm.key, asyncio.get_running_loop()
    keys = await call.ask(sounds, keys=NUMBER_KEYS, patience=settings.silence.seconds) or ""
    meant = judge(keys, over=not keys, alarm_key=alarm_key)
    while meant is Keyed.MORE:
        deadline = loop.time() + patience(keys, alarm_key, settings.case_status.digit_seconds)
        key = await _next_key(call, deadline)
        keys += key or ""
        meant = judge(keys, over=key is None, alarm_key=alarm_key)
    return keys.rstrip("#"), meant


async def _next_key(call: Call, deadline: float) -> str | None:
    while True:
        match await call.next(deadline):
            case None:
                return None
            case KeyPressed(key=key, leg=leg) if leg is call.leg and key in NUMBER_KEYS:
                return key
            case other:
                call.overheard(other)


async def _find(call: Call, keys: str, known: KnownCaller) -> list[CaseNow]:
    cases = call.hotline.settings.cases
    prefixes = set(cases.number_prefixes.values())
    try:
        return await call.hotline.ledger.read(
            lambda c: known_callers.by_keys(
                c, keys, known.cases, prefixes=prefixes, digits=cases.serial_digits
            )
        )
    except StorageError as error:
        call.log.error("case.not_looked_up", reason=str(error))
        return []


async def _tell(call: Call, cases: list[CaseNow]) -> Keyed:
    """Say how they stand; the gas-leak key and the way back work meanwhile."""
    alarm_key = call.hotline.settings.alarm.key
    for case in cases:
        call.note("call.case_told", case=case.id, number=case.number)
        sounds = call.phrase(Prompt.CASE_IS, case_number=case.number)
        sounds += call.phrase(STANDINGS[standing(case.kind, case.state)])
        pressed = await call.say(sounds, keys=alarm_key + "*")
        if pressed == alarm_key:
            return Keyed.ALARM
    return Keyed.BACK
