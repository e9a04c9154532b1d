"""A real Asterisk for the tests, on free ports of its own, and what it says about its calls."""

import asyncio
import base64
import fcntl
import http.client
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from ivr.asterisk.ari_password import ari_password
from ivr.asterisk.embedded import EmbeddedAsterisk
from ivr.asterisk.folders import AsteriskFolders
from ivr.config import Settings, load
from ivr.speech.install import install_prompts
from tests.asterisk.running_pbx import CONFIG, asterisk_install
from tests.patience import Patience
from tests.ports import free_port

T = TypeVar("T")
PROMPTS = CONFIG.parent / "prompts"
RTP_PORTS = 400
DUTY_PHONE = "duty"


class Pbx:
    """One Asterisk with the hotline's prompts.

    :param home: its folder, which an engine that belongs to it shares.
    :param data: where prompts and music were installed, see :func:`install_sounds`.
    :param node: its name in the records.
    :param changes: settings as for :func:`overrides`, beside those that keep it apart from others.
    """

    def __init__(self, home: Path, data: Path, node: str = "pbx1", **changes: object) -> None:
        self.home = home
        self.node = node
        self.duty_port = free_port()
        # Above the ports that are given out as free: sound may take one before its server has begun.
        first = 20000 + (os.getpid() + hash(node)) % 30 * RTP_PORTS
        self.environment = overrides(
            pbx__node=node,
            pbx__sip__port=free_port(),
            pbx__ari__port=free_port(),
            pbx__rtp__first=first,
            pbx__rtp__last=first + RTP_PORTS - 1,
            trunks=[{"name": "line", "match": ["127.0.0.1/32"]}],
            alarm__duty_phones=[f"sip:{DUTY_PHONE}@127.0.0.1:{self.duty_port}"],
            **changes,
        ) | {"HOTLINE_HOME": str(home)}
        self.settings: Settings = load(CONFIG, self.environment)
        self.folders = AsteriskFolders.of_home(home)
        self._asterisk = EmbeddedAsterisk(self.settings, asterisk_install())
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"pbx {node}", daemon=True)
        self._thread.start()
        # Links, so that a test may take files away from this PBX and from no other.
        shutil.copytree(data, self.folders.data, copy_function=os.link, dirs_exist_ok=True)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    @property
    def sip(self) -> str:
        """Where calls are taken."""
        return f"127.0.0.1:{self.settings.pbx.sip.port}"

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self._asterisk.pid is not None
        return self._asterisk.pid

    def start(self) -> None:
        """Start it; returns when it takes calls."""
        self._run(self._asterisk.start())

    def stop(self) -> None:
        """End it with all its calls."""
        self._run(self._asterisk.stop())

    def crash(self) -> None:
        """Kill it."""
        os.kill(self.pid, signal.SIGKILL)
        self._run(self._asterisk.ended())

    def close(self) -> None:
        """End it for good."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def rx(self, command: str) -> str:
        """A command as on its console."""
        return self._run(self._asterisk.rx(command))

    def ask(self, method: str, path: str, told: object = None) -> Any:
        """A request to ARI over HTTP, beside the engine's socket.

        :param told: its body, sent as JSON.
        """
        ari = self.settings.pbx.ari
        token = base64.b64encode(f"{ari.user}:{ari_password(self.home)}".encode()).decode()
        connection = http.client.HTTPConnection(ari.host, ari.port, timeout=5)
        try:
            headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
            connection.request(method, f"/ari{path}", json.dumps(told) if told is not None else None, headers)
            body = connection.getresponse().read()
        finally:
            connection.close()
        return json.loads(body) if body else None

    def channels(self) -> list[str]:
        """Names of all channels that are up, ringing or about to be."""
        return sorted(str(channel["name"]) for channel in self.ask("GET", "/channels"))

    def left_over(self, within: float) -> list[str]:
        """Channels and bridges that are still there after ``within`` seconds; comes back when none is."""
        patience = Patience(within)
        while True:
            is_over = patience.is_over
            bridges = [f"bridge {bridge['id']}" for bridge in self.ask("GET", "/bridges")]
            found = self.channels() + bridges
            if not found or is_over:
                return found
            time.sleep(0.05)

    def clear(self) -> None:
        """End whatever a test left behind."""
        until = time.monotonic() + 15
        while found := self.ask("GET", "/channels"):
            assert time.monotonic() < until, found
            for channel in found:
                self.ask("DELETE", f"/channels/{channel['id']}")
            time.sleep(0.05)
        for bridge in self.ask("GET", "/bridges"):
            self.ask("DELETE", f"/bridges/{bridge['id']}")
        for part in self.folders.recordings.iterdir():
            part.unlink()


def install_sounds(data: Path) -> None:
    """Install the hotline's prompts and music below ``data``, once for all processes that want them there."""
    data.mkdir(exist_ok=True)
    with (data.parent / f"{data.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install_prompts(PROMPTS, data / "sounds")


def overrides(**changes: object) -> dict[str, str]:
    """``section__key=value`` as the environment variables that lay it over config.yaml."""
    return {
        f"HOTLINE__{key.upper()}": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in changes.items()
    }
