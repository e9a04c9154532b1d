import dataclasses
import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.config import load
from ivr.config.sections import PbxMode
from ivr.operation import checks, home_lock
from ivr.operation.checks import before_start
from ivr.operation.doctor import Check, Examined, Severity, examine
from ivr.working_calendar import known_until
from storage.database import Database
from storage.people import deactivate, seed_people

PROJECT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


def examined(home: Path, prompts: Path = PROJECT / "prompts", **overrides: object) -> Examined:
    """The project's settings with some changed, at a home of its own."""
    environment = {
        f"HOTLINE__{key.upper()}": value if isinstance(value, str) else json.dumps(value)
        for key, value in overrides.items()
    }
    settings = load(PROJECT / "config.yaml", {**environment, "HOTLINE_HOME": str(home)})
    return Examined(settings, prompts, {}, NOW)


def found(check: Check, at: Examined, severity: Severity = Severity.ERROR) -> list[str]:
    return [finding.what for finding in check(at) if finding.severity is severity]


def warned(check: Check, at: Examined) -> list[str]:
    return found(check, at, Severity.WARNING)


@pytest.fixture
def prompts_copy(tmp_path: Path) -> Path:
    """The prompts' wording and manifest, to be spoiled; the audio is not copied but linked."""
    folder = tmp_path / "prompts"
    (folder / "audio").mkdir(parents=True)
    shutil.copy(PROJECT / "prompts" / "catalogue.yaml", folder)
    shutil.copy(PROJECT / "prompts" / "audio" / "manifest.json", folder / "audio")
    for language in ("zh", "en"):
        (folder / "audio" / language).mkdir()
        for file in (PROJECT / "prompts" / "audio" / language).iterdir():
            (folder / "audio" / language / file.name).symlink_to(file)
    return folder


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """The database of the home, with the people of config.yaml."""
    database = Database(f"sqlite:///{tmp_path / 'hotline.sqlite3'}")
    database.upgrade()
    seed_people(database, examined(tmp_path).settings, NOW)
    yield database
    database.close()


# -- home and disk ---------------------------------------------------------------------------------


def test_a_home_below_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (fault, *_) = found(checks.home, examined(tmp_path / "file" / "home"))
    assert fault == f"HOTLINE_HOME: {tmp_path / 'file'} is no folder; name another"


def test_a_home_that_cannot_be_written_is_named() -> None:
    (fault, *_) = found(checks.home, examined(Path("/proc/home")))  # not even root may write there
    assert fault.startswith("HOTLINE_HOME: /proc cannot be written by this user (")


def test_a_disk_that_is_nearly_full_is_told_in_time(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free / checks.GB
    assert found(checks.disk, examined(tmp_path)) == []
    (soon,) = warned(checks.disk, examined(tmp_path, disk__warn_below_gb=free + 100))
    assert "less than disk.warn_below_gb" in soon
    full = examined(tmp_path, disk__least_gb=free + 100, disk__warn_below_gb=free + 200)
    (now,) = found(checks.disk, full)
    assert "less than disk.least_gb" in now
    assert warned(checks.disk, full) == []


# -- prompts ---------------------------------------------------------------------------------------


def test_the_shipped_prompts_are_fine(tmp_path: Path) -> None:
    findings = list(checks.prompts(examined(tmp_path)))
    assert [finding.severity for finding in findings] == [Severity.FINE]


def test_a_prompt_without_audio_is_named_with_what_renders_it(prompts_copy: Path, tmp_path: Path) -> None:
    (prompts_copy / "audio" / "zh" / "welcome.flac").unlink()
    (fault,) = found(checks.prompts, examined(tmp_path, prompts_copy))
    assert fault == "prompt zh/welcome: has no audio; run: hotline prompts render --language zh welcome"


def test_a_company_of_another_name_is_a_warning_for_the_prompts_that_say_it(tmp_path: Path) -> None:
    stale = warned(checks.prompts, examined(tmp_path, company__name={"zh": "海城燃气", "en": "Sea Gas"}))
    assert stale
    assert "has audio of another wording (the configuration now says" in stale[0]


def test_many_prompts_without_audio_are_counted(prompts_copy: Path, tmp_path: Path) -> None:
    for file in (prompts_copy / "audio" / "en").iterdir():
        file.unlink()
    faults = found(checks.prompts, examined(tmp_path, prompts_copy))
    assert len(faults) == 6
    assert faults[-1].endswith("more prompts: `hotline prompts check`")


def test_a_menu_that_says_an_unknown_prompt_is_named(tmp_path: Path) -> None:
    at = examined(tmp_path, menu__main__prompts=["menu_mian"])
    (fault,) = found(checks.prompts, at)
    assert fault.startswith('menu.main.prompts: there is no prompt "menu_mian"')
    assert fault in [finding.what for finding in before_start(at)]


def test_a_missing_prompts_folder_stops_the_start(tmp_path: Path) -> None:
    faults = [fault.what for fault in before_start(examined(tmp_path, tmp_path / "none"))]
    assert any(fault.startswith(f"prompts folder {tmp_path / 'none'}: is missing") for fault in faults)


# -- what agents read ------------------------------------------------------------------------------


@pytest.fixture
def desk_copy(tmp_path: Path) -> Path:
    """The prompts folder with what agents read and nothing else, to be spoiled."""
    shutil.copytree(PROJECT / "prompts" / "desk", tmp_path / "prompts" / "desk")
    return tmp_path / "prompts"


def test_what_agents_read_is_fine_as_it_ships(tmp_path: Path) -> None:
    findings = list(checks.desk_texts(examined(tmp_path)))
    assert [finding.severity for finding in findings] == [Severity.FINE]


def test_a_broken_article_is_named_with_its_line_and_stops_nothing(desk_copy: Path, tmp_path: Path) -> None:
    article = desk_copy / "desk" / "knowledge" / "meter_battery.md"
    article.write_text(article.read_text(encoding="utf-8").replace("topic: meter", "topic: metre"), "utf-8")
    at = examined(tmp_path, desk_copy)
    (soon, *_) = warned(checks.desk_texts, at)
    assert soon.startswith(f"{article}: line 3: topic: ")
    assert found(checks.desk_texts, at) == []


def test_a_broken_script_stops_the_start(desk_copy: Path, tmp_path: Path) -> None:
    script = desk_copy / "desk" / "script.yaml"
    script.write_text(
        script.read_text(encoding="utf-8").replace("{company}{work_no}", "{company}{wrk_no}"), "utf-8"
    )
    faults = [fault.what for fault in before_start(examined(tmp_path, desk_copy))]
    assert any(str(script) in fault and 'there is no place "{wrk_no}"' in fault for fault in faults)


# -- the database ----------------------------------------------------------------------------------


def test_before_the_first_start_there_is_no_database_and_that_is_fine(tmp_path: Path) -> None:
    (finding,) = checks.database(examined(tmp_path))
    assert finding.severity is Severity.FINE
    assert not (tmp_path / "hotline.sqlite3").exists()


def test_a_database_with_everybody_is_fine(database: Database, tmp_path: Path) -> None:
    (finding,) = checks.database(examined(tmp_path))
    assert (finding.severity, finding.what) == (Severity.FINE, f"{tmp_path}/hotline.sqlite3, 4 people")


def test_a_queue_whose_last_agent_left_is_named(database: Database, tmp_path: Path) -> None:
    for work_number in ("1001", "1002"):
        deactivate(database, work_number, NOW)
    faults = found(checks.database, examined(tmp_path))
    assert [fault.split(":")[0] for fault in faults] == ["queues.repair", "queues.consultation"]
    assert "hotline agents set WORK_NUMBER --skill repair=1" in faults[0]


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "hotline.sqlite3").write_text("no database at all, only some words in a file\n" * 40)
    (finding,) = examine(examined(tmp_path), {"database": checks.database})["database"]
    assert finding.severity is Severity.ERROR
    assert str(tmp_path / "hotline.sqlite3") in finding.what


