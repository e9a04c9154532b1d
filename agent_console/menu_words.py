"""What a caller's key presses meant: "2" becomes "2 报修" by walking the menu tree of config.yaml."""

from typing import NamedTuple

from ivr.config import FIRST_MENU, Settings
from ivr.config.value_types import Language


class KeyMeaning(NamedTuple):
    """A pressed key and where it led; an empty text where it led nowhere (a wrong key)."""

    key: str
    text: str


def menu_words(settings: Settings, path: str, language: Language) -> list[KeyMeaning]:
    """Explain ``path``, the keys pressed in the menus in order, in the reader's language."""
    menu = FIRST_MENU
    words = []
    for key in path:
        does = settings.menu[menu].keys.get(key) if menu in settings.menu else None
        text = ""
        if does is not None and does.queue is not None and does.queue in settings.queues:
            text = settings.queues[does.queue].name.text(language)
        elif key == settings.alarm.key and settings.alarm.queue in settings.queues:
            text = settings.queues[settings.alarm.queue].name.text(language)
        elif does is not None and does.language is not None:
            text = settings.languages[does.language].name
        elif does is not None and does.repeat:
            text = "↻"
        if does is not None and does.menu is not None:
            menu = does.menu
        words.append(KeyMeaning(key, text))
    return words
