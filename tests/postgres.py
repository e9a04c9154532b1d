"""A PostgreSQL of the tests' own: started in a temporary folder, gone with everything in it at the end."""

import contextlib
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from ivr.precedence import Precedence, give_way
from tests.ports import free_port

USER = "hotline"
START_SECONDS = 30
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "listen_addresses": "127.0.0.1",
    "track_commit_timestamp": "on",
}


class PostgresCluster:
    """A server process with its folder, on a free port of 127.0.0.1 and a socket in the folder.

    Over the socket everybody is let in, over TCP only with ``password``.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hotline-postgres-"))
        self.password = secrets.token_hex(8)
        self.port = free_port()
        self._programs = _programs()
        self._account = _account()
        self._server: subprocess.Popen[bytes] | None = None
        self._kept: psycopg.Connection | None = None
        shutil.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        try:
            self._make()
            self.start()
        except BaseException:
            self.remove()
            raise

    def address(self, database: str = "postgres") -> str:
        """SQLAlchemy address of a database, over the socket."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}&port={self.port}"

    def tcp_address(self, database: str = "postgres", *, password: str | None = None) -> str:
        """SQLAlchemy address of a database, over TCP, with this password instead of the right one."""
        return f"postgresql+psycopg://{USER}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def _make(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        password_file.chmod(0o644)
        self._run("initdb", "-D", f"{self.folder}/data", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync",
                  "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={password_file}")  # fmt: skip

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            capture_output=True,
            text=True,
            cwd=self.folder,
            **self._as_account(),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr or done.stdout}")

    def _as_account(self) -> dict[str, object]:
        if self._account.pw_uid == os.getuid():
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}

    def start(self) -> None:
        """Start the server if it does not run, and wait for it; it ends when the tests are killed."""
        if self._server is not None:
            return
        options = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        libc = ctypes.CDLL(None)

        def begin() -> None:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
            give_way(Precedence.ENGINE)

        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [
                    self._programs / "postgres",
                    "-D",
                    self.folder / "data",
                    "-k",
                    self.folder,
                    "-p",
                    str(self.port),
                    *options,
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=begin,
                **self._as_account(),
            )
        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self._conninfo(), connect_timeout=2).close()
                return
            except psycopg.OperationalError as error:
                if self._server.poll() is not None or time.monotonic() > give_up:
                    log_text = (self.folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start: {error}\n{log_text}") from None
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server at once; its connections break."""
        self._let_go()
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)  # "fast": does not wait for clients
            try:
                self._server.wait(10)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
            self._server = None

    def remove(self) -> None:
        """Stop, and delete the folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _conninfo(self) -> str:
        return f"host={self.folder} port={self.port} user={USER} dbname=postgres"

    def run_sql(self, statement: sql.Composable | str) -> None:
        """Run one statement as the superuser, outside a transaction."""
        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            connection.execute(sql.SQL(statement) if isinstance(statement, str) else statement)

    @contextlib.contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """A database made for the occasion from a template; dropped afterwards, whoever still uses it."""
        name = f"test_{secrets.token_hex(6)}"
        self._let_go()  # a template may be in nobody's use
        self.run_sql(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        try:
            yield name
        finally:
            self.run_sql(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def empty(self, database: str, tables: Iterable[str]) -> None:
        """Delete every row of these tables, those that point at others first, whoever is still connected.

        Ids begin at one again, or a number that nothing has would belong to something after many tests.
        Rows that must never go are kept by triggers, which a replica does not run.
        """
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        anew = (
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        )
        deletions = "; ".join(f"DELETE FROM {table}" for table in tables)
        connection = self._connection_to(database)
        connection.execute(sql.SQL(others))
        connection.execute(deletions.encode())
        connection.execute(anew)

    def _connection_to(self, database: str) -> psycopg.Connection:
        """Kept from test to test: a new one has to learn about every table anew."""
        kept = self._kept
        try:
            if kept is not None and kept.info.dbname == database:
                kept.execute("SELECT 1")
                return kept
        except psycopg.OperationalError:
            pass  # a test has stopped the server meanwhile
        self._let_go()
        self._kept = psycopg.connect(
            f"host={self.folder} port={self.port} user={USER} dbname={database}", autocommit=True
        )
        self._kept.execute("SET session_replication_role = replica")
        return self._kept

    def _let_go(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None


def _programs() -> Path:
    """Folder of initdb and postgres: Debian keeps it out of the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    installed = [
        folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()
    ]
    if not installed:
        raise RuntimeError("the tests need the programs of PostgreSQL: install Debian's package postgresql")
    return max(installed, key=lambda folder: int(folder.parent.name))


def _account() -> pwd.struct_passwd:
    """Who runs the server: this user, but for root, as whom it refuses to run."""
    if os.getuid():
        return pwd.getpwuid(os.getuid())
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
