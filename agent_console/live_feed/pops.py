"""The screen pop: who calls, read with the board of the first ring and told in the same message.

A second round trip would cost more than the whole of it; and the agent is told before anything is asked for.
What was put before somebody's eyes is written to the audit log (R-18), after it was told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from agent_console.moments import milliseconds
from ivr.config import Settings
from ivr.standard.agent_state import AgentState
from storage.database import Database
from storage.queries import audit, caller_history, customers
from storage.queries.audit import ConsoleFact
from storage.queries.board import Board, CallNow
from storage.queries.caller_history import EarlierCall, OpenCase
from storage.queries.customers import CustomerView

View = dict[str, Any]

MOST_CUSTOMERS = 12
MOST_CALLS = 4
MOST_CASES = 6
LONGEST_CONTENT = 140


@dataclass(frozen=True, slots=True)
class Pop:
    """What is known of who calls, at one moment."""

    call_id: int
    customers: list[CustomerView]
    calls: list[EarlierCall]
    cases: list[OpenCase]


class Pops:
    """The pops of all desks with an open page; each is read again when its agent's state changes."""

    def __init__(self, settings: Settings) -> None:
        """Nobody calls yet."""
        self._area_code = settings.company.area_code
        self._known: dict[int, tuple[tuple[int, AgentState], Pop]] = {}
        self._noted: set[tuple[int, int]] = set()

    def read(self, connection: Connection, board: Board, agents: Iterable[int]) -> dict[int, Pop]:
        """The pops of ``agents``, by agent; nobody is in it who has no call."""
        now: dict[int, tuple[tuple[int, AgentState], Pop]] = {}
        for agent_id in set(agents):
            me = board.agents.get(agent_id)
            call = board.calls.get(me.call_id) if me is not None and me.call_id is not None else None
            if me is None or call is None:
                continue
            mark = (call.id, me.state)
            known = self._known.get(agent_id)
            now[agent_id] = known if known and known[0] == mark else (mark, self._look(connection, call))
        self._known = now
        return {agent_id: pop for agent_id, (_, pop) in now.items()}

    def forget(self, agent_id: int) -> None:
        """Read the pop of an agent again with the next board."""
        self._known.pop(agent_id, None)
        self._noted = {whom for whom in self._noted if whom[0] != agent_id}

    def _look(self, connection: Connection, call: CallNow) -> Pop:
        number = call.caller_number
        if number is None:
            return Pop(call.id, [], [], [])
        found = customers.by_number(connection, number, self._area_code)[:MOST_CUSTOMERS]
        same = caller_history.numbers_like(number, self._area_code)
        of_archive = [customer.id for customer in found]
        return Pop(
            call_id=call.id,
            customers=found,
            calls=caller_history.calls_of(connection, same, before=call.id, limit=MOST_CALLS),
            cases=caller_history.open_cases(connection, same, of_archive, limit=MOST_CASES),
        )

    def note(self, database: Database, now: datetime) -> None:
        """Write down whose data was put before whom; what was noted once is not noted again."""
        shown = {(agent_id, pop.call_id): pop for agent_id, (_, pop) in self._known.items()}
        new = [(whom, pop) for whom, pop in shown.items() if whom not in self._noted and pop.customers]
        if new:
            with database.write() as connection:
                for (agent_id, call_id), pop in new:
                    audit.note(
                        connection,
                        ConsoleFact.CUSTOMER_SHOWN,
                        now,
                        agent_id=agent_id,
                        call_id=call_id,
                        data={"customers": [customer.id for customer in pop.customers]},
                    )
        self._noted = {whom for whom in self._noted if whom in shown} | {whom for whom, _ in new}


def pop_view(pop: Pop) -> View:
    """A pop as plain data for the page's script."""
    return {
        "call": pop.call_id,
        "customers": [customer_view(customer) for customer in pop.customers],
        "calls": [
            {
                "id": call.id,
                "at": milliseconds(call.arrived_at),
                "queue": call.queue,
                "outcome": call.outcome,
                "who": call.work_number,
            }
            for call in pop.calls
        ],
        "cases": [
            {
                "id": case.id,
                "number": case.number,
                "kind": case.kind,
                "at": milliseconds(case.created_at),
                "content": case.content[:LONGEST_CONTENT],
                "unit": case.unit,
                "who": case.work_number,
                "state": case.state,
                "due_at": milliseconds(case.due_at),
            }
            for case in pop.cases
        ],
    }


def customer_view(customer: CustomerView) -> View:
    """A customer as the desk shows one; without numbers: the one that calls is there already (R-18)."""
    meter = [customer.meter_kind, customer.meter_model, str(customer.meter_year or "") or None]
    return {
        "id": customer.id,
        "name": customer.name,
        "surname": customer.surname,
        "form": customer.form_of_address,
        "called": customer.called,
        "type": customer.customer_type,
        "address": customer.address,
        "compound": customer.compound,
        "building": customer.building,
        "entrance": customer.entrance,
        "door": customer.door,
        "meter": " · ".join(part for part in meter if part),
        "account": customer.account_number,
        "note": customer.note,
    }
