"""Hold: with consent, with music, with a clock and an apology; mute beside it (R-12.9)."""

import time
from datetime import datetime

import pytest
from sqlalchemy import select, text

from ivr.errors import StorageError
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from storage.models import Hold
from tests.e2e.caller import Caller, now
from tests.e2e.media import Line, pitch, silences
from tests.e2e.phone import Phone
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ON_BOTH, Scene

pytestmark = pytest.mark.e2e

CALLER, AGENT = 600.0, 950.0


def talking(scene: Scene, *, answer_after: float = 0.1, **settings: object) -> tuple[Caller, Phone, int]:
    phone = scene.agent("1001", Manners(answer_after=answer_after))
    scene.open(**settings)
    caller = scene.caller("2")
    caller.line.say_tone(CALLER)
    phone.line.say_tone(AGENT)
    call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    eventually(lambda: hears(phone.line, CALLER) and hears(caller.line, AGENT), 4)
    return caller, phone, call.id


def hears(line: Line, hertz: float) -> bool:
    """Whether a line hears a tone now."""
    return abs(line.pitch() - hertz) < 12


def heard_since(line: Line, hertz: float, since: datetime) -> bool:
    """Whether a tone was in what a line heard since a moment, in any half second of it."""
    sound = line.sound(since)
    return any(abs(pitch(sound[at : at + 4000]) - hertz) < 12 for at in range(0, len(sound), 4000))


def ask(
    scene: Scene, kind: CommandKind, call_id: int, work_number: str = "1001", **more: object
) -> str | None:
    return scene.rows.until_done(scene.rows.ask(kind, work_number, call_id, **more))


@ON_BOTH
def test_a_caller_on_hold_hears_music_and_comes_back(scene: Scene) -> None:
    caller, phone, call_id = talking(scene)
    assert ask(scene, CommandKind.RESUME, call_id) == "not_on_hold"
    assert ask(scene, CommandKind.HOLD, call_id) == "consent_missing"
    assert ask(scene, CommandKind.HOLD, call_id, consent=True) is None
    held = scene.rows.call(call_id)
    assert (held.stage, held.hold_count) == (CallStage.TALKING, 1)
    assert held.held_since is not None
    time.sleep(0.3)
    since = now()
    time.sleep(1.5)
    assert not heard_since(caller.line, AGENT, since)
    assert not heard_since(phone.line, CALLER, since)
    assert silences(caller.line.packets(), since.timestamp(), now().timestamp()) < 1.0
    assert ask(scene, CommandKind.HOLD, call_id, consent=True) == "already_on_hold"
    assert scene.rows.state("1001") is AgentState.TALKING
    assert scene.rows.until_done(scene.rows.ask(CommandKind.BREAK, "1001")) == "in_a_call_remembered"
    assert ask(scene, CommandKind.RESUME, call_id) is None
    eventually(lambda: hears(caller.line, AGENT) and hears(phone.line, CALLER))
    row = scene.rows.call(call_id)
    assert (row.held_since, row.hold_count, row.hold_over_limit) == (None, 1, False)
    (hold,) = scene.rows.all(select(Hold.__table__))
    assert (hold.call_id, hold.agent_id, hold.consent) == (call_id, row.agent_id, True)
    assert hold.seconds == pytest.approx(row.hold_seconds)
    assert hold.seconds == pytest.approx((hold.ended_at - hold.began_at).total_seconds(), abs=0.01)
    for statement in ("UPDATE holds SET consent = NULL", "DELETE FROM holds"):
        with pytest.raises(StorageError), scene.rows.database.write() as connection:
            connection.execute(text(statement))
    caller.hang_up()
    scene.rows.until_ended(call_id)
    scene.rows.until_state("1001", AgentState.BREAK)
    assert scene.is_quiet()
    assert not scene.engine.complaints()


def test_a_hold_over_the_limit_is_told_and_the_caller_hears_an_apology(scene: Scene) -> None:
    caller, _, call_id = talking(scene, hold__limit_seconds=1, hold__apology_every=1)
    begun = now()
    assert ask(scene, CommandKind.HOLD, call_id, consent=True) is None
    eventually(lambda: scene.rows.call(call_id).hold_over_limit, 3)
    assert any(event.kind == "call.hold_over_limit" for event in scene.rows.events(call_id))
    assert not caller.has_heard("hold_apology", since=begun)
    caller.hears("hold_apology", since=begun)
    assert ask(scene, CommandKind.RESUME, call_id) is None  # in the middle of the sentence
    eventually(lambda: hears(caller.line, AGENT))
    assert not scene.rows.call(call_id).hold_over_limit


