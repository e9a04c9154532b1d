"""The small part of Markdown that knowledge articles are written in, taken apart into plain pieces.

Known: ``##`` and ``###`` headings, paragraphs, ``>`` quotes (to be read aloud), ``-`` and ``1.`` lists,
``**strong**`` and links to other articles, ``[text](slug)``. Everything else is a mistake with its line,
so that nobody finds out on the telephone that half of an article does not show.
Source: the CommonMark spec, of which this is a subset.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

SLUG = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_BULLET = re.compile(r"[-*+]\s+(.*)$")
_NUMBER = re.compile(r"\d{1,3}[.)]\s+(.*)$")
_QUOTE = re.compile(r">\s?(.*)$")
_INLINE = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\[(?P<text>[^\]\[]+)\]\((?P<link>[^)]*)\)")
_TAG = re.compile(r"</?[A-Za-z!]")
_WIDE = re.compile(r"[　-〿一-鿿＀-￯]")


class ArticleMistake(ValueError):
    """Something that is not of the subset; ``line`` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line; ``link`` is the slug of another article."""

    text: str
    strong: bool = False
    link: str | None = None


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 2 or 3."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    line: Line


@dataclass(frozen=True, slots=True)
class Quote:
    """What is read aloud, a sentence or more a paragraph."""

    paragraphs: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: steps where ``ordered``, points otherwise."""

    ordered: bool
    items: tuple[Line, ...]


Block = Heading | Paragraph | Quote | Listing


def parse(text: str, first_line: int = 1) -> tuple[Block, ...]:
    """Take an article's text apart.

    :param first_line: the number of its first line in the file, for mistakes.
    :raises ArticleMistake: the first thing that is not of the subset.
    """
    reader = _Reader()
    for number, line in enumerate(text.splitlines(), first_line):
        reader.take(number, line)
    reader.close()
    return tuple(reader.blocks)


def plain(blocks: tuple[Block, ...]) -> str:
    """The words of an article without marks, a line for each block or item."""
    lines: list[str] = []
    for block in blocks:
        match block:
            case Heading(text=text):
                lines.append(text)
            case Paragraph(line=line):
                lines.append(_bare(line))
            case Quote(paragraphs=inner) | Listing(items=inner):
                lines += [_bare(line) for line in inner]
    return "\n".join(lines)


def links(blocks: tuple[Block, ...]) -> frozenset[str]:
    """The slugs an article points to."""
    found: set[str] = set()
    for block in blocks:
        match block:
            case Paragraph(line=line):
                found |= {span.link for span in line if span.link}
            case Quote(paragraphs=inner) | Listing(items=inner):
                found |= {span.link for line in inner for span in line if span.link}
            case _:
                pass
    return frozenset(found)


def _bare(line: Line) -> str:
    return "".join(span.text for span in line)


class _Reader:
    """Collects lines into blocks; a blank line or another kind of line ends a block."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._kind = ""
        self._lines: list[tuple[int, str]] = []

    def take(self, number: int, line: str) -> None:
        """Take the next line."""
        bare = line.strip()
        if not bare:
            self.close()
            return
        _refuse_unknown(number, line, bare)
        if heading := _HEADING.match(bare):
            self.close()
            level = len(heading[1])
            if level not in (2, 3):
                raise ArticleMistake(number, f"a heading is ## or ###, not {heading[1]}")
            self.blocks.append(Heading(level, heading[2]))
            return
        for kind, pattern in (("quote", _QUOTE), ("bullets", _BULLET), ("numbers", _NUMBER)):
            if found := pattern.match(bare):
                if line[:1].isspace():
                    raise ArticleMistake(number, "lists and quotes begin at the left; none stands in another")
                self._add(kind, number, found[1])
                return
        if self._kind in ("bullets", "numbers") or self._kind == "text":
            last_number, last = self._lines[-1]
            self._lines[-1] = (last_number, _joined(last, bare))
        else:
            self._add("text", number, bare)

    def _add(self, kind: str, number: int, content: str) -> None:
        if self._kind != kind:
            self.close()
        self._kind = kind
        self._lines.append((number, content))

    def close(self) -> None:
        """End the block that is being collected."""
        make: dict[str, Callable[[tuple[Line, ...]], Block]] = {
            "text": lambda lines: Paragraph(lines[0]),
            "quote": Quote,
            "bullets": lambda lines: Listing(False, lines),
            "numbers": lambda lines: Listing(True, lines),
        }
        if self._lines:
            lines = tuple(_spans(number, content) for number, content in self._lines if content)
            if lines:
                self.blocks.append(make[self._kind](lines))
        self._kind, self._lines = "", []


def _refuse_unknown(number: int, line: str, bare: str) -> None:
    """Name what Markdown knows and these articles do not."""
    if bare.startswith(("```", "~~~")) or line.startswith(("    ", "\t")):
        raise ArticleMistake(number, "code blocks are not shown; write a list or a paragraph")
    if bare.startswith("|"):
        raise ArticleMistake(number, "tables are not shown; write a list")
    if "![" in bare:
        raise ArticleMistake(number, "pictures are not shown; say it in words")
    if _TAG.search(bare):
        raise ArticleMistake(number, "HTML is not shown; write **strong**, a list or a heading")


def _joined(before: str, after: str) -> str:
    """Two lines of one paragraph: no space between Chinese characters."""
    wide = _WIDE.match(before[-1]) or _WIDE.match(after[0])
    return before + after if wide else f"{before} {after}"


def _spans(number: int, text: str) -> Line:
    spans: list[Span] = []
    end = 0
    for found in _INLINE.finditer(text):
        if found.start() > end:
            spans.append(Span(text[end : found.start()]))
        if found["strong"]:
            spans.append(Span(found["strong"], strong=True))
        else:
            if not SLUG.fullmatch(found["link"]):
                raise ArticleMistake(
                    number, f'"{found["link"]}" is no article; a link is [text](name of a file without .md)'
                )
            spans.append(Span(found["text"], link=found["link"]))
        end = found.end()
    if end < len(text):
        spans.append(Span(text[end:]))
    return tuple(spans)
