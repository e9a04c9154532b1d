from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.config import Settings
from ivr.errors import PbxUnusable
from ivr.operation.doctor import Check, Examined, Finding, error, examine, fine, report, warning


@pytest.fixture
def examined(settings: Settings, tmp_path: Path) -> Examined:
    return Examined(settings, tmp_path, {}, datetime(2026, 11, 21, 12, tzinfo=UTC))


def finds(*findings: Finding) -> Check:
    def check(examined: Examined) -> Iterator[Finding]:
        yield from findings

    return check


def refuses(examined: Examined) -> Iterator[Finding]:
    yield warning("seen before")
    raise PbxUnusable("asterisk is too old")


def breaks(examined: Examined) -> Iterator[Finding]:
    yield fine(str(1 / examined.now.microsecond))


def reported(examined: Examined, **checks: Check) -> tuple[int, list[str]]:
    lines: list[str] = []
    code = report(examine(examined, checks), lines.append)
    return code, lines


def test_when_all_is_fine_it_is_said_what_was_looked_at(examined: Examined) -> None:
    assert reported(examined, disk=finds(fine("80 GB free")), PBX=finds(fine("22.10.1"), fine("own"))) == (
        0,
        ["all fine. Looked at disk: 80 GB free; PBX: 22.10.1, own"],
    )


def test_an_error_is_a_line_and_the_exit_code(examined: Examined) -> None:
    code, lines = reported(examined, a=finds(fine("x")), b=finds(warning("soon"), error("now")))
    assert (code, lines) == (1, ["error: now", "warning: soon"])


def test_a_warning_alone_is_no_failure(examined: Examined) -> None:
    code, lines = reported(examined, a=finds(warning("soon"), fine("x")))
    assert (code, lines) == (0, ["warning: soon", "all fine but for 1 warning. Looked at a: x"])


def test_what_a_check_raises_is_a_finding_and_the_others_go_on(examined: Examined) -> None:
    code, lines = reported(examined, first=refuses, second=breaks, third=finds(error("third")))
    assert code == 1
    assert lines == [
        "error: asterisk is too old",
        "error: second: could not be looked at (ZeroDivisionError: division by zero)",
        "error: third",
        "warning: seen before",
    ]


def test_a_message_of_several_lines_stays_one_finding(examined: Examined) -> None:
    assert reported(examined, a=finds(error("one\ntwo")))[1] == ["error: one\n    two"]
