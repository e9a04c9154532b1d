"""SIPp scenarios put together step by step: what a caller does, and what an agent's phone does.

A scenario that waits can be told what to do next by a SIP MESSAGE within its call (see ``sipp.py``):
``X-Do: hang_up``, ``X-Do: answer``, or ``X-Key: 5`` for a key by SIP INFO.
"""

import re
from dataclasses import dataclass
from typing import Self
from xml.sax.saxutils import quoteattr

HOST = "127.0.0.1"
_FIRST = "z9hG4bK-[call_id]"  # CANCEL and the ACK of a refusal belong to the INVITE's transaction
_INTERRUPTS = '<recv request="BYE" optional="true" next="byed"/>'


def audio(port: int | str, events: int | None = 101) -> str:
    """A session description: A-law at ``port``, and telephone events under a payload type or not at all."""
    lines = ["v=0", f"o=- 1 1 IN IP4 {HOST}", "s=-", f"c=IN IP4 {HOST}", "t=0 0"]
    lines += [f"m=audio {port} RTP/AVP 8{'' if events is None else f' {events}'}", "a=rtpmap:8 PCMA/8000"]
    if events is not None:
        lines += [f"a=rtpmap:{events} telephone-event/8000", f"a=fmtp:{events} 0-15"]
    return "\n".join(lines) + "\n"


def _send(first: str, *headers: str, body: str = "", again: bool = False) -> str:
    """A message; ``again``: repeated until it is answered."""
    kind = ["Content-Type: application/sdp"] if body.startswith("v=0") else []
    text = "\n".join([first, *headers, *kind, "Content-Length: [len]", "", body])
    attribute = ' retrans="500"' if again else ""
    return f"<send{attribute}><![CDATA[\n{text}\n]]></send>"


def _keep(header: str, variable: str, pattern: str = ".*") -> str:
    return f'<ereg regexp={quoteattr(pattern)} search_in="hdr" header="{header}:" assign_to="{variable}"/>'


class _Steps:
    def __init__(self) -> None:
        self._steps: list[str] = []

    def _add(self, *steps: str) -> Self:
        self._steps += steps
        return self

    def xml(self) -> str:
        """The scenario as SIPp reads it."""
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="hotline">'
        steps = "\n".join(self._steps)
        # SIPp refuses variables that are used once only.
        kept = sorted(set(re.findall(r'assign_to="(\w+)"', steps)))
        end = f'<Reference variables="{",".join(kept)}"/>\n</scenario>\n' if kept else "</scenario>\n"
        return "\n".join([head, steps, end])


