"""A supervisor at a conversation: hears, whispers, joins, takes over; and caller and agent talk on."""

import pytest
from sqlalchemy import select, update

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from storage.models import Agent, AgentPresence, Intervention, Talk
from storage.queries import commands_asked
from tests.e2e.caller import Caller, now
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.e2e.sound import LEFT, RIGHT, recorded
from tests.e2e.test_consultation import loudness
from tests.e2e.test_hold import hears

pytestmark = pytest.mark.e2e

CALLER, AGENT, BOSS, OTHER = 600.0, 950.0, 1300.0, 1700.0
HEARD = 500.0
"""How loud a tone is that is heard; 16-bit samples."""


class Floor:
    """A caller and agent 1001 who talk; supervisors with phones: 3001, who is ready, and 3002, on a break."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.agent = scene.agent("1001", Manners(answer_after=0.1))
        self.boss = scene.agent("3001", Manners(answer_after=0.1), skills={})
        self.other = scene.agent("3002", Manners(answer_after=0.1), skills={}, ready=False)
        scene.open()
        self.caller: Caller = scene.caller("2")
        self.tones = {
            CALLER: self.caller.line, AGENT: self.agent.line, BOSS: self.boss.line, OTHER: self.other.line
        }  # fmt: skip
        for hertz, line in self.tones.items():
            line.say_tone(hertz)
        self.call_id: int = scene.rows.until_stage(self.caller.user, CallStage.TALKING).id
        eventually(lambda: hears(self.agent.line, CALLER) and hears(self.caller.line, AGENT), 4)

    def write(
        self,
        kind: CommandKind,
        by: str = "3001",
        about: str = "1001",
        call_id: int | None = None,
        **more: object,
    ) -> int:
        """A supervisor presses a button on the floor; gives the command's id."""
        ids = {row.work_number: row.id for row in self.scene.rows.all(select(Agent.__table__))}
        with self.scene.rows.database.write() as connection:
            return commands_asked.ask(
                connection,
                kind,
                now(),
                by_agent_id=ids[by],
                agent_id=ids[about],
                call_id=call_id or self.call_id,
                pbx_node=self.scene.pbx.node,
                arguments=dict(more) or None,
            )

    def ask(self, kind: CommandKind, by: str = "3001", about: str = "1001", reason: str = "") -> str | None:
        """The same; gives the refusal."""
        return self.scene.rows.until_done(self.write(kind, by, about, reason=reason), 6)

    def until_heard(self, who: float, *tones: float, but: tuple[float, ...] = ()) -> None:
        """Wait until somebody hears these tones, and those of ``but`` not."""
        line = self.tones[who]

        def right() -> bool:
            return all(loudness(line, t) > HEARD for t in tones) and not any(
                loudness(line, t) > HEARD for t in but
            )

        eventually(right, 4, f"{who} hears {tones} and not {but}")

    def without_phone(self, work_number: str) -> None:
        """The phone of a supervisor is gone."""
        ids = select(Agent.id).where(Agent.work_number == work_number)
        with self.scene.rows.database.write() as connection:
            connection.execute(
                update(AgentPresence).where(AgentPresence.agent_id.in_(ids)).values(device_present=False)
            )

    def outcomes(self) -> list[tuple[str, str | None]]:
        rows = self.scene.rows.all(select(Intervention.__table__).order_by(Intervention.id))
        return [(row.mode, row.outcome) for row in rows]


def test_a_supervisor_hears_whispers_joins_and_takes_over_in_one_whole_recording(scene: Scene) -> None:
    floor = Floor(scene)
    began = now()
    assert floor.ask(CommandKind.LISTEN) is None
    scene.rows.until_state("3001", AgentState.LISTENING)
    floor.until_heard(BOSS, CALLER, AGENT)
    floor.until_heard(AGENT, CALLER, but=(BOSS,))
    floor.until_heard(CALLER, AGENT, but=(BOSS,))
    assert floor.ask(CommandKind.WHISPER) is None
    floor.until_heard(AGENT, CALLER, BOSS)
    floor.until_heard(CALLER, AGENT, but=(BOSS,))
    floor.until_heard(BOSS, CALLER, AGENT)
    # Two at one conversation: the second listens, on a break before and afterwards.
    assert floor.ask(CommandKind.LISTEN, "3002") is None
    floor.until_heard(OTHER, CALLER, AGENT)
    floor.until_heard(CALLER, AGENT, but=(BOSS, OTHER))
    scene.engine.kill()
    scene.engine.start()
    floor.until_heard(AGENT, CALLER, BOSS, but=(OTHER,))
    floor.until_heard(CALLER, AGENT, but=(BOSS, OTHER))
    assert scene.heard_throughout(floor.caller.line, began, now())
    assert scene.heard_throughout(floor.agent.line, began, now())
    assert floor.ask(CommandKind.JOIN) is None
    floor.until_heard(CALLER, AGENT, BOSS)
    floor.until_heard(AGENT, CALLER, BOSS)
    floor.until_heard(BOSS, CALLER, AGENT)
    assert scene.rows.state("1001") is AgentState.TALKING
    # Both take over at once: one has the caller, the other is told so.
    rows = scene.rows
    asked = [floor.write(CommandKind.TAKE_OVER, by) for by in ("3001", "3002")]
    refusals = [rows.until_done(one, 5) for one in asked]
    assert refusals == [None, "taken_already"]
    floor.until_heard(CALLER, BOSS, but=(AGENT, OTHER))
    floor.until_heard(BOSS, CALLER, but=(AGENT,))
    rows.until_state("1001", AgentState.READY)
    rows.until_state("3002", AgentState.BREAK)
    assert rows.state("3001") is AgentState.TALKING
    assert floor.ask(CommandKind.LISTEN, "3002") == "taken_already"
    assert floor.ask(CommandKind.LISTEN, "3001", "3001") == "own_talk"
    floor.caller.hang_up()
    call = rows.until_ended(floor.call_id)
    assert (call.outcome, call.ended_by) == ("answered", "caller")
    rows.until_state("3001", AgentState.READY)
    assert floor.ask(CommandKind.LISTEN) == "no_conversation_now"
    assert floor.outcomes() == [("join", "took_over"), ("listen", "talk_over")]
    talks = rows.all(select(Talk.__table__).order_by(Talk.id))
    assert [(t.kind, t.ended_at is not None) for t in talks] == [("caller", True), ("caller", True)]
    (recording,) = eventually(lambda: [r for r in rows.recordings() if r.status == "finished"], 5)
    sound = recorded(scene.pbx.settings.recordings_folder / f"{recording.name}.wav")
    assert sound.level(LEFT, CALLER) > 0.1
    assert sound.level(RIGHT, AGENT) > 0.02
    assert sound.level(RIGHT, BOSS) > 0.02
    assert sound.level(LEFT, BOSS) < 0.001
    assert scene.is_quiet(), scene.left_over
    assert not scene.engine.complaints()


