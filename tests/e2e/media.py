"""The sound of callers and agents: RTP on sockets of our own, beside the SIP that SIPp speaks.

Every line writes down what it hears packet by packet with the time, so that gaps and silences can be
measured, and says silence, a tone or keys. It speaks to where it is spoken to from (symmetric RTP).
"""

import contextlib
import selectors
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np

from tests.asterisk.g711 import alaw_decode, alaw_encode
from tests.e2e.scenarios import HOST

TICK = 0.02  # seconds of sound in a packet
PACKET = 160  # samples in it
SILENCE = b"\xd5" * PACKET
TONES = {"1": (697, 1209), "2": (697, 1336), "3": (697, 1477), "4": (770, 1209), "5": (770, 1336)}
ALAW, EVENTS = 8, 101
SO_TIMESTAMPNS = 35  # asm-generic/socket.h; Python has no name for it
EVENT_OF = {key: number for number, key in enumerate("0123456789*#ABCD")}
EVENT_TICKS = 6
PAUSE_TICKS = 3
"""After a key, beside the two packets in which its end is said again: a telephone that dials a stored number
leaves 65 ms between two keys (ETSI ES 201 235-2), a finger more."""


@dataclass(frozen=True)
class Packet:
    """A packet that was heard. ``at``: seconds since 1970."""

    at: float
    kind: int
    payload: bytes


class Line:
    """One end of a call's sound, at ``port``. Made by :meth:`Exchange.line`."""

    def __init__(self) -> None:
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.bind((HOST, 0))
        self.wire.setblocking(False)
        self.wire.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.port: int = self.wire.getsockname()[1]
        self.heard: list[Packet] = []
        self.mute = False
        """Sends no packet at all."""
        self._peer: tuple[str, int] | None = None
        self._tone: list[bytes] = [SILENCE]
        self._next: deque[tuple[int, bytes, bool]] = deque()
        self._sequence = 0
        self._stamp = 0
        self._event_stamp = 0

    def say_tone(self, hertz: float) -> None:
        """Say a tone from now on; 0 is silence."""
        at = np.arange(PACKET * 50) / 8000
        sound = (np.sin(2 * np.pi * hertz * at) * 8000).astype(np.int16)
        self._tone = [alaw_encode(part) for part in np.split(sound, 50)] if hertz else [SILENCE]

    def press(self, key: str) -> None:
        """Press a key by telephone events (RFC 4733)."""
        for tick in range(1, EVENT_TICKS + 3):
            end = 0x80 if tick >= EVENT_TICKS else 0
            body = struct.pack("!BBH", EVENT_OF[key], end | 10, min(tick, EVENT_TICKS) * PACKET)
            self._next.append((EVENTS, body, tick == 1))
        self._next += [(ALAW, SILENCE, False)] * PAUSE_TICKS

    @property
    def has_pressed(self) -> bool:
        """Whether everything that was to be pressed has been sent."""
        return not self._next

    def press_in_band(self, key: str) -> None:
        """Press a key as its two tones in the sound, 120 ms."""
        at = np.arange(PACKET * 6) / 8000
        sound = np.asarray(sum(np.sin(2 * np.pi * hertz * at) for hertz in TONES[key]) * 8000, dtype=np.int16)
        self._next += [(ALAW, alaw_encode(part), False) for part in np.split(sound, 6)]

    # -- what was heard ------------------------------------------------------------------------

    def sound(self, since: datetime | None = None, until: datetime | None = None) -> bytes:
        """The A-law sound heard in a time."""
        return b"".join(packet.payload for packet in self.packets(since, until))

    def packets(self, since: datetime | None = None, until: datetime | None = None) -> list[Packet]:
        """The packets with sound heard in a time."""
        first = since.timestamp() if since else 0.0
        last = until.timestamp() if until else float("inf")
        return [p for p in self.heard if p.kind == ALAW and first <= p.at <= last]

    def pitch(self, seconds: float = 0.4) -> float:
        """The strongest frequency (Hz) of the last ``seconds``; 0 for silence."""
        return pitch(self.sound(datetime.fromtimestamp(time.time() - seconds, UTC)))

    def speak_to(self, port: int) -> None:
        """Speak to where the other side said it listens, without having heard from it."""
        self._peer = self._peer or (HOST, port)

    # -- called by the exchange ----------------------------------------------------------------

    def hear(self) -> None:
        """Take what has come, with the time at which it came (and not that at which we looked)."""
        with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
            while True:
                data, ancillary, _, self._peer = self.wire.recvmsg(2048, 64)
                seconds, nanoseconds = struct.unpack("@ll", ancillary[0][2])
                self.heard.append(Packet(seconds + nanoseconds / 1e9, data[1] & 0x7F, data[12:]))

    def speak(self) -> None:
        """Send the next 20 ms."""
        self._stamp += PACKET
        if self._peer is None or self.mute:
            return
        kind, body, first = self._next.popleft() if self._next else (ALAW, self._sound(), False)
        if first:
            self._event_stamp = self._stamp
        stamp = self._event_stamp if kind == EVENTS else self._stamp
        self._sequence += 1
        mark = 0x80 if first else 0
        head = struct.pack(
            "!BBHII", 0x80, kind | mark, self._sequence & 0xFFFF, stamp & 0xFFFFFFFF, self.port
        )
        with contextlib.suppress(OSError):
            self.wire.sendto(head + body, self._peer)

    def _sound(self) -> bytes:
        return self._tone[self._sequence % len(self._tone)]


