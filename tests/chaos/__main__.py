"""``make chaos``: alarm calls while parts of the hotline fail at random, and the table of what came of it."""

import argparse
import random
import sys
import threading
import time

from tests.chaos.alarms import GIVES_UP_AFTER, AlarmCall
from tests.chaos.breaks import BREAKS, Break, until_back
from tests.chaos.hotline import Hotline, hotline
from tests.chaos.table import Alarm, Broken, is_kept, lines_of, write_between

BETWEEN_CALLS = (1.0, 4.0)
BETWEEN_FAILURES = (2.0, 8.0)
ENTERED_WITHIN = 5.0


def main() -> int:
    """Exit code 1 where the guarantee was not kept."""
    arguments = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    arguments.add_argument("--alarms", type=int, default=200, metavar="N")
    arguments.add_argument("--postgres", action="store_true", help="PostgreSQL instead of SQLite")
    arguments.add_argument(
        "--only", default="", metavar="WORDS", help="failures with these words in their name"
    )
    arguments.add_argument("--seed", type=int, default=None)
    arguments.add_argument("--write", action="store_true", help="put the table into docs/RELIABILITY.md")
    arguments.add_argument("--keep", action="store_true", help="leave the folder with the logs")
    given = arguments.parse_args()
    random.seed(given.seed)
    began = time.monotonic()
    with hotline(postgres=given.postgres, keep=given.keep) as place:
        _say(f"hotline at {place.home}")
        breaks = {name: how for name, how in BREAKS.items() if given.only in name}
        alarms, failures = go_on(place, given.alarms, breaks)
    minutes = (time.monotonic() - began) / 60
    lines = lines_of(alarms, failures, "PostgreSQL" if given.postgres else "SQLite", minutes)
    print("\n".join(lines))
    for alarm in alarms:
        if not alarm.has_row or alarm.after_return(failures) > 60:
            print(f"not kept: {alarm}")
    if given.write:
        write_between("chaos on " + ("PostgreSQL" if given.postgres else "SQLite"), lines)
    return 0 if is_kept(alarms, failures) else 1


def go_on(
    place: Hotline,
    count: int,
    breaks: dict[str, Break],
    *,
    between_calls: tuple[float, float] = BETWEEN_CALLS,
    between_failures: tuple[float, float] = BETWEEN_FAILURES,
) -> tuple[list[Alarm], list[Broken]]:
    """So many alarm calls, one after the other and side by side, while parts fail.

    :param between_calls: seconds, at least and at most; the same for failures.
    """
    over = threading.Event()
    failures: list[Broken] = []
    calls: list[AlarmCall] = []
    calling = threading.Thread(target=_call, args=(place, count, calls, over, between_calls), name="calls")
    calling.start()
    # Here and not beside: a PostgreSQL of the tests ends with the thread that started it.
    _break(place, breaks, over, failures, between_failures)
    calling.join()
    until_back(place)
    known = _entered(place, {call.number for call in calls})
    return [
        Alarm(call.number, call.began, call.reached, call.how, call.number in known) for call in calls
    ], failures


def _entered(place: Hotline, numbers: set[str]) -> set[str]:
    """Of these numbers those that have a row; what is entered from the PBX's log takes a moment."""
    give_up = time.monotonic() + ENTERED_WITHIN
    while True:
        known = {row.caller_number for row in place.rows.calls()}
        if numbers <= known or time.monotonic() > give_up:
            return known
        time.sleep(0.2)


def _call(
    place: Hotline, count: int, calls: list[AlarmCall], over: threading.Event, between: tuple[float, float]
) -> None:
    try:
        for number in range(count):
            calls.append(AlarmCall(place, f"139{number:08d}"))
            calls[-1].start()
            time.sleep(random.uniform(*between))
        for call in calls:
            call.join(GIVES_UP_AFTER)
    finally:
        over.set()


def _break(
    place: Hotline,
    breaks: dict[str, Break],
    over: threading.Event,
    failures: list[Broken],
    between: tuple[float, float],
) -> None:
    drawn: list[str] = []
    while not over.wait(random.uniform(*between)):
        drawn = drawn or random.sample(list(breaks), len(breaks))  # each comes once before any comes again
        name, began = drawn.pop(), time.time()
        _say(name)
        breaks[name](place)
        failures.append(Broken(name, began, until_back(place)))
        place.wake_agents()
        _say(f"{name}: back after {failures[-1].back - began:.1f} s")


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
