"""The hotline calls customers through a real PBX; people outside answer, press, hang up, or are busy."""

import sqlite3
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from ivr.config import Settings
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.case_life import CaseState
from ivr.standard.dial_attempt import DialEnd, DialResult, LaterWish
from ivr.standard.dial_reason import DialReason
from ivr.standard.dial_state import DialStatus
from ivr.standard.spring_festival import is_spring_festival
from storage.dial_rules import dial_rules
from storage.models import CaseLife, DialAttempt, DialTask, DoNotCall, RevisitAnswer
from storage.queries import dialer_state, revisit_report
from storage.queries.dial_planning import plan
from tests.e2e.cases import case, team
from tests.e2e.media import silences
from tests.e2e.phone import Phone
from tests.e2e.rows import eventually
from tests.e2e.scenarios import Manners
from tests.e2e.scene import Scene
from tests.e2e.sound import recorded
from tests.storage.queries.case_rows import Team, finish_repair
from tests.storage.queries.dial_rows import add_task

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        is_spring_festival(datetime.now(UTC).date()), reason="nobody is called on these days (R-16.6)"
    ),
]

ONE_AND_LONG = pytest.mark.parametrize(
    "scene", [pytest.param("sqlite", marks=pytest.mark.long), "postgres"], indirect=True
)
NUMBER = "+8613912341111"
ALL_DAY = ["00:00-24:00"]
AT_ANY_TIME: dict[str, object] = {
    "dialer__windows": {"working_day": ALL_DAY, "weekend": ALL_DAY, "holiday": ALL_DAY},
    "dialer__rest_hours": [],
    "dialer__pause_between_looks": 0.2,
    "dialer__ring_seconds": 5,
    "revisits__answer_seconds": 3,
}
"""The windows are tested elsewhere; here it is any time of day."""


class Revisits:
    """A case whose customer is owed a revisit, and the customer's telephone."""

    def __init__(self, scene: Scene, manners: Manners, agents: int = 0, **settings: object) -> None:
        self.scene = scene
        self.outside: Phone = scene.outside_phone(manners)
        for place in range(agents):
            scene.agent(f"200{place + 1}", Manners(answer_after=0.1))
        scene.open(trunks=scene.line_to(self.outside), **{**AT_ANY_TIME, **settings})
        self.people: Team = team(scene.rows)
        opened = case(scene.rows, self.people)
        self.case_id = opened.case_id
        with scene.rows.database.write() as connection:
            now = datetime.now(UTC)
            finish_repair(connection, self.case_id, self.people, now)
            plan(connection, now, dial_rules(self.settings))
            dialer_state.switch(connection, True, now)

    @property
    def settings(self) -> Settings:
        return self.scene.pbx.settings

    def attempts(self) -> list[Any]:
        return self.scene.rows.all(select(DialAttempt.__table__).order_by(DialAttempt.id))

    def tasks(self) -> list[Any]:
        return self.scene.rows.all(select(DialTask.__table__).order_by(DialTask.id))

    def answers(self) -> list[str | None]:
        rows = self.scene.rows.all(select(RevisitAnswer.__table__).order_by(RevisitAnswer.at))
        return [row.word for row in rows]

    def case_state(self) -> CaseState:
        query = select(CaseLife.state).where(CaseLife.case_id == self.case_id)
        return CaseState(self.scene.rows.all(query)[0].state)

    def until(self, result: DialResult, within: float = 8.0) -> Any:
        """Wait until the newest attempt came to something."""
        attempt = eventually(
            lambda: [one for one in self.attempts() if one.result is not None], within, f"{result}"
        )[-1]
        assert attempt.result is result
        return attempt

    def consent(self) -> None:
        """Answer, and press 1 while the first sentence is said."""
        self.outside.until_talking(6)
        eventually(lambda: self.outside.line.pitch() > 0, 2, "something is said")
        self.outside.line.press("1")
        eventually(lambda: self.attempts()[-1].consent_at, 3, "consent")

    def press(self, key: str, *, answers: int) -> None:
        """Press a key, and wait for the answer to be there."""
        time.sleep(0.3)
        self.outside.line.press(key)
        eventually(lambda: len(self.answers()) == answers, 3, f"answer {answers}")


