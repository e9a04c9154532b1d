import asyncio
import contextlib
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from ivr.logs import worth_saying, write_logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What this process logs, kept from the other tests."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    write_logs(stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], root.level = before


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_every_line_says_when_how_bad_and_what(written: io.StringIO) -> None:
    structlog.get_logger().info("call.arrived", call=7)
    (line,) = lines(written)
    assert line.pop("at")
    assert line == {"event": "call.arrived", "level": "info", "call": 7}


def test_a_secret_is_never_written(written: io.StringIO) -> None:
    structlog.get_logger().warning("x", password="geheim", ari_password="geheim", token_hash="geheim")
    assert "geheim" not in written.getvalue()


def test_no_line_holds_a_telephone_number_or_a_name(written: io.StringIO) -> None:
    structlog.get_logger().error("x", number="+8613900001234", called_at="053188880001", person="王敏")
    (line,) = lines(written)
    assert (line["number"], line["called_at"], line["person"]) == ("***1234", "***0001", "王**")


async def test_every_line_on_behalf_of_a_call_names_it(written: io.StringIO) -> None:
    async def call(number: int) -> None:
        structlog.contextvars.bind_contextvars(call=number)
        await asyncio.sleep(0)
        structlog.get_logger("elsewhere").info("something")

    await asyncio.gather(call(1), call(2))
    assert [line["call"] for line in lines(written)] == [1, 2]


def test_what_libraries_log_has_the_same_form(written: io.StringIO) -> None:
    logging.getLogger("somebody").error("disk %s", "full")
    (line,) = lines(written)
    assert (line["event"], line["level"], line["logger"]) == ("disk full", "error", "somebody")


def test_the_trace_of_an_error_is_one_line_of_the_log(written: io.StringIO) -> None:
    try:
        raise ValueError("wrong number")
    except ValueError:
        structlog.get_logger().exception("call.failed")
    (line,) = lines(written)
    said = worth_saying(json.dumps(line))
    assert said is not None
    assert said.words == "error: call failed (ValueError: wrong number)"


def test_a_warning_is_put_into_words() -> None:
    said = worth_saying('{"level": "warning", "event": "ari.not_connected", "reason": "refused"}')
    assert said is not None
    assert said.words == "warning: ari not connected (reason refused)"
    assert said.about == "ari not connected"


@pytest.mark.parametrize(
    "line",
    [
        '{"level": "info", "event": "call.arrived"}',
        "",
        "console ready: http://127.0.0.1:8000/",
        "[1, 2]",
        "7",
    ],
)
def test_what_is_no_warning_is_not_said(line: str) -> None:
    assert worth_saying(line) is None


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("[2026-11-21 18:00:00 +0000] [12] [ERROR] Worker failed to boot.", "error"),
        ("WARNING werkzeug: slow", "warning"),
    ],
)
def test_a_library_with_a_form_of_its_own_is_heard_too(line: str, level: str) -> None:
    said = worth_saying(line)
    assert said is not None
    assert (said.level, said.words) == (level, line)


def test_a_log_whose_disk_is_full_hurts_nobody(written: io.StringIO) -> None:
    full = Path("/dev/full").open("w")  # noqa: SIM115
    write_logs(full)
    structlog.get_logger("ivr").error("disk.full", reason="x" * 10_000)
    logging.getLogger("sqlalchemy").error("disk full")
    with pytest.raises(OSError, match="No space"):
        full.flush()
    with contextlib.suppress(OSError):
        full.close()
