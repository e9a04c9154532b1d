"""``python -m tests.bench.cases``: lists and searches of cases on a database as large as years make it.

PostgreSQL with 1 000 000 cases and 3 000 000 obligations, SQLite with a tenth of that. Prints times of many
questions of each sort, asked one after the other, each with other values.
"""

import argparse
import os
import platform
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from ivr.config import Settings, load
from ivr.config.case_sections import working_days
from ivr.config.sections import CallKind
from ivr.standard.obligations import Clockwork
from ivr.working_calendar import published_kind
from storage.database import Database
from storage.queries import (
    alarms,
    case_desk_list,
    case_lists,
    case_mark,
    case_search,
    case_view,
    complaint_lists,
    overdue_board,
)
from storage.queries.case_desk_list import CaseFilter, Which
from storage.queries.obligation_warnings import next_at, take_due
from tests.bench import case_due, case_saving
from tests.bench.case_rows import NOW, TABLES, UNITS, Table, agents, words_to_look_for
from tests.bench.table import Times
from tests.postgres import PostgresCluster

PROJECT = Path(__file__).parents[2]
AIM_MS = 100
ASKED = 200
PAGE = 50
WITH_OWN_IDS = ("agents", "units", "cases")
"""Tables that were filled with ids of our own; what is saved afterwards counts on from them."""


def main() -> None:
    """Fill, ask, print. Exit code 0 also where the aim is missed."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.cases", description=__doc__)
    arguments.add_argument("--cases", type=int, default=1_000_000, help="on PostgreSQL; SQLite gets a tenth")
    arguments.add_argument("--only", choices=["sqlite", "postgres"], help="one of the two")
    arguments.add_argument(
        "--database",
        help="address of a database to use and to keep: it is filled if it has no cases, else asked as it is",
    )
    given = arguments.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the beginning")
    if given.database:
        measure("the given database", given.database, given.cases)
        return
    with ExitStack() as stack:
        if given.only != "postgres":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hotline-bench-"))
            measure("SQLite", f"sqlite:///{folder}/hotline.sqlite3", given.cases // 10)
        if given.only != "sqlite":
            cluster = PostgresCluster()
            stack.callback(cluster.remove)
            name = stack.enter_context(cluster.database())
            measure("PostgreSQL", cluster.address(name), given.cases)


def measure(name: str, address: str, count: int) -> None:
    """Fill one database and ask it everything."""
    database = Database(address)
    database.upgrade()
    began = time.monotonic()
    if not _cases(database):
        for table in TABLES:
            fill(database, table, count)
        settle(database)
    count = _cases(database)
    with database.read() as connection:
        sizes = [
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("cases", "obligations", "search_texts")
        ]
    print(f"\n{name}: {sizes[0]} cases, {sizes[1]} obligations, {sizes[2]} texts, "
          f"filled in {time.monotonic() - began:.0f} s")  # fmt: skip
    for question, ask in questions(clockwork(), count).items():
        times = Times.of(list(asked(database, ask)))
        assert times is not None
        verdict = "" if times.p95 < AIM_MS else f"   misses {AIM_MS} ms"
        print(
            f"  {question:44} p50 {times.p50:7.2f}  p95 {times.p95:7.2f}  "
            f"max {times.longest:7.2f} ms{verdict}"
        )
    due = case_due.measure(database)
    verdict = (
        "" if due.late.longest < case_due.LATE_MS and due.share < case_due.SHARE else "   misses the aim"
    )
    print(
        f"  {'what comes due, found so late':44} p50 {due.late.p50:7.2f}  p95 {due.late.p95:7.2f}  "
        f"max {due.late.longest:7.2f} ms, at {100 * due.share:.2f} % of a core{verdict}"
    )
    saving = case_saving.measure(database)
    for what, times, aim in (
        ("a case saved, the console's whole answer", saving.save, case_saving.AIM_MS),
        ("  beside: one row in a transaction", saving.row, None),
    ):
        verdict = f"   misses {aim} ms" if aim is not None and times.p95 > aim else ""
        print(f"  {what:44} p50 {times.p50:7.2f}  p95 {times.p95:7.2f}  max {times.longest:7.2f} ms{verdict}")
    database.close()


def _cases(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM cases")).scalar_one())


def clockwork() -> Clockwork:
    """As the project's own config.yaml has it."""
    settings: Settings = load(PROJECT / "config.yaml", {"HOTLINE_HOME": tempfile.gettempdir()})
    return settings.obligations.clockwork(working_days(settings.zone, settings.special_days, published_kind))


def fill(database: Database, table: Table, count: int) -> None:
    """Write all rows of a table as fast as the database takes them."""
    names = ", ".join(table.columns)
    with database.write() as connection:
        driver: Any = connection.connection.driver_connection
        if database.is_sqlite:
            marks = ", ".join("?" * len(table.columns))
            rows = (tuple(_plain(value) for value in row) for row in table.rows(count))
            driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)
            return
        driver.execute("SET LOCAL statement_timeout = 0")
        if table.name == "cases":
            driver.execute("DROP INDEX ix_search_texts_signs")
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in table.rows(count):
                copy.write_row(row)
        if table.name == "cases":
            driver.execute(
                "CREATE INDEX ix_search_texts_signs ON search_texts USING gin (hotline_signs(text, id)) "
                "WITH (fastupdate = off)"
            )


