"""The documentation names what exists: commands, settings, variables, paths."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel

from ivr import cli
from ivr.config import Settings
from ivr.operation.checks import CHECKS
from scripts.check_docs import mistakes_in

PROJECT = Path(__file__).parent.parent
PAGES = [PROJECT / "README.md", PROJECT / "CHANGELOG.md", *sorted((PROJECT / "docs").glob("*.md"))]
CODE = re.compile(r"`([^`\n]+)`|^    (\S.*)$", re.MULTILINE)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def code_in(page: Path) -> Iterator[str]:
    """Everything that is set as code."""
    for inline, block in CODE.findall(text_of(page)):
        yield inline or block


def commands() -> dict[tuple[str, ...], argparse.ArgumentParser]:
    """Every command of the command line, with its parser."""
    found: dict[tuple[str, ...], argparse.ArgumentParser] = {}

    def walk(parser: argparse.ArgumentParser, words: tuple[str, ...]) -> None:
        below = [action.choices for action in parser._actions if isinstance(action.choices, dict)]
        for choices in below:
            for name, parser_below in choices.items():
                walk(parser_below, (*words, name))
        if not below:
            found[words] = parser

    walk(cli.parser(), ())
    return found


def settings_paths(section: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every dotted path of config.yaml, with its sections."""
    for name, field in section.model_fields.items():
        if field.exclude:
            continue
        yield prefix + name
        kind = field.annotation
        below = [kind, *get_args(kind)] if get_origin(kind) else [kind]
        for each in below:
            if isinstance(each, type) and issubclass(each, BaseModel):
                yield from settings_paths(each, f"{prefix}{name}.")


def test_the_readme_lists_every_command_of_the_operator() -> None:
    table = text_of(PROJECT / "README.md").split("## The operator's commands")[1].split("\n## ")[0]
    listed = {
        tuple(words.split()) for words in re.findall(r"^\| `hotline ([a-z ]+)` \|", table, re.MULTILINE)
    }
    assert listed == commands().keys() - {("engine",)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_can_be_typed(page: Path) -> None:
    for code in code_in(page):
        found = re.match(r"hotline ([a-z]+)(?: ([a-z]+))?(.*)", code)
        if not found:
            continue
        words = tuple(word for word in found.groups()[:2] if word)
        known = commands()
        parser = known.get(words) or known.get(words[:1])
        groups = {command[:1] for command in known}
        assert parser is not None or words in groups, f"{page.name}: `{code}`"
        if parser is not None:
            for option in re.findall(r"(?<!\S)--[a-z-]+", found[3]):
                assert option in parser.format_help(), f"{page.name}: `{code}`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    known = set(settings_paths(Settings))
    sections = {path.split(".")[0] for path in known if "." in path}
    for code in code_in(page):
        if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", code) and code.split(".")[0] in sections:
            assert code in known, f"{page.name}: `{code}`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_variable_that_is_named_is_read(page: Path) -> None:
    code = "".join(file.read_text() for file in (PROJECT / "ivr").rglob("*.py"))
    config = text_of(PROJECT / "config.yaml")
    known = {"HOTLINE__CONSOLE__PORT", "HOTLINE__SECTION__KEY"}
    for variable in re.findall(r"HOTLINE_[A-Z_]+", text_of(page)):
        assert variable in known or variable in code or variable in config, f"{page.name}: {variable}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_and_link_leads_somewhere(page: Path) -> None:
    assert list(mistakes_in(page)) == []


def test_where_is_names_files_in_every_line() -> None:
    table = text_of(PROJECT / "README.md").split("## Where is")[1].split("\n## ")[0]
    rows = [row for row in table.splitlines() if row.startswith("| ") and "---" not in row][1:]
    assert len(rows) > 20
    for row in rows:
        places = re.findall(r"`((?:ivr|storage|agent_console|prompts)/[\w./]+|config\.yaml)`", row)
        assert places or "docs/" in row, row


def test_operating_says_what_check_looks_at() -> None:
    table = text_of(PROJECT / "docs" / "OPERATING.md").split("| looked at |")[1].split("\n\n")[0]
    told = set(re.findall(r"^\| ([\w ]+?) \|", table, re.MULTILINE))
    assert told == CHECKS.keys() - {"clock", "running"}
