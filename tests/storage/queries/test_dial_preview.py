"""An agent looks at a call to a customer, makes it, and writes down what it came to (R-16.1 to R-16.6)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from ivr.config import Settings
from ivr.config.questionnaire_files import of_kinds
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallOutcome, CallStage
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.dial_attempt import DialEnd, DialResult, LaterWish
from ivr.standard.dial_pacing import Floor
from ivr.standard.dial_preview import PreviewRefusal
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import DialStatus, DoNotCallSource
from ivr.standard.questionnaire import Questionnaire
from storage.database import Database
from storage.dial_rules import DialRules
from storage.models import AgentPresence, AgentSkill, Call, DialAttempt, DialTask, DoNotCall, Event
from storage.queries import dial_preview, dial_results, dialer_state, do_not_call
from storage.queries.dial_planning import plan
from storage.queries.dial_results import Settled
from storage.queries.dial_taking import Taken, anything
from tests.standard.clockwork import ZONE
from tests.storage.queries.case_rows import NOW, add_team, finish_repair, look, make
from tests.storage.queries.dial_rows import add_task, run, taken, task
from tests.storage.rows import add_agent, add_call

FREE = Floor(10, 0, 0, 3, 0, alarm_waiting=False, longest_wait_seconds=0)
OTHER = "+8613900000002"
MINUTE = timedelta(minutes=1)


class Desk:
    """Two agents at their desks, the first of them first responder of a repair that owes a revisit."""

    def __init__(self, database: Database, rules: DialRules) -> None:
        self.database = database
        self.rules = replace(
            rules, asking={kind: (name, DialWay.AGENT) for kind, (name, _) in rules.asking.items()}
        )
        run(database)
        with database.write() as connection:
            self.team = add_team(connection)
            assert self.team.agent.agent_id is not None and self.team.other.agent_id is not None
            self.one, self.two = self.team.agent.agent_id, self.team.other.agent_id
            for agent_id in (self.one, self.two):
                self.stand(connection, agent_id, AgentState.READY)
            self.case_id = make(connection, self.team).case_id
            finish_repair(connection, self.case_id, self.team)
            plan(connection, NOW, self.rules)
        with database.read() as connection:
            self.task_id = int(connection.execute(select(DialTask.id)).scalar_one())

    def stand(self, connection: Connection, agent_id: int, state: AgentState) -> None:
        connection.execute(
            AgentPresence.__table__.delete().where(AgentPresence.agent_id == agent_id)  # type: ignore[attr-defined]
        )
        connection.execute(
            insert(AgentPresence).values(
                agent_id=agent_id, state=state, since=NOW, idle_since=NOW, device_present=True
            )
        )

    def next(self, agent_id: int, at: datetime = NOW, floor: Floor = FREE) -> int | PreviewRefusal:
        with self.database.write() as connection:
            return dial_preview.take_next(connection, agent_id, at, self.rules, floor)

    def begin(
        self, task_id: int, agent_id: int, at: datetime = NOW, floor: Floor = FREE
    ) -> Taken | PreviewRefusal:
        with self.database.write() as connection:
            return dial_preview.begin_call(
                connection, task_id, agent_id, "pbx1", at, self.rules, floor, shown_number="95777"
            )

    def talk(self, *, answered: bool = True, over: bool = False, **values: Any) -> tuple[int, int]:
        """The first agent's call to the customer; gives attempt and call."""
        assert self.next(self.one) == self.task_id
        begun = self.begin(self.task_id, self.one)
        assert isinstance(begun, Taken)
        with self.database.write() as connection:
            call_id = add_call(
                connection,
                stage=CallStage.TALKING if not over else CallStage.ENDED,
                answered_at=NOW if answered else None,
                talk_started_at=NOW if answered else None,
                ended_at=NOW + MINUTE if over else None,
                **values,
            )
            dial_results.note(connection, begun.attempt_id, call_id=call_id)
            connection.execute(insert(Event).values(at=NOW, kind="call.dialled", call_id=call_id, data={}))
        return begun.attempt_id, call_id

    def write(
        self,
        attempt_id: int,
        result: DialResult,
        agent_id: int | None = None,
        at: datetime = NOW + MINUTE,
        **more: Any,
    ) -> Settled | PreviewRefusal:
        with self.database.write() as connection:
            return dial_preview.write_down(
                connection, attempt_id, agent_id or self.one, result, at, self.rules, **more
            )

    def attempt(self, attempt_id: int) -> Any:
        with self.database.read() as connection:
            return connection.execute(select(DialAttempt.__table__).where(DialAttempt.id == attempt_id)).one()


