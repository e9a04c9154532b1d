"""Passwords that are made and shown once; only what they can be checked against is kept.

Sign-in: argon2id with the library's parameters (RFC 9106). A phone's SIP password: the digest HA1 of
RFC 8760 and RFC 2617, because a PBX must be able to answer a digest challenge; it is kept as MD5 since
every phone speaks that.
"""

import hashlib
import secrets

from argon2 import PasswordHasher

REALM = "hotline"
"""The SIP realm of all devices; the PBX's configuration names the same."""

LENGTH = 12
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No i, l, 1, o, 0: read aloud or from paper they are confused. 12 of these are 59 bits."""

_hasher = PasswordHasher()


def new_password() -> str:
    """A random password that can be read out and typed: 12 small letters and digits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def hash_password(password: str) -> str:
    """What the database keeps of a sign-in password; takes about 50 ms and 64 MiB, on purpose."""
    return _hasher.hash(password)


def device_digest(user: str, password: str) -> str:
    """What the database keeps of a phone's SIP password: MD5 of "user:realm:password", 32 hex digits.

    :param user: the phone's SIP user name, see :func:`ivr.standard.device_name.device_name`.
    """
    secret = f"{user}:{REALM}:{password}".encode()
    return hashlib.md5(secret, usedforsecurity=False).hexdigest()