class Exchange:
    """All lines of a test, served by one thread."""

    def __init__(self) -> None:
        self._lines: dict[int, Line] = {}
        self._look = selectors.DefaultSelector()
        self._stalls: list[tuple[float, float]] = []
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="sound", daemon=True)
        self._thread.start()

    def line(self) -> Line:
        """A new line on a free port."""
        line = Line()
        with self._lock:
            self._lines[line.port] = line
            self._look.register(line.wire, selectors.EVENT_READ, line)
        return line

    def stall(self, since: float) -> float:
        """The longest time (seconds) for which this machine let nobody here speak since then (1970)."""
        return max([late for at, late in self._stalls if at >= since], default=0.0)

    def _serve(self) -> None:
        tick_at = time.monotonic()
        while not self._ended.is_set():
            for key, _ in self._look.select(max(0.0, min(TICK, tick_at - time.monotonic()))):
                key.data.hear()
            if (late := time.monotonic() - tick_at) >= 0:
                tick_at += TICK
                if late > TICK:
                    self._stalls.append((time.time(), late))
                with self._lock:
                    lines = list(self._lines.values())
                for line in lines:
                    line.speak()

    def close(self) -> None:
        """End all lines."""
        self._ended.set()
        self._thread.join()
        for line in self._lines.values():
            line.wire.close()
        self._look.close()


def pitch(sound: bytes) -> float:
    """The strongest frequency (Hz) of A-law sound; 0 for silence or nothing."""
    if len(sound) < PACKET * 5:
        return 0.0
    samples = alaw_decode(sound).astype(float)
    if np.abs(samples).mean() < 50:
        return 0.0
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * 8000 / len(samples))


def silences(packets: list[Packet], since: float, until: float, quieter_than: float = 20.0) -> float:
    """The longest time (seconds) between two audible packets, the edges included; levels are 16-bit means."""
    loud = [p.at for p in packets if np.abs(alaw_decode(p.payload)).mean() >= quieter_than]
    times = [since, *(at for at in loud if since <= at <= until), until]
    return max(later - earlier for earlier, later in pairwise(times))


def longest_gap(packets: list[Packet], since: float, until: float) -> float:
    """The longest time (seconds) without any packet, the edges included."""
    times = [since, *(p.at for p in packets if since <= p.at <= until), until]
    return max(later - earlier for earlier, later in pairwise(times))
