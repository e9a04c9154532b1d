"""Checks passwords so that the answer takes the same time whether or not there is such a person."""

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

AT_A_TIME = 4
"""Checks that run at once: each takes 64 MiB for its duration (RFC 9106), strangers may ask for many."""


@cache
def _nobody() -> str:
    """A hash nobody knows the password of; made once, it takes as long as a check."""
    return PasswordHasher().hash(secrets.token_urlsafe())


class Passwords:
    """Argon2 with its default parameters; the parameters of a stored hash are read from it."""

    def __init__(self) -> None:
        """Prepare what is checked where there is no account."""
        self._hasher = PasswordHasher()
        self._nobody = _nobody()
        self._room = threading.Semaphore(AT_A_TIME)

    def right(self, password: str, stored: str | None) -> bool:
        """Whether ``password`` is the one of ``stored`` (an argon2 hash, None where there is no account)."""
        with self._room:
            try:
                return self._hasher.verify(stored or self._nobody, password) and stored is not None
            except (Argon2Error, InvalidHashError, UnicodeEncodeError):
                return False
