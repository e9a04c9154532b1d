"""The console keeps what agents read ready, takes changes up, and survives a broken file."""

import logging
import shutil
from pathlib import Path

import pytest

from agent_console.knowledge.pinyin import sounded
from agent_console.knowledge.reading import DeskReading
from ivr.config import Settings, load
from ivr.errors import DeskTextError
from ivr.standard.knowledge_search import find
from tests.conftest import PROJECT


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """The folder of a copy of what agents read, beside settings of its own."""
    shutil.copy(PROJECT / "config.yaml", tmp_path)
    shutil.copytree(PROJECT / "prompts" / "desk", tmp_path / "prompts" / "desk")
    return tmp_path / "prompts" / "desk"


@pytest.fixture
def settings(desk: Path, tmp_path: Path) -> Settings:
    return load(tmp_path / "config.yaml", {"HOTLINE_HOME": str(tmp_path / "home")})


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_characters_are_read_as_their_words_demand() -> None:
    assert sounded("银行").syllables == ("yin", "hang")
    assert sounded("行走").syllables == ("xing", "zou")
    assert sounded("过滤IC卡 ２.").syllables == ("guo", "lv", "", "", "ka", "", "", "")
    assert sounded("ＩＣ卡").signs == "ic卡"


def test_every_article_is_found_by_its_title_its_pinyin_and_its_initials(settings: Settings) -> None:
    library = DeskReading(settings).library
    for entry in library.index.entries:
        syllables = [
            syllable or sign
            for syllable, sign in zip(entry.title.syllables, entry.title.signs, strict=True)
            if sign.isalnum()
        ]
        for typed in (
            entry.title.text,
            "".join(syllables)[:40],
            "".join(syllable[0] for syllable in syllables),
        ):
            first = find(library.index, typed)[0]
            assert (first.slug, first.approximate) == (entry.slug, False), typed


def test_every_keyword_leads_to_its_article(settings: Settings) -> None:
    library = DeskReading(settings).library
    for article in library.knowledge.articles:
        for keyword in (*article.tags, *article.keywords):
            hits = find(library.index, keyword, article.kinds[0], most=len(library.articles))
            assert article.slug in [hit.slug for hit in hits], (article.slug, keyword)


def test_a_changed_article_is_read_with_the_next_request(settings: Settings, desk: Path) -> None:
    reading = DeskReading(settings)
    before = reading.library
    assert reading.library is before
    change(desk / "knowledge" / "meter_battery.md", "title: 换燃气表电池", "title: 更换表内电池的步骤")
    assert reading.library.articles["meter_battery"].title == "更换表内电池的步骤"
    assert find(reading.library.index, "genghuanbiaonei")[0].slug == "meter_battery"


def test_a_new_article_is_there_and_a_removed_one_is_gone(settings: Settings, desk: Path) -> None:
    reading = DeskReading(settings)
    shutil.copy(desk / "knowledge" / "meter_battery.md", desk / "knowledge" / "again.md")
    change(desk / "knowledge" / "again.md", "title: 换燃气表电池", "title: 另一篇")
    assert "again" in reading.library.articles
    (desk / "knowledge" / "again.md").unlink()
    assert "again" not in reading.library.articles


def test_a_broken_article_is_left_out_and_logged(
    settings: Settings, desk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reading = DeskReading(settings)
    change(desk / "knowledge" / "meter_battery.md", "topic: meter", "topic: metre")
    with caplog.at_level(logging.ERROR):
        library = reading.library
    assert "meter_battery" not in library.articles
    assert "gas_leak_home" in library.articles
    assert "meter_battery.md: line 3: topic" in caplog.text


def test_a_script_broken_while_the_console_runs_stays_as_it_was(
    settings: Settings, desk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reading = DeskReading(settings)
    before = reading.library.texts
    change(desk / "script.yaml", "moment: greeting", "moment: greting")
    with caplog.at_level(logging.ERROR):
        assert reading.library.texts == before
    assert "script.yaml: line" in caplog.text
    change(desk / "script.yaml", "moment: greting", "moment: greeting")
    assert reading.library.texts == before


def test_a_script_that_is_broken_from_the_beginning_is_an_error(settings: Settings, desk: Path) -> None:
    (desk / "script.yaml").unlink()
    with pytest.raises(DeskTextError, match=r"script\.yaml: cannot be read"):
        DeskReading(settings)
