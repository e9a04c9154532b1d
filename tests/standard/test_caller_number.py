"""What the network sends as the caller's number, the bad input of it first of all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.caller_number import CallerNumber, read_caller_number


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ("13800138000", "13800138000"),
        ("+8613800138000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("0086 138-0013-8000", "+8613800138000"),
        ("(0531) 8888.6666", "053188886666"),
        ("05318888 6666", "053188886666"),
        ("95777", "95777"),
        ("1001", "1001"),
        ("*55#", "*55#"),
        ("1" * 20, "1" * 20),
        (" 13800138000 ", "13800138000"),
        ("0", "0"),
        ("001", "001"),
    ],
)
def test_a_number_is_kept_as_it_can_be_dialled(sent: str, number: str) -> None:
    assert read_caller_number(sent).number == number


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "   ",
        "anonymous",
        "Anonymous",
        "unknown",
        "restricted",
        "unavailable",
        "1" * 21,
        "1" * 200,
        "+" + "1" * 200,
        "+",
        "++8613800138000",
        "86+13800138000",
        "+*123",
        "１３８００１３８０００",
        "١٣٨٠٠١٣٨٠٠٠",
        "user1001",
        '"13800138000"',
        "13800138000;ext=5",
        "1380013'8000",
        "138\x000013",
        "138\n00138000",
        "138\r\nINVITE",
        "<sip:1001@192.0.2.1>",
        "${EXTEN}",
        "王敏",
        "\ud800",
    ],
)
def test_what_is_no_number_is_never_dialled(sent: str) -> None:
    assert read_caller_number(sent).number is None


@pytest.mark.parametrize(
    ("sent", "given"),
    [
        (None, None),
        ("", None),
        (" \t\n", None),
        ("anonymous", "anonymous"),
        ("  王敏 ", "王敏"),
        ('"quoted" <name>', '"quoted" <name>'),
        ("a\x00b\x1bc", "a\ufffdb\ufffdc"),
        ("a\tb\nc", "a b c"),
        ("\u202e13800", "\ufffd13800"),
        ("\ud800x", "\ufffdx"),
    ],
)
def test_what_was_sent_is_kept_printable(sent: str | None, given: str | None) -> None:
    assert read_caller_number(sent).given == given


def test_two_hundred_characters_are_kept_and_a_thousand_are_cut() -> None:
    assert read_caller_number("x" * 200).given == "x" * 200
    assert read_caller_number("燃" * 1000).given == "燃" * 255


def test_nothing_sent_is_nothing_known() -> None:
    assert read_caller_number(None) == CallerNumber(None, None)


@given(st.text(alphabet=st.characters(), max_size=400))
def test_whatever_is_sent_fits_the_columns_and_goes_into_a_database(sent: str) -> None:
    read = read_caller_number(sent)
    if read.number is not None:
        assert len(read.number) <= 21 and read.number.isascii()
        assert set(read.number) <= set("+0123456789*#")
    if read.given is not None:
        assert 1 <= len(read.given) <= 255 and read.given.isprintable()
        read.given.encode("utf-8")
