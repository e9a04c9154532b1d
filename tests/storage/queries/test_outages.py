"""R-5.1: an area is told by call and text, callers hear of it; paused and stopped at once; who was told."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from ivr.config.sections import DeviceKind, Role
from ivr.standard.dial_attempt import DialEnd, DialResult
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import CampaignState, DoNotCallSource
from ivr.standard.notice_kind import NoticeReason, NoticeState
from ivr.standard.outage import AreaSound, OutagePlan
from ivr.standard.trunk_choice import TrunkState
from storage.database import Database
from storage.dial_rules import DialRules
from storage.models import Agent, Notice
from storage.queries import (
    campaigns,
    customer_places,
    dial_planning,
    dial_results,
    do_not_call,
    outage_calling_off,
    outage_reach,
    outage_texts,
    outages,
    trunk_states,
)
from storage.queries.campaigns import Area
from storage.queries.outage_reach import Told
from storage.queries.outages import OutageView
from storage.queries.trunk_states import Counted
from tests.storage.customer_rows import add, somebody
from tests.storage.queries.case_rows import DAY, HOUR, NOW
from tests.storage.queries.dial_rows import add_task, run, settled, taken

MOBILES = ("+8613900000001", "+8613900000002", "+8613900000003")
LANDLINE = "+8653188880001"
PLAN = OutagePlan("检修", "泉中小区3号楼", "管道检修", NOW + DAY, NOW + DAY + 8 * HOUR, NOW, True, True)


def living(database: Database) -> None:
    """Five customers in building 3, one of them without a number, and one next door."""
    there = {"compound": "泉中小区", "building": "3"}
    add(
        database,
        somebody(**there, numbers=(MOBILES[0],)),
        somebody(**there, numbers=(LANDLINE, MOBILES[1])),
        somebody(**there, numbers=(MOBILES[2],)),
        somebody(**there, numbers=("+8653188880002",)),
        somebody(**there),
        somebody(compound="泉中小区", building="10", numbers=("+8613900000009",)),
    )


@pytest.fixture
def outage(database: Database, rules: DialRules) -> OutageView:
    living(database)
    with database.write() as connection:
        people, refused = outages.people_of(connection, Area([("泉中小区", "3")]))
        made = outages.make(connection, PLAN, people, refused, {}, NOW, rules)
    return seen(database, made)


def seen(database: Database, outage_id: int) -> OutageView:
    with database.read() as connection:
        found = outages.one(connection, outage_id)
    assert found is not None
    return found


def move(database: Database, outage: OutageView, to: CampaignState) -> OutageView:
    with database.write() as connection:
        assert campaigns.move(connection, outage.campaign_id, to, NOW)
    return seen(database, outage.id)


def write_texts(database: Database, most: int = 20) -> list[str]:
    with database.write() as connection:
        found = outage_texts.next_outage(connection, NOW)
        if found is not None:
            outage_texts.write_some(connection, found, "停气通知", most, NOW)
        rows = connection.execute(select(Notice.number).where(Notice.reason == NoticeReason.OUTAGE))
        return sorted(number for number in rows.scalars() if number)


def announced(database: Database, at: object = NOW) -> list[int]:
    with database.read() as connection:
        return [one.id for one in outages.announced(connection, at, 5)]  # type: ignore[arg-type]


def test_the_archives_addresses_are_a_tree(database: Database) -> None:
    living(database)
    with database.read() as connection:
        (compound,) = customer_places.tree(connection)
    assert (compound.name, compound.customers) == ("泉中小区", 6)
    assert [(one.name, one.customers) for one in compound.buildings] == [("3", 5), ("10", 1)]


def test_nobody_is_told_before_it_begins_and_everybody_then(
    database: Database, rules: DialRules, outage: OutageView
) -> None:
    run(database)
    assert outage.area_sound is AreaSound.WANTED and outage.rows_refused == 1
    assert taken(database, rules) == [] and write_texts(database) == [] and announced(database) == []
    outage = move(database, outage, CampaignState.RUNNING)
    called = taken(database, rules)
    assert {one.reason for one in called} == {DialReason.OUTAGE_NOTICE}
    assert sorted(one.number for one in called) == sorted([*MOBILES, "+8653188880002"])
    assert write_texts(database) == sorted(MOBILES), "texts go to mobile telephones, each number once"
    assert announced(database) == [outage.id]
    assert announced(database, PLAN.ends_at) == [], "gas is back"
    with database.read() as connection:
        assert outages.of_task(connection, called[0].task_id) == outage


def test_pausing_and_stopping_hold_calls_and_texts_at_once(
    database: Database, rules: DialRules, outage: OutageView
) -> None:
    """The announcement stays while it is paused: gas is off all the same."""
    run(database)
    move(database, outage, CampaignState.RUNNING)
    assert len(write_texts(database, most=1)) == 1
    assert len(write_texts(database, most=1)) == 1, "no more while that one is on its way"
    move(database, outage, CampaignState.PAUSED)
    assert taken(database, rules) == [] and len(write_texts(database)) == 1
    assert announced(database) == [outage.id]
    stopped = move(database, outage, CampaignState.STOPPED)
    assert announced(database) == []
    with database.write() as connection:
        assert not outage_texts.any_late(connection, NOW + 2 * DAY)
        reach = outage_reach.reach(connection, stopped)
    assert (reach.people, reach.waiting, reach.to_call) == (4, 1, 0), "one text is on its way still"
    assert reach.calls_ended == {DialEnd.CANCELLED: 4}


def test_texts_whose_turn_has_not_come_before_gas_goes_off_are_not_sent(
    database: Database, outage: OutageView
) -> None:
    move(database, outage, CampaignState.RUNNING)
    assert len(write_texts(database, most=1)) == 1
    with database.write() as connection:
        assert not outage_texts.any_late(connection, NOW)
        assert outage_texts.any_late(connection, NOW + DAY)
        assert outage_texts.drop_late(connection, NOW + DAY) == 2


def test_who_was_told_is_counted_and_listed(database: Database, rules: DialRules, outage: OutageView) -> None:
    """Asked not to be called: not called, but the notice is owed, so the text goes out."""
    with database.write() as connection:
        do_not_call.add(connection, MOBILES[0], NOW, DoNotCallSource.OPERATOR)
    run(database)
    outage = move(database, outage, CampaignState.RUNNING)
    write_texts(database)
    called = {one.number: one for one in taken(database, rules)}
    assert MOBILES[0] not in called
    settled(database, rules, called[MOBILES[1]].attempt_id, DialResult.DONE)
    settled(database, rules, called[MOBILES[2]].attempt_id, DialResult.EMPTY)
    with database.write() as connection:
        for number, state in ((MOBILES[0], NoticeState.SENT), (MOBILES[2], NoticeState.FAILED)):
            connection.execute(
                update(Notice)
                .where(Notice.number == number)
                .values(state=state, next_try_at=None, sent_at=NOW)
            )
        reach = outage_reach.reach(connection, outage)
        assert (reach.people, reach.reached, reach.waiting, reach.not_reached) == (4, 2, 1, 1)
        assert (reach.by_call, reach.by_text, reach.to_call, reach.texts_failed) == (1, 1, 1, 1)
        for told, numbers in (
            (Told.REACHED, MOBILES[:2]),
            (Told.WAITING, ("+8653188880002",)),
            (Told.NOT_REACHED, MOBILES[2:]),
        ):
            found = outage_reach.people(connection, outage, told, limit=10)
            assert tuple(one.number for one in found) == numbers
        (first, *_) = outage_reach.people(connection, outage, Told.EVERYBODY, limit=1)
        assert (first.place, first.call_refusal) == ("泉中小区 3号楼", "do_not_call")
        assert outage_reach.seconds_of_a_call(connection, outage) is None


def told_off(database: Database, outage: OutageView, most: int = 20) -> list[str]:
    with database.write() as connection:
        outage_calling_off.write_some(connection, outage.id, outage.campaign_id, "停气取消", most, NOW)
        rows = connection.execute(select(Notice.number).where(Notice.reason == NoticeReason.OUTAGE_OFF))
        return sorted(number for number in rows.scalars() if number)


def carried(database: Database, number: str, state: NoticeState) -> None:
    with database.write() as connection:
        texts = update(Notice).where(Notice.number == number, Notice.reason == NoticeReason.OUTAGE)
        connection.execute(texts.values(state=state, next_try_at=None))


def test_who_was_told_of_an_outage_is_told_by_text_that_it_is_off(
    database: Database, rules: DialRules, outage: OutageView
) -> None:
    """Mobile telephones only, each once, after its first text; also when everybody was told already."""
    run(database)
    outage = move(database, outage, CampaignState.RUNNING)
    called = {one.number: one for one in taken(database, rules)}
    assert len(write_texts(database, most=2)) == 2, "the third mobile's turn has not come"
    settled(database, rules, called["+8653188880002"].attempt_id, DialResult.DONE)
    with database.write() as connection:
        dial_results.note(connection, called[MOBILES[2]].attempt_id, answered_at=NOW)
        assert outage_calling_off.called_off(connection, NOW) == []
    outage = move(database, outage, CampaignState.STOPPED)
    with database.read() as connection:
        assert outage_calling_off.called_off(connection, NOW) == [outage.id]
        assert outage_calling_off.anybody_left(connection, outage.id)
    assert told_off(database, outage) == [MOBILES[2]], (
        "hears the call this moment; two texts are on their way"
    )
    carried(database, MOBILES[0], NoticeState.SENT)
    carried(database, MOBILES[1], NoticeState.FAILED)
    assert told_off(database, outage, most=1) == [MOBILES[2]], "no more than so many on their way"
    assert told_off(database, outage) == [MOBILES[0], MOBILES[2]] == told_off(database, outage)
    with database.write() as connection:
        assert not outage_calling_off.anybody_left(connection, outage.id)
        reach = outage_reach.reach(connection, outage)
        assert (reach.by_call, reach.by_text, reach.texts_failed) == (1, 1, 1), "who was told stays so"
        # Who was being called, and is not reached after all, is not called again.
        dial_results.settle(connection, called[MOBILES[2]].attempt_id, DialResult.NO_ANSWER, NOW, rules)
        assert outage_reach.reach(connection, outage).to_call == 3
        for one in (called[MOBILES[0]], called[MOBILES[1]]):
            dial_results.settle(connection, one.attempt_id, DialResult.BUSY, NOW, rules)
        dial_planning.plan(connection, NOW, rules)
        assert outage_reach.reach(connection, outage).to_call == 0


def test_an_outage_of_which_everybody_was_told_is_called_off_until_its_end_and_other_campaigns_never(
    database: Database, rules: DialRules, outage: OutageView
) -> None:
    run(database)
    outage = move(database, outage, CampaignState.RUNNING)
    for one in taken(database, rules):
        settled(database, rules, one.attempt_id, DialResult.DONE)
    write_texts(database)
    with database.write() as connection:
        assert campaigns.finish(connection, NOW) == 1
        new = campaigns.NewCampaign("满意度", DialReason.CAMPAIGN, DialWay.AUTOMATIC, "repair")
        other = campaigns.make(connection, new, [], [], {}, NOW, rules)
        assert campaigns.move(connection, other, CampaignState.RUNNING, NOW)
        assert campaigns.finish(connection, NOW) == 1
        assert not campaigns.move(connection, other, CampaignState.STOPPED, NOW)
        assert not campaigns.move(connection, outage.campaign_id, CampaignState.STOPPED, outage.ends_at)
    move(database, outage, CampaignState.STOPPED)
    for number in MOBILES:
        carried(database, number, NoticeState.SENT)
    assert told_off(database, outage, most=1) == [MOBILES[0]]
    with database.write() as connection:
        assert outage_calling_off.drop(connection, outage.id) == 2, "the announced end has passed"
        assert not outage_calling_off.anybody_left(connection, outage.id)
        after = outage.ends_at + 2 * DAY
        assert outage_calling_off.called_off(connection, after) == []


def test_a_notice_is_a_reason_and_nobody_is_called_for_two_on_a_day(
    database: Database, rules: DialRules, outage: OutageView
) -> None:
    """It goes before revisits, as it loses its sense soonest."""
    with database.write() as connection:
        add_task(connection, DialReason.REVISIT, MOBILES[0])
    run(database)
    move(database, outage, CampaignState.RUNNING)
    found = [one for one in taken(database, rules) if one.number == MOBILES[0]]
    assert [one.reason for one in found] == [DialReason.OUTAGE_NOTICE]


def test_the_end_is_forecast_anew_while_it_goes_on(database: Database, outage: OutageView) -> None:
    later = PLAN.ends_at + 2 * HOUR  # type: ignore[operator]
    with database.write() as connection:
        assert outages.forecast_end(connection, outage.id, later, NOW)
        assert not outages.forecast_end(connection, outage.id, NOW + HOUR, NOW), "before it begins"
        assert not outages.forecast_end(connection, outage.id, later + HOUR, later), "over"
    assert seen(database, outage.id).ends_at == later


def test_a_campaign_of_an_outage_is_done_only_after_its_last_text(
    database: Database, rules: DialRules, outage: OutageView
) -> None:
    run(database)
    move(database, outage, CampaignState.RUNNING)
    for one in taken(database, rules):
        settled(database, rules, one.attempt_id, DialResult.DONE)
    with database.write() as connection:
        assert campaigns.finish(connection, NOW) == 0
    write_texts(database)
    with database.write() as connection:
        assert campaigns.finish(connection, NOW) == 1
    assert announced(database) == [outage.id], "callers hear of it until gas is back"


def test_administrators_are_told_once_when_a_trunk_goes_wrong_and_comes_back(database: Database) -> None:
    with database.write() as connection:
        connection.execute(
            Agent.__table__.insert().values(  # type: ignore[attr-defined]
                work_number="9001",
                name="管理员",
                role=Role.ADMINISTRATOR,
                password_hash="",
                device_kind=DeviceKind.PHONE,
                created_at=NOW,
            )
        )
        assert [one.state for one in trunk_states.take_up(connection, "pbx1", ["a", "b"], NOW)] == [
            TrunkState.UNKNOWN
        ] * 2
        said = ("中继线路a不可用", "改走b")
        for changed in (True, False):
            assert (
                trunk_states.set_state(connection, "pbx1", "a", TrunkState.FAILING, NOW, "SIP 503", said)
                is changed
            )
        trunk_states.count(connection, "pbx1", "a", Counted(calls=1), NOW)
        trunk_states.count(connection, "pbx1", "a", Counted(failures=1), NOW + timedelta(seconds=1))
        told = connection.execute(select(Notice.subject, Notice.urgent)).all()
        assert [tuple(row) for row in told] == [("中继线路a不可用", True)]
        # Another engine, with another order: what was seen is kept, what is configured no more is not shown.
        (found,) = trunk_states.take_up(connection, "pbx1", ["a"], NOW)
    assert (found.state, found.why, found.calls, found.failures) == (TrunkState.FAILING, "SIP 503", 1, 1)
    assert found.last_failure_at == NOW + timedelta(seconds=1)
