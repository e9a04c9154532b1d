"""A knowledge article (R-13.2, R-15.2): what it is about, and its text in plain pieces."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ivr.standard.article_text import Block, Heading, Paragraph, Quote, plain

READ_ALOUD = "先说"
SECTIONS = (READ_ALOUD, "怎么做", "什么时候派人", "不能说")
"""Headings of every article: what to read aloud, what to do, when to send somebody, what never to say."""


class Topic(StrEnum):
    """The shelf an article stands on."""

    SAFETY = "safety"  # leaks, poisoning, fire
    METER = "meter"  # meters, cards, batteries
    APPLIANCE = "appliance"  # stoves, heaters, hoses, detectors
    SUPPLY = "supply"  # outages, pressure, works, visits
    ACCOUNT = "account"  # opening, names, prices, bills, payment
    SERVICE = "service"  # how we work: promises, complaints, numbers


class ArticleFault(StrEnum):
    """What is wrong with an article, as far as those who keep them are told on the page."""

    NONE_THERE = "none_there"  # the folder holds no article at all
    NAME = "name"  # the file's name is not one of an article
    UNREADABLE = "unreadable"  # the file cannot be opened
    TOO_LARGE = "too_large"  # nobody reads that much in a call
    NOT_UTF8 = "not_utf8"  # saved in another encoding
    FACTS = "facts"  # its facts between the lines of --- are missing or wrong
    TEXT = "text"  # its text is written in a way that articles are not
    SECTIONS = "sections"  # one of the four sections is missing or empty
    PLACE = "place"  # a place in braces that nothing fills
    LINK = "link"  # it leads to an article that is not there
    TITLE = "title"  # another article has the same title


@dataclass(frozen=True, slots=True)
class BrokenArticle:
    """One fault: ``file`` is the file's name, ``line`` where it is in it, None where that has no meaning."""

    file: str
    fault: ArticleFault
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article; ``slug`` is its file's name without .md, ``kinds`` the kinds of call it helps in,
    ``place`` where it stands on its shelf: the lower is first."""

    slug: str
    title: str
    topic: Topic
    tags: tuple[str, ...]
    kinds: tuple[str, ...]
    keywords: tuple[str, ...]
    updated: date
    place: int
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """Its words without marks."""
        return plain(self.blocks)

    @property
    def read_aloud(self) -> str:
        """The short answer the agent reads aloud first; empty where there is none."""
        found = False
        for block in self.blocks:
            if isinstance(block, Heading):
                found = block.text == READ_ALOUD
            elif found and isinstance(block, Quote | Paragraph):
                return plain((block,)).replace("\n", "")
        return ""


def missing_sections(blocks: tuple[Block, ...]) -> list[str]:
    """The sections of :data:`SECTIONS` that an article lacks, or that have nothing under them."""
    filled: set[str] = set()
    here = ""
    for block in blocks:
        if isinstance(block, Heading):
            here = block.text if block.level == 2 else here
        elif here:
            filled.add(here)
    return [section for section in SECTIONS if section not in filled]
