"""The machine's clock leaps while callers wait, phones ring and people talk: what is written down stays true.

The engine's clock is moved by Debian's libfaketime; the PBX, callers and phones keep theirs,
and so measure what the engine writes.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from tests.e2e.pbx import Pbx
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.nursery import Nursery

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(LIBRARY is None, reason="Debian's package libfaketime is not installed"),
]

RING = 0.7
WRAP_UP = 3
SLACK = 2.0
"""Seconds by which what two processes saw may differ on a busy machine; each leap is of an hour or more."""


class Clock:
    """The wall clock of the processes of one nursery."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(0)

    def set(self, seconds: int) -> None:
        """So far ahead of the true time; its clock that only counts goes on as it did."""
        fresh = self.file.with_suffix(".fresh")
        fresh.write_text(f"{seconds:+d}\n")
        fresh.replace(self.file)


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands right."""
    clock = Clock(tmp_path / "clock")
    for name, value in (
        ("FAKETIME_TIMESTAMP_FILE", str(clock.file)),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_DONT_RESET", "1"),
    ):
        monkeypatch.setenv(name, value)
    return clock


@pytest.fixture
def nursery(clock: Clock) -> Iterator[Nursery]:
    """A nursery of its own, whose engines go by that clock."""
    with pytest.MonkeyPatch.context() as preloaded:
        preloaded.setenv("LD_PRELOAD", str(LIBRARY))
        nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
def leaping_pbx(clock: Clock, sounds: Path, tmp_path: Path) -> Iterator[Pbx]:
    """An Asterisk that goes by the same clock as the engine."""
    pbx = Pbx(tmp_path / "pbx2", sounds, "pbx2")
    with pytest.MonkeyPatch.context() as preloaded:
        preloaded.setenv("LD_PRELOAD", str(LIBRARY))
        pbx.start()
    yield pbx
    pbx.close()


def test_the_clock_leaps_while_callers_wait_phones_ring_and_people_talk(scene: Scene, clock: Clock) -> None:
    began = datetime.now(UTC)
    first = scene.agent("1001", skills={"repair": 1})
    second = scene.agent("1002", Manners(answer_after=0.5), skills={"repair": 2}, ready=False)
    scene.open(ring__seconds=RING, queues__repair__wrap_up_seconds=WRAP_UP)
    earlier = scene.caller("2")
    ringing = first.until_rung()
    clock.set(+7200)  # two hours on, while a phone rings
    scene.engine.wait_for("clock.leapt")
    call = scene.rows.call_of(earlier.user)
    (missed,) = scene.rows.until_outcomes(call.id, "missed", within=10)
    assert ringing.rung_at is not None
    assert (missed.rings, missed.outcome) == (3, "missed")
    assert 3 * RING - 0.1 < (missed.ended_at - missed.rung_at).total_seconds() < 3 * RING + SLACK
    assert abs((missed.rung_at - ringing.rung_at).total_seconds()) < SLACK
    assert scene.rows.state("1001") is AgentState.NOT_ANSWERING
    scene.rows.until_stage(earlier.user, CallStage.WAITING)

    clock.set(-86400 * 40)  # more than a month back, while they wait: who comes now has not waited longer
    later = scene.caller("2")
    scene.rows.until_stage(later.user, CallStage.WAITING)
    scene.ready("1002")
    answered = second.until_talking(8)
    assert scene.rows.until_stage(earlier.user, CallStage.TALKING).id == call.id
    clock.set(+3600)  # forth, while they talk
    time.sleep(0.8)
    left = earlier.hang_up()
    ended = scene.rows.until_ended(call.id, within=10)
    talk = scene.rows.offers(call.id)[-1]
    assert answered.answered_at is not None
    talked, waited = left - answered.answered_at, talk.answered_at - ended.queued_at
    assert abs((ended.ended_at - talk.answered_at - talked).total_seconds()) < SLACK
    assert abs((waited - (answered.answered_at - ended.queued_at)).total_seconds()) < SLACK
    assert began < ended.arrived_at < ended.queued_at < talk.answered_at < ended.ended_at

    # The wrap-up lasts its time by no clock that leaps, and the other one's turn comes after it.
    clock.set(-3600)
    next_call = scene.rows.until_stage(later.user, CallStage.TALKING, within=WRAP_UP + 5)
    begun = next(row for row in scene.rows.changes("1002") if row.to_state is AgentState.WRAP_UP)
    wrapped = next(row for row in scene.rows.changes("1002") if row.from_state is AgentState.WRAP_UP)
    lasted = (wrapped.at - begun.at).total_seconds()
    assert WRAP_UP - 0.1 < lasted < WRAP_UP + SLACK
    (other,) = scene.rows.until_outcomes(next_call.id, "answered")
    assert other.work_number == "1002"
    assert other.made_at >= wrapped.at


@pytest.mark.long
def test_the_clock_of_the_whole_machine_leaps(scene: Scene, clock: Clock, leaping_pbx: Pbx) -> None:
    """The PBX's too, on which its timers, its stamps of arrival and its sight of the engine depend."""
    scene.pbx = leaping_pbx
    agent = scene.agent("1001", Manners(answer_after=0.2), skills={"repair": 1}, ready=False)
    scene.open(pbx=leaping_pbx, queues__repair__wrap_up_seconds=1)
    for leap in (7200, -86400 * 40, 0):
        waiting = scene.caller("2", pbx=leaping_pbx)
        scene.rows.until_stage(waiting.user, CallStage.WAITING)
        clock.set(leap)
        time.sleep(1.5)
        assert waiting.is_connected
        epoch = float(leaping_pbx.ask("GET", "/asterisk/variable?variable=EPOCH")["value"])
        assert abs(epoch - time.time() - leap) < 10
        came = datetime.now(UTC)
        later = scene.caller("2", pbx=leaping_pbx)
        call = scene.rows.until_stage(later.user, CallStage.WAITING, within=15)
        assert abs((call.arrived_at - came).total_seconds()) < 8
        scene.ready("1001")
        for caller in (waiting, later):
            talking = scene.rows.until_stage(caller.user, CallStage.TALKING, within=10)
            agent.line.say_tone(900)
            time.sleep(1.0)
            assert caller.is_connected
            caller.hang_up()
            ended = scene.rows.until_ended(talking.id)
            assert ended.ended_at > ended.talk_started_at > ended.queued_at
            assert (ended.ended_at - ended.talk_started_at).total_seconds() < 5
        scene.rows.until_state("1001", AgentState.READY, within=8)
        scene.rows.ask(CommandKind.BREAK, "1001", reason="meal")
        scene.rows.until_state("1001", AgentState.BREAK)
    assert scene.is_quiet(leaping_pbx)
