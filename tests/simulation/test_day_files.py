"""Files of a simulated day: what is wrong is told with file, line and reason, all of it at once."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.errors import SimulationFileWrong
from ivr.simulation.day_files import read_calls, read_roster

ZONE, DAY = ZoneInfo("Asia/Shanghai"), date(2026, 11, 21)
QUEUES, SKILLS = {"repair", "alarm"}, {"repair", "alarm"}


def written(folder: Path, text: str) -> Path:
    file = folder / "day.csv"
    file.write_text(text, encoding="utf-8")
    return file


def problems(folder: Path, text: str, *, roster: bool = False) -> list[str]:
    file = written(folder, text)
    with pytest.raises(SimulationFileWrong) as caught:
        if roster:
            read_roster(file, SKILLS, ZONE, DAY)
        else:
            read_calls(file, QUEUES, ZONE, DAY)
    return [problem.removeprefix(f"{file}, ") for problem in caught.value.problems]


def test_calls_are_read_in_the_order_of_their_arrival(tmp_path: Path) -> None:
    text = "\ufeffarrival,kind,service,patience\n08:00:10,repair,180,\n2026-11-20 23:59:59,alarm,60.5,30\n"
    first, second = read_calls(written(tmp_path, text), QUEUES, ZONE, DAY)
    assert (first.queue, first.service, first.patience) == ("alarm", 60.5, 30)
    assert second.arrival == datetime(2026, 11, 21, 0, 0, 10, tzinfo=UTC) and second.patience is None


def test_each_gap_and_each_nonsense_is_told_with_its_line(tmp_path: Path) -> None:
    text = (
        "arrival,kind,service,patience\n"
        "08:00:10,repair,180,60\n"
        ",repair,180,60\n"
        "25:00,repair,180,60\n"
        "08:01,gossip,180,60\n"
        "\n"
        "08:02,repair,-5,60\n"
        "08:02,repair,nan,60\n"
        "08:02,repair,10,soon\n"
        "08:02,repair,10,5,7\n"
        "08:03,repair\n"
    )
    assert problems(tmp_path, text) == [
        "line 3: arrival missing",
        'line 4: arrival "25:00": write 08:30:05 or 2026-11-21 08:30:05',
        'line 5: kind "gossip": there is no such queue; alarm, repair',
        "line 6: is empty",
        'line 7: service "-5": seconds, above 0, at most a day',
        'line 8: service "nan": seconds, above 0, at most a day',
        'line 9: patience "soon": seconds above 0, or nothing: waits for ever',
        "line 10: has 5 cells where 4 are named",
        "line 11: service missing",
    ]


def test_thousands_of_mistakes_are_counted_and_not_listed(tmp_path: Path) -> None:
    found = problems(tmp_path, "arrival,kind,service,patience\n" + "x,repair,1,\n" * 5000)
    assert len(found) == 21 and "4980 more lines are wrong" in found[-1]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "no column arrival, kind, service, patience"),
        ("arrival,kind,service\n", "no column patience"),
        ("arrival,kind,service,patience\n", "no call in the file"),
    ],
)
def test_a_file_without_columns_or_calls_says_so(tmp_path: Path, text: str, part: str) -> None:
    assert part in problems(tmp_path, text)[0]


def test_a_file_that_is_not_there_or_no_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(SimulationFileWrong, match="cannot be read"):
        read_calls(tmp_path / "none.csv", QUEUES, ZONE, DAY)
    (tmp_path / "day.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SimulationFileWrong, match="cannot be read"):
        read_calls(tmp_path / "day.csv", QUEUES, ZONE, DAY)


def test_a_roster_has_breaks_between_lines_and_shifts_over_midnight(tmp_path: Path) -> None:
    text = (
        "work_number,skills,from,until\n1001,repair=1 alarm=2,08:00,12:00\n"
        "1001,repair=1 alarm=2,13:00,17:00\n1002,repair,22:00,06:00\n"
    )
    first, second = read_roster(written(tmp_path, text), SKILLS, ZONE, DAY)
    assert first.skills == {"repair": 1, "alarm": 2} and len(first.shifts) == 2
    assert second.shifts[0].end - second.shifts[0].begin == timedelta(hours=8)


def test_mistakes_of_a_roster_are_told_with_their_lines(tmp_path: Path) -> None:
    text = (
        "work_number,skills,from,until\n1001,repair=1,08:00,12:00\n1001,repair=1,11:00,17:00\n"
        "1001,alarm=1,18:00,19:00\n1002,cooking=1,08:00,12:00\n1003,repair=0,08:00,12:00\n1004,repair,8,12\n"
    )
    found = problems(tmp_path, text, roster=True)
    assert [problem.split(":")[0] for problem in found] == [f"line {line}" for line in (3, 4, 5, 6, 7)]
    assert "at work already" in found[0] and "other skills" in found[1] and "cooking" in found[2]
