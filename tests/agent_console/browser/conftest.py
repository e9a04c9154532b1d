"""Real Chromium in front of the real console. On SQLite, but where a test asks for both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.agent_console.conftest import Served
from tests.agent_console.scene import PASSWORD
from tests.chromium import chromium_program
from tests.patience import BROWSER_MS

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def database_address(request: pytest.FixtureRequest) -> str:
    """Address of a fresh database: SQLite, or what the test names."""
    return str(request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_address"))


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The browser, for the whole run."""
    browser = playwright.chromium.launch(**chromium_program(), args=FLAGS)
    yield browser
    browser.close()


class Desk:
    """A person at a browser of their own."""

    def __init__(self, context: BrowserContext, served: Served) -> None:
        """Open an empty page that notes what goes wrong on it."""
        self.context = context
        self.served = served
        self.page: Page = context.new_page()
        self.page.set_default_timeout(BROWSER_MS)
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.wrong.append(said.text))

    def open(self, path: str) -> Page:
        """Open a page of the console."""
        self.page.goto(self.served.url + path)
        return self.page

    def sign_in(self, work_number: str, path: str = "/") -> Page:
        """Sign in, and go on to ``path``."""
        self.open("/sign-in")
        self.page.fill("#work_number", work_number)
        self.page.fill("#password", PASSWORD)
        self.page.click("button.primary")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self.open(path)


@pytest.fixture
def sit_down(chromium: Browser, served: Served) -> Iterator[Callable[..., Desk]]:
    """Gives people at browsers of their own, each 1280×720."""
    contexts: list[BrowserContext] = []

    def sit(width: int = 1280, height: int = 720, **more: object) -> Desk:
        context = chromium.new_context(viewport={"width": width, "height": height}, **more)  # type: ignore[arg-type]
        contexts.append(context)
        return Desk(context, served)

    yield sit
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's script."""
    return (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
