"""A supervisor signs an agent out who is calling a customer: after the talk and its record (R-12.10)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.command_kind import CommandKind
from ivr.standard.dial_attempt import DialResult
from ivr.standard.dial_reason import DialWay
from ivr.standard.spring_festival import is_spring_festival
from storage.dial_rules import dial_rules
from storage.models import Agent, AgentPresence, DialAttempt, DialTask
from storage.queries import commands_asked, dial_preview, dialer_state
from storage.queries.dial_planning import plan
from tests.e2e.caller import now
from tests.e2e.cases import case, team
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.e2e.test_hold import hears
from tests.e2e.test_revisits import AT_ANY_TIME, ONE_AND_LONG
from tests.storage.queries.case_rows import finish_repair

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        is_spring_festival(datetime.now(UTC).date()), reason="nobody is called on these days (R-16.6)"
    ),
]
BY_AGENTS = {
    kind: {"questionnaire": kind, "way": "agent"} for kind in ("repair", "consultation", "complaint")
}
ASKED_BY_AGENTS = {CallKind(kind): (kind, DialWay.AGENT) for kind in BY_AGENTS}
AGENT, CUSTOMER, REASON = 950.0, 600.0, "换班"


@ONE_AND_LONG
def test_who_is_signed_out_in_a_revisit_leaves_after_the_talk_and_its_result(scene: Scene) -> None:
    """R-12.10, R-16.4: caller and agent talk on; the result is still written down; then, with the reason."""
    agent = scene.agent("2001", Manners(answer_after=0.1))
    scene.agent("2002", Manners(answer_after=0.1))  # somebody is left for those who call
    scene.agent("3001", Manners(answer_after=0.1), skills={})
    outside = scene.outside_phone(Manners(answer_after=0.3))
    scene.open(trunks=scene.line_to(outside), **{**AT_ANY_TIME, "revisits__kinds": BY_AGENTS})
    rows, rules = scene.rows, replace(dial_rules(scene.pbx.settings), asking=ASKED_BY_AGENTS)
    ids = {row.work_number: row.id for row in rows.all(select(Agent.__table__))}
    me, people = ids["2001"], team(rows)
    opened = case(rows, people)
    with rows.database.write() as connection:
        finish_repair(connection, opened.case_id, people, now())
        plan(connection, now(), rules)
        connection.execute(update(DialTask).values(held_by=me, held_until=now() + rules.looked_at))
        dialer_state.switch(connection, True, now())
    (task,) = rows.all(select(DialTask.__table__))
    assert task.way is DialWay.AGENT

    def ask(kind: CommandKind, by: str, **arguments: object) -> str | None:
        with rows.database.write() as connection:
            asked = commands_asked.ask(
                connection, kind, now(), by_agent_id=ids[by], agent_id=me, arguments=arguments or None
            )
        return rows.until_done(asked, 10)

    assert ask(CommandKind.CALL_OUT, "2001", dial_task_id=task.id) is None
    call = rows.calls()[-1]
    agent.line.say_tone(AGENT)
    outside.line.say_tone(CUSTOMER)
    eventually(lambda: hears(agent.line, CUSTOMER) and hears(outside.line, AGENT), 5)
    began = now()
    assert ask(CommandKind.SIGN_OUT, "3001", reason=REASON) == "in_a_call_remembered"
    assert rows.presence("2001").after_call == f"sign_out:{REASON}"
    (attempt,) = rows.all(select(DialAttempt.__table__))
    with rows.database.write() as connection:
        assert dial_preview.consented(connection, attempt.id, me, now())
    eventually(lambda: (now() - began).total_seconds() > 1.5, 4, "they talk on")
    assert scene.heard_throughout(outside.line, began, now())
    assert scene.heard_throughout(agent.line, began, now())
    assert (rows.state("2001"), rows.call(call.id).stage) == (AgentState.TALKING, CallStage.TALKING)
    outside.hang_up()
    rows.until_ended(call.id)
    rows.until_state("2001", AgentState.WRAP_UP)
    with rows.database.write() as connection:
        kept = dial_preview.write_down(connection, attempt.id, me, DialResult.HUNG_UP, now(), rules)
    assert not isinstance(kept, str), kept
    assert ask(CommandKind.END_WRAP_UP, "2001") is None
    rows.until_state("2001", AgentState.SIGNED_OUT)
    states = [change.to_state for change in rows.changes("2001")]
    assert states[-4:] == ["offered", "talking", "wrap_up", "signed_out"]
    assert rows.changes("2001")[-1].reason == REASON
    (attempt,) = rows.all(select(DialAttempt.__table__))
    assert (attempt.result, attempt.agent_id) == (DialResult.HUNG_UP, me)
    (presence,) = rows.all(select(AgentPresence.__table__).where(AgentPresence.agent_id == me))
    assert (presence.call_id, presence.after_call) == (None, None)
    assert scene.is_quiet(), scene.left_over
    assert not scene.engine.complaints()
