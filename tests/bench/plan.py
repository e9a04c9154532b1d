"""What is measured: how many calls a second, for how long, by how many agents, and what is aimed at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """Calls that are made at an even rate. Durations are seconds.

    :param name: how the table calls it.
    :param key: what every caller presses: :data:`MANY` or :data:`FEW` agents wait behind it.
    :param connected: from a call's answer to its hang-up, always by the caller.
    """

    name: str
    rate: float
    seconds: float
    key: str
    connected: float

    @property
    def calls(self) -> int:
        """How many calls are made."""
        return round(self.rate * self.seconds)


MANY, FEW = "1", "2"
"""The keys of the two queues: there is always a free agent, and there never is one."""


@dataclass(frozen=True)
class Plan:
    """All that one run of the bench does.

    :param rates: calls a second, with an agent free for each.
    :param agents: who are free then; 5 s of a call at the highest rate need less.
    :param few: agents of the load with more callers than agents.
    :param rates_unrecorded: the rates at which our path is measured without recording as well.
    :param idle_seconds: how long the programs are watched doing nothing before each load.
    """

    rates: tuple[float, ...]
    rates_unrecorded: tuple[float, ...]
    seconds: float
    connected: float
    agents: int
    few: int
    few_rate: float
    few_connected: float
    idle_seconds: float
    with_postgres: bool

    def loads(self, rates: tuple[float, ...]) -> list[Load]:
        """The loads with an agent for every caller."""
        return [Load(f"{rate:g}/s", rate, self.seconds, MANY, self.connected) for rate in rates]

    def waiting(self) -> Load:
        """The load with more callers than agents.

        Every caller stays equally long, so the callers who talk leave as evenly as others come:
        at 8 calls/s of 6 s there are 48 callers, of whom 16 talk and 32 wait.
        """
        return Load(
            f"{self.few} agents, {self.few_rate:g}/s", self.few_rate, self.seconds, FEW, self.few_connected
        )


KEY_AFTER = 0.6
"""Seconds from a call's answer until its caller begins to press the key: in the first prompt."""

ANSWER_AFTER = 0.3
"""Seconds an agent's phone rings."""

FULL = Plan(
    rates=(5, 20, 50),
    rates_unrecorded=(20, 50),
    seconds=18,
    connected=5,
    agents=400,
    few=16,
    few_rate=8,
    few_connected=6,
    idle_seconds=2,
    with_postgres=True,
)
"""Calls of about 4 s of talk."""

SHORT = Plan(
    rates=(5,),
    rates_unrecorded=(),
    seconds=2,
    connected=2,
    agents=40,
    few=3,
    few_rate=3,
    few_connected=2,
    idle_seconds=1,
    with_postgres=False,
)
"""Proves that everything still works; its figures say little."""


@dataclass(frozen=True)
class Aims:
    """What a good hotline reaches; times in milliseconds, processor time in milliseconds a call."""

    ring_behind_bare: float = 30.0
    free_to_ring: float = 50.0
    engine_sqlite: float = 8.0
    engine_postgres: float = 12.0