def test_who_is_on_hold_may_hang_up_and_lose_the_agent(scene: Scene) -> None:
    caller, phone, call_id = talking(scene, answer_after=1.5)
    assert ask(scene, CommandKind.HOLD, call_id, consent=True) is None
    phone.hang_up()
    phone.until_rung(times=2)
    caller.hears("agent_lost")
    phone.until_talking(times=2)
    eventually(lambda: hears(caller.line, AGENT), 4)
    row = scene.rows.call(call_id)
    assert (row.held_since, row.agent_left_first) == (None, True)
    assert ask(scene, CommandKind.HOLD, call_id, consent=True) is None
    caller.hang_up()
    ended = scene.rows.until_ended(call_id)
    assert (ended.ended_by, ended.outcome, ended.held_since, ended.hold_count) == (
        "caller", "answered", None, 2,
    )  # fmt: skip
    assert all(hold.ended_at for hold in scene.rows.all(select(Hold.__table__)))
    scene.rows.until_state("1001", AgentState.READY)
    assert scene.is_quiet()


@pytest.mark.long  # beside others: test_engine_killed.py
def test_a_killed_engine_finds_the_caller_on_hold_with_the_clock(scene: Scene) -> None:
    caller, phone, call_id = talking(scene, hold__limit_seconds=4, hold__apology_every=60)
    assert ask(scene, CommandKind.HOLD, call_id, consent=True) is None
    before = scene.rows.call(call_id)
    killed = now()
    scene.engine.kill()
    time.sleep(0.5)
    scene.engine.start()
    time.sleep(0.5)
    row = scene.rows.call(call_id)
    assert (row.stage, row.held_since, row.hold_count) == (CallStage.TALKING, before.held_since, 1)
    assert not heard_since(caller.line, AGENT, killed)
    assert silences(caller.line.packets(), killed.timestamp(), now().timestamp()) < 1.5
    eventually(lambda: scene.rows.call(call_id).hold_over_limit, 5)
    over = next(event for event in scene.rows.events(call_id) if event.kind == "call.hold_over_limit")
    assert (over.at - before.held_since).total_seconds() == pytest.approx(4.0, abs=0.7)
    assert ask(scene, CommandKind.RESUME, call_id) is None
    eventually(lambda: hears(caller.line, AGENT) and hears(phone.line, CALLER))
    caller.hang_up()
    scene.rows.until_ended(call_id)
    assert scene.is_quiet()


def test_who_is_muted_is_not_heard_nor_recorded(scene: Scene) -> None:
    caller, phone, call_id = talking(scene)
    assert ask(scene, CommandKind.MUTE, call_id) is None
    assert scene.rows.call(call_id).muted
    time.sleep(0.3)
    since = now()
    time.sleep(1.0)
    assert not heard_since(caller.line, AGENT, since)
    assert hears(phone.line, CALLER)
    assert ask(scene, CommandKind.UNMUTE, call_id) is None
    eventually(lambda: hears(caller.line, AGENT))
    assert not scene.rows.call(call_id).muted


def test_only_who_has_the_caller_is_obeyed(scene: Scene) -> None:
    caller, _, call_id = talking(scene)
    scene.agent("1002", ready=False)
    assert ask(scene, CommandKind.HOLD, call_id, "1002", consent=True) == "no_conversation_now"
    assert ask(scene, CommandKind.END_CALL, call_id, "1002", reason="silent") == "no_conversation_now"
    assert caller.is_connected


def test_a_call_ended_for_a_reason_is_kept_for_the_supervisor(scene: Scene) -> None:
    caller, _, call_id = talking(scene)
    assert ask(scene, CommandKind.END_CALL, call_id, reason="bored") == "unknown_reason"
    assert ask(scene, CommandKind.END_CALL, call_id, reason="abusive", text="骂人") is None
    caller.until_byed()
    row = scene.rows.until_ended(call_id)
    assert (row.special_end, row.special_end_text) == ("abusive", "骂人")
    assert (row.ended_by, row.outcome) == ("agent", "answered")
    assert any(event.kind == "call.special_end" for event in scene.rows.events(call_id))
    scene.rows.until_state("1001", AgentState.READY)
    assert scene.is_quiet()