class CallerScenario(_Steps):
    """What a caller does, from INVITE to BYE.

    :param user: of the From address; "" for a From without any.
    :param audio_port: where the caller's sound is; "[media_port]" for SIPp's own.
    :param sdp: the INVITE carries the session description; else the ACK does.
    :param events: payload type of telephone events (RFC 4733); None: not offered.
    """

    def __init__(
        self,
        number: str,
        audio_port: int | str,
        *,
        user: str = "13900001111",
        display: str = "",
        sdp: bool = True,
        events: int | None = 101,
    ) -> None:
        super().__init__()
        self._uri = f"sip:{number}@[remote_ip]:[remote_port]"
        address = f"{user}@{HOST}" if user else HOST
        self._from = f"From: {display} <sip:{address}:[local_port]>;tag=[pid]c[call_number]"
        self._contact = f"Contact: <sip:caller@{HOST}:[local_port]>"
        self._audio = audio(audio_port, events)
        self._offers = sdp

    def _request(
        self, method: str, *headers: str, to: str = "To:[$to]", body: str = "", branch: str = "[branch]"
    ) -> str:
        return _send(
            f"{method} {self._uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:[local_port];branch={branch}",
            self._from,
            to,
            "Call-ID: [call_id]",
            f"CSeq: [cseq] {method}",
            "Max-Forwards: 70",
            *headers,
            body=body,
            again=method not in ("ACK", "CANCEL"),
        )

    def _invite(self) -> str:
        body = self._audio if self._offers else ""
        return self._request("INVITE", self._contact, to=f"To: <{self._uri}>", body=body, branch=_FIRST)

    def dial(self) -> Self:
        """Call and take the answer."""
        ringing = [f'<recv response="{status}" optional="true"/>' for status in (100, 180, 183)]
        answered = f'<recv response="200"><action>{_keep("To", "to")}</action></recv>'
        return self._add(
            self._invite(), *ringing, answered, self._request("ACK", body="" if self._offers else self._audio)
        )

    def dial_and_give_up(self, after: float) -> Self:
        """Call and cancel ``after`` seconds, before the answer comes."""
        cancel = self._request("CANCEL", to=f"To: <{self._uri}>", branch=_FIRST)
        taken = f'<recv response="487"><action>{_keep("To", "to")}</action></recv>'
        return self._add(
            self._invite(),
            '<recv response="100"/>',
            *self._idle(after),
            cancel,
            '<recv response="200"/>',
            taken,
            self._request("ACK", branch=_FIRST),
            '<nop next="over"/>',
            *_byed(),
        )

    def wait(self, seconds: float) -> Self:
        """Do nothing for a while, unless the other side hangs up."""
        return self._add(*self._idle(seconds))

    def _idle(self, seconds: float) -> tuple[str, ...]:
        # A pause of SIPp's would break off at any message that comes meanwhile.
        label = f"go-on-{len(self._steps)}"
        limit = _timeout(seconds, label)
        ringing = f'<recv response="180" optional="true"{limit}/>'
        byed = f'<recv request="BYE" optional="true" next="byed"{limit}/>'
        return ringing, byed, f'<recv request="MESSAGE"{limit}/>', f'<label id="{label}"/>'

    def press(self, key: str) -> Self:
        """Press a key by SIP INFO."""
        return self._add(self._info(key), _INTERRUPTS, '<recv response="200"/>')

    def press_by_sipp(self, key: str) -> Self:
        """Press a key by telephone events of SIPp's own; needs raw sockets and payload type 96."""
        return self._add(f'<nop><action><exec play_dtmf="{key}"/></action></nop>')

    def _info(self, key: str) -> str:
        body = f"Signal={key}\nDuration=160\n"
        return self._request("INFO", "Content-Type: application/dtmf-relay", body=body)

    def obey(self) -> Self:
        """Do as one is told, until the call ends."""
        told = _keep("X-Do", "hang_up", "hang_up") + _keep("X-Key", "key", "[0-9*#A-D]")
        return self._add(
            '<label id="obey"/>',
            _INTERRUPTS,
            f'<recv request="MESSAGE"><action>{told}</action></recv>',
            '<nop next="hang_up" test="hang_up"/>',
            self._info("[$key]"),
            _INTERRUPTS,
            '<recv response="200" next="obey"/>',
            '<label id="hang_up"/>',
        ).hang_up()

    def hang_up(self) -> Self:
        """End the call, or take the end when the other side was faster."""
        return self._add(self._request("BYE"), _INTERRUPTS, '<recv response="200" next="over"/>', *_byed())

    def until_bye(self) -> Self:
        """Wait for the other side to hang up."""
        return self._add('<recv request="BYE"/>', *_byed())


def _pause(seconds: float) -> str:
    return f'<pause milliseconds="{round(seconds * 1000)}"/>'


def _byed() -> tuple[str, ...]:
    last = ("[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", "[last_CSeq:]")
    return ('<label id="byed"/>', _send("SIP/2.0 200 OK", *last), '<label id="over"/>', "<nop/>")


