"""Reads the knowledge articles, prompts/desk/knowledge/*.md; a broken one is named and left out.

An article begins with its facts between two lines of ``---``, as YAML: title, topic, tags, kinds (of
calls), keywords, updated, place on its shelf. Then comes its text, in the Markdown of
:mod:`ivr.standard.article_text`.
Places such as {company} in title and text are filled from the settings.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError

from ivr.config.desk_texts import DESK_FOLDER
from ivr.config.explanation import explain
from ivr.config.sections import CallKind
from ivr.config.settings import Settings
from ivr.config.value_types import LINE_PATTERN, Section
from ivr.config.yaml_lines import YamlMistake, dotted, line_of, yaml_with_lines
from ivr.standard.article import Article, ArticleFault, BrokenArticle, Topic, missing_sections
from ivr.standard.article_text import SLUG, ArticleMistake, links, parse
from ivr.standard.call_script import PLACE

KNOWLEDGE_FOLDER = "knowledge"
FENCE = "---"
RESERVED = frozenset({"search"})
"""Names that the pages use for something else."""

LARGEST_ARTICLE = 64 * 1024

_Word = Annotated[str, StringConstraints(pattern=LINE_PATTERN, min_length=1, max_length=40)]


class _Facts(Section):
    """What stands at the head of an article."""

    title: Annotated[str, StringConstraints(pattern=LINE_PATTERN, min_length=2, max_length=60)]
    topic: Topic
    tags: Annotated[list[_Word], Field(min_length=1, max_length=12)]
    kinds: Annotated[list[CallKind], Field(min_length=1)]
    keywords: Annotated[list[_Word], Field(max_length=40)] = Field(default=[])
    updated: date
    place: Annotated[int, Field(ge=1, le=99)] = 50


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The articles that can be read, by topic and file name, and what is wrong with the others.

    ``problems``: in whole sentences, for the log; ``broken``: the same, as the pages tell it.
    """

    articles: tuple[Article, ...]
    problems: tuple[str, ...]
    broken: tuple[BrokenArticle, ...] = ()


class _Broken(Exception):
    """What is wrong with one file, a line each."""

    def __init__(self, fault: ArticleFault, *problems: str) -> None:
        self.found = [(fault, problem) for problem in problems]


def article_values(settings: Settings) -> dict[str, str]:
    """What the places of articles are filled with."""
    return {"company": settings.company_name("zh"), "hotline": settings.company.hotline}


def load_knowledge(prompts_folder: Path, values: Mapping[str, str]) -> Knowledge:
    """Read every article; what is wrong is said with file and line, and the others are there all the same.

    :param values: text for each place, see :func:`article_values`.
    """
    folder = prompts_folder / DESK_FOLDER / KNOWLEDGE_FOLDER
    articles: dict[str, Article] = {}
    problems: list[_Problem] = []
    files = sorted(folder.glob("*.md"))
    if not files:
        said = "no article is there; agents look things up in them (R-13.2)"
        problems.append((folder, ArticleFault.NONE_THERE, said))
    for file in files:
        try:
            articles[file.stem] = _article(file, values)
        except _Broken as broken:
            problems += [(file, fault, problem) for fault, problem in broken.found]
    problems += _contradictions(folder, articles, {file.stem for file in files})
    order = list(Topic)
    listed = sorted(articles.values(), key=lambda one: (order.index(one.topic), one.place, one.slug))
    return Knowledge(
        tuple(listed),
        tuple(f"{file}: {said}" for file, _, said in problems),
        tuple(BrokenArticle(file.name, fault, _line_in(said)) for file, fault, said in problems),
    )


_Problem = tuple[Path, ArticleFault, str]


def _line_in(said: str) -> int | None:
    found = re.match(r"line (\d+)", said)
    return int(found[1]) if found else None


