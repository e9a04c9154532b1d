"""Numbers, times, digits and case numbers are spoken as a careful speaker says them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import PromptError
from ivr.speech.catalogue import Catalogue, load_catalogue
from ivr.speech.spoken_values import LARGEST_NUMBER, PAUSE, spoken_words
from ivr.speech.wording import ValueKind
from tests.speech.conftest import SHIPPED_PROMPTS

CATALOGUE = load_catalogue(SHIPPED_PROMPTS)
CHINESE_DIGITS = "零一二三四五六七八九"


def spoken(catalogue: Catalogue, kind: ValueKind, language: str, value: object) -> str:
    """What a listener hears, written down."""
    words = spoken_words(kind, language, value)
    texts = ["·" if word == PAUSE else catalogue.words[language][word].wording for word in words]
    return ("" if language == "zh" else " ").join(texts)


def chinese_value(text: str) -> int:
    """The number that a Chinese reading stands for, worked out without the code under test."""
    total = digit = 0
    units = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
    for character in text.replace("两", "二").replace("零", ""):
        if character in units:
            total += (digit or 1) * units[character]
            digit = 0
        else:
            digit = CHINESE_DIGITS.index(character)
    return total + digit


def english_value(text: str) -> int:
    """The number that an English reading stands for, worked out without the code under test."""
    ones = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]  # fmt: skip
    tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    total = group = 0
    for word in text.replace("-", " ").split():
        if word == "thousand":
            total, group = group * 1_000, 0
        elif word == "hundred":
            group *= 100
        else:
            group += 10 * tens.index(word) + 20 if word in tens else ones.index(word)
    return total + group


@pytest.mark.parametrize(
    ("number", "reading"),
    [
        (0, "零"), (2, "二"), (10, "十"), (12, "十二"), (20, "二十"), (22, "二十二"), (99, "九十九"),
        (100, "一百"), (101, "一百零一"), (105, "一百零五"), (110, "一百一十"), (112, "一百一十二"),
        (120, "一百二十"), (200, "二百"), (222, "二百二十二"), (1000, "一千"), (1005, "一千零五"),
        (1010, "一千零一十"), (1100, "一千一百"), (2000, "两千"), (2002, "两千零二"), (10000, "一万"),
        (10005, "一万零五"), (10010, "一万零一十"), (10500, "一万零五百"), (11000, "一万一千"),
        (20000, "两万"), (22222, "两万两千二百二十二"), (50050, "五万零五十"), (99999, "九万九千九百九十九"),
    ],
)  # fmt: skip
def test_a_chinese_ordinal_is_read_by_the_rules(catalogue: Catalogue, number: int, reading: str) -> None:
    assert spoken(catalogue, ValueKind.ORDINAL, "zh", number) == reading


@pytest.mark.parametrize(
    ("number", "reading"), [(2, "两"), (1, "一"), (12, "十二"), (22, "二十二"), (102, "一百零二")]
)
def test_two_of_something_is_liang(catalogue: Catalogue, number: int, reading: str) -> None:
    assert spoken(catalogue, ValueKind.NUMBER, "zh", number) == reading


@pytest.mark.parametrize(
    ("number", "reading"),
    [
        (0, "zero"), (7, "seven"), (20, "twenty"), (42, "forty-two"), (100, "one hundred"),
        (105, "one hundred five"), (1010, "one thousand ten"), (20000, "twenty thousand"),
        (99999, "ninety-nine thousand nine hundred ninety-nine"),
    ],
)  # fmt: skip
def test_an_english_number_is_read_by_the_rules(catalogue: Catalogue, number: int, reading: str) -> None:
    assert spoken(catalogue, ValueKind.NUMBER, "en", number) == reading


@given(st.integers(0, LARGEST_NUMBER))
def test_every_number_is_heard_as_itself_in_both_languages(number: int) -> None:
    for kind in (ValueKind.NUMBER, ValueKind.ORDINAL):
        assert chinese_value(spoken(CATALOGUE, kind, "zh", number)) == number
        assert english_value(spoken(CATALOGUE, kind, "en", number)) == number


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [(1, "一分钟", "one minute"), (2, "两分钟", "two minutes"), (12, "十二分钟", "twelve minutes")],
)
def test_minutes_are_spoken_with_their_unit(
    catalogue: Catalogue, minutes: int, chinese: str, english: str
) -> None:
    assert spoken(catalogue, ValueKind.MINUTES, "zh", minutes) == chinese
    assert spoken(catalogue, ValueKind.MINUTES, "en", minutes) == english


@pytest.mark.parametrize(
    ("time", "chinese", "english"),
    [
        ("00:00", "凌晨十二点", "midnight"), ("00:30", "凌晨十二点半", "twelve thirty A M"),
        ("02:00", "凌晨两点", "two A M"), ("08:00", "上午八点", "eight A M"),
        ("08:05", "上午八点零五分", "eight oh five A M"), ("11:30", "上午十一点半", "eleven thirty A M"),
        ("12:00", "中午十二点", "noon"), ("14:30", "下午两点半", "two thirty P M"),
        ("17:45", "下午五点四十五分", "five forty-five P M"), ("20:00", "晚上八点", "eight P M"),
        ("24:00", "晚上十二点", "midnight"),
    ],
)  # fmt: skip
def test_a_time_is_spoken_with_its_part_of_day(
    catalogue: Catalogue, time: str, chinese: str, english: str
) -> None:
    assert spoken(catalogue, ValueKind.TIME, "zh", time) == chinese
    assert spoken(catalogue, ValueKind.TIME, "en", time) == english


@pytest.mark.parametrize(
    ("day", "chinese", "english"),
    [
        (datetime.date(2026, 11, 23), "十一月二十三号", "November twenty-three"),
        (datetime.date(2027, 2, 1), "二月一号", "February one"),
    ],
)
def test_a_day_is_spoken_as_month_and_day(
    catalogue: Catalogue, day: datetime.date, chinese: str, english: str
) -> None:
    assert spoken(catalogue, ValueKind.DATE, "zh", day) == chinese
    assert spoken(catalogue, ValueKind.DATE, "en", day) == english


@given(st.times())
def test_every_time_is_spoken_alike_as_time_and_as_text(time: datetime.time) -> None:
    for language in CATALOGUE.languages:
        from_time = spoken(CATALOGUE, ValueKind.TIME, language, time)
        assert from_time == spoken(CATALOGUE, ValueKind.TIME, language, f"{time:%H:%M}")


@pytest.mark.parametrize(
    ("digits", "chinese"),
    [
        ("95777", "九五七七七"), ("119", "幺幺九"), ("13800138000", "幺三八·零零幺三·八零零零"),
        ("053188886666", "零五三幺·八八八八·六六六六"), ("+8610", "加八六幺零"),
    ],
)  # fmt: skip
def test_telephone_numbers_are_read_in_groups_with_one_as_yao(
    catalogue: Catalogue, digits: str, chinese: str
) -> None:
    assert spoken(catalogue, ValueKind.DIGITS, "zh", digits) == chinese


def test_english_digits_are_read_one_by_one(catalogue: Catalogue) -> None:
    assert spoken(catalogue, ValueKind.DIGITS, "en", "95777") == "nine five seven seven seven"


@pytest.mark.parametrize(
    ("number", "chinese", "english"),
    [
        ("2026-11-0042", "二零二六杠幺幺杠零零四二", "two zero two six dash one one dash zero zero four two"),
        (
            "TS2026-11-0001",
            "TS二零二六杠幺幺杠零零零幺",
            "T S two zero two six dash one one dash zero zero zero one",
        ),
    ],
)
def test_case_numbers_are_read_character_by_character(
    catalogue: Catalogue, number: str, chinese: str, english: str
) -> None:
    assert spoken(catalogue, ValueKind.CASE_NUMBER, "zh", number) == chinese
    assert spoken(catalogue, ValueKind.CASE_NUMBER, "en", number) == english


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ValueKind.NUMBER, -1), (ValueKind.NUMBER, LARGEST_NUMBER + 1), (ValueKind.NUMBER, "3"),
        (ValueKind.NUMBER, True), (ValueKind.NUMBER, 2.0), (ValueKind.MINUTES, None),
        (ValueKind.ORDINAL, -5), (ValueKind.DIGITS, ""), (ValueKind.DIGITS, 95777),
        (ValueKind.DIGITS, "anonymous"), (ValueKind.DIGITS, "1" * 200), (ValueKind.DIGITS, "１２"),
        (ValueKind.TIME, "25:00"), (ValueKind.TIME, "8:00"), (ValueKind.TIME, 8),
        (ValueKind.DATE, "2026-11-23"), (ValueKind.DATE, datetime.datetime(2026, 11, 23)),
        (ValueKind.CASE_NUMBER, "2026/11"), (ValueKind.CASE_NUMBER, "ts-1"), (ValueKind.CASE_NUMBER, ""),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused_by_name(kind: ValueKind, value: object) -> None:
    for language in CATALOGUE.languages:
        with pytest.raises(PromptError) as refusal:
            spoken_words(kind, language, value)
        assert repr(value) in str(refusal.value)
