"""Made-up data: whether any is there, what was filled in, and taking it out before real data comes (R-AR)."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, insert, select, update

from ivr.config.sections import CallKind, Role
from ivr.standard.call_stage import CallOutcome, CallStage, EndedBy, TimeSource
from ivr.standard.case_life import Actor, CaseState, CaseStep
from ivr.standard.obligations import ObligationKind
from ivr.standard.talk_kind import TalkKind
from storage.models import Agent, Call, Case, CaseLife, Customer, CustomerChange, Event, Talk, Unit
from storage.queries import case_access, case_effects, case_steps, demo_calls, obligations

FILLED = "demo.filled"
CLEARED = "demo.cleared"
CLOSED_WITH_DEMO = "演示数据已清除"
"""What the last entry of a made-up case says."""

_IN_USE = (Customer.demo.is_(True), Customer.removed_at.is_(None))


def is_untouched(connection: Connection) -> bool:
    """Whether the database is as a first start finds it: nobody works here and nothing has happened yet."""
    for table in (Agent, Customer, Call, Unit, Event):
        if connection.execute(select(exists().where(table.id.is_not(None)))).scalar_one():
            return False
    return True


def add_units(connection: Connection, units: Sequence[tuple[str, str]]) -> list[int]:
    """Make units of name and telephone number (E.164); returns their ids."""
    rows = [{"name": name, "phone": phone, "active": True} for name, phone in units]
    made = connection.execute(insert(Unit).returning(Unit.id, sort_by_parameter_order=True), rows)
    return [int(row.id) for row in made]


def note_filled(connection: Connection, now: datetime, *, customers: int, units: Sequence[int]) -> None:
    """Write down what was filled in."""
    data = {"customers": customers, "units": list(units)}
    connection.execute(insert(Event).values(at=now, kind=FILLED, data=data))


def staff(connection: Connection) -> dict[str, tuple[int, Role]]:
    """Who may sign in: work number → id and role, by work number."""
    rows = connection.execute(
        select(Agent.work_number, Agent.id, Agent.role).where(Agent.active).order_by(Agent.work_number)
    )
    return {row.work_number: (row.id, row.role) for row in rows}


def add_past_call(
    connection: Connection,
    *,
    number: str,
    kind: CallKind,
    arrived_at: datetime,
    agent_id: int,
    node: str,
    dialled: str,
    seconds: float = 140,
) -> int:
    """A made-up call that is over: answered by an agent, talked in, ended by the caller; returns its id.

    :param number: of the caller, E.164. ``seconds``: how long was talked.
    """
    began, ended = arrived_at + timedelta(seconds=12), arrived_at + timedelta(seconds=12 + seconds)
    call = insert(Call).values(
        pbx_node=node,
        channel=f"demo-{secrets.token_hex(8)}",
        caller_number=number.removeprefix("+86"),
        dialled=dialled,
        language="zh",
        stage=CallStage.ENDED,
        kind=kind,
        queue=kind.value,
        arrived_at=arrived_at,
        answered_at=arrived_at,
        queued_at=arrived_at + timedelta(seconds=6),
        agent_id=agent_id,
        talk_started_at=began,
        talk_ended_at=ended,
        ended_at=ended,
        ended_by=EndedBy.CALLER,
        end_source=TimeSource.EVENT,
        outcome=CallOutcome.ANSWERED,
    )
    call_id = int(connection.execute(call.returning(Call.id)).scalar_one())
    connection.execute(
        insert(Talk).values(
            call_id=call_id, agent_id=agent_id, kind=TalkKind.CALLER, began_at=began, ended_at=ended
        )
    )
    return call_id


def any_left(connection: Connection) -> bool:
    """Whether made-up customers are in the archive; the pages say so then."""
    return bool(connection.execute(select(exists().where(*_IN_USE))).scalar_one())


def count(connection: Connection) -> int:
    """How many made-up customers are in the archive."""
    return int(connection.execute(select(func.count()).select_from(Customer).where(*_IN_USE)).scalar_one())


def clear(connection: Connection, by: int | None, now: datetime) -> int:
    """Take all made-up customers and units out, and close their cases; the rows stay, as all do (R-AR).

    :returns: how many customers were taken out.
    """
    ids = list(connection.execute(select(Customer.id).where(*_IN_USE)).scalars())
    if not ids:
        return 0
    connection.execute(update(Customer).where(*_IN_USE).values(removed_at=now, version=Customer.version + 1))
    note = {"at": now, "agent_id": by, "field": "removed", "before": None, "after": "demo"}
    connection.execute(insert(CustomerChange), [{**note, "customer_id": customer_id} for customer_id in ids])
    _close_cases(connection, now)
    demo_calls.cancel(connection, ids, now)
    filled = connection.execute(
        select(Event.data).where(Event.kind == FILLED).order_by(Event.id).limit(1)
    ).scalar_one_or_none()
    units = (filled or {}).get("units", [])
    if units:
        connection.execute(update(Unit).where(Unit.id.in_(units)).values(active=False))
    connection.execute(
        insert(Event).values(at=now, kind=CLEARED, agent_id=by, data={"customers": len(ids), "units": units})
    )
    return len(ids)


def _close_cases(connection: Connection, now: datetime) -> None:
    """Nothing is owed to customers who never were."""
    still_open = (
        select(CaseLife.case_id)
        .join(Case, Case.id == CaseLife.case_id)
        .where(Case.customer_id.in_(select(Customer.id).where(Customer.demo.is_(True))))
        .where(CaseLife.closed_at.is_(None))
        .order_by(CaseLife.case_id)
    )
    for case_id in connection.execute(still_open).scalars().all():
        life = case_access.locked(connection, case_id)
        obligations.settle(connection, case_id, frozenset(ObligationKind), now, dropped=True)
        case_effects.end_links(connection, case_id, now)
        connection.execute(update(Case).where(Case.id == case_id).values(closed_at=now))
        values = {"closed_at": now, "paused_at": None}
        case_steps.enter(
            connection,
            life,
            CaseStep.CLOSE,
            CaseState.CLOSED,
            Actor.PROGRAM,
            case_access.Who(),
            now,
            said=CLOSED_WITH_DEMO,
            values=values,
        )
