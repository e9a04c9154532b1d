"""A person with a browser: the real console in front of the test's hotline, and a phone in the page."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.agent_console.scene import PASSWORD
from tests.conftest import PROJECT
from tests.e2e.rows import eventually
from tests.nursery import Nursery
from tests.patience import BROWSER_MS
from tests.ports import free_port


class Console:
    """The console's process.

    :param environment: the settings, as for :func:`ivr.config.load`.
    """

    def __init__(self, environment: dict[str, str], home: Path, nursery: Nursery) -> None:
        self.port = free_port()
        home.mkdir(parents=True, exist_ok=True)
        self._errors = home / "console.log"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE")}
        settings = {
            **clean,
            **environment,
            "HOTLINE_HOME": str(home),
            "HOTLINE__CONSOLE__PORT": str(self.port),
            "HOTLINE__CONSOLE__SIGN_IN_TRIES_PER_MINUTE": "1000",
        }
        self._process = nursery.start(
            "console", [str(PROJECT / "config.yaml")], settings, stderr=self._errors
        )
        line = self._process.stdout.readline()
        if not line.startswith("console ready"):
            raise AssertionError(f"the console did not start: {line}{self._errors.read_text()}")

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> str:
        """End it; gives what it wrote about errors."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        return self._errors.read_text()


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, context: BrowserContext, console: Console) -> None:
        self.context = context
        self.console = console
        self.page: Page = context.new_page()
        self.page.set_default_timeout(BROWSER_MS)
        self.wrong: list[str] = []
        self.said: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: self.said.append(f"{said.type}: {said.text}"))

    def sign_in(self, work_number: str, path: str = "/phone/test") -> "Person":
        """Sign in, and go on to ``path``."""
        self.page.goto(f"{self.console.url}/sign-in")
        self.page.fill("#work_number", work_number)
        self.page.fill("#password", PASSWORD)
        self.page.click("button.primary")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        self.page.goto(self.console.url + path)
        return self

    def phone(self, what: str) -> Any:
        """Evaluate ``phone.<what>`` in the page."""
        return self.page.evaluate(f"globalThis.hotlinePhone.{what}")

    def until(self, state: str, within: float = 6.0) -> None:
        """Wait until the phone is in a state."""
        self._until(lambda: self.phone("state"), state, within)

    def until_trouble(self, word: str, within: float = 6.0) -> None:
        """Wait until the phone says that something is wrong."""
        self._until(lambda: self.phone("trouble"), word, within)

    def _until(self, look: Callable[[], Any], wanted: Any, within: float) -> None:
        seen: list[Any] = []

        def there() -> bool:
            now = look()
            if not seen or seen[-1] != now:
                seen.append(now)
            return bool(now == wanted)

        eventually(there, within, f"{wanted}; there was {seen}; page said {self.said[-8:]} {self.wrong}")

    def watch_for_stalls(self) -> None:
        """From now on measure for how long this machine lets the browser do nothing."""
        self.page.evaluate(
            """() => {
              globalThis.longestStall = 0;
              let at = performance.now();
              setInterval(() => {
                const now = performance.now();
                globalThis.longestStall = Math.max(globalThis.longestStall, now - at - 20);
                at = now;
              }, 20);
            }"""
        )

    def stall(self) -> float:
        """The longest of them, in seconds."""
        return float(self.page.evaluate("globalThis.longestStall")) / 1000

    def counts(self) -> dict[str, Any]:
        """What the browser has counted of the call that is up."""
        found: dict[str, Any] = self.phone("counts()")
        return found
