"""What each page sees of a board: states, rings, masking (R-18), order of the waiting, engines."""

import json

import pytest

from agent_console.live_feed import views
from agent_console.live_feed.stream import Reader, Stream
from ivr.config import Settings
from ivr.config.sections import CallKind, Role
from ivr.standard.agent_state import AgentState
from ivr.standard.three_rings import OfferOutcome
from storage.queries import board as boards
from storage.queries import day_figures
from storage.queries.board import Board
from tests.agent_console.scene import Scene, ago


def board_of(scene: Scene) -> Board:
    with scene.database.read() as connection:
        return boards.read(connection, ago(0), day_figures.read(connection, ago(86400), 130))


@pytest.mark.parametrize(
    ("state", "number"),
    [
        (AgentState.OFFERED, "13912341111"),
        (AgentState.TALKING, "13912341111"),
        (AgentState.WRAP_UP, "139****1111"),
    ],
)
def test_a_number_is_whole_only_while_the_call_is_mine(
    scene: Scene, settings: Settings, state: AgentState, number: str
) -> None:
    me = scene.person("1001")
    scene.presence(me, state, call_id=scene.call(caller_number="+8613912341111"))
    mine = views.me_view(board_of(scene), me, settings, "zh")
    assert mine is not None
    assert mine["call"]["number"] == number


def test_a_ringing_call_tells_since_when_the_device_rings_and_the_path_in_words(
    scene: Scene, settings: Settings
) -> None:
    me = scene.person("1001")
    rung = ago(6)
    scene.ring(me, scene.call(menu_path="829", language="en"), rung_at=rung)
    mine = views.me_view(board_of(scene), me, settings, "zh")
    assert mine is not None
    assert mine["call"]["rung_at"] == round(rung.timestamp() * 1000)
    assert mine["call"]["path"] == [["8", "English"], ["2", "报修"], ["9", ""]]


def test_an_ended_call_stays_in_view_while_it_is_wrapped_up(scene: Scene, settings: Settings) -> None:
    me = scene.person("1001")
    call = scene.ended_call(me)
    scene.presence(me, AgentState.WRAP_UP, call_id=call, wrap_up_until=ago(-20))
    mine = views.me_view(board_of(scene), me, settings, "zh")
    assert mine is not None
    assert mine["call"]["id"] == call
    assert mine["call"]["ended_at"] is not None
    assert mine["wrap_up_until"] is not None


@pytest.mark.parametrize(
    ("state", "queue", "asked"),
    [
        (AgentState.BREAK, "alarm", True),
        (AgentState.BREAK, "repair", False),
        (AgentState.READY, "alarm", False),
        (AgentState.WRAP_UP, "alarm", False),
    ],
)
def test_who_is_on_a_break_is_asked_back_while_an_alarm_waits(
    scene: Scene, settings: Settings, state: AgentState, queue: str, asked: bool
) -> None:
    me = scene.person("1001")
    scene.presence(me, state)
    call = scene.call(queue=queue, kind=CallKind(queue))
    mine = views.me_view(board_of(scene), me, settings, "zh")
    assert mine is not None
    assert mine["asked_back"] is asked
    scene.update_call(call, stage="talking", talk_started_at=ago(0))
    mine = views.me_view(board_of(scene), me, settings, "zh")
    assert mine is not None
    assert mine["asked_back"] is False


@pytest.mark.parametrize(("by", "who"), [("1002", "1002"), (None, None)])
def test_who_was_slower_is_told_for_a_while_who_answered(
    scene: Scene, settings: Settings, by: str | None, who: str | None
) -> None:
    me, other = scene.person("1001"), scene.person("1002")
    for agent in (me, other):
        scene.presence(agent, AgentState.READY)
    call = scene.call(queue="alarm", kind=CallKind.ALARM)
    scene.offer(call, me, outcome=OfferOutcome.ANSWERED_ELSEWHERE, ended_at=ago(0))
    answered = {"stage": "talking", "agent_id": other if by else None}

    def told(agent: int) -> object:
        mine = views.me_view(board_of(scene), agent, settings, "zh")
        assert mine is not None
        return mine["elsewhere"]

    assert told(me) is None
    scene.update_call(call, talk_started_at=ago(1), **answered)
    assert told(me) == {"call": call, "who": who}
    assert told(other) is None
    scene.ring(me, scene.call())
    assert told(me) is None
    scene.presence(me, AgentState.READY)
    scene.update_call(call, talk_started_at=ago(16))
    assert told(me) is None


