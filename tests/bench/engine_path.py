"""Our path: the hotline's PBX with the engine, on SQLite or PostgreSQL, all agents ready at one SIPp."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.asterisk.folders import AsteriskFolders
from ivr.config import Settings, load
from ivr.speech.install import install_prompts
from tests.asterisk.running_pbx import CONFIG, running_pbx
from tests.bench.plan import FEW, MANY, Plan
from tests.e2e.engine import Engine
from tests.e2e.pbx import PROMPTS, overrides
from tests.e2e.rows import Rows
from tests.e2e.scenarios import HOST
from tests.nursery import Nursery
from tests.ports import free_port
from tests.postgres import PostgresCluster

RTP = (48000, 55999)
_QUEUE_OF = {MANY: "consultation", FEW: "repair"}
_DATABASE_VARIABLE = "BENCH_DATABASE"


@dataclass(frozen=True)
class RunningPath:
    """Something that takes calls: where, where its agents' phones are, and the programs it consists of."""

    sip_port: int
    agents_port: int
    programs: dict[str, int]


def agents_behind(plan: Plan) -> dict[str, range]:
    """The work numbers of the agents behind each key."""
    return {MANY: range(1001, 1001 + plan.agents), FEW: range(5001, 5001 + plan.few)}


def environment(home: Path, *, recording: bool, database: str | None = None) -> dict[str, str]:
    """What the project's config.yaml is overridden with: own ports, queues always open, no wrap-up.

    :param database: address of a PostgreSQL database; None for SQLite.
    """
    always = {"working_day": ["00:00-24:00"], "day_off": ["00:00-24:00"]}
    found = overrides(
        pbx__sip__port=free_port(),
        pbx__ari__port=free_port(),
        pbx__rtp__first=RTP[0],
        pbx__rtp__last=RTP[1],
        recording__enabled=recording,
        trunks=[{"name": "line", "match": [f"{HOST}/32"]}],
        opening_hours={"office": always, "long": always},
        **{f"queues__{queue}__wrap_up_seconds": 0 for queue in _QUEUE_OF.values()},
    )
    if database is not None:
        found |= {"HOTLINE__STORAGE__URL_FROM": _DATABASE_VARIABLE, _DATABASE_VARIABLE: database}
    return {**found, "HOTLINE_HOME": str(home)}


@asynccontextmanager
async def engine_path(
    plan: Plan, home: Path, *, recording: bool, cluster: PostgresCluster | None = None
) -> AsyncIterator[RunningPath]:
    """Start PBX and engine, and end them.

    :param cluster: the PostgreSQL server to use; None for SQLite.
    """
    with _database(cluster) as address:
        settings_given = environment(home, recording=recording, database=address)
        settings = load(CONFIG, settings_given)
        install_prompts(PROMPTS, AsteriskFolders.of_home(home).sounds)
        agents_port = free_port()
        await asyncio.to_thread(_sign_in, settings, plan, agents_port)
        async with running_pbx(settings) as pbx:
            nursery = Nursery()
            engine = Engine({**settings_given, "PROMPTS": str(PROMPTS)}, home, nursery)
            try:
                await asyncio.to_thread(engine.start)
                assert pbx.pid is not None
                programs = {"pbx": pbx.pid, "engine": engine.pid}
                if cluster is not None:
                    programs["database"] = _server_of(cluster)
                yield RunningPath(settings.pbx.sip.port, agents_port, programs)
            finally:
                await asyncio.to_thread(engine.stop)
                await asyncio.to_thread(nursery.close)


@contextmanager
def _database(cluster: PostgresCluster | None) -> Iterator[str | None]:
    if cluster is None:
        yield None
    else:
        with cluster.database() as name:
            yield cluster.address(name)


def _server_of(cluster: PostgresCluster) -> int:
    return int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])


def _sign_in(settings: Settings, plan: Plan, port: int) -> None:
    """Make the agents of both queues, ready for calls."""
    rows = Rows(settings.database_address)
    rows.database.upgrade()
    for key, numbers in agents_behind(plan).items():
        skill = settings.queues[_QUEUE_OF[key]].skill
        for number in numbers:
            rows.add_agent(str(number), f"sip:{number}@{HOST}:{port}", {skill: 1})
    rows.close()
