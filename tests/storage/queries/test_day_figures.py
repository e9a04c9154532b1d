"""An agent's figures of the day, on both databases (R-12.8)."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from ivr.standard.talk_kind import TalkKind
from storage.database import Database
from storage.models import SurveyAnswer
from storage.queries import day_figures, talks
from storage.queries.day_figures import DayFigures
from storage.queries.directed_offers import OWN_DEVICE
from tests.storage.rows import NOW, add_agent, add_call, add_offer


def test_figures_are_counted_by_agent_from_the_beginning_of_the_day(database: Database) -> None:
    with database.write() as connection:
        me, other = add_agent(connection), add_agent(connection)
        for agent, seconds, before in [(me, 60.5, 0), (me, 120, 0), (other, 10, 0), (me, 999, 1)]:
            at = NOW - timedelta(days=before)
            start, end = at + timedelta(seconds=20), at + timedelta(seconds=20 + seconds)
            call = add_call(connection, arrived_at=at, agent_id=agent)
            add_offer(connection, call, agent, made_at=at, outcome="answered")
            talks.begin(connection, call, agent, start)
            talks.end(connection, call, agent, end)
            connection.execute(
                insert(SurveyAnswer).values(
                    call_id=call, agent_id=agent, asked_at=at, score=None if before else 4
                )
            )
        call = add_call(connection)
        for outcome in ("missed", "busy", "caller_gone"):
            add_offer(connection, call, me, outcome=outcome)
    with database.read() as connection:
        figures = day_figures.read(connection, NOW - timedelta(hours=1), 61)
    assert figures[other] == DayFigures(1, 0, pytest.approx(10, abs=0.01), 1.0, 4.0)
    assert figures[me] == DayFigures(2, 1, pytest.approx(90.25, abs=0.01), 0.5, 4.0)


def test_a_day_without_calls_has_no_figures(database: Database) -> None:
    with database.read() as connection:
        assert day_figures.read(connection, NOW, 61) == {}


def test_each_agent_of_a_call_has_the_own_part_and_a_call_out_is_none_answered(database: Database) -> None:
    with database.write() as connection:
        first, second = add_agent(connection), add_agent(connection)
        call = add_call(connection, agent_id=second)
        talks.begin(connection, call, first, NOW)
        talks.begin(connection, call, second, NOW, TalkKind.CONSULTED)
        talks.end(connection, call, first, NOW + timedelta(seconds=30))
        talks.go_on_with_caller(connection, call, second, NOW + timedelta(seconds=30))
        talks.end_all(connection, call, NOW + timedelta(seconds=70))
        talks.begin(connection, call, first, NOW + timedelta(seconds=70))
        talks.end_all(connection, call, NOW + timedelta(seconds=80))
        add_offer(connection, add_call(connection), first, queue=OWN_DEVICE, outcome="answered")
    with database.read() as connection:
        figures = day_figures.read(connection, NOW - timedelta(hours=1), 61)
    assert figures[first] == DayFigures(0, 0, pytest.approx(40, abs=0.01), 1.0, None)
    assert figures[second] == DayFigures(0, 0, pytest.approx(40, abs=0.01), 1.0, None)
