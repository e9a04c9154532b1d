"""A floor on which everything happens at once, for tests that break a part of the hotline under it.

10 pairs talk, 10 callers wait, 3 are in the menu, 2 agents ring, 1 caller is on hold, 1 is being passed on,
and of 2 calls out one is talked and one rings.
"""

from collections.abc import Iterator

from sqlalchemy import Row, select

from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from storage.models import Agent
from tests.e2e.caller import Caller
from tests.e2e.media import Line
from tests.e2e.phone import Phone
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene

PAIRS, WAITING, IN_MENU = 10, 10, 3
PROMPTLY = Manners(answer_after=0.1)
HOLD_LIMIT = 8.0
NUMBERS_OUTSIDE = ("13800000001", "13800000002")
MANY = 4.0  # seconds within which something has come to each of many


class FullFloor:
    """Everybody, in the state in which the hotline is to find them again."""

    def __init__(self, scene: Scene) -> None:
        """Bring them there; the engine is started."""
        self.scene = scene
        for number in range(1, PAIRS + 1):
            scene.agent(f"10{number:02}", PROMPTLY, skills={"repair": 1})
        self.ringing = [scene.agent(f"110{number}", skills={"complaint": 1}) for number in (1, 2)]
        for number in (1, 2):
            scene.agent(f"120{number}", PROMPTLY, skills={"consultation": 1})
        self.target = scene.agent("1301", skills={})
        for number in (1, 2):
            scene.agent(f"140{number}", PROMPTLY, skills={})
        self.outside = scene.outside_phone()
        scene.open(
            trunks=scene.line_to(self.outside),
            ring__seconds=60,
            hold__limit_seconds=HOLD_LIMIT,
            hold__apology_every=60,
        )
        rows = scene.rows.all(select(Agent.id, Agent.work_number))
        self._work_numbers: dict[int, str] = {row.id: row.work_number for row in rows}
        self.talkers = self._callers("2", PAIRS, CallStage.TALKING)
        for caller, hertz in zip(self.talkers, range(500, 1500, 100), strict=True):
            caller.line.say_tone(hertz)
            self.phone_of(caller).line.say_tone(hertz + 50)
        self.held, self.passed = self._callers("1", 2, CallStage.TALKING)
        self.waiters = self._callers("2", WAITING, CallStage.WAITING)
        self.rung_for = self._callers("4", len(self.ringing), CallStage.WAITING)
        for phone in self.ringing:
            phone.until_rung(MANY)
        self.in_menu = [scene.caller() for _ in range(IN_MENU)]
        self._call_out()
        self.ask(CommandKind.TRANSFER, self.passed, to={"kind": "agent", "value": "1301"}, note="")
        self.target.until_rung()
        for caller in self.in_menu:
            caller.until_heard()
        self.ask(CommandKind.HOLD, self.held, consent=True)
        self.before: dict[str, Row[object]] = {row.caller_number: row for row in scene.rows.calls()}

    def _callers(self, key: str, count: int, stage: CallStage) -> list[Caller]:
        """So many who press a key, in the order in which they came."""
        callers = [self.scene.caller() for _ in range(count)]
        for caller in callers:
            caller.until_heard(MANY)
            caller.press(key)
        for caller in callers:
            self.scene.rows.until_stage(caller.user, stage, MANY)
        order = {row.caller_number: (row.queued_at, row.id) for row in self.scene.rows.calls()}
        return sorted(callers, key=lambda caller: order[caller.user])

    def _call_out(self) -> None:
        """The first is talked, the second rings."""
        self.asked_out = []
        for turn, number in enumerate(NUMBERS_OUTSIDE, start=1):
            self.asked_out.append(self.scene.rows.ask(CommandKind.CALL_OUT, f"140{turn}", number=number))
            self.outside.until_rung(MANY, times=turn)
            if turn == 1:
                self.outside.answer()
                self.outside.until_talking()
                self.scene.rows.until_stage(f"+86{number}", CallStage.TALKING)

    def ask(self, kind: CommandKind, caller: Caller, **more: object) -> None:
        """What the agent of a caller asks for at the desk, and gets."""
        row = self.scene.rows.call_of(caller.user)
        work_number = self._work_numbers[row.agent_id]
        asked = self.scene.rows.ask(kind, work_number, row.id, **more)
        assert self.scene.rows.until_done(asked, MANY) is None

    def phone_of(self, caller: Caller) -> Phone:
        """Of the agent who has a caller."""
        return self.scene.phones[self._work_numbers[self.scene.rows.call_of(caller.user).agent_id]]

    def ends_of(self, callers: list[Caller]) -> Iterator[Line]:
        """Both ends of talks."""
        for caller in callers:
            yield caller.line
            yield self.phone_of(caller).line

    def ends_of_call_out(self) -> tuple[Line, Line]:
        """The customer whom we called, and the agent who did."""
        return self.outside.line, self.scene.phones["1401"].line

    def rings_now(self, phone: Phone) -> int:
        """How many calls ring or are talked at a phone."""
        return len([ring for ring in phone.rings() if ring.over_at is None])

    def are_over(self) -> list[Row[object]]:
        """Wait until all calls have ended, and give them."""
        rows = self.scene.rows
        eventually(lambda: all(row.ended_at for row in rows.calls()), MANY, "the end of all calls")
        return rows.calls()