def test_the_days_figures_are_the_agents_own(scene: Scene, settings: Settings) -> None:
    me, other = scene.person("1001"), scene.person("1002")
    for agent, outcome in [(me, "answered"), (me, "answered"), (me, "missed"), (other, "missed")]:
        call = scene.ended_call(agent, 5)
        scene.offer(call, agent, outcome=outcome, made_at=ago(60), ended_at=ago(40))
        scene.rating(call, agent, 4)
    mine = views.me_view(board_of(scene), me, settings, "zh")
    assert mine is not None
    assert mine["today"] == {"answered": 2, "missed": 1, "talk": 131, "within": 0, "score": 4.0}


def test_the_waiting_are_counted_by_queue_and_listed_as_they_are_served(
    scene: Scene, settings: Settings
) -> None:
    scene.call(queued_at=ago(50), caller_number="1")
    scene.call(
        queued_at=ago(90), queue="consultation", kind=CallKind.CONSULTATION, priority=40, caller_number="2"
    )
    scene.call(queued_at=ago(5), queue="alarm", kind=CallKind.ALARM, priority=1, caller_number="3")
    scene.call(queued_at=ago(2), returned=True, queue="complaint", priority=30, caller_number="4")
    scene.call(stage="menu", queued_at=None)
    board = board_of(scene)
    assert [call.caller_number for call in board.waiting] == ["3", "4", "1", "2"]
    counted = {queue["queue"]: queue["count"] for queue in views.waiting_view(board, settings)}
    assert counted == {"alarm": 1, "repair": 1, "complaint": 1, "consultation": 1}
    assert [call["alarm"] for call in views.floor_view(board, settings)["queue"]] == [
        True,
        False,
        False,
        False,
    ]


def test_the_floor_shows_everybody_at_a_desk_and_masks_all_numbers(scene: Scene, settings: Settings) -> None:
    me = scene.person("1001")
    scene.person("2001", "赵琳", Role.SUPERVISOR)
    scene.person("3001", "钱进", Role.QUALITY_READER)
    scene.person("1002", "离职", active=False)
    call = scene.call()
    scene.ring(me, call)
    floor = views.floor_view(board_of(scene), settings)
    assert [agent["work_number"] for agent in floor["agents"]] == ["1001", "2001"]
    assert floor["queue"][0]["rings"] == ["1001"]
    assert floor["agents"][0]["call"]["number"] == "139****1111"
    assert floor["agents"][1]["state"] == "signed_out"
    assert "13912341111" not in json.dumps(floor)


@pytest.mark.parametrize(
    ("engines", "said"),
    [
        ([], "no_engine"),
        ([("pbx1", 0, True)], "ok"),
        ([("pbx1", 6, True)], "no_engine"),
        ([("pbx1", 0, False)], "no_pbx"),
        ([("pbx1", 60, True), ("pbx2", 1, True)], "ok"),
    ],
)
def test_no_living_engine_is_said(scene: Scene, engines: list[tuple[str, float, bool]], said: str) -> None:
    for node, silent_for, connected in engines:
        scene.engine(node, silent_for=silent_for, connected=connected)
    assert views.engine_view(board_of(scene)) == said


def test_what_became_of_the_newest_wish_is_told(scene: Scene, visitor: object, settings: Settings) -> None:
    from storage.queries import commands_asked

    me = scene.person("1001")
    with scene.database.write() as connection:
        first = commands_asked.ask(connection, "ready", ago(2), by_agent_id=me, agent_id=me)  # type: ignore[arg-type]
        second = commands_asked.ask(connection, "break", ago(1), by_agent_id=me, agent_id=me)  # type: ignore[arg-type]
    scene.settle(first)
    scene.settle(second, "not_possible_while_talking")
    assert views.asked_view(board_of(scene), me) == {
        "id": second,
        "kind": "break",
        "done": True,
        "refusal": "not_possible_while_talking",
    }


def test_a_stream_merges_until_it_is_taken() -> None:
    stream = Stream(Reader(1, 1, "zh", True, False), ago(0))
    stream.tell({"me": 1, "waiting": []})
    stream.tell({"me": 2})
    assert stream.take(0) == {"me": 2, "waiting": []}
    stream.tell({"me": 2})
    assert stream.take(0) == {}