@dataclass(frozen=True)
class Manners:
    """How an agent's phone behaves on every call, until it is told otherwise.

    :param ring_after: seconds to its 180 Ringing; None: it never rings.
    :param trying: it says 100 Trying at once.
    :param answer_after: seconds from there until it answers; None: when told.
    :param refuse_with: a final status instead, such as "486 Busy Here"; ``rings_first``: after a 180.
    :param hang_up_after: seconds of talk after which the agent hangs up; None: when told.
    """

    ring_after: float | None = 0.0
    trying: bool = True
    answer_after: float | None = None
    refuse_with: str | None = None
    rings_first: bool = False
    hang_up_after: float | None = None


class PhoneScenario(_Steps):
    """What an agent's phone does with a call."""

    def __init__(self, manners: Manners, pbx: str, audio_port: int) -> None:
        super().__init__()
        self._pbx = pbx
        keep = "".join(
            [_keep(name, name.lower()) for name in ("From", "To", "Via", "CSeq")]
            + [_keep("Contact", "target", "sip:[^>]*")]
        )
        self._add(f'<recv request="INVITE"><action>{keep}</action></recv>')
        if manners.trying:
            self._add(self._answer("100 Trying"))
        if manners.refuse_with is not None:
            if manners.rings_first:
                self._add(self._answer("180 Ringing"))
            self._add(_pause(manners.ring_after or 0), self._answer(manners.refuse_with))
            self._add('<recv request="ACK" next="done"/>')
        else:
            self._ring(manners, audio_port)
        self._add('<label id="done"/>', "<nop/>")

    def _answer(self, status: str, *headers: str, body: str = "") -> str:
        to = "To:[$to]" if status.startswith("100") else "To:[$to];tag=[pid]p[call_number]"
        kept = ("Via:[$via]", "From:[$from]", to, "Call-ID: [call_id]", "CSeq:[$cseq]")
        contact = f"Contact: <sip:phone@{HOST}:[local_port]>"
        return _send(f"SIP/2.0 {status}", *kept, contact, *headers, body=body, again=status.startswith("200"))

    def _ring(self, manners: Manners, audio_port: int) -> None:
        if manners.ring_after is not None:
            if manners.ring_after > 0:
                self._add(*_until("ring", manners.ring_after), '<label id="ring"/>')
            self._add(self._answer("180 Ringing"))
        self._add(*_until("answer", manners.answer_after), '<label id="answer"/>')
        self._add(self._answer("200 OK", body=audio(audio_port)), '<recv request="ACK"/>')
        limit = _timeout(manners.hang_up_after, "hang_up")
        self._add(f'<recv request="BYE" optional="true" next="byed"{limit}/>')
        self._add(f'<recv request="MESSAGE"{limit}/>', '<label id="hang_up"/>', self._bye())
        self._add(_INTERRUPTS, '<recv response="200" next="done"/>')
        self._add(*_byed()[:2], '<nop next="done"/>')
        last = ("[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", "[last_CSeq:]")
        self._add('<label id="cancelled"/>', _send("SIP/2.0 200 OK", *last))
        self._add(self._answer("487 Request Terminated"), '<recv request="ACK"/>')

    def _bye(self) -> str:
        return _send(
            "BYE [$target] SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:[local_port];branch=[branch]",
            "From:[$to];tag=[pid]p[call_number]",
            "To:[$from]",
            "Call-ID: [call_id]",
            "CSeq: 2 BYE",
            "Max-Forwards: 70",
            again=True,
        )


def _timeout(seconds: float | None, label: str) -> str:
    return "" if seconds is None else f' timeout="{round(seconds * 1000)}" ontimeout="{label}"'


def _until(label: str, seconds: float | None) -> tuple[str, str]:
    """Wait to be told, at most ``seconds``, for the CANCEL of a caller who does not."""
    limit = _timeout(seconds, label)
    return (
        f'<recv request="CANCEL" optional="true" next="cancelled"{limit}/>',
        f'<recv request="MESSAGE"{limit}/>',
    )