@ONE_AND_LONG
def test_a_customer_says_five_and_everything_is_kept(scene: Scene) -> None:
    """R-16.1 to R-16.6: consent first, the answers, the recording with consent, both numbers, thanks."""
    revisits = Revisits(scene, Manners(answer_after=0.3))
    revisits.consent()
    for count, key in enumerate("1115", start=1):
        revisits.press(key, answers=count)
        if count == 2:  # an engine that dies in the middle: the next goes on with the next question
            scene.engine.kill()
            scene.engine.start()
    time.sleep(0.3)
    revisits.outside.line.press("#")  # nothing to say
    attempt = revisits.until(DialResult.DONE, 20)
    assert revisits.answers() == ["solved", "on_time", "checked", "very_satisfied"]
    assert revisits.case_state() is CaseState.REVISITED
    (task,) = revisits.tasks()
    assert (task.status, task.end, task.satisfaction, task.solved) == (
        DialStatus.ENDED,
        DialEnd.REACHED,
        5,
        True,
    )
    assert attempt.answered_at <= attempt.consent_at <= attempt.ended_at
    call = scene.rows.until_ended(attempt.call_id, 12)
    assert (call.outcome, call.direction, call.caller_number) == ("asked", "outbound", NUMBER)
    finished = eventually(lambda: [r for r in scene.rows.recordings() if r.status == "finished"], 5)
    with scene.rows.database.read() as connection:
        (evidence,) = revisit_report.evidence(connection, NUMBER)
    assert evidence.consent_at is not None and evidence.shown_number == "95777"
    assert evidence.recordings == (finished[0].name,)
    sound = recorded(scene.pbx.settings.recordings_folder / f"{finished[0].name}.wav")
    assert sound.seconds > 3
    last_answer = max(row.at for row in scene.rows.all(select(RevisitAnswer.__table__)))
    answered_at = revisits.outside.rings()[0].answered_at
    assert answered_at is not None
    heard = revisits.outside.line.packets()
    assert heard[0].at - answered_at.timestamp() < 1
    assert silences(heard, answered_at.timestamp(), last_answer.timestamp()) < 2
    time.sleep(1)
    assert len(revisits.outside.rings()) == 1, "nobody is called again"
    assert scene.is_quiet()
    assert not scene.engine.complaints()


def test_who_is_dissatisfied_is_called_by_the_first_responder_at_once(scene: Scene) -> None:
    """R-14.4, R-16.5: not solved, a remark, hung up: reopened, the unit pressed, called back on top."""
    revisits = Revisits(scene, Manners(answer_after=0.3), agents=2)
    revisits.consent()
    revisits.press("2", answers=1)
    time.sleep(7)  # the question, then the tone
    revisits.outside.line.say_tone(700.0)
    time.sleep(1.5)
    revisits.outside.hang_up()
    eventually(lambda: len(revisits.answers()) == 2, 8, "the remark")
    revisits.until(DialResult.DONE)
    assert revisits.answers() == ["not_solved", None]
    eventually(lambda: revisits.case_state() is CaseState.PASSED, 3, "reopened and passed on")
    (remark,) = [row for row in scene.rows.all(select(RevisitAnswer.__table__)) if row.word is None]
    heard = eventually(
        lambda: [
            r for r in scene.rows.recordings() if r.id == remark.recording_id and r.status == "finished"
        ],
        5,
    )[0]
    assert recorded(scene.pbx.settings.recordings_folder / f"{heard.name}.wav").seconds > 1
    follow_up = eventually(
        lambda: [task for task in revisits.tasks() if task.reason is DialReason.FOLLOW_UP], 3
    )[0]
    assert follow_up.agent_id == revisits.people.agent.agent_id
    revisits.outside.until_talking(8, times=2)
    eventually(lambda: AgentState.TALKING in scene.rows.states().values(), 8, "an agent talks")
    revisits.outside.hang_up()
    eventually(lambda: revisits.tasks()[-1].result is DialResult.AGENT, 5, "the follow-up is done")
    assert revisits.tasks()[-1].end is DialEnd.REACHED
    assert scene.is_quiet()


def test_who_asks_for_an_agent_gets_one(scene: Scene) -> None:
    revisits = Revisits(scene, Manners(answer_after=0.2), agents=1)
    revisits.outside.until_talking(6)
    eventually(lambda: revisits.outside.line.pitch() > 0, 2)
    revisits.outside.line.press("0")
    scene.rows.until_state("2001", AgentState.TALKING, 8)
    call = scene.rows.calls()[-1]
    assert (call.queue, call.case_id) == ("repair", revisits.case_id)
    first, second = scene.rows.offers(call.id)
    assert first.agent_id == revisits.people.agent.agent_id, "the first responder, who has no phone here"
    assert (second.work_number, second.outcome) == ("2001", "answered")
    time.sleep(0.5)
    revisits.outside.hang_up()
    assert revisits.until(DialResult.AGENT).call_id == call.id
    assert revisits.case_state() is CaseState.REVISIT_OWED, "the agent enters what was said"
    assert scene.is_quiet()