def _contradictions(folder: Path, articles: dict[str, Article], there: set[str]) -> list[_Problem]:
    """Links that lead nowhere, and titles that two articles have."""
    problems: list[_Problem] = []
    titles: dict[str, str] = {}
    for slug, article in articles.items():
        file = folder / f"{slug}.md"
        problems += [
            (file, ArticleFault.LINK, f"links to {link}, but there is no {link}.md")
            for link in sorted(links(article.blocks) - there)
        ]
        if article.title in titles:
            said = f'"{article.title}" is also the title of {titles[article.title]}.md'
            problems.append((file, ArticleFault.TITLE, said))
        titles.setdefault(article.title, slug)
    return problems


def _article(file: Path, values: Mapping[str, str]) -> Article:
    if not SLUG.fullmatch(file.stem) or file.stem in RESERVED:
        said = "a file's name is small letters, digits and _, such as gas_leak.md, and not search.md"
        raise _Broken(ArticleFault.NAME, said)
    lines = _lines(file)
    if not lines or lines[0].strip() != FENCE or FENCE not in (line.strip() for line in lines[1:]):
        raise _Broken(ArticleFault.FACTS, f"line 1: must begin with its facts between two lines of {FENCE}")
    end = next(number for number, line in enumerate(lines[1:], 1) if line.strip() == FENCE)
    facts = _facts("\n".join(lines[1:end]))
    text = "\n".join(_filled(number, line, values) for number, line in enumerate(lines[end + 1 :], end + 2))
    try:
        blocks = parse(text, end + 2)
    except ArticleMistake as mistake:
        raise _Broken(ArticleFault.TEXT, f"line {mistake.line}: {mistake}") from None
    if missing := missing_sections(blocks):
        said = f"line {len(lines)}: lacks {', '.join(f'## {name}' for name in missing)}, or its text"
        raise _Broken(ArticleFault.SECTIONS, said)
    return Article(
        slug=file.stem,
        title=_filled(2, facts.title, values),
        topic=facts.topic,
        tags=tuple(facts.tags),
        kinds=tuple(kind.value for kind in facts.kinds),
        keywords=tuple(facts.keywords),
        updated=facts.updated,
        place=facts.place,
        blocks=blocks,
    )


def _lines(file: Path) -> list[str]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise _Broken(ArticleFault.UNREADABLE, f"cannot be read: {error.strerror}") from None
    if len(content) > LARGEST_ARTICLE:
        said = f"is larger than {LARGEST_ARTICLE // 1024} kB; nobody reads that in a call"
        raise _Broken(ArticleFault.TOO_LARGE, said)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = f"is not UTF-8 text (byte {error.start}); save it as UTF-8"
        raise _Broken(ArticleFault.NOT_UTF8, said) from None
    # Not splitlines(): it also parts lines at signs that no editor counts as one.
    return text.replace("\r\n", "\n").split("\n")


def _facts(text: str) -> _Facts:
    try:
        tree, lines, doubles = yaml_with_lines(text, first_line=2)
    except YamlMistake as mistake:
        raise _Broken(ArticleFault.FACTS, str(mistake)) from None
    if doubles:
        raise _Broken(ArticleFault.FACTS, *doubles)
    try:
        return _Facts.model_validate(tree)
    except ValidationError as error:
        problems = (_said(dict(found), lines) for found in error.errors())
        raise _Broken(ArticleFault.FACTS, *problems) from None


def _said(found: dict[str, Any], lines: dict[Any, int]) -> str:
    path = tuple(found["loc"])
    return f"line {max(2, line_of(lines, path))}: {dotted(path)}: {explain(found, _Facts)}"


def _filled(number: int, line: str, values: Mapping[str, str]) -> str:
    for place in PLACE.findall(line):
        if place not in values:
            said = f'line {number}: there is no place "{{{place}}}"; there are: {", ".join(values)}'
            raise _Broken(ArticleFault.PLACE, said)
    return PLACE.sub(lambda place: values[place[1]], line)
