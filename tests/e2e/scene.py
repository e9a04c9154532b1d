"""Everything one test needs: the PBX, a fresh database, an engine, agents' phones and callers."""

import itertools
from datetime import datetime
from pathlib import Path

import pytest

from ivr.standard.command_kind import CommandKind
from tests.e2e.caller import Caller
from tests.e2e.engine import Engine
from tests.e2e.media import Exchange, Line, longest_gap
from tests.e2e.pbx import DUTY_PHONE, PROMPTS, Pbx, overrides
from tests.e2e.phone import Phone
from tests.e2e.rows import Rows
from tests.e2e.scenarios import CallerScenario, Manners
from tests.e2e.sipp import Sipp
from tests.nursery import Nursery

ON_BOTH = pytest.mark.parametrize("scene", ["sqlite", "postgres"], indirect=True)
"""Runs a test on each kind of database."""

OUTSIDE = "outside"
GAP = 0.2  # seconds
DATABASE = "HOTLINE_TEST_DATABASE"
QUEUES = ("alarm", "repair", "complaint", "consultation")
ALWAYS_OPEN: dict[str, object] = {f"queues__{queue}__opening_hours": None for queue in QUEUES}
NO_WRAP_UP: dict[str, object] = {f"queues__{queue}__wrap_up_seconds": 0 for queue in QUEUES}


class Scene:
    """One test's hotline. :meth:`open` starts the engine; callers and phones may come before and after."""

    def __init__(self, pbx: Pbx, database_address: str, folder: Path, nursery: Nursery) -> None:
        self.pbx = pbx
        self.nursery = nursery
        self.folder = folder
        self.exchange = Exchange()
        self.rows = Rows(database_address)
        self.engine: Engine
        self.engines: list[Engine] = []
        self.phones: dict[str, Phone] = {}
        self.callers: list[Caller] = []
        self.left_over: list[str] = []
        self._others: list[Sipp] = []
        self.address = database_address
        self._numbers = itertools.count(13900000001)

    def environment(self, pbx: Pbx, changes: dict[str, object]) -> dict[str, str]:
        """The settings of an engine."""
        settings = {"storage__url_from": DATABASE, **ALWAYS_OPEN, **NO_WRAP_UP, **changes}
        return {**pbx.environment, **overrides(**settings), DATABASE: self.address, "PROMPTS": str(PROMPTS)}

    def open(self, *, pbx: Pbx | None = None, **changes: object) -> "Scene":
        """Start an engine with ``section__key=value`` laid over config.yaml."""
        engine = Engine(self.environment(pbx or self.pbx, changes), self.folder, self.nursery)
        self.engines.append(engine)
        self.engine = self.engines[0]
        engine.start()
        return self

    def agent(
        self,
        work_number: str,
        manners: Manners | None = None,
        *,
        skills: dict[str, int] | None = None,
        ready: bool = True,
    ) -> Phone:
        """An agent who is signed in (and ready), with a phone."""
        phone = Phone(self.folder, self.exchange, self.pbx.sip, work_number, manners or Manners())
        self.phones[work_number] = phone
        self.rows.add_agent(work_number, phone.address, skills, ready=ready)
        return phone

    def duty_phone(self, manners: Manners | None = None) -> Phone:
        """The phone that rings for alarms when nobody else answers."""
        port = self.pbx.duty_port
        phone = Phone(self.folder, self.exchange, self.pbx.sip, DUTY_PHONE, manners or Manners(), port)
        self.phones[DUTY_PHONE] = phone
        return phone

    def outside_phone(self, manners: Manners | None = None) -> Phone:
        """A telephone outside, to which every call out leads with :meth:`line_to`."""
        phone = Phone(self.folder, self.exchange, self.pbx.sip, OUTSIDE, manners or Manners())
        self.phones[OUTSIDE] = phone
        return phone

    def line_to(self, phone: Phone) -> list[dict[str, object]]:
        """The setting ``trunks`` of an engine whose calls to the outside reach this telephone."""
        outbound = {"host": "127.0.0.1", "port": int(phone.address.rpartition(":")[2])}
        outbound["qualify_seconds"] = 0
        return [{"name": "line", "match": ["127.0.0.1/32"], "outbound": outbound}]

    def caller(
        self,
        key: str = "",
        *,
        user: str | None = None,
        number: str = "95777",
        display: str = "",
        sdp: bool = True,
        events: int | None = 101,
        mute: bool = False,
        pbx: Pbx | None = None,
    ) -> Caller:
        """Somebody who calls the hotline, and presses ``key`` at the first sound."""
        pbx = pbx or self.pbx
        caller = Caller(
            self.folder,
            self.exchange,
            pbx.sip,
            pbx.folders.sounds,
            user=str(next(self._numbers)) if user is None else user,
            number=number,
            display=display,
            sdp=sdp,
            events=events,
            mute=mute,
        )
        self.callers.append(caller)
        if key:
            caller.until_heard()
            caller.press(key)
        return caller

    def ready(self, work_number: str) -> None:
        """The agent presses "ready" on the page."""
        self.rows.ask(CommandKind.READY, work_number)

    def invite_to_rate(self, work_number: str, call_id: int) -> None:
        """The agent presses "invite to rate" on the page."""
        self.rows.ask(CommandKind.INVITE_TO_RATE, work_number, call_id)

    def play(
        self, scenario: CallerScenario, *, calls: int = 1, rate: float = 10.0, pbx: Pbx | None = None
    ) -> Sipp:
        """Calls that follow a scenario by themselves."""
        sipp = Sipp(self.folder, scenario.xml(), target=(pbx or self.pbx).sip, calls=calls, rate=rate)
        self._others.append(sipp)
        return sipp

    def is_quiet(self, pbx: Pbx | None = None, within: float = 3.0) -> bool:
        """Whether no channel and no bridge is left on the PBX."""
        self.left_over = (pbx or self.pbx).left_over(within)
        return not self.left_over

    def heard_throughout(self, line: Line, since: datetime, until: datetime, late: float = 0.0) -> bool:
        """Whether a line got sound all the time, without a gap of more than 200 ms.

        A machine that is busy with other things makes the far end, which is ours, stutter: that is
        allowed for.
        """
        allowed = GAP + max(late, self.exchange.stall(since.timestamp()))
        return longest_gap(line.packets(), since.timestamp(), until.timestamp()) < allowed

    def story(self) -> str:
        """What happened, for the report of a test that failed."""
        lines = [
            f"{event.at:%T.%f} {event.kind} call={event.call_id} agent={event.agent_id} {event.data or ''}"
            for event in self.rows.events()
        ]
        lines += [
            f"call {c.id} {c.caller_number} {c.stage} answered={c.answered_at} ended={c.ended_at}"
            for c in self.rows.calls()
        ]
        lines += [
            f"offer {o.id} call={o.call_id} {o.work_number} made={o.made_at:%T.%f} rung={o.rung_at} "
            f"ended={o.ended_at} {o.outcome}"
            for o in self.rows.offers()
        ]
        for phone in self.phones.values():
            lines += [f"phone {phone.work_number}: {ring}" for ring in phone.rings()]
            lines += [f"phone {phone.work_number}: {phone.errors}"]
        lines += [f"channel {name}" for name in self.left_over]
        lines += [f"{number} {state}" for number, state in self.rows.states().items()]
        lines += [str(line) for engine in self.engines for line in engine.log()]
        return "\n".join(lines)

    def close(self) -> None:
        """End everybody."""
        for someone in (*self.callers, *self.phones.values(), *self._others):
            someone.end()
        for engine in self.engines:
            engine.stop()
        self.exchange.close()
        self.rows.close()