# -- days and phones -------------------------------------------------------------------------------


def test_the_end_of_the_known_holidays_is_told_sixty_days_before(tmp_path: Path) -> None:
    end = datetime.combine(known_until(), datetime.min.time(), UTC)
    at = examined(tmp_path)
    assert warned(checks.calendar, dataclasses.replace(at, now=end - timedelta(days=60))) == []
    late = dataclasses.replace(at, now=end - timedelta(days=59))
    (fault,) = warned(checks.calendar, late)
    assert f"known until {known_until()} only" in fault


def test_who_lists_the_next_years_days_is_not_warned(tmp_path: Path) -> None:
    day = known_until() + timedelta(days=1)
    at = examined(tmp_path, special_days__days_off=[day.isoformat()])
    late = dataclasses.replace(at, now=datetime.combine(known_until(), datetime.min.time(), UTC))
    assert warned(checks.calendar, late) == []


def test_no_duty_phone_is_a_warning(tmp_path: Path) -> None:
    assert len(warned(checks.duty_phones, examined(tmp_path))) == 1
    with_one = examined(tmp_path, alarm__duty_phones=["sip:13900000000@192.0.2.10"])
    assert warned(checks.duty_phones, with_one) == []


def test_the_clock_is_shown_as_opening_hours_see_it(tmp_path: Path) -> None:
    (finding,) = checks.clock(examined(tmp_path))
    assert finding.what == "2026-03-02 12:00 in Asia/Shanghai"


def test_a_folder_of_recordings_must_be_named_from_the_root(tmp_path: Path) -> None:
    (fault,) = found(checks.configuration, examined(tmp_path, pbx__recordings_folder="recordings"))
    assert fault == 'pbx.recordings_folder: "recordings" must begin with /'


@pytest.mark.parametrize(
    ("home", "overrides", "named"),
    [
        ("a;b", {}, "HOTLINE_HOME"),
        (
            "home",
            {"pbx__browser": {"url": "wss://h/ws", "certificate": "/a,b.pem", "key": "/k.pem"}},
            "pbx.browser.certificate",
        ),
    ],
)
def test_a_path_that_cannot_stand_in_the_pbxs_files_stops_the_start(
    home: str, overrides: dict[str, object], named: str, tmp_path: Path
) -> None:
    """Nothing starts half: it is said before database, people and demo are made."""
    at = examined(tmp_path / home, **overrides)
    faults = [fault.what for fault in before_start(at)]
    assert any(f'{named}: "' in fault and "cannot stand in an Asterisk file" in fault for fault in faults)
    elsewhere = at.settings.pbx.model_copy(update={"mode": PbxMode.REMOTE})
    remote = dataclasses.replace(at, settings=at.settings.model_copy(update={"pbx": elsewhere}))
    assert not [fault for fault in before_start(remote) if "Asterisk file" in fault.what]


def test_it_is_told_what_runs(tmp_path: Path) -> None:
    (nothing,) = checks.running(examined(tmp_path))
    assert nothing.what == "nothing"
    lock = home_lock.hold(tmp_path, home_lock.ENGINE)
    (finding,) = checks.running(examined(tmp_path))
    os.close(lock)
    assert finding.what == "engine"
