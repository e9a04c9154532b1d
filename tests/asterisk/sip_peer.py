"""A small SIP peer over UDP for tests: says exactly the bytes a test wants to say, on loopback."""

import hashlib
import itertools
import re
import socket
import time
from dataclasses import dataclass, field

_numbers = itertools.count(1)


def header(message: str, name: str) -> str:
    """A header line's value, empty without one."""
    found = re.search(rf"^{name}:\s*(.*?)\r$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


@dataclass
class Answer:
    """A response: its status, header lines and body."""

    status: int
    text: str

    def header(self, name: str) -> str:
        return header(self.text, name)

    @property
    def body(self) -> str:
        return self.text.partition("\r\n\r\n")[2]


@dataclass
class SipPeer:
    """One address that sends requests to a PBX and reads what comes back."""

    pbx: tuple[str, int]
    host: str = "127.0.0.1"
    name: str = "13900001111"
    display: str = "Zhang"
    wire: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.bind((self.host, 0))
        self.port: int = self.wire.getsockname()[1]
        self.tag = f"t{next(_numbers)}"

    @property
    def address(self) -> str:
        """Name and host, or the host alone where the caller has no number."""
        return f"{self.name}@{self.host}" if self.name else self.host

    def close(self) -> None:
        self.wire.close()

    def send(
        self, method: str, uri: str, *lines: str, to: str = "", call_id: str, number: int, body: str = ""
    ) -> None:
        """Send one request; ``lines`` are further header lines."""
        contact = f"<sip:{self.address}:{self.port}>"
        head = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.host}:{self.port};rport;branch=z9hG4bK{time.monotonic_ns()}",
            f'From: "{self.display}" <sip:{self.address}>;tag={self.tag}',
            f"To: {to or f'<{uri}>'}",
            f"Call-ID: {call_id}",
            f"CSeq: {number} {method}",
            *([] if any(line.startswith("Contact") for line in lines) else [f"Contact: {contact}"]),
            "Max-Forwards: 70",
            *lines,
            f"Content-Length: {len(body.encode())}",
        ]
        self.wire.sendto(("\r\n".join(head) + "\r\n\r\n" + body).encode(), self.pbx)

    def final_answer(self, call_id: str, within: float = 5.0) -> Answer | None:
        """The first final response to ``call_id``; None when none came in time (seconds)."""
        until = time.monotonic() + within
        while (left := until - time.monotonic()) > 0:
            self.wire.settimeout(left)
            try:
                text = self.wire.recv(65536).decode("utf-8", "replace")
            except TimeoutError:
                return None
            found = re.match(r"SIP/2.0 (\d+)", text)
            if found and int(found[1]) >= 200 and f"Call-ID: {call_id}" in text:
                return Answer(int(found[1]), text)
        return None

    def ask(self, method: str, uri: str, *lines: str, body: str = "") -> Answer | None:
        """Send a request outside of a call and return its final answer."""
        call_id = f"ask{next(_numbers)}"
        self.send(method, uri, *lines, call_id=call_id, number=1, body=body)
        return self.final_answer(call_id)

    def register(self, user: str, password: str, expires: int = 60) -> Answer | None:
        """Register as ``user`` with digest authentication."""
        self.name = user
        uri = f"sip:{self.pbx[0]}:{self.pbx[1]}"
        to = f"<sip:{user}@{self.pbx[0]}>"
        call_id = f"reg{next(_numbers)}"
        self.send("REGISTER", uri, f"Expires: {expires}", to=to, call_id=call_id, number=1)
        challenge = self.final_answer(call_id)
        if challenge is None or challenge.status != 401:
            return challenge
        asked = dict(
            re.findall(r'(\w+)="?([^",]+)"?', challenge.header("WWW-Authenticate").removeprefix("Digest "))
        )
        first = _md5(f"{user}:{asked['realm']}:{password}")
        second = _md5(f"REGISTER:{uri}")
        response = _md5(f"{first}:{asked['nonce']}:00000001:abc:auth:{second}")
        line = (
            f'Authorization: Digest username="{user}",realm="{asked["realm"]}",nonce="{asked["nonce"]}",'
            f'uri="{uri}",response="{response}",algorithm=MD5,qop=auth,nc=00000001,cnonce="abc",'
            f'opaque="{asked.get("opaque", "")}"'
        )
        self.send("REGISTER", uri, f"Expires: {expires}", line, to=to, call_id=call_id, number=2)
        return self.final_answer(call_id)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


