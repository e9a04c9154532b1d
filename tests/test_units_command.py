"""`hotline units`: units and their people on the command line."""

from pathlib import Path

import pytest

from ivr.cli import main
from ivr.config import load
from ivr.standard.case_life import CaseStep
from storage.database import Database
from tests.conftest import PROJECT
from tests.storage.queries.case_rows import add_team, make, step


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path))
    found = Database(load(PROJECT / "config.yaml", {"HOTLINE_HOME": str(tmp_path)}).database_address)
    found.upgrade()
    return found


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["--config", str(PROJECT / "config.yaml"), "units", *arguments])
    shown = capsys.readouterr()
    return code, shown.out + shown.err


def test_a_unit_and_its_people_are_made_and_listed(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no unit yet" in said(capsys, "list")[1]
    assert said(capsys, "add", "城东管理站", "--phone", "0531-88001234")[0] == 0
    assert said(capsys, "person", "于站长", "--head-of", "城东管理站", "--number", "13900008009")[0] == 0
    assert said(capsys, "person", "钱经理", "--manager", "--mail", "qian@gas.example")[0] == 0
    code, text = said(capsys, "list")
    assert code == 0
    for shown in ("城东管理站 (0 open cases, 053188001234)", "于站长  head  13900008009", "钱经理  manager"):
        assert shown in text
    assert said(capsys, "end", "1")[0] == 0
    assert "于站长" not in said(capsys, "list")[1]
    database.close()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "城南管理站"), "already"),
        (("add", " "), "1 to 80"),
        (("add", "X", "--phone", "12"), "no telephone number"),
        (("remove", "城东"), "no unit"),
        (("person", "于", "--head-of", "城东", "--number", "13900008009"), "no unit"),
        (("person", "于", "--manager"), "to be told by"),
        (("person", "于", "--manager", "--mail", "x"), "no mail address"),
        (("person", "于", "--manager", "--work-number", "77"), "hotline agents add 77"),
        (("end", "999"), "nobody has id 999"),
        (("remove", "城南管理站"), "has 1 open cases"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(
    database: Database, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    with database.write() as connection:
        case = make(connection, add_team(connection))
    code, text = said(capsys, *arguments)
    assert code == 1 and says in text
    assert (case.number in text) is (arguments == ("remove", "城南管理站"))
    database.close()


def test_a_unit_without_open_cases_is_removed(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with database.write() as connection:
        team = add_team(connection)
        case = make(connection, team)
        step(connection, case.case_id, CaseStep.PASS_ON, team.agent, unit_id=team.other_unit)
    assert said(capsys, "remove", "城南管理站")[0] == 0
    assert "城南管理站 (removed)" in said(capsys, "list")[1]
    database.close()
