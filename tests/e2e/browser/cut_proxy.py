"""A network that can be cut: passes TCP connections on until then, refuses them until it is mended."""

import contextlib
import socket
import threading

from tests.e2e.scenarios import HOST


class CutProxy:
    """Passes connections on to a port of this machine."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._sockets: list[socket.socket] = []
        self._whole = True
        self._door = socket.create_server((HOST, 0))
        self.port: int = self._door.getsockname()[1]
        self._threads = [threading.Thread(target=self._let_in, daemon=True)]
        self._threads[0].start()

    def _let_in(self) -> None:
        while True:
            try:
                here, _ = self._door.accept()
            except OSError:
                return
            if not self._whole:
                here.close()
                continue
            there = socket.create_connection((HOST, self._target))
            self._sockets += [here, there]
            for source, sink in ((here, there), (there, here)):
                thread = threading.Thread(target=_pass, args=(source, sink), daemon=True)
                self._threads.append(thread)
                thread.start()

    def cut(self) -> None:
        """End every connection; new ones are closed at once."""
        self._whole = False
        for wire in self._sockets:
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Pass new connections on again."""
        self._whole = True

    def close(self) -> None:
        """End it with all its connections."""
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)
        for wire in self._sockets:
            wire.close()


def _pass(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
