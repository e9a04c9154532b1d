"""A TCP connection that dies without a word: a proxy that stops passing bytes and closes nothing."""

import contextlib
import socket
import threading

from tests.e2e.scenarios import HOST
from tests.ports import free_port


class FreezingProxy:
    """Passes connections on to a port of this machine until it is frozen; later ones pass again."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self._target = target
        self._sockets: list[socket.socket] = []
        self._frozen: set[socket.socket] = set()
        self._door = socket.create_server((HOST, self.port))
        self._threads = [threading.Thread(target=self._let_in, daemon=True)]
        self._threads[0].start()

    def _let_in(self) -> None:
        while True:
            try:
                here, _ = self._door.accept()
            except OSError:
                return
            there = socket.create_connection((HOST, self._target))
            self._sockets += [here, there]
            for source, sink in ((here, there), (there, here)):
                thread = threading.Thread(target=self._pass, args=(source, sink), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if source not in self._frozen:
                    sink.sendall(data)
            if source not in self._frozen:
                sink.shutdown(socket.SHUT_WR)

    def freeze(self) -> None:
        """Let every connection there is die silently."""
        self._frozen |= set(self._sockets)

    def close(self) -> None:
        """End it with all its connections."""
        for wire in (self._door, *self._sockets):
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            wire.close()
        for thread in self._threads:
            thread.join(5)
