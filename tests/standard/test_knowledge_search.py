"""Articles are found as one types: Chinese, pinyin, initials, and mixtures of them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.knowledge_search import (
    LONGEST_QUERY,
    Entry,
    Hit,
    Index,
    Sounded,
    Where,
    find,
    found_at,
    signs_of,
)

SOUNDS = dict(
    re.findall(
        "(.)([a-z]+)",
        "燃ran气qi泄xie漏lou怎zen么me办ban换huan表biao电dian池chi热re水shui器qi打da不bu着zhao火huo卡ka账zhang"
        "单dan对dui缴jiao费fei中zhong毒du商shang业ye用yong户hu停ting气qi恢hui复fu行hang走zou银yin",
    )
)


def sounded(text: str) -> Sounded:
    return Sounded(text, signs_of(text), tuple(SOUNDS.get(sign, "") for sign in text))


def entry(slug: str, title: str, tags: str = "", text: str = "", kinds: str = "") -> Entry:
    return Entry(slug, sounded(title), tuple(map(sounded, tags.split())), sounded(text), tuple(kinds.split()))


INDEX = Index(
    [
        entry("leak", "燃气泄漏怎么办", "漏气", "先关表。", "alarm"),
        entry("battery", "换表电池", "电池", "表不走，换电池。漏气不换。", "repair"),
        entry("heater", "热水器打不着火", "热水器", "", "repair"),
        entry("card", "IC卡 怎么办", "卡", "", "consultation"),
        entry("bill", "账单不对", "缴费", "", "complaint"),
    ]
)


def slugs(query: str, kind: str | None = None) -> list[str]:
    return [hit.slug for hit in find(INDEX, query, kind)]


def only(query: str) -> Hit:
    (hit,) = find(INDEX, query)
    return hit


@pytest.mark.parametrize(
    "typed",
    [
        "泄漏",
        "燃气泄漏",
        "ranqixielou",
        "rqxl",
        "ranqx",
        "ranqix",
        "ran'qi'xie",
        "燃qi泄l",
        "RQXL",
        "ＲＱｘｌ",
        "xie lou",
    ],
)
def test_chinese_pinyin_initials_and_mixtures_find_the_same(typed: str) -> None:
    assert slugs(typed)[0] == "leak"


def test_what_is_found_grows_narrower_with_every_key() -> None:
    assert set(slugs("r")) == {"leak", "heater"}
    assert slugs("re") == slugs("resh") == slugs("reshuiq") == ["heater"]


def test_two_letters_that_begin_a_syllable_may_stand_for_it() -> None:
    assert slugs("zhd") == ["bill"]
    assert slugs("zd") == ["bill"]


def test_latin_letters_and_gaps_in_a_title_are_found_as_they_are_written() -> None:
    assert slugs("ic") == slugs("IC卡") == slugs("icka") == slugs("ickazenme") == ["card"]


def test_a_title_counts_more_than_a_tag_and_a_tag_more_than_the_text() -> None:
    found = find(INDEX, "漏气")
    assert [(hit.slug, hit.where) for hit in found] == [("leak", Where.TAG), ("battery", Where.TEXT)]
    assert find(INDEX, "表")[0].where is Where.TITLE


def test_among_equals_the_kind_of_the_call_comes_first() -> None:
    assert slugs("怎么办") == ["leak", "card"]
    assert slugs("怎么办", "consultation") == ["card", "leak"]
    assert slugs("漏气", "repair") == ["leak", "battery"]  # a tag still counts more than the text


def test_nothing_typed_shows_everything_with_the_kind_of_the_call_first() -> None:
    assert slugs("") == slugs("  \n") == ["leak", "battery", "heater", "card", "bill"]
    assert slugs("", "complaint")[0] == "bill"


def test_every_word_must_be_found() -> None:
    assert slugs("表 电池") == ["battery"]
    assert slugs("dianchi huan") == ["battery"]


def test_what_fits_is_marked_in_the_title_and_in_a_piece_of_the_text() -> None:
    assert only("dianchi").title_marks == ((2, 4),)
    hit = find(INDEX, "漏气")[1]
    begin, end = hit.excerpt_marks[0]
    assert hit.excerpt[begin:end] == "漏气"


def test_a_piece_from_the_middle_of_a_line_says_so() -> None:
    long = "停气" * 12 + "换电池以后恢复。"
    hit = find(Index([entry("one", "商业用户", "", long)]), "恢复")[0]
    assert hit.excerpt.startswith("…")
    begin, end = hit.excerpt_marks[0]
    assert hit.excerpt[begin:end] == "恢复"


def test_initials_are_not_looked_for_in_the_text() -> None:
    """Nearly every pair of letters stands somewhere in it."""
    assert found_at(sounded("先换电池"), "dc", initials=True) == (2, 4)
    assert found_at(sounded("先换电池"), "dc", initials=False) is None
    assert found_at(sounded("先换电池"), "dianchi", initials=False) == (2, 4)


def test_what_sounds_alike_is_found_when_nothing_fits_exactly() -> None:
    assert only("zangdan").approximate
    assert slugs("zangdan") == ["bill"]
    assert slugs("dianci") == ["battery"]


def test_a_slip_at_the_end_still_finds_what_was_begun() -> None:
    hit = only("reshuiqo")
    assert (hit.slug, hit.approximate) == ("heater", True)


def test_a_whole_question_finds_what_shares_most_with_it() -> None:
    hits = find(INDEX, "我家热水器怎么打不着火")
    assert hits[0].slug == "heater"
    assert hits[0].approximate


@pytest.mark.parametrize(
    "typed", ["qqqq", "你好", "<script>alert(1)</script>", "０００", "？！", "\x00\ud800"]
)
def test_what_is_nowhere_finds_nothing(typed: str) -> None:
    assert slugs(typed) == []


def test_no_more_are_shown_than_asked_for() -> None:
    assert len(find(INDEX, "", most=2)) == 2


@given(st.text(max_size=3 * LONGEST_QUERY), st.sampled_from([None, "alarm", "nothing"]))
def test_the_search_never_fails_whatever_is_typed(typed: str, kind: str | None) -> None:
    _whole(find(INDEX, typed, kind))


@given(st.text(alphabet="燃气泄漏换表电池ranqixeloubd IC'，\n", max_size=40))
def test_marks_never_leave_their_texts(typed: str) -> None:
    _whole(find(INDEX, typed))


def _whole(hits: list[Hit]) -> None:
    titles = {one.slug: one.title.text for one in INDEX.entries}
    assert len({hit.slug for hit in hits}) == len(hits)
    for hit in hits:
        assert all(0 <= begin < end <= len(titles[hit.slug]) for begin, end in hit.title_marks)
        assert all(0 <= begin < end <= len(hit.excerpt) for begin, end in hit.excerpt_marks)
