"""The password between engine and PBX: made once for each home, kept in a file, hashed in ari.conf."""

import ctypes
import hashlib
import os
import secrets
from pathlib import Path
from typing import Any

from ivr.errors import PbxUnusable

FILE = Path("asterisk") / "ari.password"
BYTES = 32

# crypt(5). Asterisk hashes the password again for every request, also for those on the WebSocket, one
# after the other: 0.5 ms each with SHA-512 at its fewest rounds, which was half of what a call cost the
# PBX. A slow hash protects a password that can be guessed. Ours is 256 random bits, so one round (NT,
# MD4) does; a password that somebody chose is hashed slowly all the same.
SLOW, QUICK = "$6$rounds=1000$", "$3$"


def ari_password(home: Path) -> str:
    """The password of this home's embedded PBX, made at the first call.

    :param home: the folder of the hotline's runtime files; the password lies there with mode 0600.
    :raises PbxUnusable: the file can be neither read nor written.
    """
    file = home / FILE
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w", encoding="ascii") as fresh:
                fresh.write(secrets.token_urlsafe(BYTES) + "\n")
        password = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PbxUnusable(f"{file}: the PBX's password cannot be read or written there ({error})") from None
    if len(password) < BYTES:
        raise PbxUnusable(f"{file}: holds no password; remove the file and a new one is made")
    return password


def hashed(password: str, *, random: bool = False) -> str:
    """The password as ari.conf holds it (``password_format = crypt``).

    :param random: it is one of :func:`ari_password`, which nobody can guess; hashed in one round where
        this machine's libcrypt knows such a hash.
    :raises PbxUnusable: this machine's libcrypt cannot hash by SHA-512.
    """
    try:
        crypt = ctypes.CDLL("libcrypt.so.1").crypt
    except OSError as error:
        raise PbxUnusable(
            f"the library that hashes passwords is missing ({error}); install libcrypt1"
        ) from None
    crypt.restype = ctypes.c_char_p
    crypt.argtypes = (ctypes.c_char_p, ctypes.c_char_p)
    if random and (quick := _hash(crypt, password, QUICK)):
        return quick
    # The salt follows from the password: the file stays the same as long as the password does, so that
    # a running Asterisk is only reloaded when something has changed.
    salt = hashlib.sha256(b"salt:" + password.encode()).hexdigest()[:16]
    slow = _hash(crypt, password, f"{SLOW}{salt}$")
    if slow is None:
        raise PbxUnusable("this machine's libcrypt cannot hash by SHA-512; install Debian's libcrypt1")
    return slow


def _hash(crypt: Any, password: str, method: str) -> str | None:
    """None where libcrypt does not know the method (it answers with something that begins otherwise)."""
    result: bytes | None = crypt(password.encode(), method.encode())
    return result.decode("ascii") if result and result.startswith(method[:3].encode()) else None
