"""Campaigns: made of a file or an area, begun, paused and stopped at any time; who was reached is counted."""

import pytest
from sqlalchemy import update

from ivr.standard.dial_attempt import DialEnd, DialResult
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import CampaignState, DialStatus
from storage.customer_values import CustomerValues
from storage.database import Database
from storage.dial_rules import DialRules
from storage.models import CampaignRefusal
from storage.queries import campaign_progress, campaigns, customers
from storage.queries.campaigns import Area, NewCampaign, RefusedRow, Somebody
from tests.storage.queries.case_rows import DAY, HOUR, NOW
from tests.storage.queries.dial_rows import run, settled, taken, task

NOTICE = NewCampaign("停气通知", DialReason.OUTAGE_NOTICE, DialWay.AUTOMATIC, None, until_at=NOW + DAY)


def made(database: Database, rules: DialRules, people: int = 3, new: NewCampaign = NOTICE) -> int:
    with database.write() as connection:
        return campaigns.make(
            connection,
            new,
            [Somebody(row, f"+861390000000{row}") for row in range(1, people + 1)],
            [RefusedRow(9, "1390000", "wrong_length")],
            {"file": "people.csv"},
            NOW,
            rules,
        )


def move(database: Database, campaign_id: int, to: CampaignState) -> bool:
    with database.write() as connection:
        return campaigns.move(connection, campaign_id, to, NOW)


def test_a_campaign_calls_nobody_before_it_is_begun_nor_while_it_is_paused(
    database: Database, rules: DialRules
) -> None:
    campaign_id = made(database, rules)
    run(database)
    assert taken(database, rules) == []
    assert move(database, campaign_id, CampaignState.RUNNING)
    assert move(database, campaign_id, CampaignState.PAUSED)
    assert taken(database, rules) == []
    assert move(database, campaign_id, CampaignState.RUNNING)
    assert len(taken(database, rules)) == 3


def test_stopping_is_for_good_and_what_is_up_goes_on(database: Database, rules: DialRules) -> None:
    campaign_id = made(database, rules)
    run(database)
    move(database, campaign_id, CampaignState.RUNNING)
    from ivr.standard.dial_pacing import Allowed

    (one,) = taken(database, rules, allowed=Allowed(0, 1, 0))
    assert move(database, campaign_id, CampaignState.STOPPED)
    assert not move(database, campaign_id, CampaignState.RUNNING)
    assert taken(database, rules) == []
    assert settled(database, rules, one.attempt_id, DialResult.DONE, NOW).end is DialEnd.REACHED
    with database.read() as connection:
        (found,) = campaign_progress.progress(connection)
    assert (found.state, found.rows, found.rows_refused) == (CampaignState.STOPPED, 4, 1)
    assert found.ended == {DialEnd.REACHED: 1, DialEnd.CANCELLED: 2}


def test_who_is_done_is_counted_and_the_campaign_ends(database: Database, rules: DialRules) -> None:
    campaign_id = made(database, rules)
    run(database)
    move(database, campaign_id, CampaignState.RUNNING)
    for one in taken(database, rules):
        with database.write() as connection:
            assert campaigns.finish(connection, NOW) == 0
        settled(database, rules, one.attempt_id, DialResult.DONE, NOW)
    with database.write() as connection:
        assert campaigns.finish(connection, NOW) == 1
        (found,) = campaign_progress.progress(connection)
    assert (found.state, found.waiting, found.calling) == (CampaignState.DONE, 0, 0)


def test_the_rows_that_were_refused_stay_with_their_reasons(database: Database, rules: DialRules) -> None:
    campaign_id = made(database, rules)
    with database.read() as connection:
        assert campaigns.refusals(connection, campaign_id) == [RefusedRow(9, "1390000", "wrong_length")]
    from ivr.errors import Conflict

    with pytest.raises(Conflict, match="never changed"), database.write() as connection:
        connection.execute(update(CampaignRefusal).values(reason="other"))


def test_a_notice_is_not_told_after_its_time(database: Database, rules: DialRules) -> None:
    """R-5.1: beforehand."""
    campaign_id = made(database, rules, people=1)
    run(database)
    move(database, campaign_id, CampaignState.RUNNING)
    assert taken(database, rules, NOW + DAY) == []
    (one,) = taken(database, rules, NOW + HOUR)
    found = settled(database, rules, one.attempt_id, DialResult.REJECTED, NOW + HOUR)
    assert found.end is DialEnd.NO_TIME_LEFT
    assert task(database, one.task_id).status is DialStatus.ENDED


def test_an_area_names_its_customers_each_number_once(database: Database, rules: DialRules) -> None:
    """R-5.1: by the address tree."""

    def somebody(name: str, building: str, *numbers: str) -> CustomerValues:
        return CustomerValues(name=name, compound="泉中小区", building=building, numbers=numbers)

    with database.write() as connection:
        first = customers.create(connection, somebody("张三", "3", "+8613900000001"), None, NOW)
        again = customers.create(connection, somebody("张小三", "3", "+8613900000001"), None, NOW)
        silent = customers.create(connection, somebody("李四", "3"), None, NOW)
        other = customers.create(connection, somebody("王五", "4", "+8613900000002"), None, NOW)
    with database.read() as connection:
        people, refused = campaigns.people_of(connection, Area(places=[("泉中小区", "3")]))
        everybody, _ = campaigns.people_of(connection, Area(places=[("泉中小区", None)]))
        nobody, _ = campaigns.people_of(connection, Area(places=[("泉中", None)]))
    assert [(one.number, one.customer_id, one.name) for one in people] == [("+8613900000001", first, "张三")]
    assert refused == [
        RefusedRow(again, "张小三", "repeated", str(first)),
        RefusedRow(silent, "李四", "no_number"),
    ]
    assert [one.customer_id for one in everybody] == [first, other]
    assert nobody == []
