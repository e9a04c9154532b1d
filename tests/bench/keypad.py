"""Presses the callers' keys: RFC 4733 events from one socket, each end noted to the microsecond.

SIPp itself can play keys only as root (it writes raw packets), and does not say when the last one left.
"""

import heapq
import socket
import struct
import threading
import time
from pathlib import Path

from tests.bench.plan import KEY_AFTER
from tests.e2e.media import EVENT_OF, EVENTS
from tests.e2e.scenarios import HOST

PACKET_SECONDS = 0.02
PACKETS = 5
END_PACKETS = 3
SOUND, SAYS_AFTER = PACKETS, 1.5
"""Every caller says 20 ms of something in the talk: a recording of nothing is a failed one."""
PCMA = 8
"""RTP payload type of A-law (RFC 3551)."""
LOOK_EVERY = 0.02
"""Seconds between two looks into the callers' log."""


class Keypad(threading.Thread):
    """Presses a key for every caller who is connected, :data:`~tests.bench.plan.KEY_AFTER` later.

    :param log: of the callers' SIPp, read while it grows.
    """

    def __init__(self, log: Path, key: str) -> None:
        super().__init__(name="keypad", daemon=True)
        self.pressed: dict[int, float] = {}
        """Number of the caller → when the last packet of the key left (seconds since 1970)."""
        self._wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._wire.bind((HOST, 0))
        self.port: int = self._wire.getsockname()[1]
        self._log = log
        self._event = EVENT_OF[key]
        self._due: list[tuple[float, int, int, int]] = []
        self._ended = threading.Event()
        self._read = 0

    def run(self) -> None:
        """Press keys until :meth:`close`."""
        look_at = 0.0
        while not self._ended.is_set():
            now = time.time()
            if now >= look_at:
                self._look()
                look_at = now + LOOK_EVERY
            while self._due and self._due[0][0] <= now:
                self._send(*heapq.heappop(self._due)[1:])
            next_at = min(look_at, self._due[0][0]) if self._due else look_at
            time.sleep(max(0.0, next_at - time.time()))

    def close(self) -> None:
        """End it."""
        self._ended.set()
        self.join()
        self._wire.close()

    def _look(self) -> None:
        """Take in who was connected since the last look."""
        try:
            with self._log.open("rb") as log:
                log.seek(self._read)
                data = log.read()
        except FileNotFoundError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            word, number, port, *_, at = line.split()
            if word == b"up":
                for packet in range(PACKETS):
                    due = float(at) + KEY_AFTER + packet * PACKET_SECONDS
                    heapq.heappush(self._due, (due, int(number), int(port), packet))
                said = float(at) + KEY_AFTER + SAYS_AFTER
                heapq.heappush(self._due, (said, int(number), int(port), SOUND))

    def _send(self, number: int, port: int, packet: int) -> None:
        if packet == SOUND:
            head = struct.pack("!BBHII", 0x80, PCMA, PACKETS + END_PACKETS + 1, 16000, number)
            self._wire.sendto(head + b"\x55" * 160, (HOST, port))
            return
        last = packet == PACKETS - 1
        for again in range(END_PACKETS if last else 1):
            mark = 0x80 if packet == 0 else 0
            head = struct.pack("!BBHII", 0x80, EVENTS | mark, packet + again + 1, 160, number)
            body = struct.pack("!BBH", self._event, (0x80 if last else 0) | 10, (packet + 1) * 160)
            self._wire.sendto(head + body, (HOST, port))
        if last:
            self.pressed[number] = time.time()