@pytest.fixture
def desk(database: Database, rules: DialRules) -> Desk:
    return Desk(database, rules)


@pytest.fixture
def repair(settings: Settings) -> Questionnaire:
    return of_kinds(settings, settings.prompts_folder)["repair"].questionnaire


def test_the_next_is_an_alarm_then_ones_own_then_the_order_and_nobody_else_gets_it(desk: Desk) -> None:
    with desk.database.write() as connection:
        earlier = add_task(
            connection, DialReason.CALL_BACK, OTHER, way=DialWay.AGENT, due_at=NOW - timedelta(hours=1)
        )
        add_task(connection, DialReason.CAMPAIGN, "+8613900000003")  # by the program
        assert dial_preview.waiting(connection, desk.one, NOW) == (1, 2)
    assert desk.next(desk.one) == desk.task_id == desk.next(desk.one)
    assert desk.next(desk.two) == earlier
    with desk.database.write() as connection:
        assert dial_preview.waiting(connection, desk.two, NOW) == (0, 1)
        dial_preview.give_back(connection, desk.one)
        alarm = add_task(connection, DialReason.ALARM_CALL_BACK, "+8613900000004", way=DialWay.AGENT)
    assert desk.next(desk.one) == alarm
    # What somebody looks at for too long goes back into the queue.
    assert desk.next(desk.two, NOW + 6 * MINUTE) == alarm


def test_the_program_leaves_alone_what_an_agent_looks_at_or_is_to_look_at_first(desk: Desk) -> None:
    with desk.database.read() as connection:
        assert not anything(connection, NOW, desk.rules)
    assert taken(desk.database, desk.rules) == []
    with desk.database.write() as connection:
        promised = add_task(connection, DialReason.CALL_BACK, OTHER, way=DialWay.AGENT)
    assert desk.next(desk.two) == promised
    assert taken(desk.database, desk.rules) == []
    with desk.database.write() as connection:
        dial_preview.give_back(connection, desk.two)
    assert [one.task_id for one in taken(desk.database, desk.rules)] == [promised]


def test_a_dissatisfied_customer_is_left_to_the_first_responder_who_is_here(desk: Desk) -> None:
    """R-16.5."""
    with desk.database.write() as connection:
        connection.execute(update(DialTask).values(status=DialStatus.ENDED))
        follow_up = add_task(connection, DialReason.FOLLOW_UP, OTHER, way=DialWay.AGENT, agent_id=desk.one)
    assert desk.next(desk.two) is PreviewRefusal.NOBODY
    with desk.database.write() as connection:
        desk.stand(connection, desk.one, AgentState.SIGNED_OUT)
    assert desk.next(desk.two) == follow_up


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"free_agents": 1}, PreviewRefusal.LAST_AGENT),
        ({"lines_used": 9}, PreviewRefusal.NO_LINE),
        ({"alarm_waiting": True}, PreviewRefusal.CALLERS_WAIT),
    ],
)
def test_who_calls_us_comes_first_when_it_is_chosen_and_when_it_is_dialed(
    desk: Desk, change: Mapping[str, Any], refusal: PreviewRefusal
) -> None:
    """R-16.6: never the last free agent; and nobody calls from a break."""
    with desk.database.write() as connection:
        desk.stand(connection, desk.two, AgentState.BREAK)
    assert desk.next(desk.two) is PreviewRefusal.NOT_NOW
    assert desk.next(desk.one, floor=replace(FREE, **change)) is refusal
    assert desk.next(desk.one) == desk.task_id
    assert desk.begin(desk.task_id, desk.one, floor=replace(FREE, **change)) is refusal
    assert task(desk.database, desk.task_id).status is DialStatus.OPEN


