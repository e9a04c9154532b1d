"""What README promises: with what the first start tells, a call is made, answered and found again."""

import http.cookiejar
import re
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.asterisk.sip_caller import Caller
from tests.asterisk.sip_peer import Phone, SipPeer, header
from tests.e2e.rows import eventually
from tests.operation.hotline_run import environment_of, running

pytestmark = pytest.mark.e2e


class AgentsPhone(Phone):
    """A phone that registers with what was printed, and answers the PBX's questions whether it is there."""

    def __init__(self, pbx: tuple[str, int], user: str, password: str) -> None:
        peer = SipPeer(pbx)
        answer = peer.register(user, password, expires=300)
        assert answer is not None
        assert answer.status == 200, answer.text
        self.host, self.wire, self.port = peer.host, peer.wire, peer.port
        self.invite, self.known = "", {}
        self.answered = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._live)
        self._thread.start()

    def _live(self) -> None:
        while not self._over.is_set():
            if self._next_is_new_call(0.1):
                self._respond(self.invite, "180 Ringing")
                self.answer()
                self.answered.set()

    def _next_is_new_call(self, within: float) -> bool:
        self.wire.settimeout(within)
        try:
            waiting = self.wire.recv(65536, 2).decode()  # 2: MSG_PEEK
        except TimeoutError:
            return False
        if waiting.startswith("OPTIONS"):
            _, self.pbx = self.wire.recvfrom(65536)
            self._respond(waiting, "200 OK")
            return False
        return super()._next_is_new_call(within)

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        super().close()


class Browser:
    """As much of a browser as a form needs."""

    def __init__(self, address: str) -> None:
        self._address = address
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def read(self, path: str) -> bytes:
        with self._opener.open(f"{self._address}{path}", timeout=10) as answer:
            return bytes(answer.read())

    def _csrf(self, path: str) -> str:
        found = re.search(r'<meta name="csrf" content="([^"]+)"', self.read(path).decode())
        assert found
        return found[1]

    def send(self, path: str, form_page: str, **fields: str) -> bytes:
        token = self._csrf(form_page)
        request = urllib.request.Request(
            f"{self._address}{path}",
            urllib.parse.urlencode({**fields, "csrf_token": token}).encode(),
            {"X-CSRFToken": token, "Referer": f"{self._address}{form_page}"},
        )
        with self._opener.open(request, timeout=10) as answer:
            return bytes(answer.read())


def linked(agent: Browser, page: str, below: str, within: float) -> str:
    """The first address below ``below`` that the page names, as soon as it does (seconds)."""
    links = eventually(lambda: re.findall(rf'"({below}\d+)"', agent.read(page).decode()), within, below)
    return str(links[0])


@pytest.fixture
def told(tmp_path: Path) -> Iterator[str]:
    """What the terminal shows after the first start."""
    with running(environment_of(tmp_path / "home")) as run:
        run.until("^Phones register by SIP")
        yield "\n".join(run.lines)


def test_a_gas_leak_is_answered_and_found_again_with_what_the_terminal_told(told: str) -> None:
    dial = re.search(r"dial     sip:(\d+)@(127\.0\.0\.1):(\d+)", told)
    address = re.search(r"console  (http://\S+?)/?$", told, re.MULTILINE)
    page_password, phone_user, phone_password = re.findall(
        r"^1001 .*\n.*password (\S+)\n  phone:   user (\S+), password (\S+)$", told, re.MULTILINE
    )[0]
    assert dial
    assert address
    pbx = (dial[2], int(dial[3]))
    phone = AgentsPhone(pbx, phone_user, phone_password)
    caller = Caller(pbx)
    try:
        agent = Browser(address[1])
        agent.send("/sign-in", "/sign-in", work_number="1001", password=page_password)
        agent.send("/desk/commands/ready", "/desk")
        assert caller.dial(dial[1]).status == 200
        caller.press_rfc4733("3")
        assert phone.answered.wait(10), "the agent's phone does not ring"
        assert header(phone.invite, "From")
        eventually(lambda: caller.pitch(0.2) == 0.0, 5, "the end of the prompts: both talk")
        caller.hang_up()
        page = linked(agent, "/calls", "/calls/", 5)
        assert "燃气泄漏报警" in agent.read(page).decode()
        assert agent.read(linked(agent, page, "/recordings/", 10))[:4] == b"RIFF"
    finally:
        caller.close()
        phone.close()
