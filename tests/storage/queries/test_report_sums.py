"""The figures of reports against a day counted by hand (R-12.3, R-12.8, R-12.12, R-3.6)."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from ivr.standard.report_figures import Counts, Figure, value
from storage.database import Database
from storage.queries import report_calls, report_states
from storage.queries.report_conditions import ReportSpan
from storage.queries.report_sums import sums
from storage.queries.report_work_times import work_times
from tests.storage.queries.report_day import BEGIN, END, SPAN, Day, after, write


@pytest.fixture
def day(database: Database) -> Day:
    """The forty calls."""
    with database.write() as connection:
        return write(connection)


def counted(connection: Connection, span: ReportSpan = SPAN) -> Counts:
    return sums(connection, span).whole(work_times(connection, span.begin, span.end, after(86400, END)))


BY_HAND: dict[Figure, float] = {
    # 8 by wait, 3 at midnight of the day, 3 by length, 5 passed on or asked, 3 abandoned, 3 otherwise,
    # 1 alarm, 2 whose agent went first, 1 held
    Figure.OFFERED: 29,
    Figure.ANSWERED: 23,
    Figure.ABANDONED: 3,
    Figure.NOT_WAITED: 3,
    Figure.ANSWERED_SHARE: 23 / 29,
    Figure.WITHIN_QUICK: (23 - 6) / 29,  # not 15.001, 19.999, 20, 20.001, 300, nor the alarm after 22
    Figure.WITHIN_SOON: (23 - 3) / 29,
    Figure.MEAN_WAIT: (405 + 15 + 3 + 5 + 22 + 2 + 1) / 23,
    # 22 answered of those above, one by a second agent, one of the day before; by two agents missed.
    Figure.WITHIN_RINGS: 24 / 26,
    Figure.MISSED: 2,
    # 22 of minmin begun in the day, and two of fang: taken over, and the call-back.
    Figure.TALKS: 24,
    Figure.WITHIN_GOAL: 22 / 24,  # not 180.001, nor 190 in two parts; 600 began after midnight
    Figure.MEAN_TALK: 0,
    Figure.HOLD: 25.5,
    Figure.WRAP_UP: 30.5 + 400,
    Figure.OCCUPANCY: (60 + 30.5 + 400) / (190.5 + 1000),
    Figure.AGENT_HANG_UPS: 2,
    Figure.TRANSFERS: 2,
    Figure.RATED: 2,
    Figure.SATISFACTION: 3.5,
    Figure.REVISIT_TRIES: 3,  # asked, asked in part, nobody answered
    Figure.REVISITED: 2,
    Figure.REVISIT_DISSATISFIED: 1,
    Figure.REVISIT_SATISFACTION: 3.5,  # 5 and 2
}


def test_every_figure_is_as_it_was_counted_by_hand(database: Database, day: Day) -> None:
    with database.read() as connection:
        whole = counted(connection)
    found = {figure: value(figure, whole) for figure in Figure}
    # Lengths: 8 of 60, first moment 60, 3 around 180, 100 + 120, 190, 3 of 60 (asked, queue, outside),
    # call-back 60, alarm 60, 2 of 60, held 90; and that of the day before's call that began in this one: 60.
    seconds = 8 * 60 + 60 + 540 + 220 + 190 + 3 * 60 + 60 + 60 + 2 * 60 + 90 + 60
    assert whole.talk_seconds == seconds
    by_hand = {**BY_HAND, Figure.MEAN_TALK: seconds / whole.talks}
    assert found == {figure: pytest.approx(number) for figure, number in by_hand.items()}


def test_yesterday_made_again_gives_the_same_to_the_digit(database: Database, day: Day) -> None:
    with database.read() as connection:
        first = counted(connection)
    with database.write() as connection:  # life goes on
        day.connection = connection
        day.call(after(100, END), 3)
        day.call(after(-100, BEGIN), 3)
    with database.read() as connection:
        assert counted(connection) == first


def test_the_parts_come_to_the_whole(database: Database, day: Day) -> None:
    with database.read() as connection:
        at_work = work_times(connection, BEGIN, END, END)
        found = sums(connection, SPAN)
        queues = found.by_queue()
        agents = found.by_agent(at_work)
    assert {queue: counts.offered for queue, counts in queues.items()} == {
        "repair": 28,
        "alarm": 1,
        "": 0,  # the revisits: calls out of no queue
    }
    assert (agents[day.minmin].talks, agents[day.fang].talks) == (22, 2)
    assert (agents[day.minmin].offers_missed, agents[day.fang].offers_missed) == (1, 1)
    assert agents[day.fang].at_work_seconds == 1000 and agents[day.minmin].at_work_seconds == 190.5
    quarters = {moment for _, moment in found.callers}
    assert BEGIN in quarters and after(-900, END) in quarters and len(quarters) == 3


def test_a_figure_opens_the_calls_it_was_counted_from(database: Database, day: Day) -> None:
    with database.read() as connection:
        whole = counted(connection)
        found = {
            figure: report_calls.behind(connection, SPAN, figure, offset=0, limit=100) for figure in Figure
        }
    behind = {figure: calls and (calls[0], len(calls[1])) for figure, calls in found.items()}
    counts = {
        Figure.ANSWERED_SHARE: whole.answered,
        Figure.MEAN_WAIT: whole.answered,
        Figure.WITHIN_QUICK: whole.within_quick,
        Figure.WITHIN_SOON: whole.within_soon,
        Figure.WITHIN_RINGS: whole.offers_answered - 1,  # one call was answered by two, one after the other
        Figure.TALKS: whole.talks - 1,
        Figure.MEAN_TALK: whole.talks - 1,
        Figure.WITHIN_GOAL: whole.talks - 1,
        Figure.HOLD: 1,
        Figure.SATISFACTION: 2,
        Figure.REVISIT_SATISFACTION: 2,
    }
    expected = {figure: counts.get(figure, value(figure, whole)) for figure in Figure}
    assert behind == {
        figure: None if figure in (Figure.OCCUPANCY, Figure.WRAP_UP) else (number, number)
        for figure, number in expected.items()
    }


def test_figures_of_states_open_the_times_they_were_summed_from(database: Database, day: Day) -> None:
    """Cut where the day begins and ends; the busy ones among those at work are the occupancy."""
    with database.read() as connection:
        whole = counted(connection)
        span = (BEGIN, END, after(86400, END))
        found = {
            figure: report_states.behind(connection, *span, figure, offset=0, limit=9) for figure in Figure
        }
        of_fang = report_states.behind(
            connection, *span, Figure.OCCUPANCY, agent_id=day.fang, offset=0, limit=1
        )
    lengths = {
        figure: [((stay.end - stay.begin).total_seconds(), stay.state.value) for stay in stays[1]]
        for figure, stays in found.items()
        if stays is not None
    }
    assert set(lengths) == {Figure.WRAP_UP, Figure.OCCUPANCY}
    assert lengths[Figure.WRAP_UP] == [(400, "wrap_up"), (30.5, "wrap_up")]
    assert sum(length for length, _ in lengths[Figure.WRAP_UP]) == whole.wrap_up_seconds
    at_work = lengths[Figure.OCCUPANCY]
    assert sum(length for length, _ in at_work) == whole.at_work_seconds
    busy = [length for length, state in at_work if state in ("talking", "wrap_up")]
    assert sum(busy) == whole.busy_seconds
    assert of_fang is not None and (of_fang[0], len(of_fang[1])) == (2, 1)


def test_the_calls_of_one_agent_or_queue_are_theirs(database: Database, day: Day) -> None:
    with database.read() as connection:
        of_fang = report_calls.behind(
            connection, SPAN, Figure.TALKS, agent_id=day.fang, queue="repair", offset=0, limit=9
        )
        alarms = report_calls.behind(connection, SPAN, Figure.OFFERED, queue="alarm", offset=0, limit=9)
    assert of_fang is not None and of_fang[0] == 2
    assert alarms is not None and alarms[0] == 1


def test_a_time_without_calls_counts_nothing(database: Database, day: Day) -> None:
    empty = ReportSpan(END + timedelta(days=400), END + timedelta(days=401), 15, 20, 180)
    with database.read() as connection:
        assert counted(connection, empty) == Counts()
        assert work_times(connection, empty.begin, empty.end, END) == {}
