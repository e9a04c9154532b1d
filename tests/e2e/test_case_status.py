"""A caller hears how a case stands, is served by its first responder, and gets the number in the survey."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from ivr.config.sections import CallKind
from ivr.standard.call_stage import CallStage
from ivr.standard.case_life import CaseStep
from ivr.standard.command_kind import CommandKind
from storage.models import Agent, BlacklistEntry, Call
from storage.queries import case_opening, records
from tests.e2e.caller import Caller, now
from tests.e2e.cases import case, team
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.standard.clockwork import CLOCKWORK
from tests.storage.queries.case_rows import TEXT, step

pytestmark = pytest.mark.e2e


def told(scene: Scene, caller: Caller) -> list[str]:
    """Numbers of the cases the caller was told of."""
    call = scene.rows.call_of(caller.user)
    return [row.data["number"] for row in scene.rows.events(call.id) if row.kind == "call.case_told"]


def test_a_caller_with_an_open_case_hears_how_it_stands(scene: Scene) -> None:
    """By its last figures; a wrong number is asked again, then a person sees to it; key 3 always works."""
    people = team(scene.rows)
    phone = scene.agent("7001", Manners(answer_after=0.1))
    scene.open(silence__seconds=2, menu__main__prompts=["menu_wrong_key"])
    number = "13912341111"
    repair = case(scene.rows, people, number=number)
    case(scene.rows, people, CallKind.ALARM, number="13700000000")
    alarm = case(scene.rows, people, CallKind.ALARM, number="13700000000")
    with scene.rows.database.write() as connection:
        step(connection, repair.case_id, CaseStep.ACCEPT, people.fitter, datetime.now(UTC))

    caller = scene.caller("5", user=number)
    caller.hears("case_enter")
    caller.press("0001#")
    caller.hears("case_is.1", 6)
    caller.hears("case_taken", 12)
    assert told(scene, caller) == [repair.number]
    back = now()
    caller.hears("case_offer.1", 8, since=back)
    # Another's case, by its whole number; its letters are on no telephone.
    caller.press("5")
    caller.press(f"{''.join(filter(str.isdigit, alarm.number))}#")
    eventually(lambda: told(scene, caller)[1:] == [alarm.number], 5, "told of the other's case")
    caller.press("*")
    caller.press("5")
    caller.press("9999#")
    caller.hears("case_wrong", 6)
    caller.press("8888#")
    phone.until_talking(8)
    assert scene.rows.call_of(number).queue == "consultation"
    caller.hang_up()

    # The gas-leak key among the figures: alone it is the alarm.
    leak = scene.caller("5", user="13800000000")
    leak.hears("case_enter_whole")
    leak.press("3")
    call = scene.rows.until_stage("13800000000", CallStage.WAITING, 6)
    assert (call.queue, call.menu_path) == ("alarm", "53")
    assert not scene.engine.complaints()


def test_the_first_responder_is_asked_first_and_the_caller_gets_the_number_of_the_case(scene: Scene) -> None:
    """R-FR, R-N; and R-BL: a blacklisted number is turned away, but for the gas-leak key."""
    scene.agent("7001", Manners(answer_after=0.1), skills={"repair": 1, "alarm": 1})
    mine = scene.agent("7002", Manners(answer_after=0.1), skills={"repair": 5})
    scene.open(silence__seconds=1.5)
    people = team(scene.rows)
    with scene.rows.database.write() as connection:
        me = connection.execute(select(Agent.id).where(Agent.work_number == "7002")).scalar_one()
    opened = case(scene.rows, people, number="13912341111")
    with scene.rows.database.write() as connection:
        handed = {"said": "首问负责人换人", "to_agent_id": me}
        step(connection, opened.case_id, CaseStep.HAND_OVER, people.boss, datetime.now(UTC), **handed)

    caller = scene.caller("2", user="13912341111")
    caller_call = scene.rows.until_stage(caller.user, CallStage.TALKING)
    assert caller_call.agent_id == me, "of a worse level, but the first responder"
    mine.until_talking()
    with scene.rows.database.write() as connection:
        facts = records.call_facts(connection, caller_call.id)
        assert facts is not None
        saved = records.save(
            connection, facts, TEXT, datetime.now(UTC), agent_id=me, series="2026-12", digits=4
        )
        case_opening.open_life(connection, saved.id, datetime.now(UTC), CLOCKWORK, answered=False)
    scene.rows.ask(CommandKind.INVITE_TO_RATE, "7002", caller_call.id)
    caller.hears("case_number_is.1", 5)
    caller.press("5")  # the score counts while the number is being said
    caller.hears("survey_thanks", 4)
    caller.hang_up()
    assert [answer.score for answer in scene.rows.answers()] == [5]

    with scene.rows.database.write() as connection:
        until = datetime.now(UTC) + timedelta(days=1)
        entry = {
            "number": "+8613700000001",
            "reason": "多次恶意骚扰",
            "since": datetime.now(UTC),
            "until": until,
        }
        connection.execute(
            insert(BlacklistEntry).values(proposed_by=me, approved_by=people.boss.agent_id, **entry)
        )
    unwanted = scene.caller(user="13700000001")
    unwanted.hears("turned_away")
    unwanted.press("1")  # no other key leads anywhere
    time.sleep(0.5)
    assert scene.rows.call_of("13700000001").queue is None
    unwanted.hang_up()
    row = scene.rows.until_ended(scene.rows.call_of("13700000001").id)
    assert row.outcome == "turned_away"
    assert "call.turned_away" in [event.kind for event in scene.rows.events(row.id)]
    smells = scene.caller("3", user="13700000001")
    eventually(
        lambda: scene.rows.all(
            select(Call.queue).where(Call.caller_number == "13700000001", Call.queue == "alarm")
        ),
        6,
        "an alarm is taken whoever calls",
    )
    assert smells.is_connected
    assert not scene.engine.complaints()
