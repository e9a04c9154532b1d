"""R-N: numbers without a gap, however many desks save at once, on both databases."""

import threading
from collections.abc import Callable

import pytest

from storage.database import Database
from storage.queries.case_numbers import next_serial

THREADS = 12
EACH = 15


def at_once(work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(place,)) for place in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_serials_have_no_gap_though_many_count_at_once_and_some_transactions_fail(database: Database) -> None:
    given: list[int] = []
    lock = threading.Lock()

    def count(place: int) -> None:
        for turn in range(EACH):
            try:
                with database.write() as connection:
                    serial = next_serial(connection, "2026-11")
                    if (place + turn) % 5 == 0:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                continue
            with lock:
                given.append(serial)

    at_once(count)
    assert sorted(given) == list(range(1, len(given) + 1))
    assert len(given) == THREADS * EACH * 4 // 5


def test_each_series_counts_for_itself(database: Database) -> None:
    with database.write() as connection:
        serials = [
            next_serial(connection, series) for series in ("2026-11", "TS2026-11", "2026-11", "2026-12")
        ]
    assert serials == [1, 1, 2, 1]


def test_a_serial_of_a_transaction_that_failed_is_given_again(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        assert next_serial(connection, "2026-11") == 1
        raise ZeroDivisionError
    with database.write() as connection:
        assert next_serial(connection, "2026-11") == 1
