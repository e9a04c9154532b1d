"""What cases owe: clocks started, stopped, moved and settled, always in the transaction of a case's step."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from ivr.standard import case_clock
from ivr.standard.case_clock import Timer
from ivr.standard.obligations import Clockwork, ObligationKind, ObligationOutcome, Owed
from ivr.standard.overdue import look
from storage.models import CaseLife, Obligation, ObligationPause
from storage.prepared import Prepared

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""``case_lives.due_at`` of a case of which nothing is due: after everything, so that lists sort by it."""

_Row = Row[Any]
_NEW = Prepared(insert(Obligation))


def start(
    connection: Connection, case_id: int, owed: Iterable[Owed], at: datetime, clockwork: Clockwork
) -> datetime:
    """Start clocks; returns when the first of them ends, :data:`NEVER` where nothing is owed."""
    rows = [_row(case_id, one, at, clockwork) for one in owed]
    _NEW.run_many(connection, rows)
    return min((row["due_at"] for row in rows), default=NEVER)


def _row(case_id: int, owed: Owed, at: datetime, clockwork: Clockwork) -> dict[str, Any]:
    timer = case_clock.start(owed.clock, owed.amount, at, clockwork.calendar)
    return {
        "case_id": case_id,
        "kind": owed.kind,
        "rule": owed.rule,
        "started_at": at,
        "not_before": timer.due_at - timedelta(days=1) if owed.not_before else None,
        "clock": owed.clock,
        **_columns(timer, 0, at, clockwork),
    }


def timer_of(row: _Row) -> Timer:
    """The clock of a row of the table."""
    return Timer(
        row.clock,
        timedelta(seconds=row.total_seconds),
        timedelta(seconds=row.counted_seconds),
        row.running_since,
        row.due_at,
    )


def _columns(timer: Timer, level: int, now: datetime, clockwork: Clockwork) -> dict[str, Any]:
    """A clock as columns. Levels that a moved clock has passed already are found at the next look."""
    ahead = look(timer, level, clockwork.warn_at, now, clockwork.calendar)
    return {
        "total_seconds": timer.total.total_seconds(),
        "counted_seconds": timer.counted.total_seconds(),
        "running_since": timer.running_since,
        "due_at": timer.due_at,
        "level": level,
        "warn_at": now if ahead.reached else ahead.next_at,
    }


def open_of(
    connection: Connection, case_id: int, kinds: Collection[ObligationKind] | None = None
) -> list[_Row]:
    """What a case still owes; rows of the table."""
    wanted = select(*Obligation.__table__.c).where(
        Obligation.case_id == case_id, Obligation.settled_at.is_(None)
    )
    if kinds is not None:
        wanted = wanted.where(Obligation.kind.in_(list(kinds)))
    return list(connection.execute(wanted.order_by(Obligation.id)).all())


def settle(
    connection: Connection,
    case_id: int,
    kinds: Collection[ObligationKind],
    now: datetime,
    *,
    dropped: bool = False,
) -> None:
    """Write down what became of these; a clock that stood still was in time when it was stopped."""
    if not kinds:
        return
    for row in open_of(connection, case_id, kinds):
        late = row.running_since is not None and now > row.due_at
        outcome = ObligationOutcome.LATE if late else ObligationOutcome.KEPT
        connection.execute(
            update(Obligation)
            .where(Obligation.id == row.id)
            .values(
                settled_at=now,
                outcome=ObligationOutcome.DROPPED if dropped else outcome,
                running_since=None,
                warn_at=None,
            )
        )
        _end_pause(connection, row.id, now)


def stop(connection: Connection, case_id: int, reason: str, now: datetime, clockwork: Clockwork) -> int:
    """Stop the clocks of a case, but those that are late already; returns how many."""
    stopped = 0
    for row in open_of(connection, case_id):
        timer = case_clock.stop(timer_of(row), now, clockwork.calendar)
        if row.running_since is None or timer.running_since is not None:
            continue
        _write(connection, row, timer, now, clockwork)
        connection.execute(insert(ObligationPause).values(obligation_id=row.id, began_at=now, reason=reason))
        stopped += 1
    return stopped


def go_on(connection: Connection, case_id: int, now: datetime, clockwork: Clockwork) -> None:
    """Let the clocks of a case run again."""
    for row in open_of(connection, case_id):
        if row.running_since is None:
            _write(connection, row, case_clock.go_on(timer_of(row), now, clockwork.calendar), now, clockwork)
            _end_pause(connection, row.id, now)


def lengthen(connection: Connection, case_id: int, owed: Owed, now: datetime, clockwork: Clockwork) -> None:
    """Give a clock that runs the length of ``owed``, from where it was started."""
    for row in open_of(connection, case_id, {owed.kind}):
        timer = case_clock.lengthened(timer_of(row), owed.amount, row.started_at, clockwork.calendar)
        _write(connection, row, timer, now, clockwork)


def agree(
    connection: Connection,
    case_id: int,
    kind: ObligationKind,
    due_at: datetime,
    now: datetime,
    clockwork: Clockwork,
) -> tuple[datetime, datetime] | None:
    """Move the end of a running clock to what was agreed with the customer (R-CT).

    :returns: the end before and after; None where no such clock runs.
    """
    running = [row for row in open_of(connection, case_id, {kind}) if row.running_since is not None]
    if not running:
        return None
    row = running[0]
    _write(connection, row, case_clock.agreed(timer_of(row), due_at, clockwork.calendar), now, clockwork)
    return row.due_at, due_at


def refresh_due(connection: Connection, case_id: int) -> datetime:
    """Bring ``case_lives.due_at`` up to date: the next end of a clock that runs; returns it."""
    next_end = select(func.min(Obligation.due_at)).where(
        Obligation.case_id == case_id,
        Obligation.settled_at.is_(None),
        Obligation.running_since.is_not(None),
    )
    due_at = connection.execute(next_end).scalar_one() or NEVER
    connection.execute(update(CaseLife).where(CaseLife.case_id == case_id).values(due_at=due_at))
    return due_at


def _write(connection: Connection, row: _Row, timer: Timer, now: datetime, clockwork: Clockwork) -> None:
    values = _columns(timer, row.level, now, clockwork)
    connection.execute(update(Obligation).where(Obligation.id == row.id).values(**values))


def _end_pause(connection: Connection, obligation_id: int, now: datetime) -> None:
    connection.execute(
        update(ObligationPause)
        .where(ObligationPause.obligation_id == obligation_id, ObligationPause.ended_at.is_(None))
        .values(ended_at=now)
    )
