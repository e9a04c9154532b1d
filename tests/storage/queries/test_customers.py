"""The archive on both databases: found by number and by words, edited with history, never deleted."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from ivr.errors import AccountNumberTaken, ChangedMeanwhile, Conflict
from storage.database import Database
from storage.models import Customer, CustomerChange
from storage.queries import customers
from storage.queries.customer_history import history
from storage.queries.customers import CustomerView
from tests.storage.customer_rows import LI, NOW, add, somebody
from tests.storage.rows import add_agent

LATER = NOW + timedelta(hours=1)


def one(database: Database, customer_id: int) -> CustomerView:
    with database.read() as connection:
        found = customers.one(connection, customer_id)
    assert found is not None
    return found


def names(database: Database, text: str, **more: bool) -> list[str]:
    with database.read() as connection:
        page = customers.search_page(connection, text, limit=50, area_code="0531", **more)
    assert page.total == len(page.customers)
    return [customer.name for customer in page.customers]


def test_a_customer_is_kept_with_everything_that_is_derived(database: Database) -> None:
    """R-12.5, R-12.6."""
    (made,) = add(database, LI)
    found = one(database, made)
    assert found.values == LI
    assert (found.surname, found.called, found.address) == ("李", "李先生", "泉中小区 3号楼 2单元 501")
    assert (found.version, found.demo, found.removed_at) == (1, False, None)


@pytest.mark.parametrize("number", ["13900000000", "+8613900000000", "0086 139 0000 0000", "013900000000"])
def test_a_caller_is_found_however_the_network_writes_the_number(database: Database, number: str) -> None:
    """R-12.6: several customers on one number are all found, the last edited first."""
    first, second = add(database, LI, somebody(numbers=LI.numbers))
    add(database, somebody(name="张三", numbers=("+8613900000001",)))
    with database.write() as connection:
        customers.edit(connection, first, 1, replace(LI, note="新"), None, LATER)
    with database.read() as connection:
        assert [customer.id for customer in customers.by_number(connection, number)] == [first, second]


@pytest.mark.parametrize("number", ["", "anonymous", "1", "139000000001", "1390000000' OR 1=1", "\0"])
def test_what_is_no_number_has_no_customer(database: Database, number: str) -> None:
    add(database, LI)
    with database.read() as connection:
        assert customers.by_number(connection, number) == []


def test_a_local_number_is_found_by_the_area_code(database: Database) -> None:
    add(database, somebody(numbers=("+8653188880001",)))
    with database.read() as connection:
        assert len(customers.by_number(connection, "88880001", "0531")) == 1


def test_a_search_finds_by_name_pinyin_initials_address_and_account(database: Database) -> None:
    zhang = somebody(name="张建国", compound="柳岸花园", building="13", account_number="LA2")
    add(database, LI, zhang, somebody(name="李敏", compound="泉中小区", building="13"))
    for text in (
        "李志强",
        "志强",
        "lizhiqiang",
        "lzq",
        "zq",
        "泉中 3号楼",
        "泉中小区3号楼",
        "QZ1",
        "3-2-501",
    ):
        assert names(database, text) == ["李志强"], text
    assert names(database, "李") == ["李志强", "李敏"]
    assert names(database, "泉中") == ["李志强", "李敏"]
    assert names(database, "") == ["张建国", "李志强", "李敏"]
    assert names(database, "张 泉中") == []


def test_whose_name_begins_so_comes_first(database: Database) -> None:
    add(database, somebody(name="王小李", compound="阿小区"), somebody(name="李强", compound="泉中小区"))
    assert names(database, "李") == ["李强", "王小李"]


def test_any_part_of_a_number_finds_for_those_who_see_whole_numbers(database: Database) -> None:
    add(database, somebody(numbers=("+8613912345678",)), somebody(name="张三", numbers=("+8653188880001",)))
    for part in ("13912345678", "1234", "5678", "139", "345678"):
        assert names(database, part, number_anywhere=True) == ["王敏"], part
    assert names(database, "0531888", number_anywhere=True) == ["张三"]
    assert names(database, "99999", number_anywhere=True) == []


def test_a_masked_number_cannot_be_guessed_digit_by_digit(database: Database) -> None:
    """R-18: the whole number, or the four digits that everybody sees."""
    add(database, somebody(numbers=("+8613912345678",)))
    assert names(database, "13912345678") == names(database, "5678") == ["王敏"]
    for part in ("1391234567", "1234", "12345678", "139", "345678"):
        assert names(database, part) == [], part


@pytest.mark.parametrize("text", ["%", "_", "李%", "' OR 1=1 --", "\\", "<script>", "😀", "\0", "x" * 10_000])
def test_a_search_takes_every_sign_as_itself(database: Database, text: str) -> None:
    add(database, LI)
    assert names(database, text) == (["李志强"] if text == "\0" else [])  # nothing is searched for then


def test_an_edit_writes_a_line_of_history_for_each_field(database: Database) -> None:
    """R-AR: who, when, field, before, after."""
    (made,) = add(database, LI)
    with database.write() as connection:
        agent = add_agent(connection, work_number="7001", name="陈静")
        edited = replace(LI, door="502", note="新表", numbers=("+8613900000001", *LI.numbers))
        changed = customers.edit(connection, made, 1, edited, agent, LATER)
    assert changed == ["door", "note", "numbers"]
    assert one(database, made).values == replace(edited, numbers=("+8613900000000", "+8613900000001"))
    assert (one(database, made).version, one(database, made).updated_at) == (2, LATER)
    with database.read() as connection:
        lines = history(connection, made)
    assert [(line.field, line.before, line.after) for line in lines] == [
        ("numbers", "+8613900000000", "+8613900000000, +8613900000001"),
        ("note", None, "新表"),
        ("door", "501", "502"),
        ("created", None, "李志强"),
    ]
    assert {(line.work_number, line.name, line.at) for line in lines[:3]} == {("7001", "陈静", LATER)}
    assert lines[3].work_number is None
    assert names(database, "3-2-502") == ["李志强"]


def test_an_edit_that_changes_nothing_writes_nothing(database: Database) -> None:
    (made,) = add(database, LI)
    with database.write() as connection:
        assert customers.edit(connection, made, 1, LI, None, LATER) == []
    assert one(database, made).version == 1


def test_two_who_edit_at_once_are_told_of_each_other(database: Database) -> None:
    (made,) = add(database, LI)
    with database.write() as connection:
        customers.edit(connection, made, 1, replace(LI, door="502"), None, LATER)
    with pytest.raises(ChangedMeanwhile), database.write() as connection:
        customers.edit(connection, made, 1, replace(LI, door="503"), None, LATER)
    assert one(database, made).door == "502"


def test_an_account_number_belongs_to_one_customer(database: Database) -> None:
    first, second = add(database, LI, somebody())
    with pytest.raises(AccountNumberTaken) as taken, database.write() as connection:
        customers.create(connection, somebody(account_number="QZ1"), None, NOW)
    assert taken.value.customer_id == first
    with pytest.raises(AccountNumberTaken), database.write() as connection:
        customers.edit(connection, second, 1, somebody(account_number="QZ1"), None, NOW)
    with pytest.raises(Conflict), database.write() as connection:
        connection.execute(update(Customer).where(Customer.id == second).values(account_number="QZ1"))


def test_who_is_removed_is_found_by_id_only_and_frees_the_account_number(database: Database) -> None:
    """R-AR: nothing is deleted."""
    (made,) = add(database, LI)
    with database.write() as connection:
        customers.remove(connection, made, 1, "搬走", None, LATER)
    assert names(database, "") == []
    with database.read() as connection:
        assert customers.by_number(connection, "13900000000") == []
        assert history(connection, made)[0].after == "搬走"
    assert one(database, made).removed_at == LATER
    assert one(database, made).numbers == LI.numbers
    assert len(add(database, LI)) == 1
    with pytest.raises(ChangedMeanwhile), database.write() as connection:
        customers.edit(connection, made, 2, LI, None, LATER)


def test_a_customer_cannot_be_deleted_and_history_cannot_be_touched(database: Database) -> None:
    """R-AR."""
    (made,) = add(database, somebody())
    for statement in (
        delete(Customer).where(Customer.id == made),
        delete(CustomerChange),
        update(CustomerChange).values(after="x"),
    ):
        with pytest.raises(Conflict, match=r"R-AR|customer"), database.write() as connection:
            connection.execute(statement)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(CustomerChange)).scalar_one() == 1


def test_the_same_name_at_the_same_address_is_told(database: Database) -> None:
    add(database, LI, somebody())
    with database.read() as connection:
        assert [known.name for known in customers.alike(connection, replace(LI, account_number=None))] == [
            "李志强"
        ]
        assert customers.alike(connection, replace(LI, door="502")) == []
        assert len(customers.alike(connection, somebody())) == 1
