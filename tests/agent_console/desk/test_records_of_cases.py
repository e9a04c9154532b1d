"""Saving a record begins the life of its case: clocks run, corrections reach it, refusals lose nothing."""

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, event, insert, select, update

from ivr.standard.case_life import Actor, CaseState, CaseStep
from ivr.standard.obligations import ObligationKind
from storage.database import Database
from storage.models import Case, CaseCounter, CaseEntry, CaseLife, Obligation, RecordDraft, Unit
from storage.queries import talks
from tests.agent_console.conftest import Visitor
from tests.agent_console.desk.test_records import FULL, Form
from tests.agent_console.scene import Scene, ago


@pytest.fixture
def form(agent: Visitor, call: int) -> Form:
    return Form(agent, call)


def life(scene: Scene) -> Any:
    with scene.database.read() as connection:
        return connection.execute(select(*CaseLife.__table__.c)).one()


def owed(scene: Scene) -> set[ObligationKind]:
    """What is owed and runs."""
    with scene.database.read() as connection:
        running = select(Obligation.kind).where(Obligation.running_since.is_not(None))
        return set(connection.execute(running).scalars())


def steps(scene: Scene) -> list[CaseStep]:
    with scene.database.read() as connection:
        return list(connection.execute(select(CaseEntry.step).order_by(CaseEntry.entry)).scalars())


def test_a_saved_repair_is_at_its_unit_with_its_clocks_and_the_desk_is_told(
    form: Form, scene: Scene, unit: int, me: int
) -> None:
    """R-15.1, R-FR."""
    told = (form.send("case", {**FULL, "unit_id": str(unit)}).json or {})["case"]
    now = life(scene)
    assert (now.state, now.unit_id, now.owner_id) == (CaseState.PASSED, unit, me)
    assert owed(scene) == {ObligationKind.HANDLE, ObligationKind.FINISH}
    assert (told["unit"], [one["rule"] for one in told["owed"]]) == ("城南管理站", ["R-15.1", "R-15.1"])
    due = [one["due_at"] for one in told["owed"]]
    assert due[1] - due[0] == 18 * 3_600_000
    assert steps(scene) == [CaseStep.OPEN, CaseStep.PASS_ON]
    again = form.visitor.get(f"/desk/records/{form.call}").json or {}
    assert again["case"] == told


def test_a_call_that_was_passed_on_stays_the_first_colleagues_whoever_writes_it(
    form: Form, scene: Scene, unit: int, me: int
) -> None:
    """R-FR: passing the work on never passes the ownership; the entries say who wrote them."""
    first = scene.person("1009", "周洁")
    with scene.database.write() as connection:
        talks.begin(connection, form.call, first, ago(60))
        talks.begin(connection, form.call, me, ago(30))
    form.send("case", {**FULL, "unit_id": str(unit)})
    assert life(scene).owner_id == first
    with scene.database.read() as connection:
        written = connection.execute(select(CaseEntry.agent_id, CaseEntry.actor)).all()
    assert [tuple(row) for row in written] == [(me, Actor.AGENT)] * 2
    form.send("case", {**FULL, "unit_id": str(unit), "content": "是热水器", "kind": "alarm"})
    assert (life(scene).owner_id, steps(scene)[-1]) == (first, CaseStep.CORRECT)


def test_a_consultation_answered_in_the_call_owes_nothing(form: Form, scene: Scene) -> None:
    """R-13.3."""
    consultation = {"kind": "consultation", "content": "询问气价", "answered": "yes"}
    told = (form.send("case", consultation).json or {})["case"]
    assert (life(scene).state, owed(scene), told["owed"]) == (CaseState.ANSWERED, set(), [])


def test_a_consultation_answered_later_needs_who_asks_and_owes_the_answer_in_24_hours(
    form: Form, scene: Scene
) -> None:
    """R-13.3: name and number are taken."""
    consultation = {"kind": "consultation", "content": "询问过户手续", "answered": "no"}
    refused = form.send("case", consultation)
    assert sorted((refused.json or {})["errors"]) == ["contact_number", "surname"]
    told = form.send("case", {**consultation, "surname": "李", "contact_number": "13912341111"}).json or {}
    assert [one["rule"] for one in told["case"]["owed"]] == ["R-13.3"]
    assert (life(scene).state, owed(scene)) == (CaseState.OPENED, {ObligationKind.ANSWER})


