"""The overdue board: late and soon late, with the ladder's level, and the names that answer (R-OV, R-FR)."""

import re

from ivr.standard.case_life import CaseStep
from storage.queries import obligation_warnings
from tests.agent_console.units.conftest import Enter
from tests.agent_console.units.crew import Crew, now
from tests.standard.clockwork import CLOCKWORK


def numbers(page: str) -> list[str]:
    return re.findall(r'class="figure strong" href="/cases/([^"]+)"', page)


def test_the_board_names_first_responder_and_unit_and_the_level_reached(crew: Crew, enter: Enter) -> None:
    """R-FR: both first responders of a case that was handed over; R-OV: who was warned."""
    late, soon, calm = crew.case(ago=7), crew.case(ago=4.9), crew.case(ago=1)
    crew.step(
        late.case_id, CaseStep.HAND_OVER, crew.team.boss, "王敏休假", to_agent_id=crew.team.other.agent_id
    )
    with crew.database.write() as connection:
        obligation_warnings.take_due(connection, now(), CLOCKWORK)
    boss = enter("2001")
    page = boss.get("/overdue").get_data(as_text=True)
    assert numbers(page) == [late.number, soon.number]
    assert "王敏 → 李强 → 城南管理站" in page
    assert "rung-manager" in page and "rung-unit_head" in page
    assert numbers(boss.get("/overdue?all=1").get_data(as_text=True)) == [
        late.number,
        soon.number,
        calm.number,
    ]
    assert numbers(boss.get("/overdue/part?all=1").get_data(as_text=True))[2:] == [calm.number]


def test_the_board_is_narrowed_down_to_a_unit_or_a_first_responder(crew: Crew, enter: Enter) -> None:
    mine, theirs = crew.case(ago=7), crew.case(ago=8)
    crew.step(theirs.case_id, CaseStep.PASS_ON, crew.team.agent, unit_id=crew.team.other_unit)
    crew.step(
        theirs.case_id, CaseStep.HAND_OVER, crew.team.boss, "调班", to_agent_id=crew.team.other.agent_id
    )
    boss = enter("2001")
    for query, wanted in (
        (f"unit={crew.team.unit}", [mine.number]),
        (f"unit={crew.team.other_unit}", [theirs.number]),
        (f"owner={crew.team.other.agent_id}", [theirs.number]),
        ("unit=0", []),
        ("unit=x&owner=-1&due=nan&after=9", [theirs.number, mine.number]),
    ):
        assert numbers(boss.get(f"/overdue?{query}").get_data(as_text=True)) == wanted, query


def test_what_was_done_too_late_stays_with_the_names_that_answer_for_it(crew: Crew, enter: Enter) -> None:
    """R-FR: named in every late figure."""
    case = crew.case(ago=30)
    crew.step(case.case_id, CaseStep.ACCEPT, crew.team.fitter)
    crew.step(case.case_id, CaseStep.FINISH, crew.team.fitter, "修好")
    page = enter("2001").get("/overdue").get_data(as_text=True)
    done = page[page.index("was-late") :]
    assert case.number in done and "王敏 → 城南管理站" in done
