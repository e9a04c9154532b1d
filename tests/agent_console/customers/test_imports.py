"""Importing a list at the pages: upload, columns, check, import; and everything that may be sent."""

import time
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, update
from werkzeug.test import TestResponse

from agent_console.context import console_of, now
from agent_console.customers import import_work
from ivr.config.sections import Role
from ivr.standard.import_state import ImportState
from storage.customer_values import CustomerValues
from storage.database import Database
from storage.models import CustomerImport
from storage.queries import customer_imports, customers
from tests.agent_console.conftest import Visitor
from tests.agent_console.customers.conftest import Enter
from tests.agent_console.scene import Scene
from tests.storage.customer_lists.list_files import HEADINGS, ROWS, csv_file, workbook
from tests.storage.customer_rows import LI, add, somebody

COLUMNS = {
    "column-0": "account_number",
    "column-1": "name",
    "column-2": "numbers",
    "column-3": "address",
    "column-4": "customer_type",
    "column-5": "note",
}


def upload(visitor: Visitor, file: Path, name: str | None = None) -> TestResponse:
    body = (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{visitor.token()}\r\n'
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name or file.name}"\r\n\r\n'
    ).encode() + file.read_bytes()
    return visitor.client.post(
        "/customers/imports", data=body + b"\r\n--x--\r\n", content_type="multipart/form-data; boundary=x"
    )


def state(visitor: Visitor, path: str) -> str:
    """The state of an import once nobody works on it any more."""
    for _ in range(300):
        told = visitor.get(f"{path}/progress").get_json()
        if told["state"] not in ("checking", "importing"):
            return str(told["state"])
        time.sleep(0.05)
    raise AssertionError(told)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def everybody(database: Database) -> list[CustomerValues]:
    with database.read() as connection:
        return [found.values for found in customers.search(connection, "", 50)]


@pytest.mark.parametrize("kind", ["gbk", "utf-8-sig", "utf-16", "xlsx"])
def test_a_list_comes_into_the_archive(
    enter: Enter, database: Database, scene: Scene, tmp_path: Path, kind: str
) -> None:
    rows = [HEADINGS, *ROWS]
    file = workbook(tmp_path, rows) if kind == "xlsx" else csv_file(tmp_path, rows, encoding=kind)
    keeper = enter(Role.ADMINISTRATOR)
    path = upload(keeper, file).location
    preview = text(keeper.get(path))
    assert "李志强" in preview and "核对各列内容" in preview and 'value="numbers" selected' in preview
    assert keeper.post(f"{path}/check", **COLUMNS, header="1").location == path
    assert state(keeper, path) == "checked"
    assert "导入 2 行" in text(keeper.get(path))
    assert keeper.post(f"{path}/start", duplicates="update").location == path
    assert state(keeper, path) == "done"
    assert [found.name for found in everybody(database)] == ["王敏", "李志强"]
    (line,) = scene.events("console.customers_imported")
    assert (line.data["created"], line.data["updated"]) == (2, 0)
    assert list((tmp_path / "imports").glob("*.list")) == []
    assert "名单已导入档案" in text(keeper.get(path))


