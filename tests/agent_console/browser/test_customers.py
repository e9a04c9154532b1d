"""The archive in real Chromium: an import with preview, search and form by keyboard alone, accessibility."""

import os
import re
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ivr.config.sections import Role
from ivr.standard.import_state import ImportState
from storage.database import Database
from storage.queries import customer_imports, customers
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.browser.test_accessibility import IN_THE_ARCHIVE, Checker
from tests.agent_console.conftest import Served
from tests.agent_console.scene import Scene
from tests.storage.customer_lists.list_files import HEADINGS, ROWS, csv_file
from tests.storage.customer_rows import LI, add, somebody

pytestmark = pytest.mark.browser

Sit = Callable[..., Desk]


def keeper(sit_down: Sit, scene: Scene, path: str, **more: object) -> Desk:
    """An administrator at a page."""
    scene.person("9001", name="管理员", role=Role.ADMINISTRATOR)
    desk = sit_down(**more)
    desk.sign_in("9001", path)
    return desk


def upload(page: Page, file: Path) -> None:
    page.set_input_files("#file", file)
    page.click("form.upload button")


def test_a_list_of_another_encoding_is_previewed_checked_and_imported(
    sit_down: Sit, scene: Scene, database: Database, tmp_path: Path
) -> None:
    add(database, LI)
    rows = [
        HEADINGS,
        ["QZ1", "李志刚", "13900000009", "", "", ""],
        ROWS[1],
        ["QZ3", "", "1.39E+10", "", "", "=1+1"],
    ]
    desk = keeper(sit_down, scene, "/customers/imports")
    page = desk.page
    upload(page, csv_file(tmp_path, rows, encoding="gbk", delimiter=";", name="名单.csv"))
    expect(page.locator("#encoding")).to_have_value("gb18030")
    expect(page.locator("#delimiter")).to_have_value(";")
    expect(page.locator("#column-2")).to_have_value("numbers")
    expect(page.locator(".preview")).to_contain_text("王敏")
    page.select_option("#column-5", "")
    page.click("#columns button.primary")
    expect(page.locator("#totals-title")).to_be_visible()
    expect(page.locator(".totals")).to_contain_text("已有用户")
    expect(page.locator(".mistakes tbody tr")).to_have_count(2)
    with page.expect_download() as download:
        page.click("a[download]")
    assert "1.39E+10" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    page.click(".import-form button.primary")
    expect(page.locator(".message.bad")).to_contain_text("请勾选跳过有错的行")
    page.check("input[name=skip_wrong]")
    page.click(".import-form button.primary")
    expect(page.locator(".over-facts")).to_be_visible()
    expect(page.locator("h1")).to_have_text("名单已导入档案")
    with database.read() as connection:
        found = {one.name: one for one in customers.search(connection, "", 10)}
    assert set(found) == {"李志刚", "王敏"}
    assert found["王敏"].note is None
    assert desk.wrong == [] or all("422" in wrong for wrong in desk.wrong)


@pytest.mark.long
def test_a_file_that_is_too_large_is_not_even_sent(sit_down: Sit, scene: Scene, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * (11 * 1024 * 1024))
    page = keeper(sit_down, scene, "/customers/imports").page
    upload(page, large)
    expect(page.locator("#too-large")).to_contain_text("最多接受 10 MB")
    assert not (tmp_path / "imports").exists()


def test_a_console_killed_over_an_import_leaves_nothing_half(
    sit_down: Sit, scene: Scene, database: Database, served: Served, tmp_path: Path
) -> None:
    rows = [
        [f"A{serial}", f"王{serial}", "", f"泉中小区{serial}号楼1单元101", "", ""] for serial in range(6000)
    ]
    page = keeper(sit_down, scene, "/customers/imports").page
    upload(page, csv_file(tmp_path, [HEADINGS, *rows]))
    page.click("#columns button.primary")
    page.click(".import-form button.primary", timeout=60_000)

    def state() -> ImportState:
        with database.read() as connection:
            return customer_imports.newest(connection, 1)[0].state

    for _ in range(200):
        if state() is not ImportState.CHECKED:
            break
        time.sleep(0.02)
    arbiter = served.process.pid
    workers = Path(f"/proc/{arbiter}/task/{arbiter}/children").read_text().split()
    for process in (arbiter, *map(int, workers)):
        os.kill(process, signal.SIGKILL)
    served.process.wait()
    with database.read() as connection:
        written = customers.search_page(connection, "", limit=1).total
    assert written == (6000 if state() is ImportState.DONE else 0)


