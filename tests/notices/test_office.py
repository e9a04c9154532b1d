"""The whole way with real carriers: a case or a clock, a desk, a line in the file, a mail at a server."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Row, func, select, update

from ivr.config import Settings, load
from ivr.ledger import Ledger
from ivr.notices.office import NoticeOffice
from ivr.standard.notice_kind import NoticeReason, NoticeState, NoticeWay
from storage.database import Database
from storage.models import Notice, Obligation, ObligationWarning, RevisitDraw
from storage.queries import revisit_draws
from tests.carriers.smtp_server import SmtpServer
from tests.conftest import PROJECT
from tests.storage.queries.case_rows import Team, add_team, make

pytestmark = pytest.mark.socket


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    server = SmtpServer()
    yield server
    server.end()


@pytest.fixture
def hotline(tmp_path: Path, server: SmtpServer) -> Settings:
    changes = {
        "HOTLINE_HOME": str(tmp_path),
        "HOTLINE__MAIL__HOST": "127.0.0.1",
        "HOTLINE__MAIL__PORT": str(server.port),
        "HOTLINE__MAIL__SENDER": "hotline@gas.example",
        "HOTLINE__MAIL__TIMEOUT": "1",
        "HOTLINE__NOTICES__WAITS": "[1, 1]",
    }
    return load(PROJECT / "config.yaml", changes)


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


class Engines:
    """Any number of engines' offices on one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._running: list[tuple[Ledger, NoticeOffice, list[asyncio.Task[None]]]] = []

    async def start(self, settings: Settings) -> NoticeOffice:
        """An engine begins to tell people."""
        ledger = Ledger(self.database)
        ledger.open()
        office = NoticeOffice(settings, PROJECT / "prompts", ledger, lambda: None)
        await office.begin()
        self._running.append((ledger, office, [asyncio.create_task(part) for _, part in office.parts()]))
        return office

    async def kill(self) -> None:
        """All of them end where they stand; what they were at is said nowhere."""
        for ledger, _, tasks in self._running:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await ledger.close()
        self._running.clear()

    def poke(self) -> None:
        """Somebody committed: each engine looks, as its watch has it look."""
        for _, office, _ in self._running:
            with self.database.read() as connection:
                for poke in office.look(connection):
                    poke()


@pytest.fixture
async def engines(database: Database) -> AsyncIterator[Engines]:
    engines = Engines(database)
    yield engines
    await engines.kill()


def rows(database: Database) -> list[Row[tuple[object, ...]]]:
    with database.read() as connection:
        return list(connection.execute(select(Notice.__table__).order_by(Notice.id)))


async def until(look: Callable[[], object], what: str = "") -> None:
    """Wait for something, without a measure of time in what is asserted."""
    for _ in range(1000):
        if look():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"did not happen: {what}")


def states(database: Database, way: NoticeWay) -> list[NoticeState]:
    return [row.state for row in rows(database) if row.way is way]


def texts(settings: Settings) -> list[dict[str, str]]:
    file = settings.home / "texts" / "outgoing.jsonl"
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


async def test_a_warning_reaches_desk_text_and_mail_once_whatever_engines_run(
    database: Database, hotline: Settings, server: SmtpServer, team: Team, engines: Engines
) -> None:
    """R-OV: the clock is moved to its end; R-FR: late names first responder and unit."""
    for _ in range(3):
        await engines.start(hotline)
    with database.write() as connection:
        case = make(connection, team, at=datetime.now(UTC))
    engines.poke()
    await until(lambda: states(database, NoticeWay.TEXT) == [NoticeState.SENT] * 2, "customer and head")
    with database.write() as connection:
        of_case = update(Obligation).where(Obligation.case_id == case.case_id, Obligation.kind == "handle")
        began = datetime.now(UTC) - timedelta(hours=7)
        due = began + timedelta(hours=6)
        connection.execute(of_case.values(started_at=began, running_since=began, due_at=due, warn_at=due))
    engines.poke()
    await until(lambda: server.taken, "the mail")
    await until(lambda: NoticeState.SENT in states(database, NoticeWay.MAIL), "the mail is written down")
    warnings = [row for row in rows(database) if row.reason is NoticeReason.WARNING]
    assert sorted(row.way for row in warnings) == ["desk", "mail", "text"]
    await until(lambda: len(texts(hotline)) == 3, "the text of the warning")
    assert len(server.taken) == 1
    told = f"超时：工单{case.number}（报修）故障处置已超时"
    assert told in server.taken[0].get_content()
    assert told in texts(hotline)[-1]["text"]
    for text in (server.taken[0].get_content(), texts(hotline)[-1]["text"]):
        assert "首问负责人：王敏，责任单位：城南管理站" in text
    with database.read() as connection:
        levels = connection.execute(select(func.count()).select_from(ObligationWarning)).scalar_one()
    assert levels == 3, "each level is written down once"


