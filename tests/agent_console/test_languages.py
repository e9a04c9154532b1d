"""The catalogues: every wording of the code is in them, translated, and the compiled ones are current."""

import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.conftest import PROJECT

FOLDER = PROJECT / "agent_console" / "translations"


def catalogue(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def wordings() -> set[object]:
    with (FOLDER / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
    found = extract_from_dir(
        PROJECT / "agent_console",
        [(pattern.removeprefix("agent_console/"), method) for pattern, method in methods],
        {pattern.removeprefix("agent_console/"): value for pattern, value in options.items()},
        keywords,
    )
    return {message for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_catalogue_holds_every_wording_and_no_other(language: str, wordings: set[object]) -> None:
    written = {message.id for message in catalogue(language) if message.id}
    assert len(wordings) > 200
    assert written == wordings


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_wording_is_translated_with_its_places(language: str) -> None:
    for message in catalogue(language):
        if message.id:
            assert message.string and all(message.string), message.id
            assert not message.fuzzy, message.id
            assert not list(message.check()), message.id


def test_chinese_places_are_those_of_the_english() -> None:
    for message in catalogue("zh"):
        if message.id and "{" in str(message.id):
            for place in ("{n}", "{queue}", "{time}", "{reason}", "{who}", "{seconds}", "{address}"):
                assert (place in str(message.id)) == (place in str(message.string)), message.id


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_compiled_catalogue_is_current(language: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    kept = Path(FOLDER / language / "LC_MESSAGES" / "messages.mo").read_bytes()
    assert compiled.getvalue() == kept
