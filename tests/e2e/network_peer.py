"""A carrier's edge over UDP: early media before a final answer, or a password before it takes a call."""

import hashlib
import re
import socket
import struct
import threading
import time
from collections.abc import Sequence

import numpy as np

from tests.asterisk.g711 import alaw_encode
from tests.asterisk.sip_peer import header

HOST = "127.0.0.1"
PACKET = 160
SILENCE = [0] * PACKET
REALM, NONCE = "sip.twilio.com", "b3a1f0"


class NetworkPeer:
    """Takes calls in a thread of its own.

    :param plays: samples that are played after a 183, again and again; none: no 183.
    :param final: the final status of each call; None: it is left to the caller to give up.
    :param final_after: seconds.
    :param user: with ``password``: calls are taken only with these (RFC 3261, section 22).
    """

    def __init__(
        self,
        plays: Sequence[int] = (),
        *,
        final: str | None = None,
        final_after: float = 0.0,
        user: str = "",
        password: str = "",
    ) -> None:
        self.requests: list[str] = []
        self._plays = list(plays)
        self._final = final
        self._final_after = final_after
        self._user, self._password = user, password
        self._wire, self._sound = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for wire in (self._wire, self._sound):
            wire.bind((HOST, 0))
        self.port: int = self._wire.getsockname()[1]
        self._wire.settimeout(0.1)
        self._over = False
        self._cancelled: set[str] = set()
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def calls(self) -> list[str]:
        """The INVITEs that were taken: one a call, those that were asked for a password left out."""
        return [one for one in self.requests if one.startswith("INVITE") and self._knows(one)]

    def close(self) -> None:
        """Switch it off."""
        self._over = True
        for thread in self._threads:
            thread.join(3)
        self._wire.close()
        self._sound.close()

    def _serve(self) -> None:
        while not self._over:
            try:
                data, who = self._wire.recvfrom(65536)
            except TimeoutError:
                continue
            request = data.decode("utf-8", "replace")
            seen = request in self.requests
            self.requests.append(request)
            method = request.split(" ", 1)[0]
            if method == "INVITE" and not seen:
                self._invited(request, who)
            elif method == "CANCEL":
                self._cancelled.add(header(request, "Call-ID"))
                self._respond(request, "200 OK", who)
                (first,) = [
                    one for one in self.calls() if header(one, "Call-ID") == header(request, "Call-ID")
                ][-1:]
                self._respond(first, "487 Request Terminated", who)
            elif method in ("OPTIONS", "BYE"):
                self._respond(request, "200 OK", who)

    def _knows(self, request: str) -> bool:
        """Whether the call brings the right password, where one is wanted."""
        if not self._user:
            return True
        line = header(request, "Authorization") or header(request, "Proxy-Authorization")
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', line))
        uri = request.split(" ")[1]
        first = _md5(f"{self._user}:{REALM}:{self._password}")
        second = _md5(f"INVITE:{given.get('uri', uri)}")
        middle = f"{NONCE}:{given.get('nc', '')}:{given.get('cnonce', '')}:auth"
        return given.get("response") == _md5(f"{first}:{middle}:{second}")

    def _invited(self, request: str, who: tuple[str, int]) -> None:
        self._respond(request, "100 Trying", who)
        if not self._knows(request):
            line = f'Proxy-Authenticate: Digest realm="{REALM}",nonce="{NONCE}",qop="auth",algorithm=MD5'
            self._respond(request, "407 Proxy Authentication Required", who, line)
            return
        thread = threading.Thread(target=self._call, args=(request, who), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _call(self, request: str, who: tuple[str, int]) -> None:
        began = time.monotonic()
        if self._plays:
            self._respond(request, "183 Session Progress", who, body=self._description())
            found = re.search(r"^m=audio (\d+)", request, re.MULTILINE)
            assert found
            self._play(request, int(found[1]), began)
        else:
            time.sleep(self._final_after)
        if self._final is not None and header(request, "Call-ID") not in self._cancelled:
            body = self._description() if self._final.startswith("200") else ""
            self._respond(request, self._final, who, body=body)

    def _play(self, request: str, port: int, began: float) -> None:
        """RTP of the samples until the final answer is due, or the caller has given up."""
        at, number = 0, 0
        while not self._over and header(request, "Call-ID") not in self._cancelled:
            if self._final is not None and time.monotonic() - began >= self._final_after:
                return
            part = (self._plays + self._plays)[at : at + PACKET]
            at = (at + PACKET) % len(self._plays)
            head = struct.pack("!BBHII", 0x80, 8, number & 0xFFFF, number * PACKET, 4711)
            self._sound.sendto(head + alaw_encode(np.asarray(part, dtype=np.int16)), (HOST, port))
            number += 1
            time.sleep(max(0.0, began + number * 0.02 - time.monotonic()))

    def _description(self) -> str:
        port = self._sound.getsockname()[1]
        lines = ["v=0", f"o=- 1 1 IN IP4 {HOST}", "s=-", f"c=IN IP4 {HOST}", "t=0 0"]
        lines += [
            f"m=audio {port} RTP/AVP 8 101",
            "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:101 telephone-event/8000",
        ]
        return "\r\n".join(lines) + "\r\n"

    def _respond(self, request: str, status: str, who: tuple[str, int], *lines: str, body: str = "") -> None:
        to = header(request, "To")
        tag = "" if ";tag=" in to or status.startswith("100") else ";tag=network"
        kind = ["Content-Type: application/sdp"] if body else []
        head = [
            f"SIP/2.0 {status}",
            *(f"{name}: {header(request, name)}" for name in ("Via", "From", "Call-ID", "CSeq")),
            f"To: {to}{tag}",
            f"Contact: <sip:network@{HOST}:{self.port}>",
            *lines,
            *kind,
            f"Content-Length: {len(body)}",
        ]
        self._wire.sendto(("\r\n".join(head) + "\r\n\r\n" + body).encode(), who)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
