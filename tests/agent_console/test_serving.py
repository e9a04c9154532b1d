"""The console as a program: ready only when it answers, ended by itself though live pages are open."""

import http.client
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from werkzeug.test import EnvironBuilder

from ivr.config.sections import Role
from ivr.standard.dial_state import CampaignState
from storage.database import Database
from storage.models import Campaign, CampaignRefusal, DialTask
from tests.agent_console.conftest import Served
from tests.agent_console.scene import PASSWORD, Scene
from tests.conftest import PROJECT
from tests.e2e.rows import eventually
from tests.ports import free_port

pytestmark = pytest.mark.socket

MOST_MEGABYTES = 500
"""Of the console with 200 live pages open."""


def sign_in(port: int, work_number: str) -> str:
    """Sign in over HTTP; gives the cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    found = re.search(r'name="csrf" content="([^"]+)"', answer.read().decode())
    cookie = str(answer.headers["Set-Cookie"]).split(";")[0]
    assert found is not None
    form = urlencode({"csrf_token": found.group(1), "work_number": work_number, "password": PASSWORD})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sign-in", form, headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303
    connection.close()
    return str(answer.headers["Set-Cookie"]).split(";")[0]


class LivePage:
    """An open live page; ends with the test."""

    def __init__(self, port: int, cookie: str) -> None:
        """Open it and read up to its first event."""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.socket.sendall(f"GET /live HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n".encode())
        self.lines = self.socket.makefile("rb")
        self.until(b"event: state")

    def until(self, text: bytes) -> bytes:
        """Read up to the line that holds ``text``."""
        for line in self.lines:
            if text in line:
                return line
        raise AssertionError(f"the stream ended before {text!r}")

    def until_the_end(self) -> None:
        """Read on until the console ends the stream."""
        for _ in self.lines:
            continue

    def close(self) -> None:
        """Close it as a browser does."""
        self.lines.close()
        self.socket.close()


def test_two_hundred_live_pages_of_one_person_are_told_ended_and_take_no_more_memory_than_allowed(
    served: Served, scene: Scene
) -> None:
    """Of one person, as 200 sessions take long to make; 200 desks are measured by tests/bench/desk_pop.py."""
    me = scene.person("1001")
    cookie = sign_in(served.port, "1001")
    pages = [LivePage(served.port, cookie) for _ in range(200)]
    status = Path(f"/proc/{_worker(served)}/status").read_text()
    memory = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert memory is not None
    assert int(memory.group(1)) // 1024 <= MOST_MEGABYTES
    scene.presence(me, "break")  # type: ignore[arg-type]
    for page in pages:
        page.until(b'"state":"break"')
    print(f"ended after {served.stop():.2f} s")
    for page in pages:
        page.until_the_end()
        page.close()


def _worker(served: Served) -> str:
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text()
    return children.split()[0]


def test_a_closed_page_frees_its_thread(served: Served, scene: Scene) -> None:
    """Pages are opened and closed more often than there are threads."""
    scene.person("1001")
    cookie = sign_in(served.port, "1001")
    for _ in range(400):
        LivePage(served.port, cookie).close()


def send_list(port: int, cookie: str, sheet: str) -> str:
    """Make a campaign of a list; gives the address of the page that waits for it, or of the campaign."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/revisits/campaigns/new", headers={"Cookie": cookie})
    answer = connection.getresponse()
    token = re.search(r'name="csrf" content="([^"]+)"', answer.read().decode())
    assert token is not None
    cookie = str(answer.headers.get("Set-Cookie", cookie)).split(";")[0]
    form = EnvironBuilder(
        method="POST",
        data={
            "csrf_token": token.group(1),
            "name": "冬季安检回访",
            "questionnaire": "repair",
            "way": "automatic",
            "whom": "file",
            "file": (io.BytesIO(sheet.encode()), "名单.csv"),
        },
    )
    made = form.get_environ()
    headers = {"Cookie": cookie, "Content-Type": made["CONTENT_TYPE"]}
    with made["wsgi.input"] as sent:
        connection.request("POST", "/revisits/campaigns/new", sent.read(), headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303
    connection.close()
    return str(answer.headers["Location"])


def test_a_console_that_dies_while_a_list_is_written_goes_on_with_it_when_it_starts_again(
    served: Served, scene: Scene, database: Database, tmp_path: Path
) -> None:
    people = 30_000
    scene.person("2001", role=Role.SUPERVISOR)
    cookie = sign_in(served.port, "2001")
    rows = [f"{one},139{one:08}" for one in range(people)]
    where = send_list(served.port, cookie, "\n".join(["姓名,电话", *rows, *rows[:9]]))
    assert "/reading/" in where

    def called() -> int:
        with database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(DialTask)).scalar_one())

    worker = int(_worker(served))
    eventually(lambda: called() > 0, 30, "people are written")
    served.process.kill()
    os.kill(worker, signal.SIGKILL)
    served.process.wait()
    served.process.stdout.close()
    assert 0 < called() < people
    served.start()

    def state() -> CampaignState:
        with database.read() as connection:
            return connection.execute(select(Campaign.state)).scalar_one()

    eventually(lambda: state() is CampaignState.READY, 60, "the campaign is written to its end")
    assert called() == people
    with database.read() as connection:
        assert connection.execute(select(Campaign.rows, Campaign.rows_refused)).one() == (people + 9, 9)
        assert connection.execute(select(func.count()).select_from(CampaignRefusal)).scalar_one() == 9
    assert len(scene.events("console.campaign_changed")) == 1
    eventually(lambda: not list((tmp_path / "lists").iterdir()), 5, "the list is deleted")
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    connection.request("GET", where, headers={"Cookie": cookie})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (303, "/revisits/campaigns/1")
    connection.close()


def test_a_taken_port_is_said_and_nothing_starts(
    served: Served, tmp_path: object, database_address: str
) -> None:
    again = subprocess.run(
        [sys.executable, "-m", "agent_console", str(PROJECT / "config.yaml")],
        cwd=PROJECT,
        env={
            "PATH": "/usr/bin:/bin",
            "HOTLINE_HOME": str(tmp_path),
            "HOTLINE__CONSOLE__PORT": str(served.port),
            "HOTLINE__STORAGE__URL_FROM": "HOTLINE_TEST_DATABASE",
            "HOTLINE_TEST_DATABASE": database_address,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert again.returncode == 1
    assert f"console.port {served.port}: Address already in use" in again.stderr
    assert "Traceback" not in again.stderr


def test_a_broken_script_is_named_with_its_line_and_nothing_starts(
    tmp_path: Path, sqlite_address: str
) -> None:
    shutil.copy(PROJECT / "config.yaml", tmp_path)
    shutil.copytree(PROJECT / "prompts" / "desk", tmp_path / "prompts" / "desk")
    script = tmp_path / "prompts" / "desk" / "script.yaml"
    script.write_text(script.read_text(encoding="utf-8").replace("moment: hold", "moment: holt", 1), "utf-8")
    port = free_port()
    started = subprocess.run(
        [sys.executable, "-m", "agent_console", str(tmp_path / "config.yaml")],
        cwd=PROJECT,
        env={
            "PATH": "/usr/bin:/bin",
            "HOTLINE_HOME": str(tmp_path / "home"),
            "HOTLINE__CONSOLE__PORT": str(port),
            "HOTLINE__STORAGE__URL_FROM": "HOTLINE_TEST_DATABASE",
            "HOTLINE_TEST_DATABASE": sqlite_address,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert started.returncode == 1
    assert f"{script}: line " in started.stderr
    assert "lines.hold_ask.moment" in started.stderr
    assert "Traceback" not in started.stderr