def test_the_last_free_agent_of_a_skill_calls_nobody_but_who_smells_gas(desk: Desk) -> None:
    """R-16.6: a third one who can do the same is talking; all the others are free."""
    with desk.database.write() as connection:
        third = add_agent(connection)
        desk.stand(connection, third, AgentState.TALKING)
        for agent_id in (desk.one, third):
            connection.execute(insert(AgentSkill).values(agent_id=agent_id, skill="repair", level=1))
        desk.stand(connection, desk.one, AgentState.WRAP_UP)
    assert desk.next(desk.one) is PreviewRefusal.LAST_OF_SKILL
    assert desk.begin(desk.task_id, desk.one) is PreviewRefusal.LAST_OF_SKILL
    assert desk.next(desk.two) == desk.task_id, "has no skill that callers need"
    with desk.database.write() as connection:
        dial_preview.give_back(connection, desk.two)
        desk.stand(connection, third, AgentState.SIGNED_OUT)
    assert desk.next(desk.one) == desk.task_id, "nobody else at work has it: whose customer is it to be?"
    with desk.database.write() as connection:
        dial_preview.give_back(connection, desk.one)
        desk.stand(connection, third, AgentState.TALKING)
    assert desk.next(desk.one) is PreviewRefusal.LAST_OF_SKILL
    with desk.database.write() as connection:
        alarm = add_task(connection, DialReason.ALARM_CALL_BACK, way=DialWay.AGENT)
    assert desk.next(desk.one) == alarm
    assert isinstance(desk.begin(alarm, desk.one), Taken)


@pytest.mark.parametrize("skill", ["alarm", "english"])
def test_who_became_the_last_one_while_looking_at_a_call_is_refused_when_dialing(
    desk: Desk, skill: str
) -> None:
    """The only one free for gas leaks, or for those who speak a language: others are free for the rest."""
    with desk.database.write() as connection:
        for agent_id in (desk.one, desk.two):
            for known in ("repair", skill):
                connection.execute(insert(AgentSkill).values(agent_id=agent_id, skill=known, level=1))
        for _ in range(2):
            another = add_agent(connection)
            desk.stand(connection, another, AgentState.READY)
            connection.execute(insert(AgentSkill).values(agent_id=another, skill="repair", level=1))
    assert desk.next(desk.one) == desk.task_id
    with desk.database.write() as connection:
        desk.stand(connection, desk.two, AgentState.TALKING)
    assert desk.begin(desk.task_id, desk.one) is PreviewRefusal.LAST_OF_SKILL
    assert task(desk.database, desk.task_id).status is DialStatus.OPEN
    with desk.database.write() as connection:
        desk.stand(connection, desk.two, AgentState.READY)
    assert isinstance(desk.begin(desk.task_id, desk.one), Taken)


def test_hours_pause_and_the_do_not_call_list_hold_for_agents_too(desk: Desk) -> None:
    """R-16.6."""
    night = datetime(2026, 11, 18, 22, 0, tzinfo=ZONE)
    assert desk.next(desk.one, night) is PreviewRefusal.OUTSIDE_HOURS
    assert desk.next(desk.one) == desk.task_id
    assert desk.begin(desk.task_id, desk.one, night) is PreviewRefusal.OUTSIDE_HOURS
    with desk.database.write() as connection:
        dialer_state.switch(connection, False, NOW, desk.one, reason="系统维护")
        found = dialer_state.state(connection)
        assert (found.running, found.reason) == (False, "系统维护") and found.by is not None
        dial_preview.give_back(connection, desk.one)
    assert desk.next(desk.one) is PreviewRefusal.PAUSED
    assert desk.begin(desk.task_id, desk.one) is PreviewRefusal.PAUSED
    run(desk.database)
    assert desk.next(desk.one) == desk.task_id
    with desk.database.write() as connection:
        do_not_call.add(connection, "+8613912341111", NOW, DoNotCallSource.OPERATOR)
    assert desk.begin(desk.task_id, desk.one) is PreviewRefusal.REFUSED_NOW
    assert task(desk.database, desk.task_id).refusal is DialRefusal.DO_NOT_CALL
    assert look(desk.database, desk.case_id).line.state is CaseState.REVISITED
    assert desk.next(desk.one) is PreviewRefusal.NOBODY


