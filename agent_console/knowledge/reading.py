"""What agents read, kept ready: script, phrases, tips, and the articles with their index.

A file that was changed is read anew with the next request, so that nobody restarts the console for an
article. What is broken then leaves what was read before in place, and is in the log.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from agent_console.knowledge.pinyin import sounded
from ivr.config import Settings
from ivr.config.desk_texts import DESK_FOLDER, DeskTexts, load_desk_texts
from ivr.config.knowledge_files import KNOWLEDGE_FOLDER, Knowledge, article_values, load_knowledge
from ivr.errors import DeskTextError
from ivr.standard.article import Article
from ivr.standard.knowledge_search import Entry, Index

_log = logging.getLogger(__name__)

Signature = tuple[tuple[str, int, int], ...]
"""Name, moment of the last change and size of every file; another one when any file was changed."""


@dataclass(frozen=True)
class Library:
    """All of it as it stood in the files at one moment."""

    texts: DeskTexts
    knowledge: Knowledge

    @cached_property
    def articles(self) -> Mapping[str, Article]:
        """The articles by slug, in the order of the shelves."""
        return {article.slug: article for article in self.knowledge.articles}

    @cached_property
    def index(self) -> Index:
        """The articles ready to be searched."""
        return Index([entry_of(article) for article in self.knowledge.articles])


class DeskReading:
    """The library of a running console; :attr:`library` is always what the files say now."""

    def __init__(self, settings: Settings) -> None:
        """Read everything.

        :raises DeskTextError: script, phrases or tips are wrong. A broken article is only logged.
        """
        self._folder = settings.prompts_folder
        self._values = tuple(article_values(settings).items())
        self._lock = threading.Lock()
        self._signature = _signature(self._folder)
        self._library = _read(self._folder, self._values, self._signature)
        _log_problems(self._library)

    @property
    def library(self) -> Library:
        """What the files say, read anew where one was changed."""
        signature = _signature(self._folder)
        with self._lock:
            if signature != self._signature:
                self._signature = signature
                self._read_anew()
            return self._library

    def _read_anew(self) -> None:
        try:
            self._library = _read(self._folder, self._values, self._signature)
        except DeskTextError as error:
            _log.error("what agents read stays as it was: %s", error)
        else:
            _log_problems(self._library)


@lru_cache(maxsize=4)
def _read(prompts_folder: Path, values: tuple[tuple[str, str], ...], signature: Signature) -> Library:
    """Read all files; the same files give the same library without being read again."""
    library = Library(load_desk_texts(prompts_folder), load_knowledge(prompts_folder, dict(values)))
    _ = library.index  # now, and not while the first agent waits for it
    return library


def entry_of(article: Article) -> Entry:
    """An article as it is searched."""
    return Entry(
        slug=article.slug,
        title=sounded(article.title),
        tags=tuple(map(sounded, (*article.tags, *article.keywords))),
        text=sounded(article.text),
        kinds=article.kinds,
    )


def _log_problems(library: Library) -> None:
    for problem in library.knowledge.problems:
        _log.error("this article is not shown: %s", problem)


def _signature(prompts_folder: Path) -> Signature:
    desk = prompts_folder / DESK_FOLDER
    files = [*desk.glob("*.yaml"), *(desk / KNOWLEDGE_FOLDER).glob("*.md")]
    found = []
    for file in sorted(files):
        try:
            status = file.stat()
        except OSError:
            continue  # gone between the two looks: the next one sees it
        found.append((file.name, status.st_mtime_ns, status.st_size))
    return tuple(found)
