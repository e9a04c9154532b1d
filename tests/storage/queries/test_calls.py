"""A call's rows from its arrival to its end."""

from datetime import timedelta

from sqlalchemy import select

from ivr.config.sections import CallKind
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallOutcome, CallStage, EndedBy
from ivr.standard.command_kind import CommandKind
from ivr.standard.task_kind import TaskKind
from storage.database import Database
from storage.models import AgentPresence, Call, Command, Event, Task
from storage.queries import calls, commands, recordings
from tests.storage.rows import NOW, add_agent, add_call

ARRIVAL = {
    "pbx_node": "pbx1",
    "channel": "c-1",
    "dialled": "95777",
    "language": "zh",
    "stage": CallStage.ARRIVED,
    "arrived_at": NOW,
}


def test_a_channel_that_is_told_twice_is_one_call(database: Database) -> None:
    with database.write() as connection:
        assert calls.arrive(connection, ARRIVAL) is not None
        assert calls.arrive(connection, ARRIVAL) is None
        assert len(connection.execute(select(Call.id)).all()) == 1


def test_a_caller_who_comes_back_out_of_the_fallback_goes_on_with_the_same_row(database: Database) -> None:
    with database.write() as connection:
        call = calls.arrive(connection, ARRIVAL)
        assert call is not None
        calls.end(connection, call, NOW, by=EndedBy.SYSTEM, outcome=CallOutcome.FAILED)
        assert calls.arrive(connection, ARRIVAL) == call
        row = connection.execute(select(Call.ended_at, Call.outcome, Call.arrived_at)).one()
        assert row == (None, None, NOW)


def test_waiting_again_keeps_the_place(database: Database) -> None:
    with database.write() as connection:
        call = add_call(connection)
        for seconds, queue in ((0, "repair"), (60, "alarm")):
            calls.wait(
                connection,
                call,
                NOW + timedelta(seconds=seconds),
                queue=queue,
                kind=CallKind.REPAIR,
                priority=1,
                menu_path="2",
                language="zh",
            )
        assert connection.execute(select(Call.queued_at, Call.queue)).one() == (NOW, "alarm")


def test_a_call_ends_once(database: Database) -> None:
    with database.write() as connection:
        call = add_call(connection)
        assert calls.end(connection, call, NOW, by=EndedBy.CALLER, outcome=CallOutcome.ANSWERED)
        assert not calls.end(connection, call, NOW, by=EndedBy.AGENT, outcome=CallOutcome.FAILED)
        kinds = connection.execute(select(Event.kind)).scalars().all()
        assert kinds == ["call.ended"]


def test_a_queue_without_wrap_up_frees_the_agent_at_once(database: Database) -> None:
    with database.write() as connection:
        call, agent = add_call(connection), add_agent(connection)
        connection.execute(
            AgentPresence.__table__.update().values(state=AgentState.TALKING, call_id=call)  # type: ignore[attr-defined]
        )
        calls.end_talk(connection, call, agent, NOW, NOW, CallStage.TALKING)
        assert connection.execute(select(AgentPresence.state)).scalar_one() is AgentState.READY


def test_a_call_back_keeps_number_queue_and_place(database: Database) -> None:
    with database.write() as connection:
        call = add_call(
            connection, caller_number="13900001111", queue="repair", queued_at=NOW - timedelta(minutes=3)
        )
        recordings.owe(connection, call, TaskKind.ALARM_CALL_BACK, NOW)
        row = connection.execute(select(Task.number, Task.queue, Task.queued_at, Task.priority)).one()
        assert row == ("13900001111", "repair", NOW - timedelta(minutes=3), 1)


def test_a_command_is_taken_by_one_engine_and_given_back_when_that_dies(database: Database) -> None:
    with database.write() as connection:
        agent = add_agent(connection)
        connection.execute(
            Command.__table__.insert(),  # type: ignore[attr-defined]
            {"at": NOW, "kind": CommandKind.READY, "by_agent_id": agent, "agent_id": agent},
        )
        assert commands.any_open(connection, "pbx1")
        assert [command.kind for command in commands.take(connection, "pbx1", NOW)] == [CommandKind.READY]
        assert commands.take(connection, "pbx2", NOW) == []
        assert commands.give_back_unfinished(connection, "pbx1") == 1
        (command,) = commands.take(connection, "pbx2", NOW)
        commands.settle(connection, command.id, NOW, "no")
        assert not commands.any_open(connection, "pbx1")