def test_how_many_rows_are_done_is_told_while_a_list_is_at_work(
    enter: Enter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each sign of life; a real list of 10 000 rows gives one every 0.7 s."""
    monkeypatch.setattr(import_work, "TELL_EVERY", 0.0)
    told: list[int] = []
    write = customer_imports.progress

    def noted(connection: Connection, import_id: int, rows: int, at: datetime) -> bool:
        told.append(rows)
        return write(connection, import_id, rows, at)

    monkeypatch.setattr(customer_imports, "progress", noted)
    count = 1500
    rows = [["", f"王{n}", f"139{n:08}", f"泉中小区{n}号楼1单元101", "", ""] for n in range(count)]
    keeper = enter(Role.ADMINISTRATOR)
    path = upload(keeper, csv_file(tmp_path, [HEADINGS, *rows])).location
    for step, fields, over in (
        ("check", {**COLUMNS, "header": "1"}, "checked"),
        ("start", {"duplicates": "update"}, "done"),
    ):
        keeper.post(f"{path}/{step}", **fields)
        assert state(keeper, path) == over
        assert [rows for rows in told if 0 < rows < count], told
        told.clear()


def test_mistakes_are_shown_and_downloaded_and_nothing_is_imported_without_a_yes(
    enter: Enter, database: Database, tmp_path: Path
) -> None:
    rows = [HEADINGS, ROWS[0], ["QZ3", "=cmd|'/c calc'!A0" * 9, "+12345", "", "", ""]]
    keeper = enter(Role.SUPERVISOR)
    path = upload(keeper, csv_file(tmp_path, rows)).location
    keeper.post(f"{path}/check", **COLUMNS, header="1")
    assert state(keeper, path) == "checked"
    page = text(keeper.get(path))
    assert "B 用户名称" in page and "C 联系电话" in page and "跳过有错的 1 行" in page
    download = keeper.get(f"{path}/mistakes.csv")
    table = download.get_data().decode("utf-8-sig")
    assert table.splitlines()[0] == "行,列,原内容,问题"
    assert "'=cmd" in table and "'+12345" in table and ",=" not in table and ",+" not in table
    assert "attachment" in download.headers["Content-Disposition"]
    assert keeper.post(f"{path}/start", duplicates="update").status_code == 422
    assert everybody(database) == []
    keeper.post(f"{path}/start", duplicates="update", skip_wrong="1")
    assert state(keeper, path) == "done"
    assert [found.name for found in everybody(database)] == ["李志强"]


def test_columns_are_changed_by_hand(enter: Enter, database: Database, tmp_path: Path) -> None:
    file = csv_file(tmp_path, [["名单"], ["甲", "乙"], ["13900000000", "李志强"]], delimiter=";")
    keeper = enter(Role.ADMINISTRATOR)
    path = upload(keeper, file).location
    assert keeper.post(f"{path}/check", header="0").status_code == 422
    assert "请指明哪一列是姓名" in text(keeper.post(f"{path}/check", header="0"))
    assert keeper.post(f"{path}/check", header="2").location == path
    assert "甲" in text(keeper.get(path))
    twice = {"column-0": "name", "column-1": "name"}
    assert "有两列都是“姓名”" in text(keeper.post(f"{path}/check", header="2", **twice))
    keeper.post(f"{path}/check", header="2", **{"column-0": "numbers", "column-1": "name"})
    assert state(keeper, path) == "checked"
    keeper.post(f"{path}/start", duplicates="skip")
    assert state(keeper, path) == "done"
    assert everybody(database) == [somebody(name="李志强", numbers=("+8613900000000",))]


def test_a_wrongly_recognised_encoding_is_corrected(enter: Enter, tmp_path: Path) -> None:
    file = csv_file(tmp_path, [["姓名", "备注"], ["李", "xy"]], encoding="utf-8")
    keeper = enter(Role.ADMINISTRATOR)
    path = upload(keeper, file).location
    answer = keeper.post(f"{path}/check", encoding="utf-16", delimiter=",", header="1")
    assert answer.status_code == 422 and "文字编码" in text(answer)
    assert keeper.post(f"{path}/check", encoding="utf-8", delimiter="|", header="1").location == path
    assert "姓名,备注" in text(keeper.get(path))
    keeper.post(f"{path}/check", encoding="utf-8", delimiter=",", header="1")
    assert "姓名</label>" in text(keeper.get(path))


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "empty.csv", "文件是空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.xls", "Excel 97"),
        (b"%PDF\x01\x02", "list.pdf", "不是名单文件"),
        (b"PK\x03\x04broken", "list.xlsx", "文件已损坏"),
        (b"\xff\xff\xff\n", "list.csv", "文字编码"),
    ],
)
def test_what_is_no_list_is_refused_in_words(
    enter: Enter, tmp_path: Path, data: bytes, name: str, words: str
) -> None:
    file = tmp_path / "sent"
    file.write_bytes(data)
    answer = upload(enter(Role.ADMINISTRATOR), file, name)
    assert answer.status_code == 422 and words in text(answer)
    assert list((tmp_path / "imports").iterdir()) == []


def test_a_list_of_30_megabytes_is_refused_with_the_limit(enter: Enter, tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    file.write_bytes(b"name\n" + b"x" * (30 * 1024 * 1024))
    answer = upload(enter(Role.ADMINISTRATOR), file)
    assert answer.status_code == 413
    assert "文件有 30 MB，最多接受 10 MB" in text(answer)
    assert list((tmp_path / "imports").iterdir()) == []


def test_the_large_form_is_for_this_route_and_these_people_only(enter: Enter, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes("姓名\n".encode() + "李\n".encode() * 50_000)
    keeper, agent = enter(Role.ADMINISTRATOR), enter(Role.AGENT)
    assert upload(keeper, file).status_code == 303
    assert upload(agent, file).status_code in (403, 413)
    answer = keeper.post("/customers/imports/clear-demo", note="x" * 300_000)
    assert answer.status_code == 413


def test_no_file_is_said_so(enter: Enter) -> None:
    keeper = enter(Role.ADMINISTRATOR)
    assert "请先选择文件" in text(keeper.post("/customers/imports"))


def test_the_name_of_a_file_is_only_shown(enter: Enter, tmp_path: Path) -> None:
    keeper = enter(Role.ADMINISTRATOR)
    file = csv_file(tmp_path, [["姓名"], ["李"]])
    page = text(keeper.get(upload(keeper, file, "../../<b>名单</b>" + "长" * 500).location))
    assert "&lt;b&gt;" not in page or "<b>名单" not in page
    assert sorted(kept.suffix for kept in (tmp_path / "imports").iterdir()) == [".list"]


def test_an_import_is_given_up_and_its_file_deleted(enter: Enter, database: Database, tmp_path: Path) -> None:
    keeper = enter(Role.ADMINISTRATOR)
    path = upload(keeper, csv_file(tmp_path, [HEADINGS, *ROWS])).location
    keeper.post(f"{path}/cancel")
    assert "已放弃导入" in text(keeper.get(path))
    assert list((tmp_path / "imports").iterdir()) == []
    for step in ("check", "start", "cancel"):
        assert keeper.post(f"{path}/{step}", **COLUMNS, duplicates="update").location == path
    assert everybody(database) == []


def test_one_list_is_at_work_at_a_time(enter: Enter, database: Database, tmp_path: Path) -> None:
    keeper = enter(Role.ADMINISTRATOR)
    first = upload(keeper, csv_file(tmp_path, [HEADINGS, *ROWS])).location
    second = upload(keeper, csv_file(tmp_path, [HEADINGS, *ROWS])).location
    with database.write() as connection:
        customer_imports.begin(
            connection,
            int(first.rsplit("/", 1)[1]),
            now(),
            before=ImportState.UPLOADED,
            at_work=ImportState.CHECKING,
        )
    answer = keeper.post(f"{second}/check", **COLUMNS, header="1")
    assert answer.status_code == 409 and "另一份名单正在检查或导入" in text(answer)


def test_an_import_whose_console_died_is_said_to_be_interrupted(
    enter: Enter, database: Database, tmp_path: Path
) -> None:
    keeper = enter(Role.ADMINISTRATOR)
    path = upload(keeper, csv_file(tmp_path, [HEADINGS, *ROWS])).location
    long_ago = now() - 2 * customer_imports.SILENT_AFTER
    with database.write() as connection:
        connection.execute(
            update(CustomerImport).values(state=ImportState.IMPORTING, at_work=True, seen_at=long_ago)
        )
    assert "导入已中断" in text(keeper.get(path))
    assert everybody(database) == []
    again = upload(keeper, csv_file(tmp_path, [HEADINGS, *ROWS])).location
    keeper.post(f"{again}/check", **COLUMNS, header="1")
    assert state(keeper, again) == "checked"


def test_what_goes_wrong_in_the_background_is_told(
    enter: Enter, app: Flask, database: Database, tmp_path: Path
) -> None:
    keeper = enter(Role.ADMINISTRATOR)
    path = upload(keeper, csv_file(tmp_path, [HEADINGS, *ROWS])).location
    import_work.files_of(console_of(app)).forget_list(int(path.rsplit("/", 1)[1]))
    keeper.post(f"{path}/check", **COLUMNS, header="1")
    assert state(keeper, path) == "failed"
    assert "文件已不在了" in text(keeper.get(path))


def test_made_up_customers_are_taken_out_with_the_import_or_alone(
    enter: Enter, database: Database, tmp_path: Path
) -> None:
    add(database, LI, demo=True)
    keeper = enter(Role.ADMINISTRATOR)
    path = upload(keeper, csv_file(tmp_path, [HEADINGS, ROWS[1]])).location
    keeper.post(f"{path}/check", **COLUMNS, header="1")
    state(keeper, path)
    assert "先清除 1 位演示用户" in text(keeper.get(path))
    keeper.post(f"{path}/start", duplicates="update", clear_demo="1")
    assert state(keeper, path) == "done"
    assert [found.name for found in everybody(database)] == ["王敏"]
    add(database, somebody(name="赵六"), demo=True)
    keeper.post("/customers/imports/clear-demo")
    assert [found.name for found in everybody(database)] == ["王敏"]


@pytest.mark.parametrize("import_id", ["999", str(2**70)])
def test_an_import_that_is_not_there_is_said_so(enter: Enter, import_id: str) -> None:
    keeper = enter(Role.ADMINISTRATOR)
    for path in ("", "/progress", "/mistakes.csv"):
        assert keeper.get(f"/customers/imports/{import_id}{path}").status_code == 404
