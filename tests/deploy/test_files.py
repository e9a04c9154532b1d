"""The files of deploy/: read by the tools they are for where these are here, and true to the program."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent_console.health.exposition import exposed
from ivr import cli
from ivr.config import load
from storage.database import Database
from storage.queries import health_figures
from tests.conftest import PROJECT
from tests.storage.rows import NOW

DEPLOY = PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
METRIC = re.compile(r"\bhotline_[a-z_]+\b")


def rules() -> list[dict[str, Any]]:
    tree = yaml.safe_load((DEPLOY / "prometheus" / "hotline.rules.yml").read_text())
    return [rule for group in tree["groups"] for rule in group["rules"]]


@pytest.fixture
def names(sqlite_address: str) -> set[str]:
    """Every metric there is."""
    database = Database(sqlite_address)
    with database.read() as connection:
        page = exposed(health_figures.read(connection, NOW), 0.0, 1.0, 0.0).decode()
    database.close()
    return {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")}


def test_every_alert_asks_for_figures_there_are(names: set[str]) -> None:
    for rule in rules():
        asked = set(METRIC.findall(rule["expr"]))
        assert asked <= names, rule["alert"]
        assert asked or rule["expr"].startswith("up{")


def test_every_alert_says_what_is_wrong_and_how_urgent_it_is() -> None:
    found = rules()
    assert len({rule["alert"] for rule in found}) == len(found)
    for rule in found:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"].endswith(".")


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not on this machine")
def test_prometheus_own_tool_takes_the_rules() -> None:
    command = ["promtool", "check", "config", str(DEPLOY / "prometheus" / "prometheus.yml")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_prometheus_reads_where_the_console_gives_its_figures() -> None:
    tree = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    [job] = tree["scrape_configs"]
    console = load(PROJECT / "config.yaml", {}).console
    assert job["static_configs"][0]["targets"] == [f"{console.host}:{console.port}"]
    assert (DEPLOY / "prometheus" / tree["rule_files"][0]).is_file()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """The programs they name are put where they look for them."""
    (tmp_path / "etc").mkdir()
    for unit in UNITS:
        text = unit.read_text().replace("/srv/hotline/.venv/bin/hotline", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
    )
    ours = [line for line in done.stderr.splitlines() if "hotline" in line and "not found" not in line]
    assert ours == []


def test_each_unit_starts_a_command_there_is() -> None:
    for unit in UNITS:
        parser = configparser.RawConfigParser(strict=False)
        parser.optionxform = str  # type: ignore[assignment]
        parser.read(unit)
        if not parser.has_section("Service"):
            continue
        line = re.sub(r"\$\([^)]*\)", "today", parser["Service"]["ExecStart"])
        words = re.split(r"[\s\"']+", line.partition(".venv/bin/hotline ")[2].strip(" '\""))
        asked = cli.parser().parse_args([word for word in words if word][2:])
        assert asked.run is not None


def test_when_the_supervisor_is_killed_the_calls_stay() -> None:
    """docs/INSTALL.md: systemd must not end Asterisk with it."""
    assert "KillMode=process" in (DEPLOY / "systemd" / "hotline.service").read_text()


def test_the_compose_file_names_files_there_are_and_no_secret() -> None:
    tree = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = tree["services"]
    for service in services.values():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if source.startswith("./") and source != "./config.yaml":
                assert (DEPLOY / source).exists(), source
    assert (DEPLOY / services["hotline"]["build"]["dockerfile"].removeprefix("deploy/")).is_file()
    published = [port for service in services.values() for port in service.get("ports", ())]
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert "PASSWORD:" not in (DEPLOY / "compose.yaml").read_text().replace("PASSWORD_FILE:", "")


def test_the_image_holds_what_the_program_is_made_of() -> None:
    lines = (DEPLOY / "Dockerfile").read_text()
    copied = {word for line in re.findall(r"^COPY (.+)$", lines, re.MULTILINE) for word in line.split()[:-1]}
    assert {"ivr", "storage", "agent_console", "prompts", "config.yaml", "requirements.lock"} <= copied
    for name in copied:
        assert (PROJECT / name).exists(), name
    assert "USER hotline" in lines


def test_the_proxy_believes_no_client_about_its_address_and_hides_the_figures() -> None:
    text = (DEPLOY / "tls" / "nginx.conf").read_text()
    assert "X-Forwarded-For $remote_addr;" in text
    assert "proxy_add_x_forwarded_for" not in text
    assert "location = /metrics { return 404; }" in text
    assert re.search(r"location = /live \{[^}]*proxy_buffering off;", text)
    assert text.count("{") == text.count("}")
    routed = {"/live", "/ws", "/metrics", "/"}
    assert set(re.findall(r"location (?:= )?(/[a-z]*)", text)) == routed
