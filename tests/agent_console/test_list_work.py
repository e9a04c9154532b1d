"""Lists at work: kept until they are done, waited with while the database is away, given up at last."""

import io
import json
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from flask import Flask

from agent_console import list_work
from agent_console.context import Console, console_of
from agent_console.list_work import Asked, ListKind, ListWork
from ivr.config import Settings
from ivr.errors import DatabaseUnreachable, HomeUnusable, ListUnreadable
from tests.e2e.rows import eventually

ASKED = Asked(ListKind.OUTAGE, 7, {"sign_in": 1}, {}, {"name": ["x"]}, "名单.csv")


@pytest.fixture
def console(app: Flask) -> Console:
    return console_of(app)


def lists(settings: Settings) -> list[Path]:
    return list((settings.home / list_work.FOLDER).glob("*"))


def left(settings: Settings, begun: int, asked: str | None = None) -> None:
    """What a console leaves that died over a list."""
    folder = settings.home / list_work.FOLDER / f"word-{begun}"
    folder.mkdir(parents=True)
    (folder / list_work.LIST).write_bytes(b"phone\n13900000001\n")
    (folder / list_work.BEGUN).write_bytes(b"." * begun)
    if asked is not None:
        (folder / list_work.ASKED).write_text(asked, encoding="utf-8")


def test_while_the_database_is_away_a_list_waits_for_it(
    console: Console, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_work, "AGAIN_AFTER", 0.01)
    tries: list[bytes] = []

    def make(_: Console, work: ListWork) -> int:
        assert work.file is not None
        tries.append(work.file.read_bytes())
        work.has_read(len(tries))
        if len(tries) < 3:
            raise DatabaseUnreachable("it does not answer")
        return 5

    work = list_work.begin(console, ASKED, io.BytesIO(b"phone\n1\n"), make)
    assert work.ended.wait(20)
    assert (work.made, work.rows_read, work.failed, tries) == (5, 3, False, [b"phone\n1\n"] * 3)
    assert lists(settings) == []
    assert list_work.of(work.word, 7) is work
    assert list_work.of(work.word, 8) is None, "somebody else's"


def test_what_cannot_be_read_and_what_goes_wrong_are_told_apart(console: Console, settings: Settings) -> None:
    def unreadable(_: Console, work: ListWork) -> int:
        raise ListUnreadable("empty", "nothing in it")

    def broken(_: Console, work: ListWork) -> int:
        raise KeyError("places")

    one = list_work.begin(console, ASKED, io.BytesIO(b""), unreadable)
    other = list_work.begin(console, ASKED, io.BytesIO(b""), broken)
    assert one.ended.wait(20) and other.ended.wait(20)
    assert one.wrong is not None and one.wrong.reason == "empty" and not one.failed
    assert other.wrong is None and other.failed
    assert lists(settings) == []


def test_a_list_that_is_too_large_is_refused_and_nothing_of_it_kept(
    console: Console, settings: Settings
) -> None:
    large = io.BytesIO(bytes((int(settings.campaigns.largest_megabytes) + 1) * 1024 * 1024))
    with pytest.raises(ListUnreadable) as refused:
        list_work.begin(console, ASKED, large, lambda *_: 1)
    assert refused.value.reason == "too_large"
    assert lists(settings) == []


def test_a_home_that_takes_nothing_is_said_and_nothing_is_begun(console: Console, settings: Settings) -> None:
    (settings.home / list_work.FOLDER).write_text("in the way")
    with pytest.raises(HomeUnusable):
        list_work.begin(console, ASKED, io.BytesIO(b"phone\n"), lambda *_: 1)
    (settings.home / list_work.FOLDER).unlink()
    (settings.home / "imports").write_text("in the way")
    with pytest.raises(HomeUnusable):
        list_work.begin(console, ASKED, io.BytesIO(b"phone\n"), lambda *_: 1)
    assert lists(settings) == []


def test_what_a_dead_console_left_is_gone_on_with_but_not_for_ever(
    console: Console, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """One that ends the console each time would keep it from ever running again."""
    whole = json.dumps(asdict(ASKED), ensure_ascii=False)
    left(settings, begun=0)
    left(settings, begun=1, asked=whole)
    left(settings, begun=2, asked=whole[:-20])
    left(settings, begun=3, asked=whole)
    found: list[tuple[ListKind, str, bytes]] = []

    def make(_: Console, work: ListWork) -> int:
        assert work.file is not None
        begun = (work.folder / list_work.BEGUN).read_bytes()
        found.append((work.asked.kind, work.asked.file_name, begun))
        return 9

    taken_up = list_work.take_up(console, dict.fromkeys(ListKind, make))
    assert [work.word for work in taken_up] == ["word-1"]
    assert taken_up[0].ended.wait(20)
    assert found == [(ListKind.OUTAGE, "名单.csv", b"..")] and taken_up[0].made == 9
    eventually(lambda: lists(settings) == [], 5, "nothing of them is left")
    assert "given up" in caplog.text


def test_what_came_of_a_list_is_known_for_an_hour(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    first = list_work.begin(console, ASKED, io.BytesIO(b""), lambda *_: 1)
    assert first.ended.wait(20)
    first.begun = time.monotonic() - list_work.KEPT_SECONDS - 1
    second = list_work.begin(console, ASKED, io.BytesIO(b""), lambda *_: 2)
    assert second.ended.wait(20)
    assert list_work.of(first.word, 7) is None and list_work.of(second.word, 7) is second
    assert list_work.told(first.word, 7) == {"state": "over", "done": 0, "written": 0}
