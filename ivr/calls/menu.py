"""The menu: keys count from the first millisecond, nobody is hung up on, and the alarm key always works."""

from ivr.calls.after_hours import is_open
from ivr.calls.call import Call
from ivr.calls.case_status import look_up_caller, offer, tell_how_it_stands, turn_away
from ivr.calls.outage_talk import outage_news
from ivr.config import FIRST_MENU, Settings
from ivr.config.sections import MenuKey
from ivr.speech.prompt_ids import Prompt
from ivr.standard.call_stage import CallStage
from ivr.standard.keyed_number import Keyed
from ivr.standard.menu_tree import KeyAction, MenuRule, MenuStep, next_step

ALL_KEYS = "0123456789*#ABCD"


async def choose_from_menu(call: Call) -> CallStage:
    """Greet, tell of outages (R-5.1), tell the menu and follow the keys until there is a queue (R-12.7).

    Whoever has an open case is offered to hear how it stands; whose number is on the blacklist is turned
    away, but for a gas leak (R-BL).

    :returns: WAITING, or AFTER_HOURS where the chosen queue is closed; ENDED for who was turned away.
    """
    settings = call.hotline.settings
    known = await look_up_caller(call)
    if known.turned_away:
        return await turn_away(call)
    rule = _rule(settings)
    here, rounds = FIRST_MENU, 0
    sounds = _greeting(call) + await outage_news(call)
    while True:
        menu = settings.menu[here]
        keys = {key: _action(does) for key, does in menu.keys.items()}
        pressed = await call.ask(
            sounds
            + [sound for prompt in menu.prompts for sound in call.phrase(Prompt(prompt))]
            + offer(call, known),
            keys=ALL_KEYS,
            patience=settings.silence.seconds,
        )
        if pressed is not None:
            call.menu_path += pressed
        step = next_step(rule, keys, pressed, here=here, rounds_used=rounds)
        if step.language in settings.languages:
            call.language = step.language
        if step.queue is not None:
            return _enter(call, step.queue, gave_up=step.gave_up)
        if step.step is MenuStep.CASE_STATUS:
            meant = await tell_how_it_stands(call, known)
            if meant is Keyed.ALARM:
                return call.to_alarm()
            if meant is Keyed.NOTHING:
                return _enter(call, settings.silence.queue, gave_up=True)
        here, rounds = step.menu or here, step.rounds_used
        sounds = _before_repeat(call, step.step, silent=pressed is None)


def _rule(settings: Settings) -> MenuRule:
    status = settings.case_status
    return MenuRule(
        settings.alarm.key,
        settings.alarm.queue,
        settings.silence.rounds,
        settings.silence.queue,
        case_key=status.key if status.enabled else None,
    )


def _enter(call: Call, queue: str, *, gave_up: bool) -> CallStage:
    """Into a queue, when it is open.

    Somebody who pressed nothing cannot be asked to press something out of hours either: they go to those
    who are always there, the people of the alarm queue.
    """
    stage = call.to_queue(queue)
    if is_open(call):
        return stage
    return call.to_queue(call.hotline.settings.alarm.queue) if gave_up else CallStage.AFTER_HOURS


def _greeting(call: Call) -> list[str]:
    sounds = call.phrase(Prompt.WELCOME)
    if call.hotline.settings.recording.enabled:
        sounds += call.phrase(Prompt.RECORDING_NOTICE)
    return sounds


def _before_repeat(call: Call, step: MenuStep, *, silent: bool) -> list[str]:
    if step is MenuStep.WRONG_KEY:
        return call.phrase(Prompt.MENU_WRONG_KEY)
    return call.phrase(Prompt.MENU_SILENCE) if silent and step is MenuStep.REPEAT else []


def _action(does: MenuKey) -> KeyAction:
    return KeyAction(does.queue, does.menu, does.language, bool(does.repeat))
