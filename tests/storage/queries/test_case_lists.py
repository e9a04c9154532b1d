"""Lists of cases: by time left, what is late, the desk's with its filters, and a customer's."""

from datetime import timedelta

import pytest

from ivr.config.sections import CallKind
from ivr.errors import CaseRefused
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.case_refusal import CaseRefusal
from storage.database import Database
from storage.queries import case_lists, case_view, units
from storage.queries.case_lists import CaseLine
from storage.queries.unit_removal import remove
from tests.storage.queries.case_rows import DAY, HOUR, NOW, Team, add_team, finish_repair, make, step


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


def numbers(lines: list[CaseLine]) -> list[str]:
    return [line.number for line in lines]


def test_a_units_list_is_sorted_by_time_left_and_goes_on(database: Database, team: Team) -> None:
    with database.write() as connection:
        late = make(connection, team, at=NOW - DAY).number
        soon = make(connection, team, CallKind.ALARM).number
        next_one, same_time = make(connection, team).number, make(connection, team).number
        slow = make(connection, team, CallKind.COMPLAINT).number
        elsewhere = make(connection, team)
        step(connection, elsewhere.case_id, CaseStep.PASS_ON, team.agent, unit_id=team.other_unit)
        done = make(connection, team).case_id
        finish_repair(connection, done, team)
        step(connection, done, CaseStep.REVISIT, team.agent)
        step(connection, done, CaseStep.CLOSE, team.agent, said="办结")
        stopped = make(connection, team)
        step(connection, stopped.case_id, CaseStep.PAUSE, team.agent, said="等")
    wanted = [late, soon, next_one, same_time, slow, stopped.number]
    with database.read() as connection:
        assert numbers(case_lists.of_unit(connection, team.unit, limit=50)) == wanted
        found: list[CaseLine] = []
        while page := case_lists.of_unit(
            connection, team.unit, limit=2, after=case_lists.place_of(found[-1]) if found else None
        ):
            found += page
        assert numbers(found) == wanted
        assert numbers(case_lists.of_unit(connection, team.other_unit, limit=9)) == [elsewhere.number]


def test_the_overdue_board_names_case_unit_and_first_responder(database: Database, team: Team) -> None:
    """R-OV, R-FR: a late case names them and the unit."""
    with database.write() as connection:
        first, second = make(connection, team, at=NOW - DAY), make(connection, team, at=NOW - 7 * HOUR)
        soon = make(connection, team)
    with database.read() as connection:
        board = case_lists.overdue(connection, NOW, limit=10)
        ahead = case_lists.due_soon(connection, NOW, NOW + 6 * HOUR + timedelta(seconds=1), limit=10)
        (load,) = case_lists.loads(connection, NOW)
    assert numbers(board) == [first.number, second.number]
    assert {(line.owner, line.unit) for line in board} == {("王敏", "城南管理站")}
    assert numbers(ahead) == [soon.number]
    assert (load.unit, load.open, load.late, load.next_due_at) == ("城南管理站", 3, 2, NOW - DAY + 6 * HOUR)


def test_a_first_responder_sees_the_own_ones_only(database: Database, team: Team) -> None:
    """R-FR: also after they were handed over."""
    with database.write() as connection:
        kept, given = make(connection, team), make(connection, team)
        step(
            connection,
            given.case_id,
            CaseStep.HAND_OVER,
            team.boss,
            said="休假",
            to_agent_id=team.other.agent_id,
        )
    assert team.agent.agent_id is not None and team.other.agent_id is not None
    with database.read() as connection:
        assert numbers(case_lists.of_owner(connection, team.agent.agent_id, limit=9)) == [kept.number]
        assert numbers(case_lists.of_owner(connection, team.other.agent_id, limit=9)) == [given.number]


def test_the_desk_narrows_its_list_down(database: Database, team: Team) -> None:
    with database.write() as connection:
        repair = make(connection, team).number
        answered = make(connection, team, CallKind.CONSULTATION, answered=True, at=NOW + DAY)
        complaint = make(connection, team, CallKind.COMPLAINT, at=NOW + 2 * DAY).number
        step(connection, answered.case_id, CaseStep.CLOSE, team.agent, said="办结")
    with database.read() as connection:

        def listed(**how: object) -> list[str]:
            return numbers(case_lists.newest(connection, limit=9, **how))  # type: ignore[arg-type]

        assert listed() == [complaint, answered.number, repair]
        assert listed(kind=CallKind.REPAIR) == [repair]
        assert listed(state=CaseState.CLOSED) == [answered.number]
        assert listed(only_open=True) == [complaint, repair]
        assert listed(unit_id=team.unit) == [complaint, repair]
        assert listed(owner_id=team.other.agent_id) == []
        assert listed(opened=(NOW + DAY, NOW + 2 * DAY)) == [answered.number]
        assert listed(before=answered.case_id) == [repair]


def test_a_customer_has_all_cases_on_one_page(database: Database, team: Team) -> None:
    with database.write() as connection:
        mine = make(connection, team).number
        make(connection, team, contact_number="13700000000")
    with database.read() as connection:
        found = case_lists.of_customer(connection, None, ["13912341111", "+8613912341111"], limit=9)
        assert numbers(found) == [mine]
        assert case_lists.of_customer(connection, 4711, [], limit=9) == []
        assert case_lists.of_customer(connection, None, [], limit=9) == []


def test_a_case_is_found_by_its_number(database: Database, team: Team) -> None:
    with database.write() as connection:
        opened = make(connection, team)
    with database.read() as connection:
        line = case_view.by_number(connection, opened.number)
        assert line is not None and line.id == opened.case_id
        assert case_view.by_number(connection, "2026-11-9999") is None


def test_a_unit_with_open_cases_is_not_removed_and_they_are_named(database: Database, team: Team) -> None:
    with database.write() as connection:
        late, soon = make(connection, team, at=NOW - DAY), make(connection, team)
    with (
        pytest.raises(CaseRefused, match="城南管理站 has 2 open cases") as refused,
        database.write() as connection,
    ):
        remove(connection, team.unit)
    assert refused.value.reason == CaseRefusal.UNIT_HAS_CASES
    assert refused.value.details == (late.number, soon.number)
    with database.write() as connection:
        assert units.one(connection, team.unit) is not None
        for case in (late, soon):
            step(connection, case.case_id, CaseStep.PASS_ON, team.agent, unit_id=team.other_unit)
        remove(connection, team.unit)
        assert units.one(connection, team.unit) is None
    with pytest.raises(CaseRefused, match="removed already"), database.write() as connection:
        remove(connection, team.unit)