def test_somebody_is_found_opened_and_edited_by_keyboard_alone(
    sit_down: Sit, scene: Scene, database: Database
) -> None:
    first, second = add(database, LI, somebody(name="林志强", compound="柳岸花园"))
    scene.person("1001")
    desk = sit_down()
    page = desk.sign_in("1001", "/customers")
    page.keyboard.press("Tab")
    page.locator("body").press("/")
    page.keyboard.type("lzq")
    page.keyboard.press("Enter")
    expect(page.locator("#found tbody tr")).to_have_count(2)
    page.wait_for_load_state()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/customers/({first}|{second})$"))
    page.wait_for_load_state()
    chosen = int(page.url.rsplit("/", 1)[1])
    page.keyboard.press("e")
    expect(page.locator("#name")).to_be_focused()
    page.wait_for_load_state()
    page.keyboard.press("Control+A")
    page.keyboard.type("林小强")
    page.locator("#meter_year").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("20")
    page.keyboard.press("Control+S")
    expect(page.locator("#meter_year-mistake")).to_be_visible()
    expect(page.locator("#meter_year")).to_be_focused()
    page.wait_for_load_state()
    expect(page.locator("#name")).to_have_value("林小强")
    page.keyboard.press("Control+A")
    page.keyboard.type("2020")
    page.keyboard.press("Control+S")
    expect(page.locator("h1")).to_contain_text("林小强")
    expect(page.locator(".history")).to_contain_text("2020")
    with database.read() as connection:
        changed = customers.one(connection, chosen)
    assert changed is not None and (changed.name, changed.meter_year) == ("林小强", 2020)


@pytest.mark.parametrize(
    ("language", "colours"), [("zh", "light"), pytest.param("en", "dark", marks=pytest.mark.long)]
)
def test_no_page_of_the_archive_has_a_serious_finding(
    sit_down: Sit, scene: Scene, database: Database, axe: str, tmp_path: Path, language: str, colours: str
) -> None:
    made, _ = add(database, LI, somebody(name="张三"), demo=True)
    scene.ended_call(None, 5, caller_number="13900000000", queue="repair")
    check = Checker(axe)
    scene.person("2001", role=Role.SUPERVISOR)
    boss = sit_down(color_scheme=colours, bypass_csp=True)
    boss.open("/sign-in")
    if language == "en":
        boss.page.click(".choices button[value=en]")
    page = boss.sign_in("2001", "/customers")
    check.look(page, "list")
    for path, name in [
        ("/customers?q=nobody", "nobody"),
        (f"/customers/{made}", "one"),
        (f"/customers/{made}/edit", "form"),
        ("/customers/imports", "imports"),
    ]:
        check.look(boss.open(path), name)
    page = boss.open("/customers/new?number=123")
    page.click("[data-key-save]")
    check.look(page, "form with mistakes")
    boss.open("/customers/imports")
    upload(page, csv_file(tmp_path, [HEADINGS, *ROWS, ["", "", "12345", "", "", ""]]))
    check.look(page, "columns")
    page.click("#columns button.primary")
    expect(page.locator("#totals-title")).to_be_visible()
    check.look(page, "checked")
    page.check("input[name=skip_wrong]")
    page.click(".import-form button.primary")
    expect(page.locator(".over-facts")).to_be_visible()
    check.look(page, "over")
    page = boss.open("/customers/imports")
    upload(page, csv_file(tmp_path, [HEADINGS, *ROWS]))
    page.wait_for_url("**/customers/imports/*")
    with database.write() as connection:
        work = int(page.url.rsplit("/", 1)[1])
        moment = datetime.now(UTC)
        customer_imports.begin(
            connection, work, moment, before=ImportState.UPLOADED, at_work=ImportState.CHECKING
        )
        customer_imports.progress(connection, work, 1200, moment)
    page.reload()
    expect(page.locator("#done")).to_have_text("1200")
    check.look(page, "at work")
    assert check.found == []
    assert check.paths >= IN_THE_ARCHIVE
