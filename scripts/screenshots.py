"""Takes a picture of every page into docs/screenshots: the real console, a real browser, made-up people.

Run by `make screenshots`. Needs Debian's chromium and fonts-noto-cjk; without the fonts Chinese is boxes.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).parent.parent
sys.path.insert(0, str(PROJECT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from sqlalchemy import update  # noqa: E402

from ivr.config import load  # noqa: E402
from ivr.config.sections import CallKind, Role  # noqa: E402
from ivr.operation import demo_people  # noqa: E402
from ivr.operation.demo import FIRST_NUMBER, made_up_customers  # noqa: E402
from ivr.operation.demo_cases import WORKS_AT, fill_cases  # noqa: E402
from ivr.standard.agent_state import AgentState  # noqa: E402
from ivr.standard.call_stage import CallStage  # noqa: E402
from ivr.standard.three_rings import OfferOutcome  # noqa: E402
from scripts.screenshot_pages import APPRAISED, take_pages  # noqa: E402
from storage.case_clockwork import clockwork  # noqa: E402
from storage.database import Database  # noqa: E402
from storage.models import Call  # noqa: E402
from storage.queries import (  # noqa: E402
    alarms,
    case_lists,
    case_tokens,
    demo,
    obligation_warnings,
    units,
)
from storage.queries.customer_bulk import add_all, ready  # noqa: E402
from tests.agent_console import busy_day  # noqa: E402
from tests.agent_console.cases.case_scene import CaseScene  # noqa: E402
from tests.agent_console.conftest import Served  # noqa: E402
from tests.agent_console.scene import PASSWORD, Scene, ago, write_sound  # noqa: E402
from tests.nursery import Nursery  # noqa: E402

FOLDER = PROJECT / "docs" / "screenshots"
LARGEST = 150_000
"""Bytes of a picture, so that a clone of the repository stays small."""
QUALITIES = (82, 72, 60)
"""The best of these that is small enough."""
CALLER = str(FIRST_NUMBER)
TYPED = "灶具昨晚起打不着火，换过电池仍无效；阀门已打开，屋内无异味。客户今晚 7 点后在家。"


class Album:
    """The pictures, taken one after the other."""

    def __init__(self, browser: Browser, url: str) -> None:
        """Take pictures of the console at ``url``."""
        self.browser, self.url = browser, url

    def open(self, work_number: str | None, *, dark: bool = False, anew: bool = False) -> Page:
        """A page of somebody's own; signed in unless there is no work number, ``anew``: by taking over."""
        context = self.browser.new_context(
            viewport={"width": 1280, "height": 720},
            color_scheme="dark" if dark else "light",
            permissions=["microphone"],
            locale="zh-CN",
        )
        page = context.new_page()
        page.goto(f"{self.url}/sign-in")
        if work_number is not None:
            page.fill("#work_number", work_number)
            page.fill("#password", PASSWORD)
            page.click("button.primary")
            if anew:
                page.click("button.primary")  # the question whether to take over
            page.wait_for_url(lambda url: "/sign-in" not in url and "/take-over" not in url)
        return page

    def take(self, page: Page, name: str, path: str | None = None) -> None:
        """Keep what is on the page, or on another one of the console."""
        if path is not None:
            page.goto(self.url + path)
        page.wait_for_timeout(700)
        file = FOLDER / f"{name}.jpg"
        for quality in QUALITIES:
            page.screenshot(path=file, type="jpeg", quality=quality)
            if file.stat().st_size <= LARGEST:
                break
        print(f"{file.name}: {file.stat().st_size // 1000} kB")


