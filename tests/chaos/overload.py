"""Five times the load that this machine holds: who calls then hears it, and those inside are not hurt.

What the machine holds is measured first: calls come faster and faster until the engine itself says that it is
crowded, or is late with its answers. Then five times as many come, for a while, as alarms do.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from ivr.errors import StorageError
from ivr.standard.call_stage import CallStage
from storage.models import Call, Event, Task
from tests.chaos.alarms import AlarmCall
from tests.chaos.hotline import Hotline, hotline
from tests.chaos.soak import left_over
from tests.chaos.table import write_between
from tests.e2e.caller import Caller
from tests.e2e.media import Line, longest_gap
from tests.e2e.rows import eventually
from tests.e2e.scenarios import CallerScenario
from tests.e2e.sipp import Sipp

TIMES = 5
STEPS = (2.0, 4.0, 8.0, 16.0, 32.0)
"""Calls a second that are tried, one after the other."""
STEP_SECONDS = 4.0
FLOOD_SECONDS = 10.0
PATIENCE = 18.0
"""Seconds for which a caller stays: the sentence that all are busy takes ten."""
ANSWERED_WITHIN = 1.0
"""Seconds; a caller who is answered later was not held."""
GAP = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the flood. Times are in seconds."""

    held: float
    """Calls a second that the machine held."""
    offered: int
    answered: int
    refused: int
    """With SIP 503."""
    told: int
    """Heard that all are busy, and are called back."""
    owed: int
    """Call-backs that stand in the database."""
    alarms: list[float]
    """How long each took to reach a human."""
    gap: float
    """The longest in a talk that went on, beyond the stalls of the far ends' own machine."""
    place_kept: bool
    left: list[str]

    @property
    def is_right(self) -> bool:
        """Whether all is as it must be."""
        return (
            self.told == self.owed
            and self.answered + self.refused == self.offered
            and self.told + self.refused > 0
            and max(self.alarms) < 60
            and self.gap < GAP
            and self.place_kept
            and not self.left
        )

    def lines(self) -> list[str]:
        """For docs/RELIABILITY.md."""
        return [
            f"This machine held {self.held:g} calls a second, beside whatever else it did; {TIMES} times as "
            f"many came for {FLOOD_SECONDS:.0f} s: {self.offered} calls. {self.answered} were answered, of "
            f"whom {self.told} heard that all are busy and are called back; {self.refused} were refused with "
            f"SIP 503. Talks that went on had no gap above {self.gap * 1000:.0f} ms (the stalls of the far "
            f"ends taken off), who waited before {'kept' if self.place_kept else 'lost'} the place. "
            f"{len(self.alarms)} gas leaks called in the flood and had a human after "
            f"{', '.join(f'{seconds:.1f}' for seconds in sorted(self.alarms))} s. Left over: "
            f"{', '.join(self.left) or 'nothing'}."
        ]


def main() -> int:
    """Exit code 1 where somebody was hurt."""
    arguments = argparse.ArgumentParser(prog="python -m tests.chaos.overload", description=__doc__)
    arguments.add_argument("--postgres", action="store_true")
    arguments.add_argument("--write", action="store_true", help="put it into docs/RELIABILITY.md")
    arguments.add_argument("--keep", action="store_true", help="leave the folder with the logs")
    given = arguments.parse_args()
    with hotline(postgres=given.postgres, keep=given.keep) as place:
        came_of_it = overload(place)
    print("\n".join(came_of_it.lines()))
    if given.write:
        write_between("overload", came_of_it.lines())
    return 0 if came_of_it.is_right else 1