def test_what_a_supervisor_may_not_or_cannot_do_changes_nothing_and_who_joined_stays_with_the_caller(
    scene: Scene,
) -> None:
    floor = Floor(scene)
    rows = scene.rows
    assert floor.ask(CommandKind.LEAVE) == "not_listening"
    assert floor.ask(CommandKind.RAISE) == "not_waiting"
    assert floor.ask(CommandKind.TAKE_OVER, "1001") == "own_talk"
    floor.without_phone("3002")
    assert floor.ask(CommandKind.LISTEN, "3002") == "no_phone"
    # The supervisor's side drops: nothing happens to the talk.
    assert floor.ask(CommandKind.LISTEN) is None
    floor.until_heard(BOSS, CALLER, AGENT)
    began = now()
    floor.boss.hang_up()
    rows.until_state("3001", AgentState.READY)
    assert scene.heard_throughout(floor.caller.line, began, now())
    # Straight to taking part; then the agent's leg drops, and the supervisor has the caller.
    floor.boss.line.say_tone(BOSS)
    assert floor.ask(CommandKind.JOIN) is None
    floor.until_heard(CALLER, AGENT, BOSS)
    # Signed out with a reason during the call: after it, and the reason is kept.
    assert floor.ask(CommandKind.SIGN_OUT, reason="身体不适") == "in_a_call_remembered"
    assert rows.presence("1001").after_call == "sign_out:身体不适"
    assert rows.state("1001") is AgentState.TALKING
    floor.agent.hang_up()
    floor.until_heard(CALLER, BOSS, but=(AGENT,))
    rows.until_state("1001", AgentState.SIGNED_OUT)
    assert rows.changes("1001")[-1].reason == "身体不适"
    call = rows.call(floor.call_id)
    assert (call.stage, call.agent_left_first) == (CallStage.TALKING, True)
    # Nobody is free now: two callers wait, one is moved, the other is served next.
    first = _waiting(scene, "2")
    second = _waiting(scene, "2")
    for call_id, kind, queue, refusal in (
        (second, CommandKind.MOVE, "nowhere", "no_such_queue"),
        (second, CommandKind.MOVE, "repair", "same_queue"),
        (second, CommandKind.RAISE, "", None),
        (second, CommandKind.RAISE, "", "raised_already"),
        (first, CommandKind.MOVE, "complaint", None),
    ):
        asked = floor.write(kind, about="3001", call_id=call_id, queue=queue)
        assert rows.until_done(asked) == refusal, (kind, queue)
    eventually(lambda: rows.call(first).queue == "complaint" and rows.call(first).kind == "complaint")
    eventually(lambda: rows.call(second).priority == 0)
    scene.engine.kill()
    scene.engine.start()
    eventually(lambda: rows.call(second).priority == 0 and rows.call(second).stage is CallStage.WAITING)
    served = scene.agent("1003", Manners(answer_after=0.1), ready=False)
    scene.ready("1003")
    served.until_talking()
    eventually(lambda: rows.call(second).stage is CallStage.TALKING)
    assert rows.call(first).stage is CallStage.WAITING
    for caller in scene.callers:
        caller.hang_up()
    for call_id in (floor.call_id, first, second):
        rows.until_ended(call_id)
    assert floor.outcomes() == [("listen", "left"), ("join", "took_over")]
    assert scene.is_quiet(), scene.left_over


def test_who_changes_the_mind_while_the_own_phone_rings_is_there_in_the_way_wished_last(scene: Scene) -> None:
    floor = Floor(scene)
    slow = scene.agent("3003", Manners(answer_after=1.2), skills={})
    floor.tones[OTHER] = slow.line
    slow.line.say_tone(OTHER)
    asked = floor.write(CommandKind.LISTEN, "3003")
    slow.until_rung()
    changed = floor.write(CommandKind.WHISPER, "3003")
    assert [scene.rows.until_done(one, 6) for one in (asked, changed)] == [None, None]
    assert len(slow.rings()) == 1
    floor.until_heard(AGENT, CALLER, OTHER)
    floor.until_heard(CALLER, AGENT, but=(OTHER,))
    assert floor.ask(CommandKind.LEAVE, "3003") is None
    assert floor.outcomes() == [("whisper", "left")]
    floor.caller.hang_up()
    scene.rows.until_ended(floor.call_id)
    assert scene.is_quiet(), scene.left_over


def _waiting(scene: Scene, key: str) -> int:
    caller = scene.caller(key)
    return int(scene.rows.until_stage(caller.user, CallStage.WAITING).id)