def main() -> None:
    """Take all pictures; those of before are replaced."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("no Chromium: install Debian's packages chromium and fonts-noto-cjk")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.jpg"):
        old.unlink()
    with _console() as (scene, ids, url), sync_playwright() as playwright:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream"]
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        album = Album(browser, url)
        _desk(album, scene, ids["1001"])
        _alarm(album, scene, ids["1002"])
        _others(album, ids)
        _cases(album, scene, ids)
        _units(album, scene)
        take_pages(album, scene, ids)
        browser.close()


@contextmanager
def _console() -> Iterator[tuple[Scene, dict[str, int], str]]:
    """A console of its own, filled with a busy day and the demo's customers and units."""
    with tempfile.TemporaryDirectory(prefix="hotline-screenshots-") as home:
        address = f"sqlite:///{home}/hotline.sqlite3"
        database = Database(address)
        database.upgrade()
        scene = Scene(database)
        ids = busy_day.build(scene)
        scene.person("9002", "钱审计", Role.AUDITOR)
        scene.person("2002", "吴班长", Role.SUPERVISOR)
        now = datetime.now(UTC)
        with database.write() as connection:
            customers = [ready(values) for values in made_up_customers(now.year)]
            add_all(connection, customers, None, now, demo=True)
            demo.add_units(connection, demo_people.UNITS)
        write_sound(Path(home) / "recordings" / "2026" / "11" / "21" / "whole.wav")
        write_sound(Path(home) / "recordings" / f"{APPRAISED}.wav")
        os.environ.setdefault("PATH", "/usr/bin:/bin")
        nursery = Nursery()
        served = Served(Path(home), address, nursery)
        try:
            yield scene, ids, served.url
        finally:
            served.stop()
            nursery.close()
            database.close()


def _desk(album: Album, scene: Scene, me: int) -> None:
    """A repair, from the first ring to the saved record."""
    scene.presence(me, AgentState.READY)
    with scene.database.write() as connection:  # the alarm comes later
        waiting = update(Call).where(Call.queue == "alarm", Call.ended_at.is_(None))
        connection.execute(waiting.values(ended_at=ago(0), stage=CallStage.ENDED))
    album.take(album.open(None), "sign-in")
    page = album.open("1001")
    page.goto(f"{album.url}/desk")
    scene.engine()
    album.take(page, "desk-ready")
    scene.ended_call(None, 2000, caller_number=CALLER)
    call = scene.call(caller_number=CALLER)
    scene.ring(me, call, rung_at=ago(6))
    scene.engine()
    album.take(page, "desk-ringing")
    _answer(scene, me, call, 84)
    page.wait_for_timeout(600)
    page.fill("#content", TYPED)
    page.select_option("#unit_id", index=1)
    album.take(page, "desk-talk")
    scene.update_call(call, held_since=ago(74), hold_count=2)
    scene.engine()
    page.click("#saved")
    album.take(page, "desk-hold-too-long")
    scene.update_call(call, held_since=None)
    scene.engine()
    page.wait_for_timeout(500)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("t")
    page.wait_for_timeout(500)
    page.keyboard.type("100")
    album.take(page, "desk-transfer")
    page.keyboard.press("Escape")
    page.fill("#knowledge-query", "dahuo")
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    album.take(page, "desk-knowledge")
    page.keyboard.press("Escape")
    scene.update_call(call, stage=CallStage.ENDED, ended_at=ago(0), talk_ended_at=ago(1))
    scene.presence(me, AgentState.WRAP_UP, call_id=call, wrap_up_until=ago(-25))
    scene.engine()
    page.wait_for_timeout(500)
    page.keyboard.press("Control+s")
    album.take(page, "desk-wrap-up")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    album.take(page, "desk-keys")


def _alarm(album: Album, scene: Scene, me: int) -> None:
    """A gas leak, in the dark colours."""
    scene.presence(me, AgentState.READY)
    page = album.open("1002", dark=True)
    page.goto(f"{album.url}/desk")
    call = scene.call(
        queue="alarm", kind=CallKind.ALARM, priority=1, caller_number="13912340000", menu_path="3"
    )
    scene.ring(me, call, rung_at=ago(1))
    scene.engine()
    album.take(page, "desk-alarm-dark")
    _answer(scene, me, call, 21)
    scene.engine()
    album.take(page, "desk-alarm-talk-dark")


def _answer(scene: Scene, agent: int, call: int, seconds: float) -> None:
    scene.update_offer(call, outcome=OfferOutcome.ANSWERED, answered_at=ago(seconds))
    scene.update_call(call, stage=CallStage.TALKING, talk_started_at=ago(seconds), agent_id=agent)
    scene.presence(agent, AgentState.TALKING, call_id=call, since=ago(seconds))