def overload(place: Hotline) -> Outcome:
    """Measure, then offer five times that."""
    held = what_is_held(place)
    inside = [_caller(place, f"1380000000{n}", "2") for n in (1, 2)]
    for caller in inside:
        place.rows.until_stage(caller.user, CallStage.TALKING, 20)
    lines = [caller.line for caller in inside]
    before, began = _last_call(place), time.time()
    rate = held * TIMES
    flood = _calls(place, "131", rate, round(rate * FLOOD_SECONDS), PATIENCE)
    time.sleep(FLOOD_SECONDS / 3)
    waiting = _first_waiting(place, before)
    alarms = [AlarmCall(place, f"1390000000{n}") for n in range(1, 4)]
    for alarm in alarms:
        alarm.start()
        time.sleep(FLOOD_SECONDS / 6)
    for alarm in alarms:
        alarm.join(90)
    _until_over(flood)
    ended = time.time()
    gap = _gap(place, lines, began, ended)
    kept = waiting is None or place.rows.call(waiting.id).queued_at == waiting.queued_at
    for caller in inside:
        caller.hang_up()
    place.wake_agents()
    left = left_over(place)
    refused = {m.call_id for m in flood.trace() if not m.sent and m.first.startswith("SIP/2.0 503")}
    told, owed = _told(place, before)
    return Outcome(
        held=held,
        offered=round(rate * FLOOD_SECONDS),
        answered=_answered(place, before),
        refused=len(refused),
        told=told,
        owed=owed,
        alarms=[(alarm.reached or float("inf")) - alarm.began for alarm in alarms],
        gap=gap,
        place_kept=kept,
        left=left,
    )


def what_is_held(place: Hotline) -> float:
    """Calls a second up to which everybody was answered at once and the engine was not crowded."""
    held = STEPS[0]
    for rate in STEPS:
        since = datetime.now(UTC)
        sipp = _calls(place, "132", rate, round(rate * STEP_SECONDS), 2.0)
        _until_over(sipp)
        place.wake_agents()
        left_over(place)
        if not _held(place, since, round(rate * STEP_SECONDS)):
            break
        held = rate
    return held


def _held(place: Hotline, since: datetime, count: int) -> bool:
    with place.rows.database.read() as connection:
        rows = connection.execute(
            select(Call.arrived_at, Call.answered_at).where(Call.arrived_at >= since)
        ).all()
        crowded = connection.execute(
            select(func.count()).where(Event.kind == "call.crowded_out", Event.at >= since)
        ).scalar_one()
    late = [
        row
        for row in rows
        if row.answered_at is None or (row.answered_at - row.arrived_at).total_seconds() > ANSWERED_WITHIN
    ]
    return len(rows) >= count and not late and not crowded


def _calls(place: Hotline, prefix: str, rate: float, count: int, patience: float) -> Sipp:
    line = place.exchange.line()
    line.mute = True
    scenario = CallerScenario("95777", line.port, user=f"{prefix}[call_number]").dial().wait(1.0).press("2")
    scenario = scenario.wait(patience).hang_up()
    return Sipp(place.folder, scenario.xml(), target=place.sip, calls=count, rate=rate)


def _caller(place: Hotline, user: str, key: str) -> Caller:
    caller = Caller(place.folder, place.exchange, place.sip, place.sounds, user=user)
    caller.until_heard(20)
    caller.press(key)
    return caller


def _until_over(sipp: Sipp) -> None:
    """SIPp's own end; it exits with 1 where calls were refused, as they are to be."""
    eventually(lambda: sipp.process.poll() is not None, 120, "the calls come to their end")


def _last_call(place: Hotline) -> int:
    with place.rows.database.read() as connection:
        return int(connection.execute(select(func.max(Call.id))).scalar_one())


def _first_waiting(place: Hotline, before: int) -> Call | None:
    query = select(Call.__table__).where(Call.id > before, Call.stage == CallStage.WAITING).order_by(Call.id)
    rows = place.rows.all(query.limit(1))
    return rows[0] if rows else None  # type: ignore[return-value]


def _answered(place: Hotline, before: int) -> int:
    with place.rows.database.read() as connection:
        return int(
            connection.execute(
                select(func.count()).where(Call.id > before, Call.caller_number.like("%131%"))
            ).scalar_one()
        )


def _told(place: Hotline, before: int) -> tuple[int, int]:
    try:
        with place.rows.database.read() as connection:
            told = connection.execute(
                select(func.count()).where(Event.kind == "call.crowded_out", Event.call_id > before)
            ).scalar_one()
            owed = connection.execute(
                select(func.count()).where(Task.kind == "call_back", Task.call_id > before)
            ).scalar_one()
    except StorageError as error:
        raise AssertionError(f"the database does not answer: {error}") from error
    return int(told), int(owed)


def _gap(place: Hotline, lines: list[Line], began: float, ended: float) -> float:
    longest = max(longest_gap(line.packets(), began, ended) for line in lines)
    return max(0.0, longest - place.exchange.stall(began))


if __name__ == "__main__":
    sys.exit(main())
