"""The pages' language and colours: chosen on the page, remembered in the session's cookie.

Wording lives in translations/zh/LC_MESSAGES/messages.po; the English is in the code. After a change::

    pybabel extract -F agent_console/translations/babel.cfg -k lazy_gettext -o messages.pot .
    pybabel update -i messages.pot -d agent_console/translations -N
    pybabel compile -d agent_console/translations
"""

from typing import cast

from flask import Flask, session
from flask_babel import Babel

from ivr.config.value_types import Language

LANGUAGES: dict[Language, str] = {"zh": "中文", "en": "English"}
"""The pages' languages, in their own words; the first is shown to who has not chosen."""

COLOURS = ("system", "light", "dark")


def set_up(app: Flask, time_zone: str) -> None:
    """Give ``app`` its languages.

    :param time_zone: of every time of day on the pages (config.yaml: time_zone).
    """
    app.config["BABEL_DEFAULT_LOCALE"] = "zh"
    app.config["BABEL_DEFAULT_TIMEZONE"] = time_zone
    Babel(app, locale_selector=language)


def language() -> Language:
    """The language of the page that is being made."""
    chosen = session.get("language")
    return cast(Language, chosen) if chosen in LANGUAGES else "zh"


def html_language() -> str:
    """The page's language as HTML names it."""
    return "zh-CN" if language() == "zh" else "en"


def colours() -> str:
    """system, light or dark."""
    chosen = session.get("colours")
    return chosen if chosen in COLOURS else "system"
