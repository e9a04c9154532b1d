"""R-3.1: leaders are called about an alarm, one after the other, until one of them presses the key."""

import itertools
import json
import time

import pytest
from sqlalchemy import select

from ivr.config.sections import CallKind
from ivr.standard.duty_round import DutyOutcome
from ivr.standard.urgency import Urgency
from storage.models import DutyAlert, DutyCall
from storage.queries import duty_calls
from tests.e2e.cases import case, team
from tests.e2e.pbx import Pbx
from tests.e2e.phone import Phone
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene

pytestmark = pytest.mark.e2e


def leader(scene: Scene, name: str, manners: Manners) -> Phone:
    """A telephone of somebody on the duty list."""
    phone = Phone(scene.folder, scene.exchange, scene.pbx.sip, name, manners)
    scene.phones[name] = phone
    return phone


def outcomes(scene: Scene, case_id: int) -> list[tuple[str, int, str | None]]:
    with scene.rows.database.read() as connection:
        found = duty_calls.of_case(connection, case_id)
    return [(call.person, call.round, call.outcome) for call in found]


@pytest.mark.parametrize("scene", ["postgres"], indirect=True)
def test_who_does_not_acknowledge_is_followed_by_who_does_though_the_engine_is_killed(scene: Scene) -> None:
    """Busy, no answer, answered without the key; in the second round the engine dies within the talk."""
    busy = leader(scene, "busy", Manners(refuse_with="486 Busy Here"))
    silent = leader(scene, "silent", Manners())
    second = leader(scene, "second", Manners(answer_after=0.2))
    people = [
        {"name": "占线的", "device": busy.address},
        {"name": "不接的", "device": silent.address},
        {"name": "孙总", "number": "13900000008", "device": second.address},
    ]
    texts = scene.pbx.home / "texts" / "outgoing.jsonl"
    texts.unlink(missing_ok=True)
    scene.open(
        duty_list__people=people,
        duty_list__ring_seconds=1.5,
        duty_list__acknowledge_within=1,
        duty_list__pause_between_rounds=0,
    )
    workers = team(scene.rows)
    alarm = case(scene.rows, workers, CallKind.ALARM, urgency=Urgency.CRITICAL)
    repair = case(scene.rows, workers, urgency=Urgency.CRITICAL)

    second.until_talking(6)
    assert outcomes(scene, alarm.case_id) == [
        ("占线的", 1, "busy"),
        ("不接的", 1, "no_answer"),
        ("孙总", 1, None),
    ]
    assert silent.rings()[0].cancelled_at is not None
    second.line.press("9")
    second.hang_up()

    second.until_talking(8, times=2)
    assert outcomes(scene, alarm.case_id)[2:] == [
        ("孙总", 1, "not_acknowledged"),
        ("占线的", 2, "busy"),
        ("不接的", 2, "no_answer"),
        ("孙总", 2, None),
    ]
    scene.engine.kill()
    scene.engine.start()
    time.sleep(0.3)
    assert len(second.rings()) == 2, "the talk goes on, nobody is called anew"
    second.line.press("1")
    eventually(lambda: outcomes(scene, alarm.case_id)[-1][2] == "acknowledged", 5)

    assert outcomes(scene, repair.case_id) == [], "a repair is nothing for the duty list"
    (alert,) = scene.rows.all(select(DutyAlert.__table__))
    assert (alert.acknowledged_by, alert.ended_at is not None) == ("孙总", True)
    rows = scene.rows.all(select(DutyCall.__table__).order_by(DutyCall.id))
    for before, after in itertools.pairwise(rows):
        assert before.ended_at <= after.asked_at, "nobody is called while somebody else is"
    assert rows[-1].outcome is DutyOutcome.ACKNOWLEDGED
    assert rows[-1].asked_at < rows[-1].rang_at < rows[-1].answered_at < rows[-1].acknowledged_at
    sent = [json.loads(line) for line in texts.read_text(encoding="utf-8").splitlines()]
    to_leader = [text for text in sent if text["to"] == "+8613900000008"]
    assert [f"燃气报警，工单{alarm.number}" in text["text"] for text in to_leader] == [True]
    assert scene.is_quiet(within=8)
    assert len(busy.rings()) == len(silent.rings()) == len(second.rings()) == 2


@pytest.mark.long
@pytest.mark.parametrize("scene", ["postgres"], indirect=True)
def test_of_two_engines_one_calls_and_the_other_goes_on_when_that_one_is_gone(
    scene: Scene, second_pbx: Pbx
) -> None:
    """R-3.1: nobody is called twice at once, and the alarm does not end with an engine."""
    silent, leader_phone = (
        leader(scene, "silent", Manners()),
        leader(scene, "leader", Manners(answer_after=0.2)),
    )
    rules: dict[str, object] = {
        "duty_list__people": [
            {"name": "不接的", "device": silent.address},
            {"name": "孙总", "device": leader_phone.address},
        ],
        "duty_list__ring_seconds": 3,
        "duty_list__pause_between_rounds": 0,
    }
    scene.open(**rules).open(pbx=second_pbx, **rules)
    alarm = case(scene.rows, team(scene.rows), CallKind.ALARM, urgency=Urgency.CRITICAL)
    silent.until_rung()
    (first,) = scene.rows.all(select(DutyCall.__table__))
    gone, stays = scene.engines if first.pbx_node == scene.pbx.node else scene.engines[::-1]
    gone.kill()
    talk = leader_phone.until_talking(40)
    time.sleep(0.3)
    leader_phone.line.press("1")
    eventually(lambda: outcomes(scene, alarm.case_id)[-1][2] == "acknowledged", 5, str(talk))
    assert [one[2] for one in outcomes(scene, alarm.case_id)] == [
        "engine_restart",
        "no_answer",
        "acknowledged",
    ]
    rows = scene.rows.all(select(DutyCall.__table__).order_by(DutyCall.id))
    assert len({row.pbx_node for row in rows}) == 2
    assert silent.rings()[0].cancelled_at is not None and silent.rings()[1].rung_at is not None
    assert silent.rings()[0].cancelled_at < silent.rings()[1].invited_at, "the first PBX has stopped ringing"
    assert not stays.complaints()
