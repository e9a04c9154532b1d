"""The pages of the screenshots that no story leads to: by address, and those that need something first."""

import hashlib
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from ivr.config.score_sheet_file import content, load_score_sheet
from ivr.config.sections import Role
from ivr.standard.notice_kind import NoticeReason, NoticeWay
from ivr.standard.score_sheet import Mark
from storage.models import QualitySample, Unit
from storage.queries import notices, quality_draws, quality_scores
from storage.queries.notices import NewNotice
from tests.agent_console.scene import PASSWORD, Scene, ago, write_sound
from tests.conftest import PROJECT
from tests.storage.customer_lists.list_files import HEADINGS, ROWS, csv_file
from tests.storage.queries.test_quality import recorded

if TYPE_CHECKING:
    from scripts.screenshots import Album

BY_ADDRESS: dict[str, tuple[tuple[str, str], ...]] = {
    "1007": (
        ("phone-check", "/phone/test"),
        ("notices", "/notices"),
        ("customer-new", "/customers/new"),
    ),
    "2003": (
        ("board", "/board"),
        ("board-screens", "/board/screens"),
        ("board-wall", "/board/wall"),
        ("calls-to-customers", "/revisits"),
        ("calls-to-customers-list", "/revisits/tasks"),
        ("campaigns", "/revisits/campaigns"),
        ("campaign-new", "/revisits/campaigns/new"),
        ("do-not-call", "/revisits/do-not-call"),
        ("satisfaction", "/revisits/satisfaction"),
        ("outages", "/outages"),
        ("outage-new", "/outages/new"),
        ("gas-leaks", "/incidents"),
        ("incident", "/incidents/1"),
        ("times-due", "/overdue"),
        ("complaints", "/complaints"),
        ("monthly-summary", "/complaints/summary"),
        ("blacklist", "/blacklist"),
        ("units", "/units"),
        ("reports", "/reports"),
        ("planning", "/reports/planning"),
        ("calls-behind-a-figure", f"/reports/calls?kind=day&day={datetime.now():%Y-%m-%d}&figure=offered"),
        ("cases-behind-a-figure", "/reports/cases?kind=month"),
    ),
    "9001": (("people", "/accounts"),),
    "5003": (("unit-none", "/unit"),),
}
"""Name and address of each page, by who looks at it; a test finds the pages that are nowhere."""

APPRAISED = "appraised"
"""Name of the recording that was drawn; it has a file."""

_LAST_MONTH = datetime.now(UTC).replace(day=1) - timedelta(days=10)


def take_pages(album: "Album", scene: Scene, ids: dict[str, int]) -> None:
    """Take all of them."""
    for number in ("2003", "2004", "2005"):
        scene.person(number, "冯班长", Role.SUPERVISOR)
    scene.person("5003", "何师傅", Role.UNIT)
    with scene.database.write() as connection:
        new = NewNotice(
            NoticeWay.DESK, "工单 2026-11-0003 已超时，请催办", NoticeReason.WARNING, agent_id=ids["1007"]
        )
        notices.add(connection, [new], ago(60))
    for work_number, pages in BY_ADDRESS.items():
        page = album.open(work_number)
        for name, path in pages:
            album.take(page, name, path)
    _take_over(album)
    _import(album)
    _appraisal(album, scene, ids)
    _unit(album, scene)


def _take_over(album: "Album") -> None:
    """Somebody signs in where 1007 works already (R-20)."""
    page = album.open(None)
    page.fill("#work_number", "1007")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    album.take(page, "take-over")


def _import(album: "Album") -> None:
    """A list with a wrong row: its columns, what was found, and what became of it."""
    page = album.open("2004")
    page.goto(f"{album.url}/customers/imports")
    with tempfile.TemporaryDirectory(prefix="hotline-screenshots-") as home:
        rows = [HEADINGS, *ROWS, ["", "", "12345", "", "", ""]]
        page.set_input_files("#file", csv_file(Path(home), rows))
        page.click("form.upload button")
        page.wait_for_url("**/customers/imports/*")
    album.take(page, "import-columns")
    page.click("#columns button.primary")
    page.wait_for_selector("#totals-title")
    album.take(page, "import-checked")
    page.check("input[name=skip_wrong]")
    page.click(".import-form button.primary")
    page.wait_for_selector(".over-facts")
    album.take(page, "import-over")


def _appraisal(album: "Album", scene: Scene, ids: dict[str, int]) -> None:
    """A recording of last month that was drawn and scored; the ranking; what its agent sees."""
    begin = _LAST_MONTH.replace(day=1, hour=0)
    sheet = load_score_sheet(PROJECT / "prompts")
    marks = {item.id: Mark.FAILED if place == 6 else Mark.MET for place, item in enumerate(sheet.items)}
    until = (begin + timedelta(days=32)).replace(day=1)
    with scene.database.write() as connection:
        for number, work_number in enumerate(("1008", "1009")):
            recorded(connection, ids[work_number], _LAST_MONTH, number, seconds=131.0)
        kept = {"name": APPRAISED, "sha256": _sha256_of_sound(), "seconds": 1.0}
        recorded(connection, ids["1007"], _LAST_MONTH, 7, **kept)
        now = datetime.now(UTC)
        quality_draws.make(connection, f"{begin:%Y-%m}", begin, until, 1, ids["3001"], now)
        drawn = select(QualitySample.id).where(QualitySample.agent_id == ids["1007"])
        sample = connection.execute(drawn).scalar_one()
        quality_scores.give(
            connection,
            sample,
            ids["3001"],
            sheet,
            content(sheet.items),
            marks,
            "保持前没有征得客户同意",
            now,
            told="您有一段录音已质检",
        )
    reader = album.open("3001")
    album.take(reader, "quality", f"/quality?month={begin:%Y-%m}")
    album.take(reader, "quality-one", f"/quality/{sample}")
    album.take(reader, "quality-ranking", f"/quality/ranking?month={begin:%Y-%m}")
    agent = album.open("1009", dark=True)
    album.take(agent, "my-appraisals-none-dark", "/my-appraisals")
    scored = album.open("1007", anew=True)
    album.take(scored, "my-appraisals", "/my-appraisals")
    album.take(scored, "my-appraisal", f"/my-appraisals/{sample}")


def _sha256_of_sound() -> str:
    with tempfile.TemporaryDirectory(prefix="hotline-screenshots-") as home:
        return hashlib.sha256(write_sound(Path(home) / "sound.wav")).hexdigest()


def _unit(album: "Album", scene: Scene) -> None:
    """One unit with its people."""
    with scene.database.read() as connection:
        unit = connection.execute(select(Unit.id).order_by(Unit.id)).scalars().first()
    page = album.open("2005")
    album.take(page, "one-unit", f"/units/{unit}")