async def test_a_server_that_is_away_loses_nothing_and_is_given_up_on_in_the_end(
    database: Database, hotline: Settings, server: SmtpServer, team: Team, engines: Engines
) -> None:
    server.stop()
    patient = hotline.notices.model_copy(update={"waits": [1.0] * 20})
    office = await engines.start(hotline.model_copy(update={"notices": patient}))
    with database.write() as connection:
        make(connection, team, at=datetime.now(UTC) - timedelta(hours=7))
    engines.poke()
    await until(
        lambda: [row.tries for row in rows(database) if row.way is NoticeWay.MAIL and row.error], "in vain"
    )
    assert states(database, NoticeWay.MAIL) == [NoticeState.WAITING]
    server.start()
    await until(lambda: states(database, NoticeWay.MAIL) == [NoticeState.SENT], "it is back")
    assert len(server.taken) == 1
    await office.close()
    await engines.kill()

    server.moods.refuse_data = 451
    await engines.start(hotline)
    with database.write() as connection:
        make(connection, team, at=datetime.now(UTC) - timedelta(hours=7))
    engines.poke()
    await until(lambda: states(database, NoticeWay.MAIL)[1:] == [NoticeState.FAILED], "given up")
    failed = [row for row in rows(database) if row.state is NoticeState.FAILED]
    assert [(row.tries, "451 not now" in row.error) for row in failed] == [(3, True)]
    assert len(server.taken) == 1


async def test_an_engine_that_is_killed_while_it_hands_over_loses_nothing(
    database: Database, hotline: Settings, server: SmtpServer, team: Team, engines: Engines
) -> None:
    """What SMTP leaves unclear comes a second time under the same Message-ID."""
    await engines.start(hotline)
    server.moods.wait_before_answer = 0.8
    with database.write() as connection:
        make(connection, team, at=datetime.now(UTC) - timedelta(hours=7))
    engines.poke()
    await until(lambda: server.taken, "the mail is taken, and not answered yet")
    await engines.kill()
    assert states(database, NoticeWay.MAIL) == [NoticeState.WAITING], (
        "nobody has written down what came of it"
    )
    server.moods.wait_before_answer = 0
    await engines.start(hotline)
    await until(lambda: set(states(database, NoticeWay.MAIL)) == {NoticeState.SENT}, "it is carried again")
    assert len(server.taken) == 2
    assert len({mail["Message-ID"] for mail in server.taken}) == 1


async def test_consultations_are_drawn_by_themselves_and_the_draw_can_be_proven(
    database: Database, hotline: Settings, team: Team, engines: Engines
) -> None:
    """R-13.5: one draw, whatever engines run, with a fresh seed."""
    for _ in range(2):
        await engines.start(hotline)

    def drawn() -> list[revisit_draws.Drawn]:
        with database.read() as connection:
            return revisit_draws.draws(connection, 9)

    await until(drawn, "the first draw")
    (draw,) = drawn()
    assert draw.proven and len(draw.seed) == 32
    assert draw.percent == hotline.random_revisits.percent
    assert draw.until_at - draw.from_at == timedelta(hours=48)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(RevisitDraw)).scalar_one() == 1
