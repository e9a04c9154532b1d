"""The line a search looks through, and what the words of a search mean."""

import pytest

from ivr.standard.customer_address import Address
from storage.customer_search import LONGEST_LINE, MOST_WORDS, SearchWord, read_search, search_line

LINE = search_line("曾志强", "QZ001234", Address("泉中小区", "3", "2", "501"), "JK-2.5")


def fits(text: str) -> bool:
    return all((" " if word.at_beginning else "") + word.text in LINE for word in read_search(text))


@pytest.mark.parametrize(
    "text",
    [
        *("曾志强", "志强", "zengzhiqiang", "cengzhiqiang", "zhiqiang", "zzq", "zq", "ZZQ"),
        *("泉中", "quanzhong", "qzxq", "泉中小区3号楼2单元501室", "泉中 3栋", "3-2-501", "3#", "501"),
        *("qz001234", "QZ00", "jk-2.5", "曾 泉中 501", "ｑｚ００１２３４"),
    ],
)
def test_a_customer_is_found_by(text: str) -> None:
    assert fits(text)


@pytest.mark.parametrize("text", ["李", "lzq", "13号楼", "01", "泉中 4号楼", "hiqiang", "强志"])
def test_a_customer_is_not_found_by(text: str) -> None:
    assert not fits(text)


def test_a_surname_is_found_by_its_own_reading_and_by_the_usual_one() -> None:
    line = search_line("单雄信", None, Address(), None)
    assert " shanxiongxin" in line and " danxiongxin" in line


def test_digits_are_also_a_part_of_a_telephone_number() -> None:
    assert read_search("1399") == [SearchWord("1399", True, "1399")]
    assert read_search("139-0000-0000")[0].digits == "13900000000"
    assert read_search("+86139")[0].digits == "86139"
    assert read_search("3-2-501")[0].digits is None


def test_a_search_is_cut_and_never_more_than_some_words() -> None:
    assert len(read_search("泉 " * 5000)) == MOST_WORDS
    assert read_search(" , ；") == []


def test_the_line_is_never_longer_than_its_column() -> None:
    assert len(search_line("曾" * 80, "9" * 32, Address("泉" * 80, "楼" * 20), "型" * 40)) <= LONGEST_LINE
