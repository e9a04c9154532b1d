"""R-BL: kept with reason, approver and end; an alarm from a blacklisted number is an alarm."""

from datetime import timedelta

import pytest

from ivr.errors import CaseRefused, Conflict
from ivr.standard.case_refusal import CaseRefusal
from storage.database import Database
from storage.queries import blacklist
from tests.storage.queries.case_rows import DAY, NOW, Team, add_team

NUMBER = "+8613912341111"


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


def put(database: Database, team: Team, **changes: object) -> int:
    assert team.agent.agent_id is not None
    how: dict[str, object] = {
        "proposed_by": team.agent.agent_id,
        "approved_by": team.boss.agent_id,
        "until": NOW + 30 * DAY,
        "longest_days": 365,
        **changes,
    }
    with database.write() as connection:
        return blacklist.add(connection, NUMBER, str(how.pop("reason", "无言骚扰")), NOW, **how)  # type: ignore[arg-type]


def turned_away(database: Database, kind: str | None, after: timedelta = DAY) -> bool:
    with database.read() as connection:
        return blacklist.turns_away(connection, ["13912341111", NUMBER], kind, NOW + after)


def test_a_number_is_turned_away_until_the_end_but_never_for_an_alarm(database: Database, team: Team) -> None:
    assert not turned_away(database, "complaint")
    put(database, team)
    assert turned_away(database, "complaint") and turned_away(database, None)
    assert not turned_away(database, "alarm")
    assert not turned_away(database, "complaint", 30 * DAY)


def test_an_entry_is_lifted_before_its_time_and_stays_to_be_seen(database: Database, team: Team) -> None:
    entry = put(database, team)
    assert team.boss.agent_id is not None
    with database.write() as connection:
        assert blacklist.lift(connection, entry, team.boss.agent_id, NOW + DAY)
        assert not blacklist.lift(connection, entry, team.boss.agent_id, NOW + DAY)
        assert blacklist.entries(connection, NOW) == []
        (kept,) = blacklist.entries(connection, NOW, also_over=True)
    assert (kept.proposed_by, kept.approved_by, kept.lifted_at) == ("王敏", "赵琳", NOW + DAY)
    assert not turned_away(database, "complaint")
    with pytest.raises(Conflict, match="R-BL"), database.write() as connection:
        connection.exec_driver_sql("DELETE FROM blacklist")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reason": " "}, CaseRefusal.NO_REASON),
        ({"approved_by": None}, CaseRefusal.NO_APPROVER),
        ({"approved_by": 2}, CaseRefusal.NO_APPROVER),
        ({"until": None}, CaseRefusal.NO_END),
        ({"until": NOW + 400 * DAY}, CaseRefusal.NO_END),
    ],
)
def test_an_entry_without_reason_supervisor_or_end_is_refused(
    database: Database, team: Team, changes: dict[str, object], reason: CaseRefusal
) -> None:
    with pytest.raises(CaseRefused) as refused:
        put(database, team, **changes)
    assert refused.value.reason == reason
