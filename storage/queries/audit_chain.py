"""Each line of the audit log gets its place in a chain of hashes, and the chain is looked through (R-18).

The place is given at the end of the transaction that writes the line: whoever gives places holds the chain
until the commit, so nobody waits for it longer than a commit takes, and nobody who holds it waits for
anything else.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, func, insert, literal_column, select

from storage.audit_hash import FIRST, Line, chained
from storage.models import AuditLink, Event
from storage.prepared import Prepared

_NEW_LINES = "audit_lines"
_ONE_AT_A_TIME = 9_577_711
"""Key of the PostgreSQL lock under which places are given; SQLite has one writer anyway."""
_BATCH = 2000
_SEARCHED_AT_ONCE = 50_000
_LINE = (Event.id, Event.at, Event.kind, Event.pbx_node, Event.call_id, Event.agent_id, Event.data)
_READ_BACK = Prepared(select(*_LINE).where(Event.id == bindparam("this_id")))
_LINK = Prepared(insert(AuditLink))
_LAST = Prepared(
    select(AuditLink.position, AuditLink.hash).order_by(AuditLink.position.desc()).limit(literal_column("1"))
)


@dataclass(frozen=True, slots=True)
class Head:
    """The last place of the chain and its hash: whoever keeps it elsewhere notices a chain made anew."""

    position: int
    hash: str

    def __str__(self) -> str:
        """As it is printed and given back."""
        return f"{self.position}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look through the chain found: its head, and the first fault in words, None where all is well."""

    head: Head
    fault: str | None


def remember(connection: Connection, event_id: int) -> None:
    """A line was written; its place is given by :func:`give_places`."""
    connection.info.setdefault(_NEW_LINES, set()).add(event_id)


def forget(connection: Connection) -> None:
    """A transaction begins: what one that failed remembered is void."""
    connection.info.pop(_NEW_LINES, None)


def give_places(connection: Connection) -> None:
    """Give the lines of this transaction their places; the last thing done before the commit.

    The lines are read back: only what the database gives back can be compared later.
    """
    new: set[int] | None = connection.info.pop(_NEW_LINES, None)
    if not new:
        return
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")
    read_back = (_READ_BACK.first(connection, {"this_id": event_id}) for event_id in sorted(new))
    # What was written in a part that was rolled back is not there any more.
    for link in _links(head(connection), [Line(*row) for row in read_back if row is not None]):
        _LINK.run(connection, link)


def _links(before: Head, lines: list[Line]) -> list[dict[str, Any]]:
    links = []
    position, previous = before.position, before.hash
    for line in lines:
        position += 1
        own = chained(previous, position, line)
        links.append({"position": position, "event_id": line.id, "previous_hash": previous, "hash": own})
        previous = own
    return links


def head(connection: Connection) -> Head:
    """Where the chain ends now; position 0 while there is no line."""
    row = _LAST.first(connection)
    return Head(row.position, row.hash) if row is not None else Head(0, FIRST)


def verify(connection: Connection, kept: Head | None = None) -> Verdict:
    """Look through the whole chain, from the first line to the last, and for lines that are not in it.

    :param kept: a head printed earlier: the chain must still have it.
    """
    at = Head(0, FIRST)
    found_kept = kept is None or kept == at
    while rows := connection.execute(_links_after(at.position)).all():
        for position, event_id, previous, own, *line in rows:
            if fault := _fault(at, position, event_id, previous, own, line):
                return Verdict(at, fault)
            at = Head(position, own)
            found_kept = found_kept or kept == at
    if fault := _line_outside(connection):
        return Verdict(at, fault)
    if kept is not None and not found_kept:
        return Verdict(at, _not_as_kept(connection, kept, at))
    return Verdict(at, None)


def _links_after(position: int) -> Select[Any]:
    return (
        select(
            AuditLink.position,
            AuditLink.event_id,
            AuditLink.previous_hash,
            AuditLink.hash,
            *_LINE,
        )
        .outerjoin(Event, Event.id == AuditLink.event_id)
        .where(AuditLink.position > position)
        .order_by(AuditLink.position)
        .limit(_BATCH)
    )


def _fault(at: Head, position: int, event_id: int, previous: str, own: str, line: list[Any]) -> str | None:
    """What is wrong with the link after ``at``; None: nothing."""
    where = f"line {position} (event {event_id})"
    if position != at.position + 1:
        return f"line {at.position + 1}: its place in the chain is missing; the next one there is {where}"
    if previous != at.hash:
        return f"{where}: the chain is broken: it does not follow line {at.position}"
    if line[0] is None:
        return f"{where}: the line is missing from the log"
    told = Line(*line)
    if chained(previous, position, told) != own:
        return f"{where}: the line was changed; it now says {told.at.isoformat()} {told.kind}"
    return None


def _line_outside(connection: Connection) -> str | None:
    """The first line of the log that has no place in the chain, in words."""
    last = connection.execute(select(func.max(Event.id))).scalar_one() or 0
    for begin in range(0, last + 1, _SEARCHED_AT_ONCE):
        row = connection.execute(
            select(Event.id, Event.at, Event.kind)
            .where(
                Event.id.between(begin, begin + _SEARCHED_AT_ONCE - 1),
                Event.kind.startswith("console.", autoescape=True),
                ~exists().where(AuditLink.event_id == Event.id),
            )
            .order_by(Event.id)
            .limit(1)
        ).one_or_none()
        if row is not None:
            return f"event {row.id} ({row.at.isoformat()} {row.kind}): has no place in the chain"
    return None


def _not_as_kept(connection: Connection, kept: Head, at: Head) -> str:
    now = connection.execute(
        select(AuditLink.hash).where(AuditLink.position == kept.position)
    ).scalar_one_or_none()
    if now is None:
        return (
            f"line {at.position + 1}: is missing, and all after it: the log ends at {at.position}, "
            f"and had {kept.position} lines when its head was kept"
        )
    return f"line {kept.position}: has another hash than the head that was kept: the chain was made anew"