class Phone:
    """A phone at a fixed address: rings, and answers or hangs up when it is told to."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.bind((host, 0))
        self.host = host
        self.port: int = self.wire.getsockname()[1]
        self.invite = ""
        self.known: dict[str, str] = {}
        self.cancelled: set[str] = set()

    @property
    def address(self) -> str:
        """What is dialled to reach it."""
        return f"sip:phone@{self.host}:{self.port}"

    def rings(self, within: float) -> bool:
        """Whether a new INVITE comes within ``within`` seconds; it is told that the phone rings."""
        until = time.monotonic() + within
        while (left := until - time.monotonic()) > 0:
            if self._next_is_new_call(left):
                self._respond(self.invite, "180 Ringing")
                return True
        return False

    def stops_ringing(self, within: float) -> bool:
        """Whether the call that rings is given up within ``within`` seconds, and none follows it."""
        call_id, until = header(self.invite, "Call-ID"), time.monotonic() + within
        while call_id not in self.cancelled and (left := until - time.monotonic()) > 0:
            if self._next_is_new_call(left):
                return False
        return call_id in self.cancelled

    def _next_is_new_call(self, within: float) -> bool:
        """Read one message; what is not a new call is answered as a phone answers it."""
        self.wire.settimeout(within)
        try:
            data, self.pbx = self.wire.recvfrom(65536)
        except (TimeoutError, BlockingIOError):
            return False
        request = data.decode()
        call_id = header(request, "Call-ID")
        if request.startswith("INVITE") and call_id not in self.known:
            self.invite = request
            self.known[call_id] = request
            return True
        if request.startswith("CANCEL"):
            self._respond(request, "200 OK")
            self._respond(self.known[call_id], "487 Request Terminated")
            self.cancelled.add(call_id)
        elif request.startswith("BYE"):
            self._respond(request, "200 OK")
        return False

    def forget(self) -> None:
        """Take no notice of what came before, but answer it."""
        time.sleep(0.1)
        while self.rings(0.1):
            self._respond(self.invite, "486 Busy Here")

    def answer(self) -> None:
        """Pick up."""
        lines = ["v=0", f"o=- 1 1 IN IP4 {self.host}", "s=-", f"c=IN IP4 {self.host}", "t=0 0"]
        lines += [f"m=audio {self.port + 1} RTP/AVP 8", "a=rtpmap:8 PCMA/8000"]
        self._respond(
            self.invite, "200 OK", "Content-Type: application/sdp", body="\r\n".join(lines) + "\r\n"
        )

    def hang_up(self) -> None:
        """End the call that was answered."""
        target = re.search(r"^Contact: <(.+?)>", self.invite, re.MULTILINE)
        assert target
        head = [
            f"BYE {target[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.host}:{self.port};rport;branch=z9hG4bK{time.monotonic_ns()}",
            f"From: {header(self.invite, 'To')};tag=phone",
            f"To: {header(self.invite, 'From')}",
            f"Call-ID: {header(self.invite, 'Call-ID')}",
            "CSeq: 1 BYE",
            "Max-Forwards: 70",
            "Content-Length: 0",
        ]
        self.wire.sendto(("\r\n".join(head) + "\r\n\r\n").encode(), self.pbx)

    def close(self) -> None:
        self.wire.close()

    def _respond(self, request: str, status: str, *lines: str, body: str = "") -> None:
        to = header(request, "To")
        head = [
            f"SIP/2.0 {status}",
            *(f"{name}: {header(request, name)}" for name in ("Via", "From", "Call-ID", "CSeq")),
            f"To: {to}" + ("" if ";tag=" in to else ";tag=phone"),
            f"Contact: <{self.address}>",
            *lines,
            f"Content-Length: {len(body)}",
        ]
        self.wire.sendto(("\r\n".join(head) + "\r\n\r\n" + body).encode(), self.pbx)