@pytest.mark.parametrize("answered", ["", "maybe", "<script>", "是" * 10_000])
def test_a_consultation_says_whether_it_was_answered(form: Form, scene: Scene, answered: str) -> None:
    """R-13.3."""
    refused = form.send("case", {"kind": "consultation", "content": "x", "answered": answered})
    assert (refused.status_code, list((refused.json or {})["errors"])) == (422, ["answered"])
    with scene.database.read() as connection:
        assert connection.execute(select(Case.id)).all() == []


def test_only_a_consultation_is_answered_in_the_call(form: Form, scene: Scene, unit: int) -> None:
    """R-15.1: a repair goes to its unit whatever the form says."""
    form.send("case", {**FULL, "unit_id": str(unit), "answered": "yes"})
    assert (life(scene).state, len(owed(scene))) == (CaseState.PASSED, 2)


def test_a_corrected_kind_keeps_the_number_and_owes_what_its_kind_owes(
    form: Form, scene: Scene, unit: int
) -> None:
    """R-12.7: the agent can change it, and the change is kept; the customer knows the number already."""
    first = (form.send("case", {**FULL, "unit_id": str(unit)}).json or {})["case"]
    second = (form.send("case", {**FULL, "unit_id": str(unit), "kind": "alarm"}).json or {})["case"]
    assert (second["number"], second["entry"], second["kind"]) == (first["number"], 2, "alarm")
    assert ObligationKind.ACKNOWLEDGE in owed(scene)
    assert (life(scene).kind, steps(scene)[-1]) == ("alarm", CaseStep.CORRECT)


def test_a_record_whose_draft_is_gone_is_corrected_from_what_was_saved(
    form: Form, scene: Scene, unit: int
) -> None:
    """R-AR."""
    form.send("case", {**FULL, "unit_id": str(unit)})
    with scene.database.write() as connection:
        connection.execute(delete(RecordDraft))
    told = (form.visitor.get(f"/desk/records/{form.call}").json or {})["fields"]
    assert (told["content"], told["unit_id"], told["kind"]) == ("灶具打不着火", str(unit), "repair")
    assert "answered" not in told


def test_a_corrected_unit_gets_the_case(form: Form, scene: Scene, unit: int) -> None:
    """R-AR, R-15.1."""
    with scene.database.write() as connection:
        other = connection.execute(insert(Unit).values(name="城北管理站").returning(Unit.id)).scalar_one()
    form.send("case", {**FULL, "unit_id": str(unit)})
    told = (form.send("case", {**FULL, "unit_id": str(other)}).json or {})["case"]
    assert (told["unit"], life(scene).unit_id) == ("城北管理站", other)
    assert form.send("case", {**FULL, "unit_id": str(other)}).status_code == 200
    assert steps(scene) == [CaseStep.OPEN, CaseStep.PASS_ON, CaseStep.PASS_ON]


def test_a_unit_removed_in_the_same_moment_is_refused_at_its_field_and_nothing_is_lost(
    form: Form, scene: Scene, unit: int, database: Database
) -> None:
    """What was typed is kept, no case and no number is left behind (R-N)."""

    def remove_it(connection: Connection, _: Any, statement: str, *more: Any) -> None:
        if statement.startswith("INSERT INTO case_counters"):  # the form was found right a moment ago
            connection.execute(update(Unit).values(active=False))

    event.listen(Engine, "before_cursor_execute", remove_it)
    try:
        refused = form.send("case", {**FULL, "unit_id": str(unit)})
    finally:
        event.remove(Engine, "before_cursor_execute", remove_it)
    assert (refused.status_code, list((refused.json or {})["errors"])) == (422, ["unit_id"])
    with database.read() as connection:
        assert connection.execute(select(Case.id)).all() == []
        assert connection.execute(select(CaseCounter.last)).all() == []
        assert connection.execute(select(RecordDraft.fields)).scalar_one()["unit_id"] == str(unit)
    made = form.send("case", {**FULL, "unit_id": str(unit)}).json or {}
    assert made["case"]["number"].endswith("-0001")
