"""Free ports for the servers that tests start.

Below the range out of which the system takes ports for outgoing connections, so that none of these
takes a port between its choice and its use; and claimed, so that no other run of tests takes it meanwhile
either. The class is taken by name: a test that may open no socket may still need a database server that was
started for it.
"""

import itertools
import os
import random
from collections import deque
from socket import AF_INET, AF_UNIX, SOCK_DGRAM, SOCK_STREAM, SocketKind, socket

HOST = "127.0.0.1"
_PORTS = random.SystemRandom().sample(range(10_000, 20_000), 10_000)
"""In an order of this process alone: what another has just let go may still be sent to."""
_turn = itertools.count()
_CLAIMED_AT_ONCE = 200
_claims: deque[int] = deque()
"""File descriptors of abstract sockets (unix(7)), one for each port of late; they end with the process."""


def free_port() -> int:
    """A port that nobody uses now, over TCP and over UDP."""
    for _ in _PORTS:
        port = _PORTS[next(_turn) % len(_PORTS)]
        if _is_free(port, SOCK_STREAM) and _is_free(port, SOCK_DGRAM) and _claim(port):
            return port
    raise RuntimeError(f"no free port between {min(_PORTS)} and {max(_PORTS)}")


def _is_free(port: int, kind: SocketKind) -> bool:
    with socket(AF_INET, kind) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _claim(port: int) -> bool:
    """Whether no other process that runs tests has just chosen the port."""
    claim = socket(AF_UNIX, SOCK_STREAM)
    try:
        claim.bind(f"\0hotline-tests-port-{port}")
    except OSError:
        claim.close()
        return False
    _claims.append(claim.detach())
    if len(_claims) > _CLAIMED_AT_ONCE:
        os.close(_claims.popleft())
    return True
