"""R-13.5: a share of the answered consultations is drawn at random, once, and the draw can be proven."""

import pytest

from ivr.config.sections import CallKind
from ivr.errors import Conflict
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.obligations import ObligationKind
from storage.database import Database
from storage.queries.revisit_draws import Drawn, draw_consultations, draws
from tests.standard.clockwork import CLOCKWORK
from tests.storage.queries.case_rows import DAY, HOUR, NOW, Team, add_team, look, make, owed, step


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


def drawn(database: Database, hours: float, percent: float = 25, seed: str = "seed") -> Drawn:
    at = NOW + hours * HOUR
    with database.write() as connection:
        return draw_consultations(connection, at, at, CLOCKWORK, percent=percent, seed=seed)


def test_a_share_is_drawn_and_owes_a_revisit_within_48_hours_of_the_answer(
    database: Database, team: Team
) -> None:
    with database.write() as connection:
        ids = [make(connection, team, CallKind.CONSULTATION, answered=True).case_id for _ in range(8)]
        step(connection, ids[0], CaseStep.CLOSE, team.agent, said="办结")
        make(connection, team, CallKind.CONSULTATION)
        make(connection, team, CallKind.REPAIR)
    one = drawn(database, 12)
    assert one.population == tuple(ids)
    assert len(one.picks) == 2 and set(one.picks) < set(ids)
    for case_id in ids:
        whole = look(database, case_id)
        if case_id in one.picks:
            assert whole.line.state is CaseState.REVISIT_OWED and whole.line.closed_at is None
            assert owed(whole, ObligationKind.REVISIT).due_at == NOW + 48 * HOUR
        else:
            assert whole.line.state in (CaseState.ANSWERED, CaseState.CLOSED)


def test_a_draw_is_proven_by_what_is_kept_and_never_changed(database: Database, team: Team) -> None:
    with database.write() as connection:
        for _ in range(5):
            make(connection, team, CallKind.CONSULTATION, answered=True)
    one = drawn(database, 1, percent=40)
    with database.read() as connection:
        (kept,) = draws(connection, 10)
    assert kept == one and kept.proven
    assert not Drawn(**{**_fields(kept), "seed": "another"}).proven
    with pytest.raises(Conflict, match=r"R-13\.5"), database.write() as connection:
        connection.exec_driver_sql("UPDATE revisit_draws SET seed = 'x'")


def _fields(one: Drawn) -> dict[str, object]:
    return {name: getattr(one, name) for name in Drawn.__dataclass_fields__}


def test_nobody_is_drawn_from_twice(database: Database, team: Team) -> None:
    with database.write() as connection:
        first = make(connection, team, CallKind.CONSULTATION, answered=True).case_id
    assert drawn(database, 1, percent=100).picks == (first,)
    with database.write() as connection:
        second = make(connection, team, CallKind.CONSULTATION, answered=True, at=NOW + DAY).case_id
    later = drawn(database, 30, percent=100)
    assert (later.from_at, later.population) == (NOW + HOUR, (second,))


def test_a_draw_is_of_time_that_has_passed_and_was_not_drawn_from(database: Database, team: Team) -> None:
    drawn(database, 1)
    for hours in (1, 0.5):
        with pytest.raises(ValueError, match="a draw is of the time"):
            drawn(database, hours)
    with pytest.raises(ValueError, match="a draw is of the time"), database.write() as connection:
        draw_consultations(connection, NOW + 9 * HOUR, NOW + 8 * HOUR, CLOCKWORK, percent=1, seed="x")


def test_a_draw_of_nothing_is_kept_too(database: Database, team: Team) -> None:
    assert drawn(database, 1).picks == ()
    with database.read() as connection:
        assert len(draws(connection, 10)) == 1
