"""The knowledge articles are whole; a broken one is named with its line and left out, others are there."""

import re
import shutil
from pathlib import Path

import pytest

from ivr.config import Settings
from ivr.config.knowledge_files import LARGEST_ARTICLE, Knowledge, article_values, load_knowledge
from ivr.config.sections import CallKind
from ivr.standard.article import SECTIONS, Topic
from tests.conftest import PROJECT

GOOD = """---
title: 换电池
topic: meter
tags: [电池]
kinds: [repair]
updated: 2026-11-01
---

## 先说

> 您好，这里是{company}。

## 怎么做

1. 换电池

## 什么时候派人

- 换不了

## 不能说

- 不知道
"""
VALUES = {"company": "泉城燃气", "hotline": "95777"}


@pytest.fixture
def knowledge(settings: Settings) -> Knowledge:
    return load_knowledge(PROJECT / "prompts", article_values(settings))


def loaded(folder: Path, text: str, name: str = "battery.md") -> Knowledge:
    place = folder / "desk" / "knowledge"
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text(text, encoding="utf-8")
    return load_knowledge(folder, VALUES)


def problem(folder: Path, text: str, name: str = "battery.md") -> str:
    """The one thing that is wrong with an article, without the name of its file."""
    found = loaded(folder, text, name)
    assert found.articles == ()
    (said,) = found.problems
    assert said.startswith(f"{folder / 'desk' / 'knowledge' / name}: ")
    return said.split(".md: ", 1)[1]


# -- the shipped articles ------------------------------------------------------------------------------


def test_the_shipped_articles_have_no_mistake_and_are_enough(knowledge: Knowledge) -> None:
    assert knowledge.problems == ()
    assert len(knowledge.articles) >= 32
    assert {article.topic for article in knowledge.articles} == set(Topic)


@pytest.mark.parametrize("kind", list(CallKind))
def test_every_kind_of_call_has_articles(knowledge: Knowledge, kind: CallKind) -> None:
    assert sum(kind in article.kinds for article in knowledge.articles) >= 5


def test_every_article_says_first_what_to_read_aloud(knowledge: Knowledge) -> None:
    for article in knowledge.articles:
        assert 15 <= len(article.read_aloud) <= 120, article.slug


def test_no_article_names_a_price_or_a_telephone_number_of_its_own(knowledge: Knowledge) -> None:
    """Only national emergency and government numbers, and the hotline of the settings."""
    allowed = {"95777", "12345", "12315"}
    for article in knowledge.articles:
        assert not re.search(r"\d+(\.\d+)?\s*元", article.text), article.slug
        assert set(re.findall(r"(?<!\d)\d{5,}(?!\d)", article.text)) <= allowed, article.slug


def test_no_place_is_left_in_any_article(knowledge: Knowledge) -> None:
    for article in knowledge.articles:
        assert "{" not in article.text + article.title, article.slug


def test_a_gas_leak_sends_somebody_at_once_and_touches_no_switch(knowledge: Knowledge) -> None:
    (leak,) = [article for article in knowledge.articles if article.slug == "gas_leak_home"]
    assert leak == knowledge.articles[0]
    for words in ("不要开关任何电器", "不要点火", "打开门窗", "阀门", "室外"):
        assert words in leak.read_aloud
    assert "一律立即派抢修人员" in leak.text


# -- mistakes -------------------------------------------------------------------------------------------


def test_a_good_article_is_filled_with_the_companys_name(tmp_path: Path) -> None:
    (article,) = loaded(tmp_path, GOOD).articles
    assert article.read_aloud == "您好，这里是泉城燃气。"
    assert (article.slug, article.title, article.kinds) == ("battery", "换电池", ("repair",))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("---\ntitle", "title", "line 1: must begin with its facts"),
        ("updated: 2026-11-01\n---", "updated: 2026-11-01", "line 1: must begin with its facts"),
        ("topic: meter", "topic: metre", "line 3: topic: input should be"),
        ("kinds: [repair]", "kinds: [repairs]", "line 5: kinds[0]: input should be"),
        ("updated: 2026-11-01", "updated: soon", "line 6: updated: input should be a valid date"),
        ("updated: 2026-11-01", "updated: 2026-02-30", "write dates as"),
        ("tags: [电池]", "tags: [119]", 'line 4: tags[0]: must be text: write it in quotes, such as "119"'),
        ("tags: [电池]", "tag: [电池]", 'line 4: tag: unknown key; did you mean "tags"?'),
        ("title: 换电池", "title: a: b", "line 2, column 9: not YAML"),
        ("tags: [电池]", "title: 又一个", "line 4: title: used twice, first in line 2"),
        ("1. 换电池", "1. <b>换</b>电池", "line 15: HTML is not shown"),
        ("1. 换电池", "1. 见[表](http://x)", 'line 15: "http://x" is no article'),
        ("{company}", "{companies}", 'line 11: there is no place "{companies}"'),
        ("## 不能说", "## 不许说", "lacks ## 不能说"),
        ("- 不知道\n", "", "lacks ## 不能说"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    found = loaded(tmp_path, GOOD.replace(old, new, 1))
    assert found.articles == ()
    assert any(said in each for each in found.problems), found.problems
    assert len(found.broken) == len(found.problems)
    if line := re.match(r"line (\d+)", said):
        assert ("battery.md", int(line[1])) in [(one.file, one.line) for one in found.broken]


def test_a_name_that_no_address_holds_is_refused(tmp_path: Path) -> None:
    assert "a file's name is" in problem(tmp_path, GOOD, "Battery Change.md")


def test_the_name_of_the_search_is_taken(tmp_path: Path) -> None:
    assert "not search.md" in problem(tmp_path, GOOD, "search.md")


def test_an_article_nobody_could_read_in_a_call_is_refused(tmp_path: Path) -> None:
    assert "is larger than" in problem(tmp_path, GOOD + "好" * LARGEST_ARTICLE)


def test_an_article_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    loaded(tmp_path, GOOD)
    file = tmp_path / "desk" / "knowledge" / "battery.md"
    file.write_bytes(GOOD.encode("gbk"))
    assert "is not UTF-8 text" in load_knowledge(tmp_path, VALUES).problems[0]


def test_a_file_from_windows_is_read_all_the_same(tmp_path: Path) -> None:
    loaded(tmp_path, "")
    file = tmp_path / "desk" / "knowledge" / "battery.md"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert [article.slug for article in load_knowledge(tmp_path, VALUES).articles] == ["battery"]


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    found = loaded(tmp_path, GOOD.replace("1. 换电池", "1. 见[表](meter)"))
    assert found.problems[0].endswith("battery.md: links to meter, but there is no meter.md")


def test_two_articles_of_one_title_are_named(tmp_path: Path) -> None:
    loaded(tmp_path, GOOD)
    found = loaded(tmp_path, GOOD, "other.md")
    assert found.problems[0].endswith('other.md: "换电池" is also the title of battery.md')


def test_no_article_at_all_is_a_mistake(tmp_path: Path) -> None:
    assert "no article is there" in load_knowledge(tmp_path, VALUES).problems[0]


def test_a_broken_article_leaves_the_others_in_place(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "prompts" / "desk", tmp_path / "desk")
    before = len(load_knowledge(tmp_path, VALUES).articles)
    found = loaded(tmp_path, "---\ntitle: x\n", "broken.md")
    assert len(found.articles) == before
    assert len(found.problems) == 1


def test_the_sections_are_those_that_agents_know() -> None:
    assert SECTIONS == ("先说", "怎么做", "什么时候派人", "不能说")
