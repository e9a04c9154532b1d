"""The password between engine and PBX: made once for each home, kept in a file, hashed in ari.conf."""

import ctypes
import hashlib
import os
import secrets
from pathlib import Path

from ivr.errors import PbxUnusable

FILE = Path("asterisk") / "ari.password"
BYTES = 32

# crypt(3), SHA-512. Asterisk computes the hash for every HTTP request, so the fewest rounds it takes:
# what protects here is a password of 256 random bits, not the cost of a guess.
METHOD = "$6$rounds=1000$"


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


def hashed(password: str) -> str:
    """The password as ari.conf holds it (``password_format = crypt``).

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
    # The salt follows from the password: the file stays the same as long as the password does, so that
    # a running Asterisk is only reloaded when something has changed.
    salt = hashlib.sha256(b"salt:" + password.encode()).hexdigest()[:16]
    result: bytes | None = crypt(password.encode(), f"{METHOD}{salt}$".encode())
    if not result or not result.startswith(b"$6$"):
        raise PbxUnusable("this machine's libcrypt cannot hash by SHA-512; install Debian's libcrypt1")
    return result.decode("ascii")
