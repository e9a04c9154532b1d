"""A real `hotline run` with its supervisor, agents' phones, a duty phone and a telephone outside."""

import asyncio
import json
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivr.asterisk.ari_http import AriHttp
from ivr.asterisk.ari_password import ari_password
from ivr.errors import StorageError
from ivr.operation import home_lock
from ivr.standard.agent_state import AgentState
from ivr.standard.command_kind import CommandKind
from storage.queries.engines import sign_of_life
from tests.e2e.media import Exchange
from tests.e2e.phone import Phone
from tests.e2e.rows import Rows
from tests.e2e.scenarios import Manners
from tests.e2e.scene import ALWAYS_OPEN, NO_WRAP_UP
from tests.operation.hotline_run import Run, environment_of, pbx_pid, running
from tests.ports import free_port
from tests.postgres import PostgresCluster

AGENTS = 6
AT_WORK = Manners(answer_after=0.3)
AT_HOME = Manners(answer_after=0.3, hang_up_after=4.0)
"""Who is called back tells what there is to tell, and hangs up."""
NODE = "pbx1"


class Hotline:
    """The hotline and everybody around it but callers.

    :param cluster: of a PostgreSQL of its own; None: SQLite.
    """

    def __init__(
        self, home: Path, run: Run, environment: dict[str, str], cluster: PostgresCluster | None
    ) -> None:
        self.home = home
        self.folder = home / "telephones"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.run = run
        self.cluster = cluster
        self.sip = f"127.0.0.1:{environment['HOTLINE__PBX__SIP__PORT']}"
        self._ari_port = int(environment["HOTLINE__PBX__ARI__PORT"])
        self.sounds = home / "asterisk" / "data" / "sounds"
        self.rows = Rows(environment["HOTLINE_CHAOS_DATABASE"])
        self.exchange = Exchange()
        self.phones: dict[str, Phone] = {}
        self.duty = self._telephone("duty", int(environment["DUTY_PORT"]))
        self.outside = self._telephone("outside", int(environment["OUTSIDE_PORT"]), AT_HOME)
        for number in range(1, AGENTS + 1):
            work_number = str(7000 + number)
            self.phones[work_number] = phone = self._telephone(work_number, free_port())
            self.rows.add_agent(work_number, phone.address)

    def _telephone(self, name: str, port: int, manners: Manners = AT_WORK) -> Phone:
        return Phone(self.folder, self.exchange, self.sip, name, manners, port)

    def phone_again(self, work_number: str) -> None:
        """An agent's phone that was switched off is there again, at the same address."""
        port = int(self.phones[work_number].address.rpartition(":")[2])
        self.phones[work_number] = self._telephone(work_number, port)

    def outside_again(self) -> None:
        """The line to the outside works again."""
        port = int(self.outside.address.rpartition(":")[2])
        self.outside = self._telephone("outside", port, AT_HOME)

    def pid(self, program: str) -> int:
        """Of a program that runs now; it may be starting just then."""
        give_up = time.monotonic() + 40
        while time.monotonic() < give_up:
            if program == "PBX":
                try:
                    return pbx_pid(self.home)
                except (OSError, ValueError):
                    pass
            elif found := home_lock.holder(self.home, program):
                return found
            time.sleep(0.05)
        raise AssertionError(f"{program} does not run")

    def works(self, since: float) -> bool:
        """Whether an engine has said after ``since`` (seconds since 1970) that it has its PBX."""
        try:
            with self.rows.database.read() as connection:
                sign = sign_of_life(connection, NODE)
        except StorageError:
            return False
        return sign is not None and sign.pbx_connected and sign.seen_at.timestamp() > since

    def left_on_pbx(self) -> list[str]:
        """Channels and bridges that are there now."""
        ari = AriHttp("127.0.0.1", self._ari_port, "hotline", ari_password(self.home))
        channels = asyncio.run(ari.request("GET", "/channels"))
        bridges = asyncio.run(ari.request("GET", "/bridges"))
        return [f"channel {one['name']}" for one in channels] + [f"bridge {one['id']}" for one in bridges]

    def wake_agents(self) -> None:
        """Who missed a call comes back."""
        for work_number, state in self.rows.states().items():
            if state is AgentState.NOT_ANSWERING and work_number in self.phones:
                self.rows.ask(CommandKind.READY, work_number)

    def close(self) -> None:
        """End all telephones."""
        for phone in (*self.phones.values(), self.duty, self.outside):
            phone.end()
        self.exchange.close()
        self.rows.close()


@contextmanager
def hotline(*, postgres: bool = False, keep: bool = False, **changes: object) -> Iterator[Hotline]:
    """Run one in a folder of its own, which is deleted afterwards.

    :param keep: leave the folder there, for whoever looks into the logs.
    """
    home = Path(tempfile.mkdtemp(prefix="hotline-chaos-"))
    cluster = PostgresCluster() if postgres else None
    address = cluster.address() if cluster is not None else f"sqlite:///{home / 'hotline.sqlite3'}"
    ports = {"DUTY_PORT": str(free_port()), "OUTSIDE_PORT": str(free_port())}
    trunk = {"host": "127.0.0.1", "port": int(ports["OUTSIDE_PORT"])}
    settings: dict[str, object] = {
        **ALWAYS_OPEN,
        **NO_WRAP_UP,
        "demo": False,
        "storage__url_from": "HOTLINE_CHAOS_DATABASE",
        "alarm__duty_phones": [f"sip:duty@127.0.0.1:{ports['DUTY_PORT']}"],
        "trunks": [{"name": "line", "match": ["127.0.0.1/32"], "outbound": trunk}],
        "pbx__rtp__first": 26000,
        "pbx__rtp__last": 27999,
        **changes,
    }
    environment = environment_of(home) | ports | {"HOTLINE_CHAOS_DATABASE": address}
    environment |= {
        f"HOTLINE__{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in settings.items()
    }
    try:
        with running(environment) as run:
            run.until("ready after", 120)
            place = Hotline(home, run, environment, cluster)
            try:
                yield place
            finally:
                place.close()
                run.end(signal.SIGTERM)
    finally:
        if cluster is not None:
            cluster.remove()
        if not keep:
            shutil.rmtree(home, ignore_errors=True)
