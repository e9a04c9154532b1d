"""The lines to the outside as this engine sees them: which one a call takes, and what becomes of it there.

What was seen is kept in the database (:mod:`storage.queries.trunk_states`), where pages read it and the next
engine goes on from; administrators are told at their desks when a line goes wrong, and when it works again.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from ivr import hotline_clock
from ivr.asterisk.channel import Leg
from ivr.asterisk.connection import AriConnection, segment
from ivr.asterisk.events import EndpointState
from ivr.config import Settings
from ivr.config.installation import Trunk
from ivr.config.notice_texts import NoticeTexts, load_notice_texts
from ivr.errors import AriError, AriRefused, NoticeTextError
from ivr.journal import Fact
from ivr.ledger import Ledger
from ivr.standard.line_signals import LineSignals
from ivr.standard.number_rules import as_dialled
from ivr.standard.trunk_choice import WRONG, TrunkSeen, TrunkState, order
from storage.queries import trunk_states
from storage.queries.trunk_states import Counted

log = structlog.get_logger(__name__)

ENDPOINT = "trunk-"
"""How the PBX's endpoint of a trunk is called: this and its name."""
QUALIFIED_WITHIN = 8.0
"""Seconds after which the PBX knows whether a trunk answers OPTIONS."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """One way to reach a number: what the PBX dials, over which trunk; None: a phone at a fixed address."""

    device: str
    trunk: str | None = None
    shown_number: str | None = None


def device_over(trunk: Trunk, number: str) -> str:
    """What the PBX dials to reach a number over a trunk that takes calls out."""
    out = trunk.outbound
    assert out is not None
    host = f"[{out.host}]" if ":" in out.host else out.host
    over = ";transport=tcp" if out.transport == "tcp" else ""
    dialled = as_dialled(number, out.numbers, out.prefix)
    return f"PJSIP/{ENDPOINT}{trunk.name}/sip:{dialled}@{host}:{out.port}{over}"


class Trunks:
    """The trunks of one PBX that take calls out, in their order."""

    def __init__(self, settings: Settings, ledger: Ledger, ari: AriConnection) -> None:
        self._settings = settings
        self._ledger = ledger
        self._ari = ari
        self._node = settings.pbx.node
        self._rules = settings.failover.rules
        self._trunks = {trunk.name: trunk for trunk in settings.all_trunks if trunk.outbound is not None}
        self._seen: dict[str, TrunkSeen] = {}
        self._silent: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._texts: NoticeTexts | None = None

    @property
    def any(self) -> bool:
        """Whether anybody outside can be called."""
        return bool(self._trunks)

    def ways(self, number: str) -> list[WayOut]:
        """How a number may be reached, the way to be tried first at the front; none without a trunk."""
        names = order(list(self._trunks), self._seen, hotline_clock.now(), self._rules)
        return [
            WayOut(device_over(self._trunks[name], number), name, self._shown(self._trunks[name]))
            for name in names
        ]

    def _shown(self, trunk: Trunk) -> str:
        assert trunk.outbound is not None
        return trunk.outbound.shown_number or self._settings.company.hotline

    # -- what is seen --------------------------------------------------------------------------

    async def connected(self) -> None:
        """After a (re)connect: give the PBX the passwords, and ask it which trunks are there.

        :raises AriDisconnected: the PBX is away again. ``StorageError``: the database is away.
        """
        now, names = hotline_clock.now(), list(self._trunks)
        for one in await self._ledger.decide(lambda c: trunk_states.take_up(c, self._node, names, now)):
            seen = self._seen.setdefault(one.name, TrunkSeen(one.state, one.since))
            if seen.state is not one.state:  # heard before there was a row to write it into
                self._ledger.note(Fact(trunk_states.set_state, self._node, one.name, seen.state, now, None))
        for name, (user, password) in self._settings.trunk_secrets.items():
            await self._push(name, user, password)
        self._later(self._look(names), "look at trunks")

    async def _look(self, names: list[str]) -> None:
        """Ask the PBX which trunks are there; one that has just been started has not asked them yet."""
        await asyncio.sleep(QUALIFIED_WITHIN)
        for name in names:
            try:
                found = await self._ari.get(f"/endpoints/PJSIP/{segment(ENDPOINT + name)}")
            except AriRefused:
                self._set(name, TrunkState.UNREACHABLE, "the PBX does not know it; restart the hotline")
                continue
            except AriError:
                return  # asked again after the next connect
            out = self._trunks[name].outbound
            if out is not None and out.qualify_seconds and found.get("state") in ("online", "offline"):
                self._answers(name, present=found["state"] == "online")

    def _later(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _push(self, name: str, user: str, password: str) -> None:
        """The password lives in the PBX's memory only, never in a file."""
        fields = {"auth_type": "userpass", "username": user, "password": password}
        body = {"fields": [{"attribute": key, "value": value} for key, value in fields.items()]}
        try:
            path = f"/asterisk/config/dynamic/res_pjsip/auth/{segment(ENDPOINT + name)}"
            await self._ari.put(path, body=body)
        except AriRefused as error:
            log.error("trunk.password_not_pushed", trunk=name, reason=str(error))

    def heard(self, event: EndpointState) -> bool:
        """A trunk answers the PBX's OPTIONS, or does not any more; False: it is no trunk."""
        if not event.resource.startswith(ENDPOINT):
            return False
        name = event.resource.removeprefix(ENDPOINT)
        if name in self._trunks:
            self._answers(name, present=event.present)
        return True

    def _answers(self, name: str, *, present: bool) -> None:
        state = self._state(name)
        if not present:
            self._set(name, TrunkState.UNREACHABLE, "does not answer OPTIONS")
        elif state in (TrunkState.UNREACHABLE, TrunkState.UNKNOWN):
            self._set(name, TrunkState.UP)

    def begun(self, name: str) -> None:
        """A call was begun over it."""
        self._count(name, Counted(calls=1))

    def carried(self, name: str) -> None:
        """It rang, or was answered, over this trunk."""
        if self._state(name) is not TrunkState.SILENT:
            self._set(name, TrunkState.UP)

    def failed(self, name: str, signals: LineSignals) -> None:
        """It did not carry a call."""
        self._count(name, Counted(failures=1))
        said = f"SIP {signals.sip}" if signals.sip is not None else f"cause {signals.cause or 0}"
        self._set(name, TrunkState.FAILING, f"refused a call or lost it: {said}", again=True)

    def listen(self, name: str, leg: Leg) -> None:
        """Look a little after the answer whether any sound comes."""
        self._later(self._listen(name, leg), f"listen {leg.id}")

    async def _listen(self, name: str, leg: Leg) -> None:
        await asyncio.sleep(self._settings.failover.silent_seconds)
        if leg.ended:
            return
        try:
            found = await self._ari.get(f"/channels/{segment(leg.id)}/rtp_statistics")
        except AriError as error:
            log.info("trunk.not_listened", trunk=name, leg=leg.id, reason=str(error))
            return  # it has gone meanwhile
        if int(found.get("rxcount") or 0) > 0:
            self._silent[name] = 0
            self._set(name, TrunkState.UP)
            return
        self._silent[name] = self._silent.get(name, 0) + 1
        self._count(name, Counted(failures=1))
        log.warning("trunk.no_sound", trunk=name, leg=leg.id, calls=self._silent[name])
        if self._silent[name] >= self._rules.silent_after:
            self._set(name, TrunkState.SILENT, "answers calls, and no sound comes", again=True)

    # -- what is kept --------------------------------------------------------------------------

    def _state(self, name: str) -> TrunkState:
        seen = self._seen.get(name)
        return seen.state if seen is not None else TrunkState.UNKNOWN

    def _count(self, name: str, counted: Counted) -> None:
        now = hotline_clock.now()
        self._ledger.note(Fact(trunk_states.count, self._node, name, counted, now))

    def _set(self, name: str, state: TrunkState, why: str | None = None, *, again: bool = False) -> None:
        """A trunk is so from now on.

        :param again: seen anew, its rest begins anew.
        """
        before, now = self._state(name), hotline_clock.now()
        if before is state and not again:
            return
        self._seen[name] = TrunkSeen(state, now)
        if before is state:
            return
        log.warning("trunk.state", trunk=name, state=state.value, before=before.value, why=why)
        said = self._words(name, before, state, why)
        self._ledger.note(Fact(trunk_states.set_state, self._node, name, state, now, why, said))

    def _words(
        self, name: str, before: TrunkState, state: TrunkState, why: str | None
    ) -> tuple[str, str] | None:
        """Subject and text for administrators, when a trunk goes wrong or works again."""
        if state in WRONG and before not in WRONG:
            left = [way.trunk for way in self.ways("") if way.trunk != name]
            return self._write("trunk_away", line=name, why=why, next=left[0] if left else None)
        if before in WRONG and state not in WRONG:
            return self._write("trunk_back", line=name)
        return None

    def _write(self, wording: str, **values: str | None) -> tuple[str, str] | None:
        try:
            if self._texts is None:
                self._texts = load_notice_texts(self._settings.prompts_folder)
        except NoticeTextError as error:
            log.error("trunk.notice_not_worded", problems=error.problems)
            return None
        return self._texts.write(wording, values)
