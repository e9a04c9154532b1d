"""Runs a command that gives way to the PBX, or to all else on this machine.

``make test`` runs what only computes in the second way beside what takes calls, whose sound has to come in
time; its output comes in one piece then, at its end.

    python scripts/giving_way.py to-the-pbx COMMAND [ARGUMENT ...]
    python scripts/giving_way.py to-all COMMAND [ARGUMENT ...]
"""

import contextlib
import ctypes
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

sys.path.insert(0, str(Path(__file__).parent.parent))

from ivr.precedence import Precedence, give_way

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None)


@contextlib.contextmanager
def _in_one_piece() -> Iterator[IO[str]]:
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        yield output
        output.seek(0)
        sys.stdout.write(output.read())
        sys.stdout.flush()


def main(whom: str, command: list[str]) -> int:
    """Run it in a session of its own; gives its exit code. Ctrl-C and SIGTERM end it."""
    precedence = {"to-the-pbx": Precedence.ENGINE, "to-all": Precedence.HINTS}[whom]

    def begin() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        give_way(precedence)

    with _in_one_piece() if precedence is Precedence.HINTS else contextlib.nullcontext() as output:
        process = subprocess.Popen(  # noqa: S603
            command, stdout=output, stderr=output, start_new_session=True, preexec_fn=begin
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: process.send_signal(signal.SIGINT))
        code = process.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
