"""Pages of planned outages (R-5.1): made of the tree or a list, begun, paused, stopped; who was told."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from agent_console import list_work
from agent_console.context import now
from ivr.config import Settings
from ivr.standard.dial_state import CampaignState
from ivr.standard.outage import AreaSound
from storage.database import Database
from storage.models import DialTask, Event, Outage, OutagePerson
from storage.queries import outages
from tests.agent_console.conftest import Visitor
from tests.agent_console.units.conftest import Enter, crew, enter
from tests.e2e.rows import eventually
from tests.storage.customer_rows import add, somebody

__all__ = ["crew", "enter"]

THREE, WHOLE = '["泉中小区", "3"]', '["翠湖苑", null]'


@pytest.fixture
def boss(enter: Enter, database: Database) -> Visitor:
    """The supervisor, and an archive of three customers."""
    add(
        database,
        somebody(name="李志强", compound="泉中小区", building="3", numbers=("+8613900000001",)),
        somebody(name="张三", compound="泉中小区", building="10", numbers=("+8613900000002",)),
        somebody(name="王五", compound="翠湖苑", building="1", numbers=("+8653188880001",)),
    )
    return enter("2001")


def times(settings: Settings, begin: float = 60, end: float = 68) -> dict[str, str]:
    """Fields of the form, in hours from now."""
    local = now().astimezone(settings.zone)
    return {
        "begins": (local + timedelta(hours=begin)).strftime("%Y-%m-%dT%H:%M"),
        "ends": (local + timedelta(hours=end)).strftime("%Y-%m-%dT%H:%M"),
    }


WAYS = {"calls": "1", "texts": "1", "announce": "1"}


def rows(database: Database) -> list[outages.OutageView]:
    with database.read() as connection:
        return outages.listed(connection, 10)


def test_an_outage_goes_from_the_tree_to_the_people_who_were_told(
    boss: Visitor, settings: Settings, database: Database
) -> None:
    form = boss.get("/outages/new").get_data(as_text=True)
    assert form.index("泉中小区") < form.index("翠湖苑")
    answer = boss.client.post(
        "/outages",
        data={
            "csrf_token": boss.token(),
            "place": [THREE, WHOLE],
            "work": "主管道检修",
            **WAYS,
            **times(settings),
        },
    )
    assert answer.status_code == 303
    (made,) = rows(database)
    assert (made.area, made.state, made.calls, made.texts) == (
        "泉中小区3号楼；翠湖苑",
        CampaignState.READY,
        True,
        True,
    )
    page = boss.get(f"/outages/{made.id}").get_data(as_text=True)
    assert "停气通知：泉中小区3号楼；翠湖苑因主管道检修" in page
    assert "没有可外呼的线路" in page and "开始通知" in page and "不足 48 小时" not in page
    assert boss.post(f"/outages/{made.id}/state", to="running").status_code == 303
    assert "语音菜单前播报中" in boss.get(f"/outages/{made.id}/part").get_data(as_text=True)
    assert "已选" in form and "播报中" in boss.get("/outages").get_data(as_text=True)
    people = boss.get(f"/outages/{made.id}/people?told=waiting").get_data(as_text=True)
    assert "李志强" in people and "139****0001" in people and "13900000001" not in people
    assert "张三" not in people and "待拨打" in people and "待发送" in people
    assert boss.post(f"/outages/{made.id}/state", to="paused").status_code == 303
    assert boss.post(f"/outages/{made.id}/state", to="paused").status_code == 409
    assert boss.post(f"/outages/{made.id}/state", to="stopped").status_code == 303
    assert rows(database)[0].state is CampaignState.STOPPED
    with database.read() as connection:
        facts = connection.execute(
            select(Event.kind, Event.data).where(Event.kind.like("console.outage%")).order_by(Event.id)
        ).all()
        tasks = connection.execute(select(DialTask.end)).scalars().all()
    assert [row.data["what"] for row in facts] == ["made", "running", "waiting", "paused", "stopped"]
    assert set(tasks) == {"cancelled"}


def test_a_list_serves_instead_of_the_tree_and_what_is_refused_is_named(
    boss: Visitor, settings: Settings, database: Database
) -> None:
    sheet = "姓名,电话\n甲,13900000011\n乙,12345\n丙,13900000011\n丁,+85221234567\n".encode()
    answer = boss.client.post(
        "/outages",
        data={
            "csrf_token": boss.token(),
            "file": (io.BytesIO(sheet), "名单.csv"),
            "area": "东区",
            "work": "抢修",
            **WAYS,
            **times(settings, 2, 5),
        },
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    (made,) = rows(database)
    with database.read() as connection:
        numbers = connection.execute(select(OutagePerson.number)).scalars().all()
    assert numbers == ["+8613900000011"] and made.rows_refused == 3
    page = boss.get(f"/outages/{made.id}").get_data(as_text=True)
    assert "不足 48 小时" in page and "有 3 条无法通知" in page and "13900000011" not in page
    assert not list((settings.home / list_work.FOLDER).iterdir()), "the list is not kept"


def test_a_long_list_is_read_beside_the_request_and_what_is_wrong_is_said_in_the_form(
    boss: Visitor,
    enter: Enter,
    settings: Settings,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(list_work, "ANSWERED_WITHIN", 0.0)

    colleague = enter("2002")

    def brought(sheet: str) -> str:
        """What the page that waits for the list leads to, or shows in the end."""
        fields = {"area": "东区", "work": "抢修", "texts": "1", **times(settings)}
        data = {"csrf_token": boss.token(), "file": (io.BytesIO(sheet.encode()), "名单.csv"), **fields}
        where = str(boss.client.post("/outages", data=data).headers["Location"])
        assert where.startswith("/outages/reading/")
        assert colleague.get(where).headers["Location"] == "/outages", "whose list it is sees how far it is"
        waits = f"{where}/progress"
        eventually(lambda: boss.get(waits).get_json()["state"] == "over", 30, "the list is read")
        answer = boss.get(where)
        return answer.headers.get("Location") or f"{answer.status_code} {answer.get_data(as_text=True)}"

    people = 8_000
    made = brought("\n".join(["姓名,电话", *(f"{'长' * 10}{one},139{one:08}" for one in range(people))]))
    (outage,) = rows(database)
    assert made == f"/outages/{outage.id}" and outage.state is CampaignState.READY and outage.rows == people
    with database.read() as connection:
        waiting = connection.execute(select(func.count()).select_from(OutagePerson)).scalar_one()
    assert waiting == people
    for sheet, said in (
        ("姓名,电话\n甲,12\n", "请至少勾选一栋楼或上传名单"),
        ("姓名\n甲\n", "没有找到电话号码列"),
    ):
        page = brought(sheet)
        assert page.startswith("422") and said in page and 'value="东区"' in page
        assert 'name="texts" value="1" checked' in page and 'name="calls" value="1" checked' not in page
    assert boss.get("/outages/reading/nothing").headers["Location"] == "/outages"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"place": ""}, "请至少勾选一栋楼或上传名单"),
        ({"place": '["没有", null]'}, "请至少勾选一栋楼或上传名单"),
        ({"place": "{broken"}, "请至少勾选一栋楼或上传名单"),
        ({"work": " "}, "请填写停气原因"),
        ({"begins": "25:00"}, "请填写停气开始和结束的日期时间"),
        ({"ends": "2020-01-01T10:00"}, "结束时间早于开始时间"),
        ({"calls": "", "texts": "", "announce": ""}, "请至少选择一种通知方式"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    boss: Visitor, settings: Settings, database: Database, changes: dict[str, str], said: str
) -> None:
    fields = {"place": THREE, "work": "检修", "area": "东区", **WAYS, **times(settings), **changes}
    answer = boss.post("/outages", **{name: value for name, value in fields.items() if value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and said in page and 'value="东区"' in page
    assert rows(database) == []


def test_the_end_is_set_anew_and_the_areas_name_is_heard_or_left_out(
    boss: Visitor, settings: Settings, database: Database
) -> None:
    boss.post("/outages", place=THREE, work="检修", announce="1", **times(settings))
    (made,) = rows(database)
    later = times(settings, end=70)["ends"]
    assert boss.post(f"/outages/{made.id}/end", ends=later).status_code == 303
    assert boss.post(f"/outages/{made.id}/end", ends="x").status_code == 422
    assert boss.post(f"/outages/{made.id}/end", ends=times(settings, begin=59)["begins"]).status_code == 422
    assert f'value="{later}"' in boss.get(f"/outages/{made.id}").get_data(as_text=True)
    assert boss.get(f"/outages/{made.id}/sound").status_code == 404
    with database.write() as connection:
        outages.set_area_sound(connection, made.id, AreaSound.IMPOSSIBLE, now(), "no voice")
    assert "这里没有能念出区域名称的语音" in boss.get(f"/outages/{made.id}").get_data(as_text=True)
    (settings.home / "outages").mkdir(parents=True)
    (settings.home / "outages" / f"area-{made.id}.wav").write_bytes(b"RIFF")
    with database.write() as connection:
        connection.execute(update(Outage).values(area_sound=AreaSound.READY))
    assert boss.get(f"/outages/{made.id}/sound").data == b"RIFF"
    assert boss.post(f"/outages/{made.id}/area-sound", say="no").status_code == 303
    assert rows(database)[0].area_sound is AreaSound.LEFT_OUT
    assert boss.get(f"/outages/{made.id}/sound").status_code == 404
    assert boss.get("/outages/999").status_code == 404
    assert boss.post(f"/outages/{made.id}/state", to="done").status_code == 400


def test_agents_do_not_announce_outages(enter: Enter) -> None:
    agent = enter("1001")
    assert agent.get("/outages").status_code == 403
