"""The desk's list of cases: by time left or newest first, narrowed down, paged by key, cut at a limit."""

from datetime import timedelta

import pytest

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.obligations import ObligationKind
from storage.database import Database
from storage.queries import case_desk_list, case_facts, next_clocks
from storage.queries.case_desk_list import CaseFilter, Due, Which, place_after
from storage.queries.case_steps import Asked, do
from tests.standard.clockwork import CLOCKWORK
from tests.storage.queries.case_rows import HOUR, NOW, Team, add_team, make, step

SOON = 4 * HOUR


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


def ids(database: Database, wanted: CaseFilter, **more: object) -> list[int]:
    with database.read() as connection:
        found = case_desk_list.page(connection, wanted, NOW, NOW + SOON, limit=50, **more)  # type: ignore[arg-type]
    return [line.id for line in found]


def test_open_cases_come_by_time_left_and_the_others_newest_first(database: Database, team: Team) -> None:
    """R-OV."""
    with database.write() as connection:
        fresh = make(connection, team, at=NOW).case_id
        late = make(connection, team, at=NOW - 7 * HOUR).case_id
        closed = make(connection, team, CallKind.CONSULTATION, answered=True, at=NOW - 2 * HOUR).case_id
        step(connection, closed, CaseStep.CLOSE, team.agent, said="已答复")
    assert ids(database, CaseFilter()) == [late, fresh]
    assert ids(database, CaseFilter(Which.CLOSED)) == [closed]
    assert ids(database, CaseFilter(Which.ALL)) == [closed, late, fresh]
    day = (NOW - 24 * HOUR, NOW + HOUR)
    assert ids(database, CaseFilter(Which.ALL, opened=day)) == [fresh, closed, late]
    with database.read() as connection:
        assert case_desk_list.heads(connection, NOW, NOW + SOON, None) == case_desk_list.Heads(2, 1, 0)
        nobody = case_desk_list.heads(connection, NOW, NOW + SOON, 999)
    assert nobody == case_desk_list.Heads(0, 0, 0)


def test_every_filter_narrows_down(database: Database, team: Team) -> None:
    with database.write() as connection:
        soon = make(connection, team, at=NOW - 3 * HOUR).case_id
        alarm = make(connection, team, CallKind.ALARM, at=NOW).case_id
        stopped = make(connection, team, at=NOW - HOUR).case_id
        step(connection, stopped, CaseStep.PAUSE, team.agent, said="等用户")
    for wanted, found in (
        (CaseFilter(kind=CallKind.ALARM), [alarm]),
        (CaseFilter(state=CaseState.PASSED, due=Due.SOON), [alarm, soon]),
        (CaseFilter(due=Due.STOPPED), [stopped]),
        (CaseFilter(due=Due.LATE), []),
        (CaseFilter(unit_id=team.other_unit), []),
        (CaseFilter(owner_id=team.other.agent_id), []),
        (CaseFilter(opened=(NOW - 2 * HOUR, NOW)), [stopped]),
        (CaseFilter(among=(soon, 999)), [soon]),
        (CaseFilter(among=()), []),
    ):
        assert ids(database, wanted) == found, wanted


@pytest.mark.parametrize("which", [Which.OPEN, Which.ALL])
def test_pages_by_key_hold_every_case_once_whatever_is_equal(
    database: Database, team: Team, which: Which
) -> None:
    with database.write() as connection:
        made = {make(connection, team, at=NOW - timedelta(minutes=place // 3)).case_id for place in range(8)}
    wanted, after, seen = CaseFilter(which), None, []
    with database.read() as connection:
        while page := case_desk_list.page(connection, wanted, NOW, NOW + SOON, limit=3, after=after):
            seen += [line.id for line in page]
            after = place_after(wanted, page[-1])
        assert sorted(seen) == sorted(made)
        taken = list(case_desk_list.pages(connection, wanted, NOW, NOW + SOON, most=7, a_page=3))
        assert [line.id for page in taken for line in page] == seen[:7]
        assert case_desk_list.count(connection, wanted, NOW, NOW + SOON, most=5) == 5


def test_the_next_clock_of_each_case_is_the_one_that_ends_first(database: Database, team: Team) -> None:
    """R-OV."""
    with database.write() as connection:
        runs = make(connection, team, at=NOW - 3 * HOUR).case_id
        stopped = make(connection, team, at=NOW - 3 * HOUR).case_id
        do(connection, stopped, Asked(CaseStep.PAUSE, "等用户"), team.agent, NOW - 2 * HOUR, CLOCKWORK)
        nothing = make(connection, team, CallKind.CONSULTATION, answered=True).case_id
    with database.read() as connection:
        found = next_clocks.of_cases(connection, [runs, stopped, nothing], NOW, CLOCKWORK)
    assert set(found) == {runs, stopped}
    assert (found[runs].kind, round(found[runs].percent_used), found[runs].stopped) == (
        ObligationKind.HANDLE,
        50,
        False,
    )
    assert (round(found[stopped].percent_used), found[stopped].stopped) == (17, True)


def test_the_facts_of_a_case_name_who_had_it_first_and_every_call_about_it(
    database: Database, team: Team
) -> None:
    """R-FR, R-AR."""
    with database.write() as connection:
        made = make(connection, team)
        step(
            connection,
            made.case_id,
            CaseStep.HAND_OVER,
            team.boss,
            said="休假",
            to_agent_id=team.other.agent_id,
        )
        facts = case_facts.facts(connection, made.case_id)
        assert facts is not None and facts.first_responder != "李强"
        assert (facts.surname, facts.first_kind) == ("李", CallKind.REPAIR)
        assert len(case_facts.calls_of(connection, made.case_id)) == 1
        assert case_facts.corrections(connection, made.case_id) == []
        assert case_facts.unit_names(connection, [team.unit, 999]) == {team.unit: "城南管理站"}
        assert case_facts.facts(connection, 999) is None
        people = [one.id for one in case_facts.who_answers(connection)]
    assert {team.agent.agent_id, team.boss.agent_id} <= set(people)
