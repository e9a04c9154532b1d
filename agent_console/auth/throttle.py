"""Slows down guessing of passwords, for each address and work number by itself.

Counted in this process's memory: a guesser at one address cannot keep anybody else out.
"""

import unicodedata

from flask import request
from flask_limiter import Limiter

from agent_console.context import console

NUMBERS_AN_ADDRESS_MAY_TRY = 20
"""A desk room behind one address signs in within a minute; one guesser trying all numbers does not."""

limiter = Limiter(
    key_func=lambda: request.remote_addr or "", storage_uri="memory://", strategy="moving-window"
)


def tries_per_minute() -> str:
    """The limit for one work number from one address (console.sign_in_tries_per_minute)."""
    return f"{console().settings.console.sign_in_tries_per_minute} per minute"


def tries_per_minute_of_address() -> str:
    """The limit for all work numbers together from one address."""
    return f"{console().settings.console.sign_in_tries_per_minute * NUMBERS_AN_ADDRESS_MAY_TRY} per minute"


def address_and_number() -> str:
    """What is counted: the address with the work number, cut so that it fills no memory."""
    return f"{request.remote_addr}|{typed_number()[:8]}"


def typed_number() -> str:
    """The work number of the form; a Chinese keyboard's wide digits (１００１) are digits as well."""
    return unicodedata.normalize("NFKC", request.form.get("work_number", "")).strip()
