"""Real Chromium with real sound in front of the real console, engine and PBX."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import soundfile
from playwright.sync_api import Browser, BrowserContext, Playwright
from sqlalchemy import insert

from ivr.config.sections import DeviceKind, Role
from ivr.standard.agent_state import AgentState
from storage.models import Agent, AgentPresence, AgentSkill
from tests.agent_console.browser.conftest import FLAGS
from tests.agent_console.scene import CHEAP, PASSWORD
from tests.chromium import chromium_program
from tests.conftest import PROJECT
from tests.e2e.browser.desk import Console, Person
from tests.e2e.pbx import Pbx
from tests.e2e.rows import SKILLS, eventually
from tests.e2e.scene import Scene

Consoles = Callable[..., Console]
People = Callable[..., Person]

MEDIA_FLAGS = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every microphone hears: a voice, so that the browser's treatment of noise lets it through."""
    sound, rate = soundfile.read(PROJECT / "prompts" / "audio" / "zh" / "menu_main.flac")
    file = tmp_path_factory.mktemp("microphone") / "spoken.wav"
    soundfile.write(file, sound, rate, subtype="PCM_16")
    return file


@pytest.fixture(scope="session")
def chromium(playwright: Playwright, spoken: Path) -> Iterator[Browser]:
    """The browser with a microphone, for the whole run."""
    browser = playwright.chromium.launch(
        **chromium_program(),
        args=[*FLAGS, *MEDIA_FLAGS, f"--use-file-for-fake-audio-capture={spoken}"],
        ignore_default_args=["--mute-audio"],
    )
    yield browser
    browser.close()


@pytest.fixture
def consoles(scene: Scene, tmp_path: Path) -> Iterator[Callable[..., Console]]:
    """Starts consoles on the test's database."""
    started: list[Console] = []

    def start(pbx: Pbx | None = None, **changes: object) -> Console:
        home = tmp_path / f"console-{len(started)}"
        console = Console(scene.environment(pbx or scene.pbx, changes), home, scene.nursery)
        started.append(console)
        return console

    yield start
    for console in started:
        errors = console.stop()
        if errors:
            print(errors)


@pytest.fixture
def people(chromium: Browser) -> Iterator[Callable[..., Person]]:
    """Gives people at browsers of their own."""
    contexts: list[BrowserContext] = []

    def sit(console: Console, **more: object) -> Person:
        context = chromium.new_context(viewport={"width": 1280, "height": 720}, **more)  # type: ignore[arg-type]
        contexts.append(context)
        return Person(context, console)

    yield sit
    for context in contexts:
        context.close()


def add_browser_agent(scene: Scene, work_number: str, skills: dict[str, int] | None = None) -> int:
    """An agent, signed out, whose phone is in the page."""
    now = datetime.now(UTC)
    with scene.rows.database.write() as connection:
        row = {
            "work_number": work_number,
            "name": f"客服{work_number}",
            "role": Role.AGENT,
            "password_hash": CHEAP.hash(PASSWORD),
            "device_kind": DeviceKind.BROWSER,
            "created_at": now,
        }
        agent_id = int(connection.execute(insert(Agent).returning(Agent.id), row).scalar_one())
        connection.execute(
            insert(AgentPresence),
            {"agent_id": agent_id, "state": AgentState.SIGNED_OUT, "since": now, "idle_since": now},
        )
        connection.execute(
            insert(AgentSkill),
            [
                {"agent_id": agent_id, "skill": name, "level": level}
                for name, level in (skills or SKILLS).items()
            ],
        )
    return agent_id


def at_the_phone(scene: Scene, people: People, console: Console, work_number: str = "1001") -> Person:
    """An agent who has signed in, whose phone is registered, and who is ready."""
    person = people(console).sign_in(work_number)
    person.until("registered")
    eventually(lambda: scene.rows.presence(work_number).device_present, 3, "the engine sees the phone")
    scene.ready(work_number)
    scene.rows.until_state(work_number, AgentState.READY)
    return person
