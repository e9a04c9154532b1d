"""R-OV, R-3.1: what follows from cases and clocks reaches desk, text and mail, though an engine is killed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from ivr.config.sections import CallKind
from ivr.standard.notice_kind import NoticeReason, NoticeState, NoticeWay
from ivr.standard.obligations import ObligationKind
from storage.models import Notice, Obligation, ObligationWarning
from tests.carriers.smtp_server import SmtpServer
from tests.e2e.cases import case, team
from tests.e2e.rows import eventually
from tests.e2e.scene import Scene

pytestmark = pytest.mark.e2e


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    server = SmtpServer()
    yield server
    server.end()


def texts(scene: Scene) -> list[dict[str, str]]:
    file = scene.pbx.home / "texts" / "outgoing.jsonl"
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_warning_reaches_desk_text_and_mail_though_the_engine_is_killed(
    scene: Scene, server: SmtpServer
) -> None:
    """The clock is moved to its end twice: while the engine runs, and while it is dead."""
    (scene.pbx.home / "texts" / "outgoing.jsonl").unlink(missing_ok=True)
    scene.open(mail__host="127.0.0.1", mail__port=server.port, mail__timeout=2, notices__waits=[1.0] * 10)
    people = team(scene.rows)
    alarm = case(scene.rows, people, CallKind.ALARM)
    eventually(lambda: len(texts(scene)) == 2, 5, "the texts to customer and head")
    to_customer, to_head = sorted(texts(scene), key=lambda text: text["to"], reverse=True)
    assert (to_customer["to"], alarm.number in to_customer["text"]) == ("+8613912341111", True)
    assert to_head["urgent"] and f"/f/{alarm.number}/" in to_head["text"]

    def run_out(kind: ObligationKind, hours: float) -> None:
        began = datetime.now(UTC) - timedelta(hours=hours) - timedelta(seconds=1)
        due = began + timedelta(hours=hours)
        clock = update(Obligation).where(Obligation.case_id == alarm.case_id, Obligation.kind == kind)
        moved = {"started_at": began, "running_since": began, "due_at": due, "warn_at": due}
        with scene.rows.database.write() as connection:
            connection.execute(clock.values(**moved))

    def warned() -> list[tuple[str, str, str]]:
        told = select(Notice.way, Notice.state, Obligation.kind).join(
            Obligation, Obligation.id == Notice.obligation_id
        )
        found = scene.rows.all(told.where(Notice.reason == NoticeReason.WARNING).order_by(Notice.id))
        return sorted((str(row.kind), str(row.way), str(row.state)) for row in found)

    def all_ways(kind: ObligationKind) -> list[tuple[str, str, str]]:
        return [(str(kind), str(way), str(NoticeState.SENT)) for way in sorted(NoticeWay)]

    run_out(ObligationKind.HANDLE, 6)
    eventually(lambda: warned() == all_ways(ObligationKind.HANDLE), 5, "told by all three ways")
    scene.engine.kill()
    run_out(ObligationKind.FINISH, 24)
    server.stop()
    scene.engine.start()
    eventually(lambda: len(texts(scene)) == 4, 5, "the text, while the mail server is away")
    server.start()
    both = all_ways(ObligationKind.FINISH) + all_ways(ObligationKind.HANDLE)
    eventually(lambda: warned() == both, 30, "the mail too, once the server is back")
    assert [mail["Subject"] for mail in server.taken] == [
        f"工单{alarm.number}：故障处置已超时",
        f"工单{alarm.number}：维修完成已超时",
    ]
    assert all("首问负责人：王敏，责任单位：城南管理站" in mail.get_content() for mail in server.taken)
    levels = scene.rows.all(select(ObligationWarning.obligation_id, ObligationWarning.level))
    assert len(levels) == len(set(levels)) == 6