def _others(album: Album, ids: dict[str, int]) -> None:
    """Everything beside the desk."""
    agent = album.open("1003")
    album.take(agent, "calls", "/calls")
    album.take(agent, "customers", "/customers?q=泉中")
    album.take(agent, "customer", "/customers/1")
    album.take(agent, "customer-form", "/customers/1/edit")
    album.take(agent, "knowledge", "/knowledge")
    agent.locator("#shelves a").first.click()
    album.take(agent, "knowledge-article")
    album.take(agent, "phrases", "/phrases")
    boss = album.open("2001")
    album.take(boss, "floor", "/floor")
    album.take(boss, "one-call", f"/calls/{ids['call']}")
    album.take(boss, "customer-import", "/customers/imports")
    boss.emulate_media(color_scheme="dark")
    album.take(boss, "floor-dark", "/floor")
    auditor = album.open("9002")
    album.take(auditor, "audit-log", "/audit-log")
    album.take(album.open(None), "try", "/try")


def _cases(album: Album, scene: Scene, ids: dict[str, int]) -> None:
    """Cases by time left, one to be told, one that is late, one on paper, and the search."""
    me, boss = ids["1004"], ids["2001"]
    with tempfile.TemporaryDirectory(prefix="hotline-screenshots-") as home:
        cases = CaseScene(scene, load(PROJECT / "config.yaml", {"HOTLINE_HOME": home}))
    late = cases.case(me, hours_ago=7, content="热水器不点火，显示 E1，用户家中有老人", surname="周")
    cases.case(ids["1005"], CallKind.ALARM, hours_ago=0.01, content="楼道里燃气味很重", surname="孙")
    cases.case(me, hours_ago=5, content="燃气表显示黑屏，无法购气", surname="吴", form_of_address="女士")
    told = cases.case(me, hours_ago=4, content=TYPED, surname="郑")
    cases.finish(told, 2)
    cases.case(ids["1006"], CallKind.CONSULTATION, hours_ago=13, content="询问过户需要的材料", surname="王")
    complaint = cases.case(me, CallKind.COMPLAINT, hours_ago=1, content="维修工迟到两小时", surname="冯")
    cases.conclude(complaint, boss, me)
    cases.warn()
    supervisor = album.open("2002")
    album.take(supervisor, "cases", "/cases")
    album.take(supervisor, "search", "/search?q=热水器")
    supervisor.click("#sign-out")  # one live session per work number
    supervisor.wait_for_url("**/sign-in*")
    agent = album.open("1004")
    album.take(agent, "case", f"/cases/{told.number}")
    album.take(agent, "case-paper", f"/cases/{late.number}/print")
    agent.emulate_media(color_scheme="dark")
    album.take(agent, "case-late-dark", f"/cases/{late.number}")


def _units(album: Album, scene: Scene) -> None:
    """The demo's cases as units see them: the list, a fitter's phone, gas leaks, times due, complaints."""
    now = datetime.now(UTC)
    for number, (_, _, name) in WORKS_AT.items():
        scene.person(number, name, Role.UNIT)
    with tempfile.TemporaryDirectory(prefix="hotline-screenshots-") as home:
        settings = load(PROJECT / "config.yaml", {"HOTLINE_HOME": home})
    fill_cases(scene.database, settings, list(made_up_customers(now.year)), now)
    with scene.database.write() as connection:
        obligation_warnings.take_due(connection, now, clockwork(settings))
        alarm = alarms.going_on(connection, limit=1)[0]
        token = case_tokens.give(connection, alarm.id, now, hours=1)
        mine = units.active(connection)
        unit_id = next(unit.id for unit in mine if unit.name == WORKS_AT["5001"][0])
        chosen = next(
            line for line in case_lists.of_unit(connection, unit_id, limit=9) if line.state == "accepted"
        )
    scene.engine()
    album.take(album.open("5001"), "unit", f"/unit/{chosen.number}")
    album.take(album.open("5002", dark=True), "unit-alarm-dark", f"/unit/{alarm.number}")
    phone = album.open(None)
    phone.set_viewport_size({"width": 360, "height": 740})
    album.take(phone, "fitter", f"/f/{alarm.number}/{token}")


if __name__ == "__main__":
    main()
