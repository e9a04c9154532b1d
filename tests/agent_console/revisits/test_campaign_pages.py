"""Campaigns on pages: from a file or the archive, looked at before anybody is called, begun, stopped."""

import io
import re
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from sqlalchemy import func, insert, select

from agent_console import list_work
from ivr.config import Settings
from ivr.config.sections import Role
from ivr.standard.dial_state import CampaignState, DialStatus, DoNotCallSource
from storage.models import Campaign, Customer, CustomerNumber, DialTask
from storage.queries import do_not_call
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago
from tests.e2e.rows import eventually

SignIn = Callable[[str], Visitor]
ROWS = [
    ("姓名", "电话"),
    ("李志强", "13900000001"),
    ("王芳", "139-0000-0002"),
    ("重复", "+8613900000001"),
    ("香港", "0085221234567"),
    ("短号", "95777"),
    ("圆整", "1.39E+10"),
    ("不要打", "13900000003"),
    ("空", ""),
    ("=HYPERLINK(1)", "=cmd|1"),
]


@pytest.fixture
def boss(sign_in: SignIn) -> Visitor:
    return sign_in("2001")


def send(boss: Visitor, content: bytes, file_name: str = "名单.csv", **fields: str) -> str:
    """Send the form with a file; gives where it leads to, or the page."""
    data = {
        "csrf_token": boss.token(),
        "name": "冬季安检回访",
        "questionnaire": "repair",
        "way": "automatic",
        "whom": "file",
        "file": (io.BytesIO(content), file_name),
        **fields,
    }
    answer = boss.client.post("/revisits/campaigns/new", data=data)
    return answer.headers.get("Location") or f"{answer.status_code} {answer.get_data(as_text=True)}"


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_list_is_checked_row_by_row_and_nobody_called_before_it_is_started(
    boss: Visitor, scene: Scene, form: str
) -> None:
    """R-16.6, R-18: duplicates, foreign, short, impossible numbers are told by row; each look is audited."""
    with scene.database.write() as connection:
        do_not_call.add(connection, "+8613900000003", ago(0), DoNotCallSource.OPERATOR)
    text = "\n".join(f"{name},{number}" for name, number in ROWS).encode("gb18030")
    where = send(boss, text if form == "csv" else workbook(), f"名单.{form}")
    page = boss.get(where).get_data(as_text=True)
    assert "待启动" in page and "开始外呼 2 人" in page and "与第 … 行号码重复" in page
    refused = boss.get(f"{where}/refused").get_data(as_text=True)
    for row, why in (
        (4, "与第 2 行号码重复"),
        (5, "境外号码、收费号码或本公司号码"),
        (6, "(?:境外号码、收费号码或本公司号码|位数不对|号码不存在|没有电话号码|紧急号码)"),
        (7, "被表格软件四舍五入，尾数丢失"),
        (8, "要求不再拨打"),
        (10, "(?:没有电话号码|位数不对)"),
    ):
        assert re.search(
            rf'<td class="figure end">{row}</td><td class="long">[^<]*</td><td>{why}', refused
        ), row
    table = boss.get(f"{where}/refused.csv").get_data().decode("utf-8-sig")
    assert "'=cmd|1" in table
    forms = [line.data["form"] for line in scene.events("console.campaign_rows_read")]
    assert forms == ["page", "csv"]
    with scene.database.read() as connection:
        tasks = connection.execute(select(DialTask.number, DialTask.name, DialTask.status)).all()
        state = connection.execute(select(Campaign.state)).scalar_one()
    assert {tuple(row)[:2] for row in tasks} == {("+8613900000001", "李志强"), ("+8613900000002", "王芳")}
    assert state is CampaignState.READY
    for to, expected in (
        ("start", CampaignState.RUNNING),
        ("start", CampaignState.RUNNING),
        ("pause", CampaignState.PAUSED),
        ("start", CampaignState.RUNNING),
        ("stop", CampaignState.STOPPED),
        ("start", CampaignState.STOPPED),
    ):
        assert boss.post(f"{where}/move", to=to).status_code == 303
        with scene.database.read() as connection:
            assert connection.execute(select(Campaign.state)).scalar_one() is expected
    with scene.database.read() as connection:
        assert set(connection.execute(select(DialTask.status)).scalars()) == {DialStatus.ENDED}
    assert boss.post(f"{where}/move", to="delete").status_code == 400
    changes = [line.data["state"] for line in scene.events("console.campaign_changed")]
    assert changes == ["ready", "running", "paused", "running", "stopped"]


def finished(boss: Visitor, where: str) -> str:
    """Where the page leads to that waits for a long list, or the page."""
    eventually(lambda: boss.get(f"{where}/progress").get_json()["state"] == "over", 30, "the list is read")
    answer = boss.get(where)
    return answer.headers.get("Location") or f"{answer.status_code} {answer.get_data(as_text=True)}"


