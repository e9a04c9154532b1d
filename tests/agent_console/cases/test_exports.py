"""Lists of cases taken away: by right, audited, cut at the limit, and no cell is a formula."""

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from agent_console.app import create_app
from agent_console.cases.exports import harmless
from ivr.config import load
from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseStep
from storage.database import Database
from tests.agent_console.cases.case_scene import CaseScene
from tests.agent_console.cases.conftest import People
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene
from tests.conftest import PROJECT

SignIn = Callable[[str], Visitor]
FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝HYPERLINK(1)"]


def take(visitor: Visitor, form: str, **asked: str) -> TestResponse:
    return visitor.post("/cases/export", form=form, **asked)


def rows_of(answer: TestResponse) -> list[list[str]]:
    """The rows of a CSV or XLSX answer as text."""
    content = answer.get_data()
    if answer.mimetype == "text/csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    for line in sheet.iter_rows():
        assert all(cell.data_type != "f" for cell in line)
    return [[str(cell or "") for cell in line] for line in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_list_is_taken_away_as_it_was_filtered_and_the_log_says_so(
    sign_in: SignIn, cases: CaseScene, people: People, scene: Scene, form: str
) -> None:
    """R-18, R-19."""
    repair = cases.case(people.agent, hours_ago=7, content="灶具打不着火")
    cases.case(people.other, CallKind.ALARM)
    answer = take(sign_in("2001"), form, kind="repair")
    assert answer.status_code == 200
    assert f".{form}" in answer.headers["Content-Disposition"]
    rows = rows_of(answer)
    assert [row[0] for row in rows] == ["工单号", repair.number]
    assert rows[1][3:6] == ["一般", "李先生", "13912341111"]
    assert rows[1][6:9] == ["泉中小区 3号楼 2单元 501", "灶具打不着火", "城南管理站"]
    assert "超时" in rows[1]
    noted = scene.events("console.cases_exported")
    assert [(line.agent_id, line.data["filter"], line.data["rows"]) for line in noted] == [
        (people.boss, {"kind": "repair"}, 1)
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_cell_is_a_formula(sign_in: SignIn, cases: CaseScene, people: People, form: str) -> None:
    """OWASP: CSV injection."""
    for formula in FORMULAS:
        cases.case(people.agent, content=formula, surname=formula[:40], address=formula)
    for row in rows_of(take(sign_in("2001"), form))[1:]:
        for cell in row:
            assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "＝"), row


@pytest.mark.parametrize("cell", [*FORMULAS, "－1", "\n=1"])
def test_what_begins_a_formula_gets_a_quote(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_an_ordinary_cell_stays_as_it_is_and_what_cannot_be_shown_is_marked() -> None:
    assert harmless("2026-11-0001 李先生 a=b") == "2026-11-0001 李先生 a=b"
    assert harmless("a\0b\x1b") == "a\ufffdb\ufffd"


def test_only_supervisors_and_administrators_take_lists_away_with_numbers_by_right(
    sign_in: SignIn, cases: CaseScene, people: People, scene: Scene
) -> None:
    """R-18."""
    cases.case(people.agent)
    assert take(sign_in("1001"), "csv").status_code == 403
    assert rows_of(take(sign_in("3001"), "csv"))[1][5] == "139****1111"
    assert take(sign_in("2001"), "pdf").status_code == 400
    assert len(scene.events("console.cases_exported")) == 1


def test_a_list_is_cut_at_the_limit_and_says_so(
    database: Database, scene: Scene, cases: CaseScene, people: People
) -> None:
    limited = load(
        PROJECT / "config.yaml",
        {"HOTLINE_HOME": str(cases.settings.home), "HOTLINE__CASES__EXPORT_ROWS": "2"},
    )
    made = [cases.case(people.agent, CallKind.CONSULTATION, answered=True) for _ in range(3)]
    for one in made:
        cases.step(one, CaseStep.CLOSE, people.agent, "已答复")
    app: Flask = create_app(limited, database)
    boss = Visitor(app)
    boss.sign_in("2001")
    rows = rows_of(take(boss, "csv", which="closed"))
    assert [row[0] for row in rows[1:3]] == [made[2].number, made[1].number]
    assert rows[3] == ["仅导出前 2 个工单，其余请缩小范围后再导出。"]
    assert scene.events("console.cases_exported")[0].data["rows"] == 2
