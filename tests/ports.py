"""Free ports for the servers that tests start.

Below the range out of which the system takes ports for outgoing connections, so that none of these
takes a port between its choice and its use. The class is taken by name: a test that may open no socket
may still need a database server that was started for it.
"""

import itertools
import random
from socket import AF_INET, SOCK_DGRAM, SOCK_STREAM, SocketKind, socket

HOST = "127.0.0.1"
_PORTS = random.SystemRandom().sample(range(10_000, 20_000), 10_000)
"""In an order of this process alone: what another has just let go may still be sent to."""
_turn = itertools.count()


def free_port() -> int:
    """A port that nobody uses now, over TCP and over UDP."""
    for _ in _PORTS:
        port = _PORTS[next(_turn) % len(_PORTS)]
        if _is_free(port, SOCK_STREAM) and _is_free(port, SOCK_DGRAM):
            return port
    raise RuntimeError(f"no free port between {min(_PORTS)} and {max(_PORTS)}")


def _is_free(port: int, kind: SocketKind) -> bool:
    with socket(AF_INET, kind) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