def test_a_satisfied_customers_answers_are_kept_with_who_asked(desk: Desk, repair: Questionnaire) -> None:
    """R-16.2, R-16.5, R-15.4."""
    attempt_id, _ = desk.talk()
    assert desk.next(desk.one) is PreviewRefusal.RESULT_MISSING
    assert desk.begin(desk.task_id, desk.two) is PreviewRefusal.GONE
    with desk.database.write() as connection:
        assert not dial_preview.consented(connection, attempt_id, desk.two, NOW)
        assert dial_preview.consented(connection, attempt_id, desk.one, NOW)
        assert dial_preview.consented(connection, attempt_id, desk.one, NOW + MINUTE)
    chosen = {"solved": "solved", "on_time": "on_time", "safety": "checked", "satisfaction": "satisfied"}
    assert desk.write(attempt_id, DialResult.DONE, desk.two, chosen=chosen) is PreviewRefusal.GONE
    found = desk.write(attempt_id, DialResult.DONE, questionnaire=repair, chosen=chosen, said="师傅很专业")
    assert isinstance(found, Settled) and found.end is DialEnd.REACHED and not found.dissatisfied
    attempt = desk.attempt(attempt_id)
    assert (attempt.agent_id, attempt.consent_at, attempt.answered_at, attempt.said) == (
        desk.one,
        NOW,
        NOW,
        "师傅很专业",
    )
    entry = look(desk.database, desk.case_id).entries[-1]
    assert (entry.step, entry.said) == (CaseStep.REVISIT, "人工回访：满意度4分，问题已解决。师傅很专业")
    assert desk.write(attempt_id, DialResult.NEVER) is PreviewRefusal.GONE


def test_a_dissatisfied_customer_reopens_the_case_and_puts_the_call_on_top(
    desk: Desk, repair: Questionnaire
) -> None:
    """R-14.4, R-16.5."""
    attempt_id, _ = desk.talk(over=True)
    found = desk.write(
        attempt_id, DialResult.DONE, questionnaire=repair, chosen={"solved": "not_solved"}, said="还是打不着"
    )
    assert isinstance(found, Settled) and found.dissatisfied
    whole = look(desk.database, desk.case_id)
    assert whole.line.state is CaseState.PASSED
    assert [entry.step for entry in whole.entries[-2:]] == [CaseStep.REOPEN, CaseStep.PASS_ON]
    assert desk.next(desk.one, NOW + MINUTE) == found.follow_up


@pytest.mark.parametrize(
    ("result", "later", "end"),
    [
        (DialResult.LATER, LaterWish.EVENING, None),
        (DialResult.HUNG_UP, None, None),
        (DialResult.NEVER, None, DialEnd.NOT_WANTED),
    ],
)
def test_whom_it_does_not_suit_is_called_as_they_say(
    desk: Desk, result: DialResult, later: LaterWish | None, end: DialEnd | None
) -> None:
    """R-16.3."""
    attempt_id, _ = desk.talk()
    found = desk.write(attempt_id, result, later=later)
    assert isinstance(found, Settled) and found.end is end and (found.next_at is None) == (end is not None)
    with desk.database.read() as connection:
        blocked = connection.execute(select(DoNotCall.source, DoNotCall.by_agent_id)).all()
    expected = [(DoNotCallSource.AGENT, desk.one)] if result is DialResult.NEVER else []
    assert [tuple(row) for row in blocked] == expected


def test_who_was_not_reached_is_settled_by_itself_and_a_forgotten_result_after_a_while(desk: Desk) -> None:
    attempt_id, _ = desk.talk(answered=False, over=True, outcome=CallOutcome.CALLED_BUSY)
    with desk.database.write() as connection:
        assert anything(connection, NOW + MINUTE, desk.rules)
        assert dial_results.settle_left_behind(connection, NOW + MINUTE, desk.rules, ["pbx1"]) == 1
        connection.execute(update(DialTask).values(next_at=NOW))
    assert desk.attempt(attempt_id).result is DialResult.BUSY
    second, call_id = desk.talk(over=True)
    late = NOW + desk.rules.written_within + 2 * MINUTE
    with desk.database.write() as connection:
        assert not anything(connection, NOW + MINUTE, desk.rules)
        assert dial_results.settle_left_behind(connection, NOW + MINUTE, desk.rules) == 0
        floor = dialer_state.floor(connection, NOW, lines=10, alarm_queue="alarm")
        assert floor.dialing == 0, "an agent who writes uses no line"
        assert connection.execute(select(Call.ended_at).where(Call.id == call_id)).scalar_one()
        assert dial_results.settle_left_behind(connection, late, desk.rules) == 1
    assert desk.attempt(second).result is DialResult.AGENT
    assert look(desk.database, desk.case_id).line.state is CaseState.REVISIT_OWED
