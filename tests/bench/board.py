"""``python -m tests.bench.board``: the live board of a large floor: commit → change on the screen, and cost.

Agents who change state all the time, callers who come and go, and a day of calls behind them; a browser shows
the board and the wall. What the board shows is noted by the page itself as soon as it stands there, on the
clock of the same machine.
"""

import argparse
import random
import shutil
import statistics
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import insert, select, update

from ivr.config.sections import CallKind, DeviceKind, Role
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallOutcome, CallStage
from ivr.standard.three_rings import OfferOutcome
from storage.changes import announce
from storage.database import Database
from storage.models import Agent, AgentPresence, AgentSkill, Call, Offer
from tests.agent_console.browser.conftest import FLAGS
from tests.agent_console.conftest import Served
from tests.agent_console.scene import CHEAP, PASSWORD, Scene, ago
from tests.bench.desk_pop import verdict
from tests.bench.processes import cores_used, usage
from tests.nursery import Nursery
from tests.postgres import PostgresCluster

AIM_MS = 500
AIM_CORES = 0.10
QUEUES = ["repair", "consultation", "complaint", "alarm"]
WATCHED = """() => {
  globalThis.seen = {};
  const look = new MutationObserver((changes) => changes.forEach(({ target }) => {
    const item = (target.nodeType === 3 ? target.parentElement : target).closest("li[data-key]");
    if (!item) return;
    const mark = item.querySelector(".what")?.textContent.match(/m(\\d+)x/);
    if (mark) globalThis.seen[mark[1]] ??= Date.now();
  }));
  look.observe(document.getElementById("agents"), { subtree: true, childList: true, characterData: true });
}"""


def main() -> None:
    """Measure and print a line for each database."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.board", description=__doc__)
    arguments.add_argument("--agents", type=int, default=500)
    arguments.add_argument("--waiting", type=int, default=200)
    arguments.add_argument("--past", type=int, default=20_000, help="calls of the day that are over")
    arguments.add_argument("--seconds", type=float, default=30)
    arguments.add_argument("--rate", type=float, default=10, help="commits a second")
    arguments.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    given = arguments.parse_args()
    for kind in given.database or ["sqlite", "postgres"]:
        with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="hotline-board-") as folder:
            address = f"sqlite:///{folder}/hotline.sqlite3"
            if kind == "postgres":
                cluster = PostgresCluster()
                stack.callback(cluster.remove)
                address = cluster.address(stack.enter_context(cluster.database()))
            print(f"{kind}: {measure(address, Path(folder), given)}", flush=True)


def measure(address: str, folder: Path, given: argparse.Namespace) -> str:
    """Fill a database, show its board, change things for a while; gives the figures as a line."""
    database = Database(address)
    database.upgrade()
    agents = fill(database, given.agents, given.waiting, given.past)
    nursery = Nursery()
    served = Served(folder, address, nursery)
    program = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=program, args=FLAGS)
            page = _board(browser.new_page(), served)
            wall = browser.new_context(storage_state=page.context.storage_state()).new_page()
            wall.goto(f"{served.url}/board/wall")
            time.sleep(5)
            before = usage({"console": served.process.pid})
            committed = _change(database, agents, given.seconds, given.rate)
            after = usage({"console": served.process.pid})
            page.wait_for_timeout(1500)
            seen = page.evaluate("globalThis.seen")
            browser.close()
    finally:
        served.stop()
        nursery.close()
        database.close()
    took = sorted(seen[str(mark)] - at for mark, at in committed.items() if str(mark) in seen)
    p95 = took[int(len(took) * 0.95)]
    used = cores_used(before, after)["console"]
    return (
        f"{given.agents} agents, {given.waiting} waiting, {given.past} calls of the day, "
        f"{len(committed)} changes ({given.rate:g} commits a second), a board and a wall open: on the screen "
        f"after {statistics.median(took):.0f} ms (median), {p95:.0f} ms (p95), {took[-1]:.0f} ms (worst), "
        f"{len(committed) - len(took)} overtaken by the next of the same agent; aim {AIM_MS} ms: "
        f"{verdict(p95, AIM_MS)}; console {used:.3f} cores, aim {AIM_CORES}: {verdict(used, AIM_CORES)}"
    )


def _board(page: Page, served: Served) -> Page:
    page.goto(f"{served.url}/sign-in")
    page.fill("#work_number", "2001")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.goto(f"{served.url}/board")
    page.locator("#agents > li").nth(1).wait_for()
    page.evaluate(WATCHED)
    return page


def _change(database: Database, agents: list[int], seconds: float, rate: float) -> dict[int, float]:
    """Let agents change; gives the moment of each commit, milliseconds since 1970, by its mark."""
    chosen, committed = random.Random(7), {}
    begin, mark = time.monotonic(), 0
    while time.monotonic() - begin < seconds:
        mark += 1
        agent = chosen.choice(agents)
        with database.write() as connection:
            connection.execute(
                update(AgentPresence)
                .where(AgentPresence.agent_id == agent)
                .values(state=AgentState.BREAK, reason=f"m{mark}x", since=ago(0), call_id=None)
            )
            if mark % 4 == 0:
                _caller_leaves_and_another_comes(connection, mark)
            announce(connection)
        committed[mark] = time.time() * 1000
        time.sleep(max(0.0, begin + mark / rate - time.monotonic()))
    return committed


def _caller_leaves_and_another_comes(connection: Any, mark: int) -> None:
    first = connection.execute(
        select(Call.id).where(Call.ended_at.is_(None), Call.stage == CallStage.WAITING).limit(1)
    ).scalar_one()
    ended = {"ended_at": ago(0), "stage": CallStage.ENDED, "outcome": CallOutcome.ABANDONED_WAITING}
    connection.execute(update(Call).where(Call.id == first).values(ended))
    connection.execute(insert(Call).values(_call(f"new-{mark}", ago(0), CallStage.WAITING, mark)))


def fill(database: Database, agents: int, waiting: int, past: int) -> list[int]:
    """A floor: three in five talk; gives the agents' ids."""
    scene = Scene(database)
    scene.engine()
    now, ids = datetime.now(UTC), list(range(1, agents + 1))
    with database.write() as connection:
        people = [_person(1000 + one, "王敏", Role.AGENT) for one in ids]
        connection.execute(insert(Agent), [*people, _person(2001 + 10_000, "赵琳", Role.SUPERVISOR)])
        connection.execute(update(Agent).where(Agent.work_number == "12001").values(work_number="2001"))
        talks = [_call(f"talk-{one}", ago(120), CallStage.TALKING, one) for one in ids if one % 5 < 3]
        waits = [_call(f"wait-{one}", ago(40), CallStage.WAITING, one) for one in range(waiting)]
        connection.execute(insert(Call), [*talks, *waits])
        talking = iter(
            connection.execute(select(Call.id).where(Call.stage == CallStage.TALKING)).scalars().all()
        )
        states = [AgentState.TALKING if one % 5 < 3 else AgentState.READY for one in ids]
        connection.execute(
            insert(AgentPresence),
            [
                {
                    "agent_id": one,
                    "state": state,
                    "since": now - timedelta(seconds=one % 300),
                    "idle_since": now,
                    "call_id": next(talking) if state is AgentState.TALKING else None,
                }
                for one, state in zip(ids, states, strict=True)
            ],
        )
        skills = [{"agent_id": one, "skill": queue, "level": 1} for one in ids for queue in QUEUES]
        connection.execute(insert(AgentSkill), skills)
    _day(database, ids, past)
    return ids


