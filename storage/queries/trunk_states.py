"""How the lines to the outside are: written by each engine for its PBX, read by pages and after a restart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from ivr.config.sections import Role
from ivr.standard.notice_kind import NoticeReason, NoticeWay
from ivr.standard.trunk_choice import TrunkState
from storage.changes import announce
from storage.models import Agent, TrunkCondition
from storage.queries import notices
from storage.queries.notices import NewNotice
from storage.queries.upsert import insert_or

LONGEST_WHY = 200


@dataclass(frozen=True, slots=True)
class TrunkView:
    """One line to the outside of one PBX. ``place``: in the order in which they are tried."""

    pbx_node: str
    name: str
    place: int
    state: TrunkState
    since: datetime
    why: str | None
    calls: int
    failures: int
    last_call_at: datetime | None
    last_failure_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What happened on a line: a call begun, a call it did not carry."""

    calls: int = 0
    failures: int = 0


def listed(connection: Connection, node: str | None = None) -> list[TrunkView]:
    """Lines that stand in config.yaml, by PBX and place.

    :param node: only of this PBX.
    """
    wanted = select(*(getattr(TrunkCondition, name) for name in TrunkView.__slots__)).where(
        TrunkCondition.listed.is_(True)
    )
    if node is not None:
        wanted = wanted.where(TrunkCondition.pbx_node == node)
    rows = connection.execute(wanted.order_by(TrunkCondition.pbx_node, TrunkCondition.place))
    return [TrunkView(*row) for row in rows]


def take_up(connection: Connection, node: str, names: Sequence[str], now: datetime) -> list[TrunkView]:
    """Write the lines that config.yaml names; what an engine before this one saw of them is kept.

    :param names: in the order in which they are tried.
    """
    connection.execute(update(TrunkCondition).where(TrunkCondition.pbx_node == node).values(listed=False))
    for place, name in enumerate(names, start=1):
        connection.execute(
            insert_or(connection, TrunkCondition)
            .values(
                pbx_node=node,
                name=name,
                place=place,
                listed=True,
                state=TrunkState.UNKNOWN,
                since=now,
                calls=0,
                failures=0,
            )
            .on_conflict_do_update(index_elements=["pbx_node", "name"], set_={"place": place, "listed": True})
        )
    announce(connection)
    return listed(connection, node)


def set_state(
    connection: Connection,
    node: str,
    name: str,
    state: TrunkState,
    now: datetime,
    why: str | None,
    said: tuple[str, str] | None = None,
) -> bool:
    """Keep how a line is from now on; False: it was so before.

    :param said: subject and text for all administrators, at their desks, where they are to know.
    """
    changed = connection.execute(
        update(TrunkCondition)
        .where(TrunkCondition.pbx_node == node, TrunkCondition.name == name, TrunkCondition.state != state)
        .values(state=state, since=now, why=why[:LONGEST_WHY] if why else None)
    )
    if changed.rowcount != 1:
        return False
    if said is not None:
        keepers = connection.execute(
            select(Agent.id).where(Agent.role == Role.ADMINISTRATOR, Agent.active.is_(True))
        ).scalars()
        subject, text = said
        notices.add(
            connection,
            [
                NewNotice(
                    NoticeWay.DESK, text, NoticeReason.TRUNK, agent_id=keeper, subject=subject, urgent=True
                )
                for keeper in keepers
            ],
            now,
        )
    announce(connection)
    return True


def count(connection: Connection, node: str, name: str, counted: Counted, now: datetime) -> None:
    """Add what happened on a line."""
    values: dict[str, object] = {
        "calls": TrunkCondition.calls + counted.calls,
        "failures": TrunkCondition.failures + counted.failures,
    }
    if counted.calls:
        values["last_call_at"] = now
    if counted.failures:
        values["last_failure_at"] = now
    connection.execute(
        update(TrunkCondition)
        .where(TrunkCondition.pbx_node == node, TrunkCondition.name == name)
        .values(**values)
    )
