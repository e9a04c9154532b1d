"""Free ports for the servers that tests start.

Below the range out of which the system takes ports for outgoing connections, so that none of these
takes a port between its choice and its use; and each process begins to look somewhere else. The class
is taken by name: a test that may open no socket may still need a database server that was started for it.
"""

import itertools
import random
from socket import AF_INET, SOCK_DGRAM, SOCK_STREAM, SocketKind, socket

HOST = "127.0.0.1"
_FIRST, _MOST = 10_000, 10_000
_turn = itertools.count(random.SystemRandom().randrange(_MOST))


def free_port() -> int:
    """A port that nobody uses now, over TCP and over UDP."""
    for _ in range(_MOST):
        port = _FIRST + next(_turn) % _MOST
        if _is_free(port, SOCK_STREAM) and _is_free(port, SOCK_DGRAM):
            return port
    raise RuntimeError(f"no free port between {_FIRST} and {_FIRST + _MOST}")


def _is_free(port: int, kind: SocketKind) -> bool:
    with socket(AF_INET, kind) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