@pytest.mark.parametrize(
    ("keys", "result", "later"),
    [
        ("", DialResult.HUNG_UP, None),
        pytest.param("21", DialResult.LATER, LaterWish.EVENING, marks=pytest.mark.long),
        pytest.param("22", DialResult.LATER, LaterWish.TOMORROW, marks=pytest.mark.long),
        ("23", DialResult.NEVER, None),
    ],
)
def test_whom_it_does_not_suit_is_not_asked(
    scene: Scene, keys: str, result: DialResult, later: LaterWish | None
) -> None:
    """R-16.2, R-16.3: no question without consent; another time or never, as they say."""
    revisits = Revisits(scene, Manners(answer_after=0.2))
    revisits.outside.until_talking(6)
    eventually(lambda: revisits.outside.line.pitch() > 0, 2)
    for key in keys:
        revisits.outside.line.press(key)
        time.sleep(0.5)
    if not keys:
        revisits.outside.hang_up()
    attempt = revisits.until(result, 20)
    assert (attempt.later, attempt.consent_at, revisits.answers()) == (later, None, [])
    (task,) = revisits.tasks()
    blocked = [row.number for row in scene.rows.all(select(DoNotCall.__table__))]
    if result is DialResult.NEVER:
        assert (task.end, blocked) == (DialEnd.NOT_WANTED, [NUMBER])
        assert revisits.case_state() is CaseState.REVISITED
    else:
        assert (task.status, task.end, blocked) == (DialStatus.OPEN, None, [])
        assert task.next_at > attempt.at + timedelta(minutes=1)
    assert scene.is_quiet(within=8)
    assert len(revisits.outside.rings()) == 1


