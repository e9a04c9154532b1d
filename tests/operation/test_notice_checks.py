"""What `hotline check` says of those who are told something: words, mail, links, the duty list (R-3.1)."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from ivr.operation import notice_checks
from ivr.operation.checks import CHECKS, before_start
from ivr.standard.notice_kind import NoticeReason, NoticeWay
from storage.database import Database
from storage.models import Duty, Unit
from storage.queries import notice_carrying, notices, responsible_people
from storage.queries.notices import NewNotice
from tests.carriers.smtp_server import SmtpServer
from tests.operation.test_checks import database, examined, found, prompts_copy, warned

__all__ = ["database", "prompts_copy"]  # fixtures


def test_nobody_on_the_duty_list_is_a_warning_and_who_cannot_be_called_an_error(tmp_path: Path) -> None:
    """R-3.1."""
    assert len(warned(notice_checks.duty_list, examined(tmp_path))) == 1
    inside = examined(tmp_path, duty_list__people=[{"name": "调度室", "device": "sip:8001@192.0.2.20"}])
    assert warned(notice_checks.duty_list, inside) == found(notice_checks.duty_list, inside) == []
    by_number = [{"name": "孙总", "number": "13900000008"}]
    (fault,) = found(notice_checks.duty_list, examined(tmp_path, duty_list__people=by_number))
    assert fault.startswith("duty_list.people: no trunk takes calls out, so 孙总 cannot be called")
    line = {"name": "line", "match": ["192.0.2.0/24"], "outbound": {"host": "192.0.2.1"}}
    assert (
        found(notice_checks.duty_list, examined(tmp_path, duty_list__people=by_number, trunks=[line])) == []
    )
    nobody = examined(tmp_path, duty_list__people=by_number, trunks=[line], duty_list__urgencies=[])
    assert warned(notice_checks.duty_list, nobody) == [
        "duty_list.urgencies: empty, so nobody is called about any alarm"
    ]


def test_words_of_notices_that_cannot_be_read_stop_the_start(tmp_path: Path, prompts_copy: Path) -> None:
    (fault,) = [
        fault.what for fault in before_start(examined(tmp_path, prompts_copy)) if "notices.yaml" in fault.what
    ]
    assert "cannot be read: No such file" in fault
    (fine,) = CHECKS["notice texts"](examined(tmp_path))
    assert fine.what == "16 notices"


def test_people_who_cannot_be_reached_and_notices_that_were_given_up_are_told(
    tmp_path: Path, database: Database
) -> None:
    assert warned(notice_checks.notices, examined(tmp_path)) == []
    now = examined(tmp_path).now
    with database.write() as connection:
        responsible_people.add(
            connection, now, duty=Duty.MANAGER, name="钱经理", unit_id=None, mail="qian@gas.example"
        )
        lost = NewNotice(NoticeWay.MAIL, "超时", NoticeReason.WARNING, mail="qian@gas.example")
        notices.add(connection, [lost], now - timedelta(hours=2))
        lent = notice_carrying.lend(connection, now, NoticeWay.MAIL, "pbx1", timedelta(seconds=9))
        assert lent is not None
        notice_carrying.not_sent(connection, lent.id, "550 no such user", None)
    given_up, no_mail, links = warned(notice_checks.notices, examined(tmp_path))
    assert given_up.startswith("1 texts or mails were given up since yesterday")
    assert no_mail.startswith("mail.host: none, though 1 people have a mail address")
    assert "links in texts begin with http://127.0.0.1:8000" in links
    reachable = examined(tmp_path, console__public_url="https://hotline.example")
    assert len(warned(notice_checks.notices, reachable)) == 2


def test_units_of_which_nobody_would_be_told_are_named(tmp_path: Path, database: Database) -> None:
    """R-15.1."""
    with database.write() as connection:
        for name in ("城南站", "城北站"):
            connection.execute(insert(Unit).values(name=name, active=True))
        unit = connection.execute(select(Unit.id).where(Unit.name == "城南站")).scalar_one()
        now = examined(tmp_path).now
        responsible_people.add(connection, now, duty=Duty.HEAD, name="孙站长", unit_id=unit)
    (alone,) = warned(notice_checks.notices, examined(tmp_path))
    assert alone.startswith("nobody is told of what is passed on to 城北站; give")


@pytest.mark.socket
def test_a_mail_server_is_asked_whether_it_is_there(tmp_path: Path) -> None:
    server = SmtpServer()
    try:
        at = examined(tmp_path, mail__host="127.0.0.1", mail__port=server.port, mail__timeout=2)
        assert [f"mail server 127.0.0.1:{server.port}"] == [
            finding.what for finding in notice_checks.notices(at) if finding.what.startswith("mail")
        ]
        server.stop()
        (away,) = warned(notice_checks.notices, at)
        assert away == f"mail: mail server 127.0.0.1:{server.port}: Connection refused; mails wait"
    finally:
        server.end()