def _day(database: Database, ids: list[int], past: int) -> None:
    """Calls that are over, each with its offer; as far as possible of today."""
    with database.write() as connection:
        rows = []
        for one in range(past):
            arrived = ago(60 + one * 0.9)
            answered = one % 20 != 0
            rows.append(
                _call(f"past-{one}", arrived, CallStage.ENDED, one)
                | {
                    "ended_at": arrived + timedelta(seconds=200),
                    "outcome": CallOutcome.ANSWERED if answered else CallOutcome.ABANDONED_WAITING,
                    "talk_started_at": arrived + timedelta(seconds=12) if answered else None,
                    "talk_ended_at": arrived + timedelta(seconds=190) if answered else None,
                }
            )
        connection.execute(insert(Call), rows)
        first = connection.execute(select(Call.id).where(Call.channel == "past-0")).scalar_one()
        connection.execute(
            insert(Offer),
            [
                {
                    "call_id": first + one,
                    "agent_id": ids[one % len(ids)],
                    "pbx_node": "pbx1",
                    "device": "PJSIP/x",
                    "channel": f"past-offer-{one}",
                    "queue": QUEUES[one % 3],
                    "made_at": ago(60 + one * 0.9),
                    "rings": 1,
                    "ended_at": ago(50 + one * 0.9),
                    "outcome": OfferOutcome.ANSWERED if one % 30 else OfferOutcome.MISSED,
                }
                for one in range(past)
            ],
        )


def _person(number: int, name: str, role: Role) -> dict[str, Any]:
    return {
        "work_number": str(number),
        "name": name,
        "role": role,
        "password_hash": _HASH,
        "device_kind": DeviceKind.PHONE,
        "created_at": ago(86400),
    }


_HASH = CHEAP.hash(PASSWORD)


def _call(channel: str, arrived: datetime, stage: CallStage, one: int) -> dict[str, Any]:
    queue = QUEUES[one % 3]
    return {
        "pbx_node": "pbx1",
        "channel": channel,
        "dialled": "95777",
        "language": "zh",
        "caller_number": f"139{one:08}",
        "stage": stage,
        "kind": CallKind(queue),
        "queue": queue,
        "priority": 50,
        "arrived_at": arrived,
        "queued_at": arrived + timedelta(seconds=1),
        "talk_started_at": arrived + timedelta(seconds=9) if stage is CallStage.TALKING else None,
    }


if __name__ == "__main__":
    main()
