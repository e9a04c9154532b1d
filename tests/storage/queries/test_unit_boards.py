"""What units' boards read: time left with the ladder, loads, proposals of the blacklist, months handed in."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from ivr.errors import CaseRefused, Conflict, Refused
from ivr.standard.case_life import CaseStep
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import Responsibility
from ivr.standard.complaint_summary import ClosedComplaint, summary
from ivr.standard.obligations import ObligationKind
from ivr.standard.overdue import Rung
from storage.database import Database
from storage.models import BlacklistProposal, ComplaintSummary
from storage.queries import (
    blacklist_proposals,
    case_mark,
    complaint_summaries,
    obligation_warnings,
    overdue_board,
    unit_keeping,
)
from tests.standard.clockwork import CLOCKWORK
from tests.storage.queries.case_rows import DAY, HOUR, NOW, add_team, make, step

PHONE = "+8613912349999"


def test_the_board_tells_what_is_owed_next_and_how_far_the_ladder_was_climbed(database: Database) -> None:
    """R-OV, R-FR."""
    with database.write() as connection:
        team = add_team(connection)
        early, late = make(connection, team, at=NOW - 4 * HOUR), make(connection, team, at=NOW - 7 * HOUR)
        step(
            connection,
            late.case_id,
            CaseStep.HAND_OVER,
            team.boss,
            NOW,
            "休假",
            to_agent_id=team.other.agent_id,
        )
        obligation_warnings.take_due(connection, NOW, CLOCKWORK)
    with database.read() as connection:
        ids = [line.id for line in overdue_board.board(connection, NOW + 3 * HOUR, limit=9)]
        assert ids == [late.case_id, early.case_id]
        assert len(overdue_board.board(connection, NOW, limit=9)) == 1
        only = overdue_board.board(connection, NOW + DAY, limit=9, owner_id=team.other.agent_id)
        assert [line.id for line in only] == [late.case_id]
        assert overdue_board.board(connection, NOW + DAY, limit=9, unit_id=overdue_board.NO_UNIT) == []
        after = overdue_board.board(connection, NOW + DAY, limit=1)[0]
        rest = overdue_board.board(connection, NOW + DAY, limit=9, after=(after.due_at or NOW, after.id))
        assert [line.id for line in rest] == [early.case_id]
        owed = overdue_board.owed_now(connection, ids)
        assert (owed[late.case_id].kind, owed[late.case_id].rule) == (ObligationKind.HANDLE, "R-15.1")
        assert owed[late.case_id].rungs == tuple(Rung) and owed[late.case_id].percent == 100
        assert owed[early.case_id].rungs == (Rung.FIRST_RESPONDER,)
        assert overdue_board.former_owners(connection, ids) == {late.case_id: ["王敏"]}
        loads = overdue_board.owner_loads(connection, NOW, NOW + 3 * HOUR)
        assert [(one.name, one.open, one.late, one.soon) for one in loads] == [
            ("李强", 1, 1, 0),
            ("王敏", 1, 0, 1),
        ]


def test_another_supervisor_decides_about_a_proposal_and_once(database: Database) -> None:
    """R-BL."""
    with database.write() as connection:
        team = add_team(connection)
        me, boss = team.agent.agent_id, team.boss.agent_id
        assert me is not None and boss is not None
        until = NOW + 30 * DAY

        def propose(by: int = me, **changed: object) -> int:
            values = {"number": PHONE, "reason": "辱骂", "until": until, "by": by, "now": NOW, **changed}
            return blacklist_proposals.propose(connection, longest_days=365, **values)  # type: ignore[arg-type]

        for wrong in ({"reason": " "}, {"until": None}, {"until": NOW}, {"until": NOW + 400 * DAY}):
            with pytest.raises(CaseRefused):
                propose(**wrong)
        mine, his = propose(), propose(boss)
        for proposal, by in ((mine, me), (his, boss), (mine, team.other.agent_id)):
            with pytest.raises(CaseRefused) as refusal:
                blacklist_proposals.approve(connection, proposal, by or 0, NOW, longest_days=365)
            assert refusal.value.reason == "no_approver"
        assert blacklist_proposals.approve(connection, mine, boss, NOW, longest_days=365) is not None
        assert blacklist_proposals.approve(connection, mine, boss, NOW, longest_days=365) is None
        assert not blacklist_proposals.turn_down(connection, mine, "x", boss, NOW)
        assert blacklist_proposals.turn_down(connection, his, "改口头提醒", boss, NOW)
        decided = blacklist_proposals.proposals(connection, decided=True, limit=9)
        assert {(one.id, one.approved, one.why_not) for one in decided} == {
            (mine, True, None),
            (his, False, "改口头提醒"),
        }
    for statement in (update(BlacklistProposal).values(why_not="x"), delete(BlacklistProposal)):
        with pytest.raises(Conflict, match="R-BL"), database.write() as connection:
            connection.execute(statement)


def test_a_months_summary_is_handed_in_once_and_stays(database: Database) -> None:
    """R-CS."""
    rows = summary(
        [ClosedComplaint("城南管理站", ComplaintClass.FEES, Responsibility.UNIT, late=True, objected=False)]
    )
    with database.write() as connection:
        by = add_team(connection).boss.agent_id
        assert by is not None
        complaint_summaries.hand_in(connection, "2026-10", rows, by, NOW)
    with pytest.raises(Conflict), database.write() as connection:
        complaint_summaries.hand_in(connection, "2026-10", rows, by, NOW)
    with pytest.raises(Conflict, match="R-CS"), database.write() as connection:
        connection.execute(update(ComplaintSummary).values(closed=0))
    with database.read() as connection:
        kept = complaint_summaries.of_month(connection, "2026-10")
        assert complaint_summaries.of_month(connection, "2026-09") is None
    assert kept is not None
    assert (list(kept.rows), kept.closed, kept.by, kept.at) == (rows, 1, "赵琳", NOW)


def test_a_unit_of_a_known_name_is_taken_back_not_doubled(database: Database) -> None:
    with database.write() as connection:
        team = add_team(connection)
        make(connection, team)
        kept = {unit.name: unit for unit in unit_keeping.units(connection)}
        assert (kept["城南管理站"].open_cases, kept["城南管理站"].people) == (1, 2)
        assert [one.name for one in unit_keeping.people(connection, team.unit)] == ["孙站长", "周师傅"]
        assert [one.name for one in unit_keeping.people(connection, None)] == ["钱经理"]
        with pytest.raises(Refused):
            unit_keeping.add(connection, "城南管理站", None)
        with pytest.raises(Refused):
            unit_keeping.change(connection, team.other_unit, "城南管理站", None)
        assert unit_keeping.agent_of(connection, "0000") is None
        assert unit_keeping.names(connection, [team.unit]) == {team.unit: "城南管理站"}


def test_the_mark_differs_after_whatever_is_new_about_cases(database: Database) -> None:
    with database.write() as connection:
        team = add_team(connection)
        empty = case_mark.read(connection)
        case = make(connection, team, at=NOW - timedelta(hours=5))
        opened = case_mark.read(connection)
        assert opened == case_mark.read(connection) != empty
        step(connection, case.case_id, CaseStep.NOTE, team.fitter, NOW, "x")
        noted = case_mark.read(connection)
        obligation_warnings.take_due(connection, NOW, CLOCKWORK)
        assert len({empty, opened, noted, case_mark.read(connection)}) == 4
