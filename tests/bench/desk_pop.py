"""``python -m tests.bench.desk_pop``: offer committed → pop at the desk, with many desks signed in.

Each desk is a real client of the live feed on a connection of its own; the offers are committed as the
engine commits them. Also: what the console uses of the machine with that many desks at work.
"""

import argparse
import http.client
import json
import re
import selectors
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import insert, update

from ivr.standard.agent_state import AgentState
from ivr.standard.three_rings import OfferOutcome
from storage.changes import announce
from storage.database import Database
from storage.models import AgentPresence, Call, Customer, CustomerNumber, Offer
from tests.agent_console.conftest import CSRF, Served
from tests.agent_console.scene import PASSWORD, Scene, ago
from tests.bench.processes import cores_used, usage
from tests.nursery import Nursery
from tests.postgres import PostgresCluster

CUSTOMERS = 10_000
AIM_MS = 300
AIM_CORES, AIM_MEGABYTES = 1.0, 500
"""Of the console, with 200 desks at work."""


def main() -> None:
    """Measure on both databases and print a line for each."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.desk_pop", description=__doc__)
    arguments.add_argument("--desks", type=int, default=50)
    arguments.add_argument("--offers", type=int, default=200)
    arguments.add_argument("--every", type=float, default=0.15, help="seconds between two offers")
    arguments.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    given = arguments.parse_args()
    for kind in given.database or ["sqlite", "postgres"]:
        with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="hotline-desks-") as folder:
            address = _address(kind, Path(folder), stack)
            print(measure(kind, address, Path(folder), given.desks, given.offers, given.every), flush=True)


def _address(kind: str, folder: Path, stack: ExitStack) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder}/hotline.sqlite3"
    cluster = PostgresCluster()
    stack.callback(cluster.remove)
    return cluster.address(stack.enter_context(cluster.database()))


def measure(kind: str, address: str, folder: Path, desks: int, offers: int, every: float) -> str:
    """Fill a database, serve it, seat ``desks`` agents, let ``offers`` calls ring one after the other."""
    database = Database(address)
    database.upgrade()
    agents = _fill(database, desks)
    with _console(folder, address) as console, _seats(console, desks) as seats:
        before = usage({"console": console.process.pid})
        took = [_ring(database, seats, agents, turn % desks, every) for turn in range(offers)]
        after = usage({"console": console.process.pid})
    database.close()
    took.sort()
    p95 = took[int(len(took) * 0.95)]
    cores, megabytes = cores_used(before, after)["console"], after.megabytes["console"]
    return (
        f"{kind}: {desks} desks, {offers} offers: pop after {statistics.median(took):.0f} ms (median), "
        f"{p95:.0f} ms (p95), {took[-1]:.0f} ms (worst); aim {AIM_MS} ms: {verdict(p95, AIM_MS)}; "
        f"console {cores:.2f} cores, aim {AIM_CORES:.0f}: {verdict(cores, AIM_CORES)}; "
        f"{megabytes:.0f} MB, aim {AIM_MEGABYTES}: {verdict(megabytes, AIM_MEGABYTES)}"
    )


def verdict(measured: float, aim: float) -> str:
    """Whether a figure is within its aim, as a word."""
    return "kept" if measured <= aim else "MISSED"


def _fill(database: Database, desks: int) -> list[int]:
    scene = Scene(database)
    scene.engine()
    agents = [scene.person(str(1001 + place), "王敏") for place in range(desks)]
    for agent in agents:
        scene.presence(agent, AgentState.READY)
    with database.write() as connection:
        rows = [
            {"name": f"客户{place}", "compound": "泉中小区", "created_at": ago(0)}
            for place in range(CUSTOMERS)
        ]
        for start in range(0, CUSTOMERS, 500):
            made = connection.execute(insert(Customer).returning(Customer.id), rows[start : start + 500])
            numbers = [{"customer_id": one, "number": f"+8613{one:09}"} for one in made.scalars().all()]
            connection.execute(insert(CustomerNumber), numbers)
    return agents


@contextmanager
def _console(folder: Path, address: str) -> Iterator[Served]:
    nursery = Nursery()
    served = Served(folder, address, nursery)
    try:
        yield served
    finally:
        served.stop()
        nursery.close()


class Seat:
    """A desk: a session, and its open stream."""

    def __init__(self, console: Served, work_number: str) -> None:
        """Sign in, and open the live feed."""
        self.left = b""
        cookie = self._sign_in(console.port, work_number)
        self.stream = socket.create_connection(("127.0.0.1", console.port))
        head = f"GET /live?page=desk HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n"
        self.stream.sendall(head.encode())

    @staticmethod
    def _sign_in(port: int, work_number: str) -> str:
        page = http.client.HTTPConnection("127.0.0.1", port)
        page.request("GET", "/sign-in")
        answer = page.getresponse()
        found = CSRF.search(answer.read().decode())
        assert found is not None
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        form = urlencode({"csrf_token": found[1], "work_number": work_number, "password": PASSWORD})
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        page.request("POST", "/sign-in", form, headers)
        answer = page.getresponse()
        answer.read()
        assert answer.status == 303, answer.status
        return answer.headers["Set-Cookie"].partition(";")[0]

    def news(self) -> list[dict[str, Any]]:
        """The events that have come since the last look."""
        self.left += self.stream.recv(1 << 20)
        *whole, self.left = re.split(rb"\r?\n(?=\r?\n)", self.left)
        found = []
        for piece in whole:
            data = re.search(rb"data: (\{.*\})", piece)
            if data:
                found.append(json.loads(data[1]))
        return found


class Seats:
    """All desks, read by one thread so that reading costs the measured machine little."""

    def __init__(self, console: Served, desks: int) -> None:
        """Seat everybody."""
        self.selector = selectors.DefaultSelector()
        self.seats = [Seat(console, str(1001 + place)) for place in range(desks)]
        for place, seat in enumerate(self.seats):
            self.selector.register(seat.stream, selectors.EVENT_READ, place)

    def read(self, until: float, place: int, call: int) -> float | None:
        """The moment at which desk ``place`` is told of ``call`` with its pop; None until then."""
        while (left := until - time.monotonic()) > 0:
            for key, _ in self.selector.select(left):
                news = self.seats[key.data].news()
                if key.data == place and any((one.get("pop") or {}).get("call") == call for one in news):
                    return time.monotonic()
        return None

    def close(self) -> None:
        """Leave."""
        for seat in self.seats:
            seat.stream.close()


@contextmanager
def _seats(console: Served, desks: int) -> Iterator[Seats]:
    seats = Seats(console, desks)
    seats.read(time.monotonic() + 2, -1, -1)
    try:
        yield seats
    finally:
        seats.close()


def _ring(database: Database, seats: Seats, agents: list[int], place: int, every: float) -> float:
    """Let a call ring at a desk; milliseconds from the commit to the pop."""
    agent = agents[place]
    row = {
        "pbx_node": "pbx1",
        "channel": f"caller-{time.monotonic_ns()}",
        "dialled": "95777",
        "language": "zh",
        "stage": "waiting",
        "caller_number": f"13{1 + time.monotonic_ns() % CUSTOMERS:09}",
        "queue": "repair",
        "kind": "repair",
        "arrived_at": ago(10),
        "queued_at": ago(5),
    }
    with database.write() as connection:
        call = connection.execute(insert(Call).values(row).returning(Call.id)).scalar_one()
        announce(connection)
    seats.read(time.monotonic() + every, -1, -1)
    with database.write() as connection:
        connection.execute(
            insert(Offer).values(
                call_id=call,
                agent_id=agent,
                pbx_node="pbx1",
                device=f"PJSIP/{1001 + place}",
                channel=f"offer-{call}",
                queue="repair",
                made_at=ago(0),
                rung_at=ago(0),
            )
        )
        connection.execute(
            update(AgentPresence)
            .where(AgentPresence.agent_id == agent)
            .values(state=AgentState.OFFERED, call_id=call, since=ago(0))
        )
        announce(connection)
    committed = time.monotonic()
    seen = seats.read(committed + 10, place, call)
    with database.write() as connection:
        connection.execute(
            update(Offer).where(Offer.call_id == call).values(outcome=OfferOutcome.CALLER_GONE)
        )
        connection.execute(
            update(AgentPresence)
            .where(AgentPresence.agent_id == agent)
            .values(state=AgentState.READY, call_id=None)
        )
        connection.execute(update(Call).where(Call.id == call).values(ended_at=ago(0), stage="ended"))
        announce(connection)
    return (seen - committed) * 1000 if seen is not None else float("inf")


if __name__ == "__main__":
    sys.exit(main())
