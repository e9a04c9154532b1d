"""How long a test waits for what has to come: seconds in which this machine let everybody work.

A wait is no claim about speed; those are made with the times at which things happened. A machine that is
busy with other things makes all waits longer, and says for how long somebody had to wait for a processor
(Linux, Documentation/accounting/psi.rst): that time does not count.
"""

import time
from pathlib import Path

_PRESSURE = Path("/proc/pressure/cpu")
LONGEST = 4.0
"""Times as long as it is said, at most."""
BROWSER_MS = 15_000
"""For what has to come to a page: milliseconds."""


class Patience:
    """Of one wait.

    :param seconds: of a machine that has nothing else to do.
    """

    def __init__(self, seconds: float) -> None:
        """It begins."""
        self.seconds = seconds
        self._began = time.monotonic()
        self._stalled = _stalled()

    @property
    def is_over(self) -> bool:
        """Whether it has waited for long enough."""
        waited = time.monotonic() - self._began
        return waited > self.seconds * LONGEST or waited - (_stalled() - self._stalled) > self.seconds

    def __str__(self) -> str:
        """For the report of a test that failed."""
        waited, stood = time.monotonic() - self._began, _stalled() - self._stalled
        return f"{self.seconds} s ({waited:.1f} s, of which the machine stood for {stood:.1f})"


def _stalled() -> float:
    """For how many seconds somebody has waited for a processor since the machine began; 0 without PSI."""
    try:
        return int(_PRESSURE.read_text().split("total=")[1].split()[0]) / 1e6
    except OSError:
        return 0.0
