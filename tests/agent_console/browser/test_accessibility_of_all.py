"""axe at every page that needs no more than its address, and at the appraisals and figures."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from ivr.config.score_sheet_file import content, load_score_sheet
from ivr.config.sections import Role
from ivr.standard.score_sheet import Mark
from storage.models import QualitySample
from storage.queries import quality_draws, quality_scores
from tests.agent_console import busy_day
from tests.agent_console.browser.conftest import Desk
from tests.agent_console.browser.test_accessibility import IN_THE_ARCHIVE, IN_THE_DAY, ON_THE_BOARDS, Checker
from tests.agent_console.plain_pages import plain_pages, reader_of
from tests.agent_console.scene import Scene
from tests.conftest import PROJECT
from tests.storage.queries.test_quality import recorded

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "colours"), [("zh", "light"), pytest.param("en", "dark", marks=pytest.mark.long)]
)
def test_no_other_page_that_needs_no_more_than_its_address_has_a_serious_finding(
    sit_down: Callable[..., Desk], scene: Scene, app: Flask, axe: str, language: str, colours: str
) -> None:
    """Found by the routes, so that none is forgotten; with them appraisals and what is behind a figure."""
    ids, check = busy_day.build(scene), Checker(axe)
    sample = _appraised(scene, ids)
    people = {
        Role.SUPERVISOR: "2001",
        Role.ADMINISTRATOR: "9001",
        Role.AGENT: "1001",
        Role.UNIT: "5001",
        Role.AUDITOR: "7001",
    }
    scene.person("5001", "周工", Role.UNIT)
    scene.person("7001", "孙审计", Role.AUDITOR)
    desks: dict[Role | None, Desk] = {}

    def desk_of(role: Role | None) -> Desk:
        if role not in desks:
            desk = desks[role] = sit_down(color_scheme=colours, bypass_csp=True)
            desk.open("/sign-in")
            if language == "en":
                desk.page.click(".choices button[value=en]")
            if role is not None:
                desk.sign_in(people[role])
        return desks[role]

    for endpoint, path in plain_pages(app).items():
        if path not in IN_THE_DAY | ON_THE_BOARDS | IN_THE_ARCHIVE:
            check.look(desk_of(reader_of(endpoint)).open(path), path)
    boss, agent = desk_of(Role.SUPERVISOR), desk_of(Role.AGENT)
    for path in (
        f"/quality?month={_LAST_MONTH:%Y-%m}",
        f"/quality/{sample}",
        f"/quality/ranking?month={_LAST_MONTH:%Y-%m}",
        "/reports/calls?kind=day&figure=offered",
        "/reports/cases?kind=day",
        "/reports/states?kind=day&figure=at_work_seconds",
    ):
        check.look(boss.open(path), path)
    for path in ("/my-appraisals", f"/my-appraisals/{sample}"):
        check.look(agent.open(path), f"{path} of an agent")
    assert check.found == []


_LAST_MONTH = datetime.now(UTC).replace(day=1) - timedelta(days=10)


def _appraised(scene: Scene, ids: dict[str, int]) -> int:
    """A recording of last month that was drawn and scored."""
    begin = _LAST_MONTH.replace(day=1, hour=0)
    sheet = load_score_sheet(PROJECT / "prompts")
    marks = {item.id: Mark.FAILED if place == 0 else Mark.MET for place, item in enumerate(sheet.items)}
    with scene.database.write() as connection:
        recorded(connection, ids["1001"], _LAST_MONTH, 1)
        until = begin + timedelta(days=32)
        quality_draws.make(
            connection, f"{begin:%Y-%m}", begin, until.replace(day=1), 1, ids["3001"], datetime.now(UTC)
        )
        sample = connection.execute(select(QualitySample.id)).scalar_one()
        quality_scores.give(
            connection,
            sample,
            ids["3001"],
            sheet,
            content(sheet.items),
            marks,
            "开头没有报工号",
            datetime.now(UTC),
            told="已质检",
        )
    return int(sample)
