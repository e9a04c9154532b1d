"""The knowledge base and the phrases as pages, as pieces of other pages, and the search as JSON."""

from collections.abc import Callable

import pytest
from flask import Flask

from agent_console.context import console_of
from agent_console.knowledge.topic_words import fault_word
from ivr.config.sections import Role
from ivr.standard.article import ArticleFault, BrokenArticle
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene

Visitors = Callable[..., Visitor]


@pytest.fixture
def agent(visitor: Visitors, scene: Scene) -> Visitor:
    scene.person("1001")
    somebody = visitor()
    somebody.sign_in("1001")
    return somebody


def found(agent: Visitor, query: str, **more: str) -> list[dict[str, object]]:
    answer = agent.get("/knowledge/search", query_string={"q": query, **more})
    assert answer.status_code == 200
    return list(answer.get_json())


def test_every_article_stands_on_the_page_by_topic_and_opens(agent: Visitor, app: Flask) -> None:
    page = agent.get("/knowledge").get_data(as_text=True)
    articles = console_of(app).reading.library.articles
    for slug, article in articles.items():
        assert f'href="/knowledge/{slug}"' in page
        opened = agent.get(f"/knowledge/{slug}")
        assert opened.status_code == 200
        assert f"<h2>{article.title}</h2>" in opened.get_data(as_text=True)
    assert "灶具、热水器与软管" in page


def test_an_article_as_a_piece_of_the_desk_is_only_itself(agent: Visitor) -> None:
    piece = agent.get("/knowledge/gas_leak_home?part=1").get_data(as_text=True)
    assert piece.startswith("<article ")
    assert "<html" not in piece
    assert '<section class="say">' in piece
    assert "请您不要开关任何电器" in piece


def test_an_article_that_is_not_there_is_said_so(agent: Visitor) -> None:
    for path in ("/knowledge/nothing", "/knowledge/..%2f..%2fconfig", "/knowledge/%00", "/knowledge/<b>"):
        answer = agent.get(path)
        assert answer.status_code == 404, path
        assert "<b>" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("query", ["漏气", "louqi", "漏qi"])
def test_the_search_gives_slug_title_and_a_piece_of_text(agent: Visitor, query: str) -> None:
    first = found(agent, query)[0]
    assert first["slug"] == "gas_leak_home"
    assert first["title"] == "家里闻到燃气味（漏气）"
    assert first["address"] == "/knowledge/gas_leak_home"
    assert str(first["excerpt"]).startswith("请您不要开关任何电器")
    assert first["approximate"] is False


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("hdc", "meter_battery"),
        ("rsqdbzh", "heater_no_ignition"),
        ("gh", "name_transfer"),
        ("IC卡", "ic_card_use"),
        ("一氧化碳", "carbon_monoxide"),
        ("阶梯", "tariffs"),
        ("tongqi", "first_ignition"),
        ("报警器", "detector_beeping"),
        ("24小时", "what_to_promise"),
        ("carbon", "carbon_monoxide"),
        ("我家热水器怎么打不着火了", "heater_no_ignition"),
    ],
)
def test_what_agents_type_leads_to_the_article(agent: Visitor, query: str, slug: str) -> None:
    assert slug in [one["slug"] for one in found(agent, query)][:3]


def test_articles_for_the_kind_of_the_call_come_first(agent: Visitor) -> None:
    assert found(agent, "", kind="complaint")[0]["slug"] != found(agent, "", kind="alarm")[0]["slug"]
    assert found(agent, "", kind="nonsense") == found(agent, "")


@pytest.mark.parametrize("query", ["qqzzqq", "<script>alert(1)</script>", "？", "\x00", "😀" * 50])
def test_nothing_found_is_an_empty_list(agent: Visitor, query: str) -> None:
    assert found(agent, query) == []


def test_ten_thousand_characters_are_answered_like_their_beginning(agent: Visitor) -> None:
    assert found(agent, "漏气" * 5000) == found(agent, "漏气" * 30)


def test_the_phrases_are_shown_with_what_to_say_instead(agent: Visitor) -> None:
    """R-4 to R-8."""
    page = agent.get("/phrases").get_data(as_text=True)
    for text in ("请问您贵姓？", "我能做到的是", "你问我，我问谁", "没看到我在忙吗", "应当说"):
        assert text in page


@pytest.mark.parametrize(("role", "told"), [(Role.SUPERVISOR, True), (Role.AGENT, False)])
def test_a_broken_article_is_told_in_the_pages_language_to_those_who_keep_the_texts(
    app: Flask, visitor: Visitors, scene: Scene, role: Role, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent_console.knowledge.reading import Library
    from ivr.config.knowledge_files import Knowledge

    reading = console_of(app).reading
    whole = reading.library
    faults = (BrokenArticle("<b>.md", ArticleFault.NAME), BrokenArticle("battery.md", ArticleFault.FACTS, 3))
    broken = Library(whole.texts, Knowledge(whole.knowledge.articles, ("in English",), faults))
    monkeypatch.setattr(reading, "_library", broken)
    scene.person("5001", role=role)
    somebody = visitor()
    somebody.sign_in("5001")
    page = somebody.get("/knowledge").get_data(as_text=True)
    for said in ("&lt;b&gt;.md", "battery.md", "第 3 行：未显示"):
        assert (said in page) is told, said
    assert "in English" not in page


@pytest.mark.parametrize("fault", list(ArticleFault))
def test_every_fault_of_an_article_has_its_words(app: Flask, fault: ArticleFault) -> None:
    with app.test_request_context():
        assert fault_word(BrokenArticle("a.md", fault, 7)).startswith("第 7 行：")
