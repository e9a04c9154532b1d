"""A caller for tests: dials, presses keys in three ways, and hears what is played."""

import contextlib
import itertools
import re
import socket
import struct
import threading
import time

import numpy as np

from tests.asterisk.g711 import Samples, alaw_decode, alaw_encode
from tests.asterisk.sip_peer import Answer, SipPeer

PACKET = 160  # samples of a 20 ms packet at 8 kHz
ALAW_SILENCE = b"\xd5" * PACKET
TONES = {"1": (697, 1209), "2": (697, 1336), "3": (697, 1477), "4": (770, 1209), "5": (770, 1336)}

_numbers = itertools.count(1)


class Caller(SipPeer):
    """A caller with audio: dials, presses keys in three ways, hears."""

    def dial(self, number: str, telephone_events: bool = True, sdp: bool = True) -> Answer:
        """Call ``number``; the answer may be a refusal."""
        self.audio = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.audio.bind((self.host, 0))
        self.call_id = f"call{next(_numbers)}-{time.monotonic_ns()}"
        self.uri = f"sip:{number}@{self.pbx[0]}:{self.pbx[1]}"
        offer = self._sdp(telephone_events)
        lines = ["Content-Type: application/sdp"] if sdp else []
        self.send("INVITE", self.uri, *lines, call_id=self.call_id, number=1, body=offer if sdp else "")
        answer = self.final_answer(self.call_id)
        assert answer is not None, "the PBX says nothing to an INVITE"
        self.to = answer.header("To")
        self.next = 2
        if answer.status == 200:
            body = "" if sdp else offer
            lines = [] if sdp else ["Content-Type: application/sdp"]
            self.send("ACK", self.uri, *lines, to=self.to, call_id=self.call_id, number=1, body=body)
            port = re.search(r"m=audio (\d+)", answer.body)
            assert port, "the PBX answers without audio"
            self.peer_audio = (self.pbx[0], int(port[1]))
            self.sequence = 0
            self.speaking = threading.Event()
            self.heard: list[tuple[float, Samples]] = []
            self._tone: list[bytes] = []
            self._threads = [
                threading.Thread(target=work, daemon=True) for work in (self._speak, self._listen)
            ]
            for thread in self._threads:
                thread.start()
        return answer

    def _sdp(self, telephone_events: bool) -> str:
        port = self.audio.getsockname()[1]
        lines = ["v=0", f"o=- 1 1 IN IP4 {self.host}", "s=-", f"c=IN IP4 {self.host}", "t=0 0"]
        lines += [f"m=audio {port} RTP/AVP 8" + (" 101" if telephone_events else ""), "a=rtpmap:8 PCMA/8000"]
        if telephone_events:
            lines += ["a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16"]
        return "\r\n".join(lines) + "\r\n"

    def _speak(self) -> None:
        next_at = time.monotonic()
        while not self.speaking.is_set():
            payload = self._tone.pop(0) if self._tone else ALAW_SILENCE
            self._packet(8, payload, self.sequence * PACKET)
            next_at += 0.02
            time.sleep(max(0, next_at - time.monotonic()))

    def _packet(self, kind: int, payload: bytes, stamp: int) -> None:
        self.sequence += 1
        head = struct.pack("!BBHII", 0x80, kind, self.sequence & 0xFFFF, stamp & 0xFFFFFFFF, 77)
        with contextlib.suppress(OSError):
            self.audio.sendto(head + payload, self.peer_audio)

    def _listen(self) -> None:
        self.audio.settimeout(0.1)
        while not self.speaking.is_set():
            try:
                packet = self.audio.recv(2048)
            except TimeoutError:
                continue
            except OSError:
                return
            if packet[1] & 0x7F == 8:
                self.heard.append((time.monotonic(), alaw_decode(packet[12:])))

    def press_rfc4733(self, key: str) -> None:
        """Press a key as telephone events (RFC 4733)."""
        event = "0123456789*#".index(key)
        stamp = self.sequence * PACKET
        for step in range(1, 9):
            self._packet(
                101, struct.pack("!BBH", event, 10 | (0x80 if step > 5 else 0), step * PACKET), stamp
            )
            time.sleep(0.02)

    def press_in_band(self, key: str) -> None:
        """Press a key as two tones in the audio, 120 ms long."""
        at = np.arange(PACKET * 6) / 8000
        sound = sum(np.sin(2 * np.pi * hertz * at) for hertz in TONES[key]) * 8000
        self._tone = [alaw_encode(part) for part in np.split(np.asarray(sound, dtype=np.int16), 6)]
        time.sleep(0.14)

    def press_info(self, key: str) -> Answer | None:
        """Press a key as SIP INFO (application/dtmf-relay)."""
        self.send(
            *("INFO", self.uri, "Content-Type: application/dtmf-relay"),
            to=self.to,
            call_id=self.call_id,
            number=self.next,
            body=f"Signal={key}\r\nDuration=160\r\n",
        )
        self.next += 1
        return self.final_answer(self.call_id)

    def pitch(self, seconds: float) -> float:
        """The strongest frequency (Hz) heard within the next ``seconds``; 0 for silence."""
        since = time.monotonic()
        time.sleep(seconds)
        parts = [samples for at, samples in self.heard if at >= since]
        if not parts:
            return 0.0
        sound = np.concatenate(parts).astype(float)
        if np.abs(sound).mean() < 50:
            return 0.0
        return float(np.argmax(np.abs(np.fft.rfft(sound))) * 8000 / len(sound))

    def said_goodbye(self, within: float) -> bool:
        """Whether the PBX hangs up within ``within`` seconds."""
        until = time.monotonic() + within
        while (left := until - time.monotonic()) > 0:
            self.wire.settimeout(left)
            try:
                if self.wire.recv(65536).startswith(b"BYE"):
                    return True
            except TimeoutError:
                break
        return False

    def hang_up(self) -> None:
        """End the call and stop speaking."""
        self.send("BYE", self.uri, to=self.to, call_id=self.call_id, number=self.next)
        self.final_answer(self.call_id)
        self.speaking.set()
        for thread in self._threads:
            thread.join()

    def close(self) -> None:
        if hasattr(self, "speaking") and not self.speaking.is_set():
            self.hang_up()
        if hasattr(self, "audio"):
            self.audio.close()
        super().close()