def test_who_wants_no_more_calls_is_heard_while_the_database_is_away_and_the_engine_dies(
    scene: Scene,
) -> None:
    """R-16.3, R-16.6: somebody who was not heard would be called again on the next day."""
    revisits = Revisits(scene, Manners())
    revisits.outside.until_rung(6)
    eventually(lambda: revisits.attempts()[-1].rang_at, 3)
    lock = sqlite3.connect(str(scene.rows.database.url.database), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    revisits.outside.answer()
    revisits.outside.until_talking(6)
    eventually(lambda: revisits.outside.line.pitch() > 0, 2, "something is said")
    for key in "23":
        revisits.outside.line.press(key)
        time.sleep(0.5)
    folder = scene.pbx.home / "journal" / scene.pbx.node
    eventually(
        lambda: any(b"dial_results:write_result" in file.read_bytes() for file in folder.glob("*.journal")),
        20,
        "the result in the journal",
    )
    assert revisits.attempts()[-1].result is None
    scene.engine.kill()
    lock.execute("ROLLBACK")
    lock.close()
    scene.engine.start()
    attempt = revisits.until(DialResult.NEVER)
    eventually(lambda: revisits.tasks()[-1].end is DialEnd.NOT_WANTED, 5)
    assert [row.number for row in scene.rows.all(select(DoNotCall.__table__))] == [NUMBER]
    assert revisits.case_state() is CaseState.REVISITED
    assert attempt.answered_at is not None
    assert len(revisits.outside.rings()) == 1
    assert scene.is_quiet(within=8)


@pytest.mark.parametrize(
    ("manners", "result"),
    [
        (Manners(refuse_with="486 Busy Here"), DialResult.BUSY),
        pytest.param(Manners(), DialResult.NO_ANSWER, marks=pytest.mark.long),
        (Manners(ring_after=None, refuse_with="480 Temporarily Unavailable"), DialResult.OFF),
        pytest.param(Manners(refuse_with="404 Not Found"), DialResult.EMPTY, marks=pytest.mark.long),
        (Manners(refuse_with="503 Service Unavailable"), DialResult.NO_LINE),
        pytest.param(Manners(refuse_with="403 Forbidden"), DialResult.NO_LINE, marks=pytest.mark.long),
        pytest.param(Manners(ring_after=None, trying=False), DialResult.NO_LINE, marks=pytest.mark.long),
    ],
)
def test_who_is_not_reached_is_told_apart_by_what_the_line_says(
    scene: Scene, manners: Manners, result: DialResult
) -> None:
    revisits = Revisits(scene, manners, dialer__ring_seconds=5)
    attempt = revisits.until(result, 12)
    (task,) = revisits.tasks()
    assert attempt.answered_at is None
    assert task.result is result
    assert (task.end is DialEnd.EMPTY_NUMBER) == (result is DialResult.EMPTY)
    assert scene.is_quiet(within=8)


def test_three_times_busy_is_the_end(scene: Scene) -> None:
    """R-16.6: at most 3 attempts at different hours; the moments between them are skipped here."""
    revisits = Revisits(scene, Manners(refuse_with="486 Busy Here"))

    for attempt in (1, 2, 3):
        eventually(lambda attempt=attempt: len([a for a in revisits.attempts() if a.result]) == attempt, 6)
        (task,) = revisits.tasks()
        assert all(one.result is DialResult.BUSY for one in revisits.attempts())
        if attempt < 3:
            assert task.next_at - revisits.attempts()[-1].at >= timedelta(hours=1)
            with scene.rows.database.write() as connection:
                connection.execute(update(DialTask).values(next_at=datetime.now(UTC)))
    assert task.end is DialEnd.UNREACHABLE
    assert revisits.case_state() is CaseState.REVISITED
    time.sleep(1)
    assert len(revisits.outside.rings()) == 3


def test_an_alarm_that_waits_stops_the_dialer_and_is_called_back_before_everything(scene: Scene) -> None:
    """A gas leak is before everything: while one waits nobody else is called; who hung up is, at once.

    Also while callers have taken all lines that ``dialer.lines`` counts: the contract may be a larger one.
    """
    outside = scene.outside_phone(Manners(answer_after=0.2))
    few = {"dialer__lines": 3, "dialer__most_lines": 2, "dialer__kept_lines": 0}
    scene.open(trunks=scene.line_to(outside), **AT_ANY_TIME, **few)
    caller = scene.caller("3", user="13900000077")
    scene.rows.until_stage("13900000077", CallStage.WAITING)
    with scene.rows.database.write() as connection:
        dialer_state.switch(connection, True, datetime.now(UTC))
        other = add_task(
            connection, number="+8613900000088", next_at=datetime.now(UTC), questionnaire="repair"
        )
    time.sleep(1.5)
    assert scene.rows.all(select(DialAttempt.__table__)) == []
    for place in range(3):
        scene.caller("2", user=f"1390000006{place}")
        scene.rows.until_stage(f"1390000006{place}", CallStage.WAITING)
    caller.hang_up()
    outside.until_talking(6)
    first = scene.rows.all(select(DialAttempt.__table__).order_by(DialAttempt.id))[0]
    (alarm,) = scene.rows.all(select(DialTask.__table__).where(DialTask.id == first.dial_task_id))
    assert (alarm.reason, alarm.number, alarm.queue) == (
        DialReason.ALARM_CALL_BACK,
        "+8613900000077",
        "alarm",
    )
    assert other != alarm.id
    assert "INVITE sip:13900000077@" in outside.rings()[0].messages[0].text


@ONE_AND_LONG
def test_an_engine_that_dies_in_the_middle_of_twenty_calls_leaves_nobody_called_twice(scene: Scene) -> None:
    outside = scene.outside_phone(Manners(answer_after=1.2, hang_up_after=4))
    scene.open(
        trunks=scene.line_to(outside),
        **AT_ANY_TIME,
        dialer__lines=40,
        dialer__most_lines=20,
        dialer__most_at_once=8,
    )
    with scene.rows.database.write() as connection:
        for place in range(20):
            add_task(
                connection,
                number=f"+86139000010{place:02}",
                next_at=datetime.now(UTC),
                questionnaire="repair",
            )
        dialer_state.switch(connection, True, datetime.now(UTC))
    eventually(lambda: len([r for r in outside.rings() if r.answered_at]) >= 6, 10, "six have answered")
    scene.engine.kill()
    time.sleep(0.5)
    scene.engine.start()
    query = select(DialAttempt.__table__).order_by(DialAttempt.id)
    eventually(
        lambda: len([row for row in scene.rows.all(query) if row.result is not None]) == 20,
        30,
        "all are over",
    )
    attempts = scene.rows.all(query)
    assert len(attempts) == len({row.number for row in attempts}) == 20
    assert {row.result for row in attempts} <= {DialResult.HUNG_UP, DialResult.BROKEN, DialResult.NO_LINE}
    rung = Counter(ring.messages[0].text.split()[1] for ring in outside.rings())
    assert set(rung.values()) == {1}, "nobody was called twice"
    for row in scene.rows.all(select(DialTask.__table__)):
        assert (row.status, row.taken_by) == (DialStatus.OPEN, None)
        assert row.next_at > datetime.now(UTC), "who was not finished is tried again, later"
    assert scene.is_quiet(within=12)
