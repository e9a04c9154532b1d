"""The PBX's log of security events: who failed to prove who they are, by address.

A line of res_security_log: ``SecurityEvent="ChallengeSent",…,RemoteAddress="IPV4/UDP/192.0.2.7/1"``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

LONGEST_READ = 2**20
_EVENT = re.compile(rb'SecurityEvent="(\w+)"')
_ADDRESS = re.compile(rb'RemoteAddress="\w+/\w+/([0-9A-Fa-f.:]+)/\d+"')
_FAILED = frozenset(
    {
        "ChallengeSent",  # asked for a password; a phone of ours gives it at once, a scanner never does
        "ChallengeResponseFailed",
        "InvalidAccountID",
        "InvalidPassword",
        "FailedACL",
    }
)
_SUCCEEDED = "SuccessfulAuth"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody at an address had to prove who they are. ``succeeded``: and could."""

    address: str
    succeeded: bool


class SecurityLog:
    """Reads what is new in the log since the last look."""

    def __init__(self, file: Path) -> None:
        """Begin at the present end of ``file``, which need not be there yet."""
        self._file = file
        self._read_to = _size(file)

    def news(self) -> Iterator[Attempt]:
        """What has happened since the last look, in order."""
        size = _size(self._file)
        if size < self._read_to:
            self._read_to = 0  # begun anew
        if size == self._read_to:
            return
        try:
            with self._file.open("rb") as file:
                file.seek(self._read_to)
                data = file.read(LONGEST_READ)
        except OSError as error:
            log.error("security_log.not_read", file=str(self._file), reason=error.strerror)
            return
        whole = data.rfind(b"\n") + 1
        self._read_to += whole or (len(data) if len(data) == LONGEST_READ else 0)
        for line in data[:whole].splitlines():
            found, addresses = _EVENT.search(line), {*_ADDRESS.findall(line)}
            # More than one address: somebody has put another's into a name, to have that one banned.
            if found is None or len(addresses) != 1:
                continue
            event = found[1].decode()
            if event == _SUCCEEDED or event in _FAILED:
                yield Attempt(addresses.pop().decode(), event == _SUCCEEDED)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
