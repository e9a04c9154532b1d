"""The report pages: figures with definitions, opened to their calls, taken as a workbook (R-3.6, R-19)."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from agent_console.reports.definitions import DEFINITIONS, NAMES
from agent_console.reports.pdf_writing import marked
from agent_console.reports.periods import Period, PeriodKind, PeriodTrouble, period_of, read
from ivr.config.sections import Role
from ivr.standard.report_figures import Figure
from storage.database import Database
from storage.models import Event
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene
from tests.storage.queries.report_day import write

TODAY = date(2026, 11, 22)
DAY = "/reports?kind=day&day=2026-11-20"


@pytest.fixture
def reader(database: Database, scene: Scene, visitor: Callable[..., Visitor]) -> Visitor:
    """A quality reader; the forty calls of 2026-11-20 are in the database."""
    with database.write() as connection:
        write(connection)
    scene.person("2001", role=Role.QUALITY_READER)
    somebody = visitor()
    somebody.sign_in("2001")
    return somebody


def test_every_figure_has_a_name_and_a_definition() -> None:
    assert set(NAMES) == set(DEFINITIONS) == set(Figure)


def test_a_report_shows_every_figure_with_its_definition_and_opens_the_calls_behind_it(
    reader: Visitor, app: Flask
) -> None:
    page = reader.get(DAY)
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "三声接听率" in text and "92.3 %" in text and "恰好等于算达标" in text
    assert '<svg class="chart"' in text and "9:00" in text
    behind = reader.get("/reports/calls?kind=day&day=2026-11-20&figure=abandoned&queue=repair")
    listed = behind.get_data(as_text=True)
    assert behind.status_code == 200 and listed.count("等待中放弃") + listed.count('href="/calls/') >= 3
    assert reader.get("/reports/calls?kind=day&day=2026-11-20&figure=occupancy").status_code == 404
    assert reader.get("/reports/calls?figure=gossip").status_code == 404
    assert reader.get("/reports/calls?figure=missed&agent=99999999999999999999999").status_code == 404


def test_hours_days_revisits_and_cases_open_what_is_behind_them(reader: Visitor) -> None:
    """R-3.6, R-16.5: each figure leads to its calls or cases."""
    month = "kind=month&day=2026-11-20"
    noon = reader.get(f"/reports/calls?{month}&figure=offered&hour=12").get_data(as_text=True)
    midnight = reader.get(f"/reports/calls?{month}&figure=offered&hour=0").get_data(as_text=True)
    assert "26 通电话" in noon and "2 通电话" in midnight
    page = reader.get(f"/reports?{month}").get_data(as_text=True)
    assert "figure=offered&amp;hour=12" in page and "kind=day&amp;day=2026-11-20" in page
    assert "figure=revisited&amp;unit=0" in page
    revisited = reader.get(f"/reports/calls?{month}&figure=revisit_dissatisfied&unit=0")
    assert revisited.status_code == 200 and "2 通电话" in revisited.get_data(as_text=True)
    assert "0 通电话" in reader.get(f"/reports/calls?{month}&figure=revisited&unit=77").get_data(as_text=True)
    for wrong in ("figure=offered&hour=24", "figure=offered&unit=-1", "figure=offered&agent=0"):
        assert reader.get(f"/reports/calls?{month}&{wrong}").status_code == 404
    made = reader.get(f"/reports/cases?{month}&case_kind=repair&class=")
    late = reader.get(f"/reports/cases?{month}&late=1&owner=1001&of_unit=")
    assert made.status_code == late.status_code == 200 and "0 张工单" in made.get_data(as_text=True)
    assert reader.get(f"/reports/cases?{month}&case_kind=gossip").status_code == 404
    assert "figure=wrap_up&amp;agent=" in page and "/reports/states" in page
    stays = reader.get(f"/reports/states?{month}&figure=wrap_up").get_data(as_text=True)
    assert "2 段" in stays and "7:30" in stays  # of the month: 400 s and 50 s behind midnight
    assert reader.get(f"/reports/states?{month}&figure=occupancy&agent=1").status_code == 200
    for wrong in ("states?figure=offered", "cases?only=gossip", "cases?late=1&only=rated"):
        assert reader.get(f"/reports/{wrong}&{month}").status_code == 404
    for only in ("closed", "rated"):
        assert reader.get(f"/reports/cases?{month}&only={only}").status_code == 200


def test_the_pdf_file_holds_its_chinese_font_and_every_figure_and_is_audited_first(
    reader: Visitor, database: Database
) -> None:
    answer = reader.get("/reports/report.pdf?kind=month&day=2026-11-20")
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    assert "report-month-2026-11-01.pdf" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"%PDF-") and answer.data.rstrip().endswith(b"%%EOF")
    assert b"DroidSansFallback" in answer.data and b"/FontFile2" in answer.data  # the signs themselves
    assert len(answer.data) < 400_000
    with database.read() as connection:
        [taken] = connection.execute(select(Event.data).where(Event.kind == "console.report_taken")).scalars()
    assert taken is not None and taken["form"] == "pdf"
    assert reader.get("/reports/report.pdf?kind=day&day=yesterday").status_code == 404


def test_signs_are_set_in_a_font_that_has_them() -> None:
    assert marked("投诉 <b> & 95.2 %") == ('<font name="HotlineChinese">投诉</font> &lt;b&gt; &amp; 95.2 %')


def test_the_workbook_has_the_figures_no_formula_and_an_audit_line_first(
    reader: Visitor, database: Database
) -> None:
    answer = reader.get("/reports/report.xlsx?kind=month&day=2026-11-20")
    assert (
        answer.status_code == 200 and "report-month-2026-11-01.xlsx" in answer.headers["Content-Disposition"]
    )
    book = load_workbook(io.BytesIO(answer.data))
    figures = {row[0]: row[1] for row in book.worksheets[0].iter_rows(min_row=5, values_only=True)}
    assert figures["漏接"] == 2 and len(book.worksheets) == 7
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    with database.read() as connection:
        kinds = list(connection.execute(select(Event.kind)).scalars())
    assert "console.report_taken" in kinds


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/reports?kind=day&day=2026-01-05", 200, "该时段没有任何记录"),
        ("/reports?kind=month&day=2150-01-01", 422, "该时段尚未开始"),
        ("/reports?kind=days&day=2016-01-01&until=2026-01-01", 422, "最多覆盖 366 天"),
        ("/reports?kind=days&day=2026-01-09&until=2026-01-01", 422, "截止日期早于"),
        ("/reports?kind=day&day=yesterday", 422, "日期无效"),
        ("/reports?kind=aeon&day=2026-11-20", 200, "指标与定义"),
    ],
)
def test_an_empty_a_coming_and_an_endless_time_are_told_clearly(
    reader: Visitor, address: str, status: int, said: str
) -> None:
    answer = reader.get(address)
    assert answer.status_code == status and said in answer.get_data(as_text=True)


def test_the_planning_page_answers_with_the_known_figures_and_names_what_is_wrong(reader: Visitor) -> None:
    asked = "/reports/planning?calls=100&service=180&patience=&within=15&goal=70&occupancy=100"
    text = reader.get(asked).get_data(as_text=True)
    assert "需要 7 名客服员" in text and "72.6 %" in text and "29.2 s" in text
    wrong = reader.get("/reports/planning?calls=many&service=180&patience=0&within=15&goal=90&occupancy=85")
    assert wrong.status_code == 422 and wrong.get_data(as_text=True).count('aria-invalid="true"') == 2
    assert reader.get("/reports/planning").status_code == 200


@pytest.mark.parametrize(
    ("kind", "day", "first", "end"),
    [
        (PeriodKind.DAY, date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 1)),
        (PeriodKind.WEEK, date(2026, 11, 22), date(2026, 11, 16), date(2026, 11, 23)),
        (PeriodKind.MONTH, date(2024, 2, 29), date(2024, 2, 1), date(2024, 3, 1)),
        (PeriodKind.QUARTER, date(2026, 12, 1), date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_a_period_has_its_whole_days(kind: PeriodKind, day: date, first: date, end: date) -> None:
    found = period_of(kind, day)
    assert found == Period(kind, first, end)
    assert found.before.end == first and found.after.first == end


def test_without_a_day_yesterday_is_shown() -> None:
    assert read(None, None, None, TODAY, 366) == Period(PeriodKind.DAY, date(2026, 11, 21), TODAY)
    assert read("quarter", "2026-11-01", None, TODAY, 90) is PeriodTrouble.TOO_LONG
    assert read("day", "0001-01-01", None, TODAY, 90) is PeriodTrouble.NO_DAY
    spanned = Period(PeriodKind.DAYS, date(2026, 11, 1), date(2026, 11, 4))
    assert (spanned.before.first, spanned.after.end) == (date(2026, 10, 29), date(2026, 11, 7))
