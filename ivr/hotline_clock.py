"""The hotline's own time of day: that of the machine, but without its leaps.

Somebody sets the machine's clock, or it is put right after a start: hours may be gone in a moment, or come a
second time. Durations are differences of moments that were written down, and who waits longest is who came
first; so the moments must not leap. This clock goes on evenly (with the system's clock that only counts), and
makes up a leap by going faster or slower by one part in a hundred: it never goes back, and no duration is
wrong by more than that part.

The programs of one run share it: `hotline run` tells each program that it starts how far it is from the clock
that counts.
"""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

SHARED = "HOTLINE_CLOCK"
"""The variable by which a program learns its starter's clock: nanoseconds since 1970 less those counted."""
MADE_UP_PART = 100
"""One nanosecond in so many is made up."""
LONGEST_REST = 60 * 10**9
"""Nanoseconds after which nothing more is made up at one look; who seldom looks does not leap either."""
_LOOKS = 5


def _counted() -> int:
    """Nanoseconds by the clock that only counts, also while the machine sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


class HotlineClock:
    """Gives moments that never go back and never leap.

    :param machine: gives the machine's clock, nanoseconds since 1970.
    :param counted: gives nanoseconds of a clock that only counts.
    :param apart: what to add to ``counted`` for the first moment; None: begin with the machine's.
    """

    def __init__(
        self,
        machine: Callable[[], int] = time.time_ns,
        counted: Callable[[], int] = _counted,
        apart: int | None = None,
    ) -> None:
        self._machine = machine
        self._counted = counted
        self._lock = threading.Lock()
        self._looked_at, self._machine_apart = self._look()
        self._apart = self._machine_apart if apart is None else apart

    def now(self) -> datetime:
        """The present moment in UTC."""
        with self._lock:
            return _moment(self._go_on())

    def ahead(self) -> float:
        """Seconds by which the machine's clock is ahead of this one; negative: behind it."""
        with self._lock:
            self._go_on()
            return (self._machine_apart - self._apart) / 1e9

    def of_machine(self, moment: datetime) -> datetime:
        """What a past moment by the machine's clock was by this one: the same before a leap, less it since.

        Of the two it is the one nearer to now, for such moments are told soon; never one that is to come.
        """
        with self._lock:
            now = _moment(self._go_on())
            leapt = timedelta(milliseconds=int((self._machine_apart - self._apart) / 1e6))
        return max((each for each in (moment, moment - leapt) if each <= now), default=now)

    def shared(self) -> dict[str, str]:
        """What a program that is started gets into its environment."""
        with self._lock:
            self._go_on()
            return {SHARED: str(self._apart)}

    def _go_on(self) -> int:
        looked_at, self._machine_apart = self._look()
        passed = max(0, looked_at - self._looked_at)
        self._looked_at = max(looked_at, self._looked_at)
        most = min(passed, LONGEST_REST) // MADE_UP_PART
        self._apart += max(-most, min(most, self._machine_apart - self._apart))
        return self._looked_at + self._apart

    def _look(self) -> tuple[int, int]:
        """The counting clock, and how far the machine's is from it: the closest of a few looks at both."""
        best = None
        for _ in range(_LOOKS):
            before, machine, after = self._counted(), self._machine(), self._counted()
            if best is None or after - before < best[0]:
                best = (after - before, after, machine - (before + after) // 2)
            if best[0] < 2000:
                break
        assert best is not None
        return best[1], best[2]


def _moment(nanoseconds: int) -> datetime:
    seconds, rest = divmod(nanoseconds, 10**9)
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=rest // 1000)


def _shared_by_starter() -> int | None:
    told = os.environ.get(SHARED, "")
    return int(told) if told.lstrip("-").isdigit() else None


_clock = HotlineClock(apart=_shared_by_starter())
now = _clock.now
ahead = _clock.ahead
of_machine = _clock.of_machine
shared = _clock.shared
