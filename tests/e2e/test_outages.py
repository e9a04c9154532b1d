"""R-5.1: callers hear of an outage in front of the menu; people of the area are called and get a text."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ivr.standard.call_stage import CallStage
from ivr.standard.dial_attempt import DialEnd, DialResult
from ivr.standard.dial_state import CampaignState
from ivr.standard.outage import AreaSound, OutagePlan
from storage.dial_rules import dial_rules
from storage.models import DialTask, Outage
from storage.queries import campaigns, dialer_state, outage_reach, outages
from storage.queries.campaigns import Somebody
from tests.asterisk.running_pbx import write_tone
from tests.e2e.media import silences
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.e2e.test_revisits import AT_ANY_TIME

pytestmark = pytest.mark.e2e

NUMBER = "+8613900000001"
AREA_TONE = 950.0


def test_the_area_is_told_and_callers_hear_of_it_in_front_of_the_menu(scene: Scene) -> None:
    outside = scene.outside_phone(Manners(answer_after=0.2, hang_up_after=21))
    texts = scene.pbx.home / "texts" / "outgoing.jsonl"
    texts.unlink(missing_ok=True)
    scene.open(
        trunks=scene.line_to(outside),
        **AT_ANY_TIME,
        recording__enabled=False,
        outages__text_hours="00:00-24:00",
        outages__voices=str(scene.folder / "no-voices"),
    )
    now = datetime.now(UTC)
    plan = OutagePlan(
        "检修",
        "泉中小区",
        "管道检修",
        now + timedelta(days=3),
        now + timedelta(days=3, hours=8),
        now,
        True,
        True,
    )
    rules = dial_rules(scene.pbx.settings)
    with scene.rows.database.write() as connection:
        made = outages.make(connection, plan, [Somebody(1, NUMBER, "李志强")], [], {}, now, rules)
        outage = outages.one(connection, made)
        assert outage is not None
    # The engine has tried to say the area's name; here it is a tone, that the test can recognise.
    eventually(
        lambda: scene.rows.all(select(Outage.area_sound))[0][0] is not AreaSound.WANTED, 40, "the sound"
    )
    write_tone(scene.pbx.home / "outages" / f"area-{made}.wav", AREA_TONE, 1.0)
    with scene.rows.database.write() as connection:
        outages.set_area_sound(connection, made, AreaSound.READY, now)
        assert campaigns.move(connection, outage.campaign_id, CampaignState.RUNNING, now)
        dialer_state.switch(connection, True, now)

    ring = outside.until_talking(8)
    eventually(lambda: abs(outside.line.pitch() - AREA_TONE) < 30, 15, "the area's name in the call")
    eventually(lambda: texts.is_file(), 5, "the text")
    line = json.loads(texts.read_text(encoding="utf-8").splitlines()[0])
    assert line["to"] == NUMBER and "停气通知：泉中小区因管道检修" in line["text"]

    caller = scene.caller()
    eventually(lambda: abs(caller.line.pitch() - AREA_TONE) < 30, 15, "the area's name before the menu")
    caller.press("1")
    scene.rows.until_stage(caller.user, CallStage.WAITING)
    caller.hang_up()

    eventually(lambda: scene.rows.all(select(DialTask.result))[0][0] is DialResult.DONE, 60, "it was said")
    (task,) = scene.rows.all(select(DialTask.__table__))
    assert task.end is DialEnd.REACHED
    answered_at = ring.answered_at
    assert answered_at is not None
    heard = outside.line.packets()
    assert silences(heard, answered_at.timestamp() + 0.5, answered_at.timestamp() + 15) < 2
    with scene.rows.database.read() as connection:
        reach = outage_reach.reach(connection, outage)
    assert (reach.people, reach.reached, reach.by_call, reach.by_text) == (1, 1, 1, 1)
    # It is called off: who was told is told that too, and callers hear nothing of it any more.
    with scene.rows.database.write() as connection:
        assert campaigns.move(connection, outage.campaign_id, CampaignState.STOPPED, datetime.now(UTC))
        assert outages.announced(connection, datetime.now(UTC), 5) == []
    eventually(lambda: len(texts.read_text(encoding="utf-8").splitlines()) == 2, 10, "that it is off")
    line = json.loads(texts.read_text(encoding="utf-8").splitlines()[1])
    assert line["to"] == NUMBER and "停气安排（泉中小区）已取消" in line["text"]
    assert scene.is_quiet(within=8)
