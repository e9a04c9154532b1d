"""Many callers on few agents, and two engines on one database: each served once, in order, by one agent."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Row, func, literal_column, select

from ivr.standard.call_stage import CallStage
from storage.models import Event
from tests.e2e.pbx import Pbx
from tests.e2e.rows import eventually
from tests.e2e.scenarios import CallerScenario, Manners
from tests.e2e.scene import ON_BOTH, Scene
from tests.e2e.sipp import Sipp

pytestmark = pytest.mark.e2e

TALK = 0.3  # seconds
CLOCKS = timedelta(seconds=0.05)  # a transaction that waited for another bears the time at which it began
WRITTEN = timedelta(seconds=0.5)  # SQLite does not tell when; who has waited so long is written down


def crowd(prefix: str, scene: Scene, pbx: Pbx, size: int, rate: float) -> Sipp:
    """Callers 13901…, 13902… who press 2 and wait."""
    line = scene.exchange.line()
    line.mute = True
    scenario = (
        CallerScenario("95777", line.port, user=f"{prefix}[call_number]").dial().wait(0.15).press("2").obey()
    )
    return scene.play(scenario, calls=size, rate=rate, pbx=pbx)


def serve(scene: Scene, crowds: dict[str, Sipp], size: int) -> None:
    """Let every caller hang up a moment after their talk began, until all have been served."""
    done: set[int] = set()
    until = time.monotonic() + 40
    while len(done) < size:
        assert time.monotonic() < until, f"only {len(done)} served"
        now = datetime.now().astimezone()
        for call in scene.rows.calls():
            talking = call.stage is CallStage.TALKING and now - call.talk_started_at > timedelta(seconds=TALK)
            if call.id not in done and talking:
                prefix = next(prefix for prefix in crowds if call.caller_number.startswith(prefix))
                sipp = crowds[prefix]
                sipp.tell(sipp.call_id(int(call.caller_number.removeprefix(prefix))), X_Do="hang_up")
                done.add(call.id)
        time.sleep(0.03)
    eventually(lambda: all(call.ended_at for call in scene.rows.calls()))


def _was_free(
    offer: Row[Any], at: datetime, offers: Sequence[Row[Any]], ended: Mapping[int, datetime]
) -> bool:
    """Whether the agent of an offer had ended the talk before by then."""
    before = [one for one in offers if one.work_number == offer.work_number and one.made_at < offer.made_at]
    return not before or ended[before[-1].call_id] <= at + CLOCKS


def _known(scene: Scene) -> dict[int, datetime]:
    """By call, when it was written down that it waits: from then on nobody who came later goes before it."""
    waiting = select(Event.call_id, Event.at).where(Event.kind == "call.waiting")
    if scene.rows.database.is_sqlite:
        return {row.call_id: row.at + WRITTEN for row in scene.rows.all(waiting)}
    committed = waiting.add_columns(
        func.pg_xact_commit_timestamp(literal_column("events.xmin")).label("known")
    )
    return {row.call_id: row.known for row in scene.rows.all(committed)}


def assert_served_once_and_in_order(scene: Scene, size: int) -> None:
    calls, offers = scene.rows.calls(), scene.rows.offers()
    assert len(calls) == size
    assert {call.outcome for call in calls} == {"answered"}
    assert {call.ended_by for call in calls} == {"caller"}
    assert [offer.outcome for offer in offers] == ["answered"] * size
    assert sorted(offer.call_id for offer in offers) == sorted(call.id for call in calls)
    queued, known = {call.id: call.queued_at for call in calls}, _known(scene)
    ended = {call.id: call.talk_ended_at for call in calls}
    offers.sort(key=lambda offer: offer.made_at)
    for place, offer in enumerate(offers):
        # Who gets an agent that was free as well was dealt at once: each of two engines writes its own share.
        overtaken = [
            later.call_id
            for later in offers[place + 1 :]
            if queued[later.call_id] < queued[offer.call_id]
            and known[later.call_id] + CLOCKS < offer.made_at
            and not _was_free(later, offer.made_at, offers, ended)
        ]
        assert overtaken == [], offer
    for phone in scene.phones.values():
        mine = [offer for offer in offers if offer.work_number == phone.work_number]
        for first, second in pairwise(mine):
            assert ended[first.call_id] <= second.rung_at
        rings = phone.rings()
        assert len(rings) == len(mine)
        for one, two in pairwise(rings):
            assert one.over_at is not None
            assert one.over_at <= two.invited_at + CLOCKS
    assert {str(state) for state in scene.rows.states().values()} == {"ready"}


def assert_no_complaints(scene: Scene) -> None:
    """Nothing failed, but for recordings of talks that were over before anything was said."""
    complaints = [line for engine in scene.engines for line in engine.complaints()]
    assert [line for line in complaints if line["event"] != "recording.failed"] == []


@ON_BOTH
def test_fifty_callers_on_eight_agents_are_each_served_once_and_in_order(scene: Scene) -> None:
    for number in range(1, 9):
        scene.agent(f"100{number}", Manners(answer_after=0.05))
    scene.open()
    callers = crowd("1390", scene, scene.pbx, 50, 25)
    serve(scene, {"1390": callers}, 50)
    assert callers.finished(5), callers.errors
    assert_served_once_and_in_order(scene, 50)
    assert all(phone.rings() for phone in scene.phones.values())
    assert scene.is_quiet()
    assert_no_complaints(scene)


@pytest.mark.parametrize("scene", ["postgres"], indirect=True)
def test_two_engines_on_one_database_never_offer_an_agent_twice(second_pbx: Pbx, scene: Scene) -> None:
    for number in range(1, 5):
        scene.agent(f"100{number}", Manners(answer_after=0.05))
    scene.open()
    scene.open(pbx=second_pbx)
    crowds = {
        "1391": crowd("1391", scene, scene.pbx, 16, 20),
        "1392": crowd("1392", scene, second_pbx, 16, 20),
    }
    serve(scene, crowds, 32)
    assert_served_once_and_in_order(scene, 32)
    assert {call.pbx_node for call in scene.rows.calls()} == {"pbx1", "pbx2"}
    assert scene.is_quiet()
    assert scene.is_quiet(second_pbx)
    assert_no_complaints(scene)
