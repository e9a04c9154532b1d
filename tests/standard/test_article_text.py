"""The subset of Markdown of the knowledge articles, and what is not of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.standard.article import missing_sections
from ivr.standard.article_text import (
    ArticleMistake,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Span,
    links,
    parse,
    plain,
)


def test_an_article_is_taken_apart_into_its_pieces() -> None:
    blocks = parse("## 先说\n\n> 请您出来。\n> 我派人。\n\n1. 关阀\n2. 开窗\n\n- 一\n- 二\n\n### 小\n说明")
    assert blocks == (
        Heading(2, "先说"),
        Quote(((Span("请您出来。"),), (Span("我派人。"),))),
        Listing(True, ((Span("关阀"),), (Span("开窗"),))),
        Listing(False, ((Span("一"),), (Span("二"),))),
        Heading(3, "小"),
        Paragraph((Span("说明"),)),
    )


def test_lines_of_one_paragraph_or_item_are_joined_without_a_gap_in_chinese() -> None:
    assert parse("先关\n阀门") == (Paragraph((Span("先关阀门"),)),)
    assert parse("close the\nvalve") == (Paragraph((Span("close the valve"),)),)
    assert parse("- 先关\n  阀门\n- 开窗") == (Listing(False, ((Span("先关阀门"),), (Span("开窗"),))),)


def test_strong_text_and_links_to_articles_are_known() -> None:
    (paragraph,) = parse("**不要**开灯，见[关阀门](close_valve)。")
    assert paragraph == Paragraph(
        (
            Span("不要", strong=True),
            Span("开灯，见"),
            Span("关阀门", link="close_valve"),
            Span("。"),
        )
    )
    assert links((paragraph,)) == {"close_valve"}
    assert plain((paragraph,)) == "不要开灯，见关阀门。"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("好\n<b>粗</b>", 2, "HTML is not shown"),
        ("<script>alert(1)</script>", 1, "HTML is not shown"),
        ("![图](a.png)", 1, "pictures are not shown"),
        ("| a | b |", 1, "tables are not shown"),
        ("```\ncode", 1, "code blocks are not shown"),
        ("    code", 1, "code blocks are not shown"),
        ("# 大", 1, "a heading is ## or ###"),
        ("- 一\n  - 二", 2, "none stands in another"),
        ("见[这里](javascript:alert(1))", 1, "is no article"),
        ("见[这里](https://example.com)", 1, "is no article"),
    ],
)
def test_what_would_not_show_is_a_mistake_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(ArticleMistake, match=said) as raised:
        parse(text)
    assert raised.value.line == line


def test_lines_are_counted_from_where_the_text_stands_in_its_file() -> None:
    with pytest.raises(ArticleMistake) as raised:
        parse("好\n\n| 表 |", first_line=9)
    assert raised.value.line == 11


def test_a_section_without_text_counts_as_missing() -> None:
    blocks = parse("## 先说\n> 好\n## 怎么做\n## 什么时候派人\n- 有味\n## 不能说\n### 小\n- 没事")
    assert missing_sections(blocks) == ["怎么做"]


@given(st.text(alphabet="ab漏气#>-1.*[]()`| \n", max_size=80))
def test_whatever_is_written_is_taken_apart_or_is_a_mistake(text: str) -> None:
    try:
        blocks = parse(text)
    except ArticleMistake as mistake:
        assert 1 <= mistake.line <= text.count("\n") + 1
    else:
        assert not plain(blocks).strip() or text.strip()
