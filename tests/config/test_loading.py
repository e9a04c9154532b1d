"""config.yaml is read, and every mistake in it is named with its place and what would be right."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from ivr.config import Settings, load
from ivr.config.sections import DeviceKind
from tests.config.mistakes import SMALLEST, mistake, mistakes, write
from tests.conftest import PROJECT


def test_the_projects_own_file_has_no_mistake(settings: Settings, tmp_path: Path) -> None:
    assert settings.company_name("zh") == "泉城燃气" and settings.company_name("en") == "Spring City Gas"
    assert settings.default_language == "zh"
    assert settings.zone.key == "Asia/Shanghai"
    assert settings.database_address == f"sqlite:///{tmp_path}/hotline.sqlite3"
    assert settings.skills == {"consultation", "repair", "alarm", "complaint", "english"}


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    settings = load(write(tmp_path, yaml.safe_dump(SMALLEST)), {})
    assert (settings.ring.seconds, settings.ring.count, settings.ring.no_ringing_after) == (5, 3, 3)
    assert (settings.alarm.key, settings.alarm.ring_all_after, settings.alarm.duty_phones_after) == (
        "3",
        20,
        40,
    )
    assert settings.numbers == ["95777"] and settings.people == [] and settings.trunks == []
    assert settings.home == tmp_path / "var"


def test_the_settings_cannot_be_changed(settings: Settings) -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings.ring.count = 4


def test_no_secret_is_in_the_printed_settings(tmp_path: Path) -> None:
    file = write(tmp_path, yaml.safe_dump({**SMALLEST, "storage": {"url_from": "ADDRESS"}}))
    settings = load(file, {"ADDRESS": "postgresql://hotline:hunter2@db/hotline"})
    assert "hunter2" in settings.database_address
    assert "hunter2" not in repr(settings) and "hunter2" not in settings.model_dump_json()


# -- the file itself -----------------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert mistake(tmp_path / "config.yaml").endswith(
        "config.yaml: there is no such file; copy config.yaml of the project there"
    )


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert mistake(tmp_path) == f"{tmp_path}: is a folder; give the file, usually config.yaml"


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "null\n"])
def test_an_empty_file_is_named(tmp_path: Path, text: str) -> None:
    assert ": is empty; it needs at least languages, menu and queues" in mistake(write(tmp_path, text))


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n", "42\n"])
def test_a_file_that_is_no_mapping_is_named(tmp_path: Path, text: str) -> None:
    assert 'line 1: must be "key: value" lines' in mistake(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("company: [\n", r"line 2, column 1: not YAML"),
        ("company: {name: x\nnumbers: y", "not YAML"),
        ("company:\n\tname: x\n", "line 2, column 1: not YAML: found character"),
        ("a: 1\n---\nb: 2\n", "not YAML: but found another document"),
        ("? [a]\n: 1\n", "line 1, column 3: not YAML: found unhashable key"),
        ("company: !!python/object:os.system x\n", "not YAML: could not determine a constructor"),
        ("company: a\x00b\n", "not YAML: unacceptable character"),
        ("company: &self\n  - *self\n", "not YAML: something contains itself"),
        ("special_days: {days_off: [2027-02-30]}\n", "day is out of range for month; write dates as"),
    ],
)
def test_what_is_not_yaml_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert said in mistake(write(tmp_path, text))


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes("company: {name: 泉城燃气}".encode("gb18030"))
    assert "is not UTF-8 text (byte 18); save it as UTF-8" in mistake(tmp_path / "config.yaml")


def test_a_key_that_is_there_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    text = yaml.safe_dump({"menu": SMALLEST["menu"]}) + "ring:\n  count: 3\n  seconds: 5\n  count: 4\n"
    said = mistake(write(tmp_path, text))
    first = text.splitlines().index("  count: 3") + 1
    assert f"line {first + 2}: ring.count: used twice, first in line {first}; keep one" in said


# -- the environment -----------------------------------------------------------------------------


def test_the_environment_overrides_a_value(tmp_path: Path) -> None:
    file = write(tmp_path, yaml.safe_dump(SMALLEST))
    settings = load(
        file,
        {
            "HOTLINE__CONSOLE__PORT": "8100",
            "HOTLINE__COMPANY__HOTLINE": "12345",
            "HOTLINE__RECORDING__ENABLED": "false",
            "HOTLINE__NUMBERS": '["95777", "12345"]',
            "HOTLINE__PBX__RTP": "{first: 30000, last: 30100}",
            "HOTLINE__SPECIAL_DAYS__DAYS_OFF": "[2027-02-14]",
            "HOTLINE__STORAGE__URL_FROM": "null",
            "PATH": "/bin",
        },
    )
    assert settings.console.port == 8100
    assert settings.company.hotline == "12345", "needs no quotes as it would in the file"
    assert settings.recording.enabled is False
    assert settings.numbers == ["95777", "12345"]
    assert (settings.pbx.rtp.first, settings.pbx.rtp.last) == (30000, 30100)
    assert settings.special_days.days_off == [date(2027, 2, 14)]


def test_the_environment_overrides_one_item_of_a_list() -> None:
    settings = load(
        PROJECT / "config.yaml",
        {"HOTLINE__PEOPLE__0__NAME": "王小敏", "HOTLINE__PEOPLE__1__DEVICE": "{kind: browser}"},
    )
    assert settings.people[0].name == "王小敏"
    assert settings.people[1].device.kind is DeviceKind.BROWSER


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("HOTLINE__CONSOLE__PORT", "many", "environment: HOTLINE__CONSOLE__PORT: console.port: "),
        ("HOTLINE__CONSOLE__PROT", "8100", 'console.prot: unknown key; did you mean "port"?'),
        ("HOTLINE__CONSOL__PORT", "8100", 'consol: unknown key; did you mean "console"?'),
        ("HOTLINE__PBX__RTP", "{first: 1, last: 2}", "environment: HOTLINE__PBX__RTP: pbx.rtp: "),
        ("HOTLINE__PEOPLE__99__NAME", "x", "environment: HOTLINE__PEOPLE__99__NAME: there is no 99"),
        ("HOTLINE__NUMBERS__FIRST", "x", "environment: HOTLINE__NUMBERS__FIRST: numbers has no first"),
        ("HOTLINE__TIME_ZONE__NAME", "x", "time_zone has no name to override"),
        ("HOTLINE__", "x", "unknown key"),
    ],
)
def test_a_wrong_override_is_named_by_its_variable(variable: str, value: str, said: str) -> None:
    assert said in mistakes(PROJECT / "config.yaml", {variable: value})[0]


def test_the_home_is_where_the_environment_says(tmp_path: Path) -> None:
    settings = load(PROJECT / "config.yaml", {"HOTLINE_HOME": str(tmp_path / "elsewhere")})
    assert settings.home == tmp_path / "elsewhere"
    assert settings.database_address == f"sqlite:///{tmp_path}/elsewhere/hotline.sqlite3"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("sqlite:////srv/h.sqlite3", "sqlite:////srv/h.sqlite3"),
        ("sqlite:///h.sqlite3", "sqlite:///{home}/h.sqlite3"),
        ("postgresql://hotline@db/hotline", "postgresql+psycopg://hotline@db/hotline"),
        ("postgresql+psycopg://hotline@db/hotline", "postgresql+psycopg://hotline@db/hotline"),
    ],
)
def test_the_database_address_is_whole(tmp_path: Path, url: str, address: str) -> None:
    file = write(tmp_path, yaml.safe_dump({**SMALLEST, "storage": {"url": url}}))
    assert load(file, {}).database_address == address.format(home=tmp_path / "var")


def test_a_missing_secret_is_named_by_its_variable(tmp_path: Path) -> None:
    file = write(tmp_path, yaml.safe_dump({**SMALLEST, "storage": {"url_from": "HOTLINE_DATABASE_URL"}}))
    said = "storage.url_from: the environment variable HOTLINE_DATABASE_URL is not set"
    assert said in mistake(file)
    assert said in mistake(file, {"HOTLINE_DATABASE_URL": ""})


def test_a_secret_that_is_no_database_address_is_named_but_not_shown(tmp_path: Path) -> None:
    file = write(tmp_path, yaml.safe_dump({**SMALLEST, "storage": {"url_from": "ADDRESS"}}))
    said = mistake(file, {"ADDRESS": "hunter2"})
    assert "environment: ADDRESS: is no database" in said and "hunter2" not in said


def test_the_password_of_a_remote_pbx_comes_from_its_variable(tmp_path: Path) -> None:
    pbx = {"mode": "remote", "ari": {"host": "192.0.2.5", "password_from": "ARI"}}
    file = write(tmp_path, yaml.safe_dump({**SMALLEST, "pbx": pbx}))
    assert load(file, {"ARI": "hunter2"}).ari_password == "hunter2"
    assert "pbx.ari.password_from: the environment variable ARI is not set" in mistake(file)
