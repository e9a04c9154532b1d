"""SIPp processes: one plays a scenario; what it sent and received is read from its trace."""

import contextlib
import itertools
import os
import random
import re
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from tests.e2e.scenarios import HOST
from tests.ports import free_port

_HEAD = re.compile(
    rb"^-{40,} (?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)\n\w+ message (?P<way>sent|received) [^\n]*\n\n",
    re.MULTILINE,
)


_MEDIA = range(61000, 65400, 8)
_turn = itertools.count(random.SystemRandom().randrange(len(_MEDIA)))


def free_media_port() -> int:
    """Where a SIPp may have its own sound sockets, which nobody listens to: the first of several in a row.

    Above the ports that are given out as free: it binds more than it is told, also one that another
    SIPp talks SIP on, and would take its messages away. Each process begins to look elsewhere.
    """
    for _ in _MEDIA:
        port = _MEDIA[next(_turn) % len(_MEDIA)]
        with contextlib.ExitStack() as probes:
            try:
                for offset in range(4):
                    probe = probes.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                    probe.bind((HOST, port + offset))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free ports for SIPp's sound between {_MEDIA[0]} and {_MEDIA[-1]}")


@dataclass(frozen=True)
class Message:
    """One SIP message in a SIPp's trace. ``at`` is in UTC."""

    at: datetime
    sent: bool
    text: str

    @cached_property
    def first(self) -> str:
        """The request or status line."""
        return self.text.partition("\n")[0].strip()

    def header(self, name: str) -> str:
        """A header's value, "" without one."""
        found = re.search(rf"^{name}:\s*(.*?)\s*$", self.text, re.MULTILINE | re.IGNORECASE)
        return found[1] if found else ""

    @cached_property
    def call_id(self) -> str:
        """Which call it belongs to."""
        return self.header("Call-ID")


@dataclass
class Sipp:
    """One running SIPp.

    :param scenario: its XML.
    :param calls: to make to ``target``; 0: it is a server.
    :param rate: calls begun a second.
    """

    folder: Path
    scenario: str
    target: str | None = None
    calls: int = 0
    rate: float = 10.0
    port: int = 0
    name: str = field(default_factory=lambda: uuid.uuid4().hex[:10])

    def __post_init__(self) -> None:
        self._trace_file = self.folder / f"{self.name}.trace"
        self._errors = self.folder / f"{self.name}.errors"
        self._scenario_file = self.folder / f"{self.name}.xml"
        self._scenario_file.write_text(self.scenario, encoding="utf-8")
        self._messages: list[Message] = []
        self._read = self._whole = self._settled = 0
        fixed, tries = self.port, 0
        while True:
            self.port = fixed or free_port()
            self.process = self._begin()
            if self._is_up():
                return
            tries += 1
            # Somebody else may have taken the port meanwhile.
            assert tries < 4 and "Unable to bind" in self.errors, f"SIPp did not start: {self.errors}"

    def _begin(self) -> "subprocess.Popen[bytes]":
        # By itself SIPp allows three seconds' worth of calls at a time, and is slow where they last longer.
        each = str(self.calls)
        goal = [self.target, "-m", each, "-l", each, "-r", str(self.rate)] if self.target else []
        return subprocess.Popen(
            ["sipp", *goal, "-sf", str(self._scenario_file), "-i", HOST, "-p", str(self.port), "-nostdin",
             "-cp", str(free_port()), "-mp", str(free_media_port()),
             "-cid_str", f"{self.name}-%u", "-trace_msg", "-message_file", str(self._trace_file),
             "-trace_err", "-error_file", str(self._errors), "-timer_resol", "5", "-rtp_threadtasks", "1"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder,
            env={**os.environ, "TZ": "UTC", "TERM": "dumb"},
        )  # fmt: skip

    def _is_up(self) -> bool:
        """Whether its SIP port is open, as soon as that can be told."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if self._has_port():
                return True
            if self.process.poll() is not None:
                return self.process.returncode == 0
            time.sleep(0.005)
        return False

    def _has_port(self) -> bool:
        """Whether the socket on its port is its own, and not of somebody who was faster."""
        for line in Path("/proc/net/udp").read_text().splitlines():
            fields = line.split()
            if fields[1].endswith(f":{self.port:04X}"):
                return any(f"socket:[{fields[9]}]" == link for link in self._open_files())
        return False

    def _open_files(self) -> Iterator[str]:
        with contextlib.suppress(OSError):
            for handle in Path(f"/proc/{self.process.pid}/fd").iterdir():
                yield str(handle.readlink())

    def call_id(self, number: int = 1) -> str:
        """The Call-ID of its ``number``-th outgoing call."""
        return f"{self.name}-{number}"

    @property
    def errors(self) -> str:
        """What SIPp found wrong."""
        return self._errors.read_text(errors="replace") if self._errors.exists() else ""

    def trace(self) -> list[Message]:
        """Everything sent and received so far."""
        try:
            size = self._trace_file.stat().st_size
        except FileNotFoundError:
            return []
        if size != self._read:
            # The last message may not have been whole when it was read: it is read again.
            with self._trace_file.open("rb") as file:
                file.seek(self._whole)
                data = file.read()
            self._read = self._whole + len(data)
            del self._messages[self._settled :]
            found = list(_messages(data))
            self._messages += [message for message, _ in found]
            if found:
                self._whole += found[-1][1]
                self._settled = len(self._messages) - 1
        return self._messages

    def tell(self, call_id: str, **headers: str) -> None:
        """Tell a waiting scenario what to do next, e.g. ``X_Do="hang_up"``."""
        lines = [
            f"MESSAGE sip:you@{HOST} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:9;branch=z9hG4bK{uuid.uuid4().hex}",
            f"From: <sip:test@{HOST}>;tag=t",
            f"To: <sip:you@{HOST}>",
            f"Call-ID: {call_id}",
            "CSeq: 1 MESSAGE",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
            "Content-Length: 0",
        ]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.sendto(("\r\n".join(lines) + "\r\n\r\n").encode(), (HOST, self.port))

    def finished(self, within: float) -> bool:
        """Whether all its calls came to the scenario's end within ``within`` seconds."""
        try:
            return self.process.wait(within) == 0
        except subprocess.TimeoutExpired:
            return False

    def end(self) -> None:
        """End it at once."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def _messages(data: bytes) -> Iterator[tuple[Message, int]]:
    """Each message with the place of its beginning."""
    heads = list(_HEAD.finditer(data))
    for index, head in enumerate(heads):
        end = heads[index + 1].start() if index + 1 < len(heads) else len(data)
        text = data[head.end() : end].decode("utf-8", "replace").replace("\r\n", "\n")
        at = datetime.fromisoformat(head["at"].decode()).replace(tzinfo=UTC)
        yield Message(at, head["way"] == b"sent", text), head.start()