def test_a_long_list_is_read_beside_the_request_and_written_some_at_a_time(
    boss: Visitor, sign_in: SignIn, scene: Scene, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_work, "ANSWERED_WITHIN", 0.0)
    people = 4200
    rows = [f"{'长' * 30}{place},139{place:08}" for place in range(people)]
    where = send(boss, "\n".join(["姓名,电话", *rows, *rows[:3]]).encode())
    assert where.startswith("/revisits/campaigns/reading/")
    assert sign_in("1001").get(where).status_code == 403
    scene.person("2002", role=Role.SUPERVISOR)
    assert sign_in("2002").get(where).headers["Location"] == "/revisits/campaigns", "another's list"
    campaign = finished(boss, where)
    told = boss.get(f"{where}/progress").get_json()
    assert told == {"state": "over", "done": people + 3, "written": people}
    page = boss.get(campaign).get_data(as_text=True)
    assert "待启动" in page and f"开始外呼 {people} 人" in page
    with scene.database.read() as connection:
        tasks = connection.execute(select(func.count()).select_from(DialTask)).scalar_one()
        row = connection.execute(select(Campaign.state, Campaign.rows, Campaign.rows_refused)).one()
    assert (tasks, tuple(row)) == (people, (CampaignState.READY, people + 3, 3))
    (line,) = scene.events("console.campaign_changed")
    assert line.data["rows"] == people and line.data["state"] == "ready"
    wrong = "\n".join(["姓名,电话", *(f"{'长' * 200}{place},123" for place in range(700))]).encode()
    refused = finished(boss, send(boss, wrong, name="空名单"))
    assert refused.startswith("422") and "空名单" in refused and "没有可拨打的人" in refused
    assert boss.get("/revisits/campaigns/reading/nothing").headers["Location"] == "/revisits/campaigns"
    assert not list((settings.home / "imports").glob("coming-*"))
    assert not list((settings.home / list_work.FOLDER).iterdir()), "no list is kept"


def test_a_form_that_is_wrong_says_where_and_keeps_what_was_typed(boss: Visitor, scene: Scene) -> None:
    good = b"phone\n13900000001\n"
    for content, fields, said in (
        (good, {"name": " "}, "请填写批次名称"),
        (good, {"questionnaire": "gossip"}, "请选择问卷"),
        (good, {"way": "pigeon"}, "请选择外呼方式"),
        (good, {"until": "2020-01-01T09:00"}, "该时间已过"),
        (good, {"until": "25:00"}, "时间无效"),
        (b"name\nLi\n", {}, "没有找到电话号码列"),
        (b"", {}, "文件是空的"),
        (b"phone\n110\n", {}, "没有可拨打的人"),
        (good, {"whom": "archive"}, "请填写地点或选择用户类型"),
        (good, {"whom": "archive", "places": "月球小区/1"}, "没有可拨打的人"),
    ):
        answer = send(boss, content, **fields)
        assert answer.startswith("422") and said in answer, (said, answer[:200])
    kept = send(boss, good, name="<b>冬季</b>", way="pigeon")
    assert 'value="&lt;b&gt;冬季&lt;/b&gt;"' in kept
    with scene.database.read() as connection:
        assert connection.execute(select(Campaign.id)).all() == []
    assert boss.get("/revisits/campaigns/7").status_code == 404
    assert boss.get(f"/revisits/campaigns/{2**70}/refused").status_code == 404
    assert "还没有外呼批次" in boss.get("/revisits/campaigns").get_data(as_text=True)


def test_customers_of_a_place_become_a_campaign(boss: Visitor, scene: Scene) -> None:
    with scene.database.write() as connection:
        for place, (compound, building, number) in enumerate(
            [
                ("泉中小区", "3", "+8613900000001"),
                ("泉中小区", "4", "+8613900000002"),
                ("泉中小区", "3", None),
            ]
        ):
            customer_id = connection.execute(
                insert(Customer)
                .values(
                    name=f"用户{place}",
                    compound=compound,
                    building=building,
                    created_at=ago(0),
                    version=1,
                    search_text="",
                )
                .returning(Customer.id)
            ).scalar_one()
            if number:
                connection.execute(insert(CustomerNumber).values(customer_id=customer_id, number=number))
    where = send(boss, b"", whom="archive", places="泉中小区/3\n", until="2099-01-01T18:00", way="agent")
    page = boss.get(where).get_data(as_text=True)
    assert "泉中小区 / 3" in page and "开始外呼 1 人" in page and "2099-01-01 18:00:00" in page
    assert "没有电话号码" in boss.get(f"{where}/refused").get_data(as_text=True)
    listed = boss.get("/revisits/campaigns").get_data(as_text=True)
    assert "冬季安检回访" in listed and "外呼已暂停" in listed
