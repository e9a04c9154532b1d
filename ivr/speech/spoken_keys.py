"""Whether callers are told the keys that the configuration means: a key is changed there, its wording here.

Keys that are said as values (the case status, the duty list) follow by themselves and are not looked at.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.config import Settings
from ivr.speech.catalogue import Catalogue
from ivr.speech.fragments import Fragment
from ivr.speech.manifest import recorded_path
from ivr.speech.prompt_ids import Prompt

_CLAUSES = re.compile(r"[，。；？！,.;?!]")
_PRESS = re.compile(r"按|\bpress\b", re.IGNORECASE)
_NUMERALS = (
    tuple("零一二三四五六七八九"),
    ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
)
_KEYS = {word: str(key) for words in _NUMERALS for key, word in enumerate(words)}
_KEYS |= {"星号": "*", "star": "*", "井号": "#", "hash": "#", "pound": "#"}
_KEY_WORD = re.compile("|".join(rf"\b{word}\b" if word.isascii() else word for word in _KEYS), re.IGNORECASE)

OF_ALARM = (
    Prompt.AFTER_HOURS_CHOICE,
    Prompt.CROWDED,
    Prompt.TURNED_AWAY,
    Prompt.SYSTEM_FAULT,
    Prompt.FALLBACK_GREETING,
    Prompt.FALLBACK_WAIT,
)
"""Prompts that tell the gas-leak key, beside the menus'."""


@dataclass(frozen=True, slots=True)
class WrongKey:
    """Prompts that do not tell the key, or the keys, of a setting; ``alarm``: it is the gas-leak key."""

    setting: str
    right: str
    prompts: tuple[str, ...]
    alarm: bool = False

    def __str__(self) -> str:
        """One line: which prompts, what they should say, and what puts it right."""
        do = "does" if len(self.prompts) == 1 else "do"
        return (
            f"{self.setting}: {', '.join(self.prompts)} {do} not tell callers {self.right}; "
            "change the wording in catalogue.yaml, then: hotline prompts render"
        )


def keys_told(wording: str) -> set[str]:
    """The keys a wording asks to press, in either language."""
    told = set()
    for clause in _CLAUSES.split(wording):
        if press := _PRESS.search(clause):
            told |= {_KEYS[word.lower()] for word in _KEY_WORD.findall(clause[press.end() :])}
    return told


def wrong_keys(settings: Settings, catalogue: Catalogue, prompts_folder: Path) -> Iterator[WrongKey]:
    """Settings that name other keys than the wordings do.

    What a human recorded is left out: who recorded it decides what it says.
    """
    scores = {str(score) for score in range(settings.survey.lowest, settings.survey.highest + 1)}
    ends = {str(settings.survey.lowest), str(settings.survey.highest)}
    range_told = f"keys {settings.survey.lowest} to {settings.survey.highest}"
    alarm, call_back = settings.alarm.key, settings.waiting.call_back_key

    def wrong(prompts: tuple[str, ...], right: Callable[[set[str]], bool]) -> tuple[str, ...]:
        """Those of the prompts, as language/id, that are not right."""
        return tuple(
            f"{language}/{prompt}"
            for prompt in prompts
            for language in settings.languages
            if (wording := _wording(catalogue, prompts_folder, prompt, language)) is not None
            and not right(keys_told(wording))
        )

    of_alarm = wrong(OF_ALARM, lambda told: alarm in told)
    of_alarm += tuple(_silent_menus(settings, catalogue, prompts_folder))
    of_survey = wrong((Prompt.SURVEY_INVITE,), lambda told: told == scores)
    of_survey += wrong((Prompt.SURVEY_WRONG_KEY,), lambda told: ends <= told <= scores)
    of_call_back = wrong((Prompt.CALLBACK_OFFER,), lambda told: call_back in told)
    for found in (
        WrongKey("alarm.key", f"key {alarm}", of_alarm, alarm=True),
        WrongKey("waiting.call_back_key", f"key {call_back}", of_call_back),
        WrongKey("survey.lowest, survey.highest", range_told, of_survey if settings.survey.enabled else ()),
    ):
        if found.prompts:
            yield found


def _silent_menus(settings: Settings, catalogue: Catalogue, prompts_folder: Path) -> Iterator[str]:
    """The first prompts of menus none of whose prompts tells the gas-leak key."""
    silent: dict[str, None] = {}
    for menu in settings.menu.values():
        for language in settings.languages:
            wordings = [_wording(catalogue, prompts_folder, each, language) for each in menu.prompts]
            known = [wording for wording in wordings if wording is not None]
            if len(known) == len(wordings) and settings.alarm.key not in keys_told("。".join(known)):
                silent[f"{language}/{menu.prompts[0]}"] = None
    yield from silent


def _wording(catalogue: Catalogue, prompts_folder: Path, prompt: str, language: str) -> str | None:
    """What a prompt says; None where there is none, or a human recorded it."""
    pieces = catalogue.prompts.get(prompt, {}).get(language)
    if pieces is None:
        return None
    texts = [piece for piece in pieces if isinstance(piece, Fragment)]
    if any(recorded_path(prompts_folder, text) for text in texts):
        return None
    return " ".join(text.wording for text in texts)
