"""`hotline run` as the operator has it: the real Asterisk, engine and console."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivr.operation import home_lock
from tests.operation.hotline_run import PROJECT, alive, environment_of, pbx_pid, pid, running

pytestmark = pytest.mark.e2e


@dataclass
class FirstStart:
    """What was seen while the hotline ran for the first time."""

    home: Path
    environment: dict[str, str]
    told: str
    page_status: int
    open_to_others: bytes
    """Command lines, environments and logs of the programs."""
    refused: subprocess.CompletedProcess[str]
    checked: subprocess.CompletedProcess[str]
    supervisor: int
    exit_code: int
    left_running: list[int]


def hotline(environment: Mapping[str, str], command: str) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-m", "ivr", command]
    return subprocess.run(arguments, cwd=PROJECT, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """The first start at a fresh home, ended by Ctrl-C."""
    home = tmp_path_factory.mktemp("hotline") / "home"
    environment = environment_of(home)
    with running(environment) as run:
        run.until("^Phones register by SIP")
        told = "\n".join(run.lines)
        (address,) = re.findall(r"console  (http://\S+)", told)
        with urllib.request.urlopen(address, timeout=5) as page:
            status = page.status
        children = [pid(home, name) for name in (home_lock.ENGINE, home_lock.CONSOLE)]
        seen = [
            *(Path(f"/proc/{child}/cmdline").read_bytes() for child in children),
            *(Path(f"/proc/{child}/environ").read_bytes() for child in children),
            *(file.read_bytes() for file in (home / "log").rglob("*") if file.is_file()),
        ]
        refused, checked = hotline(environment, "run"), hotline(environment, "check")
        programs = [*children, pbx_pid(home)]
        supervisor = run.process.pid
        exit_code = run.end(signal.SIGINT)
    left = [process for process in programs if alive(process)]
    return FirstStart(
        home, environment, told, status, b"".join(seen), refused, checked, supervisor, exit_code, left
    )


def test_the_first_start_tells_how_to_dial_and_to_sign_in(first_start: FirstStart) -> None:
    told = first_start.told
    assert re.search(r"^The hotline is ready after [\d.]+ s\.$", told, re.MULTILINE)
    assert f"dial     sip:95777@127.0.0.1:{first_start.environment['HOTLINE__PBX__SIP__PORT']}" in told
    assert re.search(r"^1001 王敏 \(agent\)$", told, re.MULTILINE)
    assert re.search(r"user agent-1001, password \S+$", told, re.MULTILINE)
    assert first_start.page_status == 200


def test_the_first_start_of_a_demo_says_that_its_customers_are_made_up(first_start: FirstStart) -> None:
    assert "demo: made up 640 customers, 7 units, 25 cases and 6 people" in first_start.told
    assert "640 made-up customers are in the archive (demo: false for service)" in first_start.told
    assert re.search(r"^9002 钱进 \(auditor\)$", first_start.told, re.MULTILINE)


def test_passwords_are_in_no_command_line_environment_or_log(first_start: FirstStart) -> None:
    passwords = re.findall(r"password (\S+)$", first_start.told, re.MULTILINE)
    assert len(passwords) >= 7
    assert not [word for word in passwords if word.encode() in first_start.open_to_others]


def test_a_second_run_at_the_same_home_is_refused_with_the_process(first_start: FirstStart) -> None:
    assert first_start.refused.returncode == 1
    assert f"hotline already runs here (process {first_start.supervisor})" in first_start.refused.stderr


def test_check_knows_its_own_running_hotline(first_start: FirstStart) -> None:
    assert "running: engine, console, PBX" in first_start.checked.stdout
    assert first_start.checked.returncode == 0


def test_ctrl_c_ends_everything(first_start: FirstStart) -> None:
    assert (first_start.exit_code, first_start.left_running) == (0, [])


def test_a_second_start_shows_no_password_and_whatever_dies_is_started_again(first_start: FirstStart) -> None:
    home = first_start.home
    with running(first_start.environment) as run:
        run.until("ready after")
        assert not [line for line in run.lines if "password" in line]
        os.kill(pid(home, home_lock.ENGINE), signal.SIGKILL)
        run.until("engine is ready again")
        os.kill(pid(home, home_lock.CONSOLE), signal.SIGKILL)
        run.until("console is ready again")
        os.kill(pbx_pid(home), signal.SIGKILL)
        run.until("PBX is ready again")
        assert run.end(signal.SIGTERM) == 0


@pytest.mark.long
def test_after_the_supervisor_was_killed_a_new_one_takes_over(first_start: FirstStart) -> None:
    home = first_start.home
    with running(first_start.environment) as first:
        first.until("ready after")
        pbx, engine = pbx_pid(home), pid(home, home_lock.ENGINE)
        first.end(signal.SIGKILL)
        assert alive(pbx)
        assert alive(engine)
        with running(first_start.environment) as second:
            second.until(rf"engine was left over from before \(process {engine}\); it is replaced")
            second.until("ready after")
            assert pbx_pid(home) == pbx
            assert not alive(engine)
            assert second.end(signal.SIGTERM) == 0
        assert not alive(pbx)


TAKES_A_PORT = """
import socket
taken = socket.create_server(("127.0.0.1", 0))
print(taken.getsockname()[1], flush=True)
input()
"""


def test_with_a_port_taken_nothing_is_started(tmp_path: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", TAKES_A_PORT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    port = other.stdout.readline().strip()
    environment = environment_of(tmp_path / "home") | {"HOTLINE__CONSOLE__PORT": port}
    refused = hotline(environment, "run")
    other.communicate("\n")
    assert refused.returncode == 1
    assert f"console.port: 127.0.0.1:{port} is taken by another program" in refused.stderr
    assert not (tmp_path / "home" / "hotline.sqlite3").exists()
    assert not (tmp_path / "home" / "asterisk").exists()
