"""Articles become HTML of escaped pieces: nothing an author wrote is markup or script."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_console.knowledge.rendering import article_html
from ivr.standard.article_text import Heading, Listing, Paragraph, Quote, Span, parse


def html(text: str) -> str:
    return str(article_html(parse(text), lambda slug: f"/knowledge/{slug}"))


class Tags(HTMLParser):
    """Collects what a browser would take for elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= set(attrs)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(text: str) -> Tags:
    found = Tags()
    found.feed(text)
    found.close()
    assert found.open == []
    return found


def test_each_section_is_dressed_by_what_it_is_for() -> None:
    found = html("## 先说\n> 您好\n## 怎么做\n1. 一\n## 什么时候派人\n- 二\n## 不能说\n- 三\n## 知道就好\n四")
    assert [piece.split('"')[0] for piece in found.split('class="')[1:]] == [
        "say",
        "steps",
        "send",
        "never",
        "more",
    ]
    assert "<blockquote><p>您好</p></blockquote>" in found
    assert "<ol><li>一</li></ol>" in found
    assert "<ul><li>三</li></ul>" in found


def test_a_link_leads_to_the_articles_page_and_strong_text_is_strong() -> None:
    found = html("**不要**开灯，见[关阀门](close_valve)")
    assert found == '<p><strong>不要</strong>开灯，见<a href="/knowledge/close_valve">关阀门</a></p>'


def test_headings_take_the_level_that_the_page_has_room_for() -> None:
    blocks = parse("## 先说\n### 小")
    assert "<h3>先说</h3>" in article_html(blocks, str, level=3)
    assert "<h4>小</h4>" in article_html(blocks, str, level=3)


ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</section></article><h1>",
    "&lt;b&gt;",
    "{{ 7*7 }} {% raw %}",
    "javascript:alert(1)",
    "' onmouseover='x",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_and_script_stay_text_wherever_they_stand(attack: str) -> None:
    """Also in pieces that the reader of files would never let through."""
    line = (Span(attack), Span(attack, strong=True), Span(attack, link=attack))
    blocks = (
        Heading(2, attack),
        Heading(3, attack),
        Paragraph(line),
        Quote((line,)),
        Listing(True, (line,)),
        Listing(False, (line,)),
    )
    rendered = str(article_html(blocks, lambda slug: f"/knowledge/{slug}"))
    found = tags(rendered)
    assert found.tags <= {"section", "h2", "h3", "p", "strong", "a", "blockquote", "ol", "ul", "li"}
    assert found.attributes == {("class", "more"), ("href", f"/knowledge/{attack}")}
    assert attack not in rendered or (attack.isprintable() and not set(attack) & set("<>&\"'"))


TEXT = st.text(alphabet="<>&\"'/ab漏=(){}[]*#- \n", max_size=60)


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_no_text_ever_becomes_an_element(texts: list[str]) -> None:
    blocks = tuple(Paragraph((Span(text), Span(text, link=text))) for text in texts)
    found = tags(str(article_html(blocks, lambda slug: slug)))
    assert found.tags <= {"p", "a"}
    assert {name for name, _ in found.attributes} <= {"href"}
