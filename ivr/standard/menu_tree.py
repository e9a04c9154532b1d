"""What the menu does next: with the key a caller pressed, or with their silence.

Nobody is ever hung up on for pressing nothing or the wrong key: after some rounds the call goes to a
person. The gas-leak key leads to the alarm queue from every menu, also from one that does not list it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class MenuStep(StrEnum):
    """What comes next in a menu."""

    QUEUE = "queue"  # the caller goes into a queue
    MENU = "menu"  # a menu is played from its beginning, maybe in another language
    REPEAT = "repeat"  # the same menu once more, as the caller asked or after silence
    CASE_STATUS = "case_status"  # the caller hears how a case stands, then the same menu
    WRONG_KEY = "wrong_key"  # say that this key leads nowhere, then the same menu once more


@dataclass(frozen=True, slots=True)
class KeyAction:
    """What one key of a menu does: to a queue, to a menu, or repeat; and maybe another language."""

    queue: str | None = None
    menu: str | None = None
    language: str | None = None
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class MenuDecision:
    """What comes next.

    ``menu`` is the menu to be played next, None when the caller leaves for ``queue``. ``language`` is
    the one to change to, None to keep it. ``rounds_used`` counts the rounds without a valid key so far.
    ``gave_up``: the queue was not chosen; the rounds were over.
    """

    step: MenuStep
    queue: str | None = None
    menu: str | None = None
    language: str | None = None
    rounds_used: int = 0
    gave_up: bool = False


@dataclass(frozen=True, slots=True)
class MenuRule:
    """What holds in every menu (config.yaml: alarm, silence).

    ``rounds``: how often a menu is played to somebody who presses nothing or the wrong key before
    they go to ``silence_queue``. ``case_key``: tells in every menu how a case stands, unless that menu has
    another use for it; None: nowhere.
    """

    alarm_key: str
    alarm_queue: str
    rounds: int
    silence_queue: str
    case_key: str | None = None


def next_step(
    rule: MenuRule, keys: Mapping[str, KeyAction], pressed: str | None, *, here: str, rounds_used: int
) -> MenuDecision:
    """Decide what comes after a key or after silence.

    :param keys: of this menu, key → what it does.
    :param pressed: one of 0-9 * # A-D, or None for silence after the menu's last word.
    :param here: this menu's name.
    :param rounds_used: rounds without a valid key before this one.
    """
    if pressed == rule.alarm_key:
        return MenuDecision(MenuStep.QUEUE, queue=rule.alarm_queue)
    does = keys.get(pressed) if pressed is not None else None
    if does is None and pressed is not None and pressed == rule.case_key:
        return MenuDecision(MenuStep.CASE_STATUS, menu=here, rounds_used=rounds_used)
    if does is None:
        return _without_choice(rule, pressed, here, rounds_used + 1)
    if does.queue is not None:
        return MenuDecision(MenuStep.QUEUE, queue=does.queue, language=does.language)
    if does.repeat:
        # Asking for a repeat is no silence, but it does not begin the counting anew either.
        return MenuDecision(MenuStep.REPEAT, menu=here, language=does.language, rounds_used=rounds_used)
    return MenuDecision(MenuStep.MENU, menu=does.menu or here, language=does.language)


def _without_choice(rule: MenuRule, pressed: str | None, here: str, rounds_used: int) -> MenuDecision:
    if rounds_used >= rule.rounds:
        return MenuDecision(MenuStep.QUEUE, queue=rule.silence_queue, rounds_used=rounds_used, gave_up=True)
    step = MenuStep.REPEAT if pressed is None else MenuStep.WRONG_KEY
    return MenuDecision(step, menu=here, rounds_used=rounds_used)