def _plain(value: object) -> object:
    """As SQLite keeps it."""
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value


def settle(database: Database) -> None:
    """What the database would do by itself in a quiet hour."""
    with database.write() as connection:
        driver: Any = connection.connection.driver_connection
        if database.is_sqlite:
            driver.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
            driver.execute("ANALYZE")
        else:
            driver.execute("SET LOCAL statement_timeout = 0")
            for table in WITH_OWN_IDS:
                driver.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )
            driver.execute("ANALYZE")


Question = Callable[[Connection, random.Random], object]


def questions(clocks: Clockwork, count: int) -> dict[str, Question]:
    """What pages and the engine ask, by name."""
    words = words_to_look_for()

    def page_two(connection: Connection, chance: random.Random) -> object:
        unit = chance.randint(1, UNITS)
        first = case_lists.of_unit(connection, unit, limit=PAGE)
        return first and case_lists.of_unit(
            connection, unit, limit=PAGE, after=case_lists.place_of(first[-1])
        )

    asked: dict[str, Question] = {
        "desk list, newest": lambda c, r: case_lists.newest(c, limit=PAGE),
        "desk list, one kind and unit": lambda c, r: case_lists.newest(
            c,
            limit=PAGE,
            kind=r.choice([CallKind.REPAIR, CallKind.COMPLAINT]),
            unit_id=r.randint(1, UNITS),
        ),
        "desk list, a first responder's open ones": lambda c, r: case_lists.of_owner(
            c, r.choice(agents()), limit=PAGE
        ),
        "desk list by time left, all": lambda c, r: _by_time_left(c, CaseFilter()),
        "desk list by time left, kind and unit": lambda c, r: _by_time_left(
            c, CaseFilter(kind=CallKind.COMPLAINT, unit_id=r.randint(1, UNITS))
        ),
        "desk list, closed ones of a kind": lambda c, r: _by_time_left(
            c, CaseFilter(Which.CLOSED, kind=CallKind.ALARM)
        ),
        "desk list, a week far back": lambda c, r: _by_time_left(c, _week(r)),
        "desk list's head: open, late, soon": lambda c, r: case_desk_list.heads(
            c, NOW, NOW + timedelta(hours=4), None
        ),
        "desk list, far back": lambda c, r: case_lists.newest(c, limit=PAGE, before=r.randint(PAGE, count)),
        "unit's list by time left": lambda c, r: case_lists.of_unit(c, r.randint(1, UNITS), limit=PAGE),
        "unit's list, second page": page_two,
        "overdue board": lambda c, r: case_lists.overdue(c, NOW, limit=PAGE),
        "overdue board's head: load of every unit": lambda c, r: case_lists.loads(c, NOW),
        "overdue board, what is owed and who was warned": _whole_board,
        "overdue board's head: first responders": lambda c, r: overdue_board.owner_loads(
            c, NOW, NOW + timedelta(hours=4)
        ),
        "gas leaks that go on": lambda c, r: alarms.going_on(c, limit=PAGE),
        "open complaints, the gravest first": lambda c, r: complaint_lists.open_ones(c, limit=PAGE),
        "has anything about cases changed": lambda c, r: case_mark.read(c),
        "one case with everything": lambda c, r: case_view.whole(c, r.randint(1, count), NOW, clocks),
        "a customer's cases": lambda c, r: case_lists.of_customer(
            c, None, [f"139{r.randrange(10**6):08}"], limit=PAGE
        ),
        "is anything due": lambda c, r: next_at(c),
    }
    for sort, some in words.items():
        asked[f"search, {sort}"] = lambda c, r, some=some: case_search.cases(  # type: ignore[misc]
            c, r.choice(some)(r), limit=PAGE
        )
    asked["desk list narrowed by words"] = lambda c, r: _by_words(
        c, r.choice(r.choice(list(words.values())))(r)
    )
    asked["take 50 warnings (writes)"] = lambda c, r: take_due(c, NOW, clocks, 50)
    return asked


def _whole_board(connection: Connection, chance: random.Random) -> object:
    found = overdue_board.board(connection, NOW + timedelta(hours=4), limit=PAGE)
    ids = [line.id for line in found]
    return overdue_board.owed_now(connection, ids), overdue_board.former_owners(connection, ids)


def _by_time_left(connection: Connection, wanted: CaseFilter) -> object:
    return case_desk_list.page(connection, wanted, NOW, NOW + timedelta(hours=4), limit=PAGE)


def _by_words(connection: Connection, typed: str) -> object:
    return _by_time_left(
        connection, CaseFilter(among=tuple(case_search.case_ids(connection, typed, most=500)))
    )


def _week(chance: random.Random) -> CaseFilter:
    begin = NOW - timedelta(days=chance.randint(30, 1000))
    return CaseFilter(Which.ALL, opened=(begin, begin + timedelta(days=7)), unit_id=chance.randint(1, UNITS))


def asked(database: Database, ask: Question) -> Iterator[float]:
    """Ask many times; milliseconds of each, the first three left out."""
    chance = random.Random(95777)
    for turn in range(ASKED + 3):
        began = time.perf_counter()
        with database.write() as connection:
            ask(connection, chance)
        if turn >= 3:
            yield (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
