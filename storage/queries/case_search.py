"""Searching cases and calls by their words, in Chinese too; see :mod:`storage.full_text` for the index.

Customers are found by :func:`storage.queries.customers.search`, which knows pinyin; telephone numbers by
:func:`storage.queries.case_lists.of_customer`: who may look for which part is a matter of rights (R-18).
"""

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, TextClause, bindparam, select, text

from ivr.config.sections import CallKind
from storage.full_text import STRETCH, sign_of_stretch, signs_of, stretch_of
from storage.models import CaseLife, SearchText
from storage.queries.case_lists import CaseLine, columns, lines

LONGEST_SEARCH = 100
MOST_WORDS = 8
MOST_PAGES = 10
LOOKED_INTO = 10_000
"""Newest texts that are looked into before the index is asked: what is so rare that these hold no page of it
is in few thousands of a million texts."""
STRETCHES = 4
"""Stretches of ids that the index is asked for one by one, where they seem to hold a page, at first."""
MOST_TRIPLES = 2000
"""Triples of characters that one or two may begin; where there are more, all texts are looked into."""
About = Literal["case_id", "call_id"]
"""The column that a text about a case, or about a call, has."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where words were found: a case, a call, or a case with its call; the text around them."""

    id: int
    """Of the text; a list goes on before it."""
    case_id: int | None
    call_id: int | None
    text: str


def words_of(typed: str) -> list[str]:
    """The words of a search; all of them must stand in one text."""
    return list(dict.fromkeys(typed[:LONGEST_SEARCH].casefold().split()))[:MOST_WORDS]


def hits(
    connection: Connection, typed: str, *, limit: int, before: int | None = None, about: About | None = None
) -> list[Hit]:
    """Texts in which every word stands, the newest first; nothing where there is no word.

    :param before: id of the text after which the list goes on.
    :param about: only texts about a call, or about a case.
    """
    words = words_of(typed)
    if not words:
        return []
    find = _ids_sqlite if connection.dialect.name == "sqlite" else _ids_postgres
    ids = find(connection, _Wanted(words, limit, before or _AFTER_ALL, about))
    rows = connection.execute(
        select(SearchText.id, SearchText.case_id, SearchText.call_id, SearchText.text)
        .where(SearchText.id.in_(ids))
        .order_by(SearchText.id.desc())
    )
    return [Hit(row.id, row.case_id, row.call_id, row.text.rstrip()) for row in rows]


def cases(
    connection: Connection, typed: str, *, limit: int, kind: CallKind | None = None, only_open: bool = False
) -> list[CaseLine]:
    """Cases in whose record, corrections or entries every word stands, the newest hit first, each once.

    With ``kind`` and ``only_open`` the newest :data:`MOST_PAGES` times ``limit`` hits are looked through.
    """
    found: dict[int, CaseLine] = {}
    before: int | None = None
    for _ in range(MOST_PAGES):
        page = hits(connection, typed, limit=limit, before=before, about="case_id")
        for line in _lines_of(connection, page, found):
            if (kind is None or line.kind is kind) and not (only_open and line.closed_at is not None):
                found[line.id] = line
        if len(found) >= limit or len(page) < limit:
            break
        before = page[-1].id
    return list(found.values())[:limit]


def case_ids(connection: Connection, typed: str, *, most: int) -> list[int]:
    """Ids of cases in whose texts every word stands, the newest hit first, ``most`` of them at the most."""
    found: dict[int, None] = {}
    before: int | None = None
    for _ in range(MOST_PAGES):
        page = hits(connection, typed, limit=most, before=before, about="case_id")
        found.update((hit.case_id, None) for hit in page if hit.case_id is not None)
        if len(found) >= most or len(page) < most:
            break
        before = page[-1].id
    return list(found)[:most]


def _lines_of(connection: Connection, page: Sequence[Hit], without: Collection[int]) -> list[CaseLine]:
    """The cases of hits, in their order."""
    ids = dict.fromkeys(hit.case_id for hit in page if hit.case_id is not None)
    wanted = [one for one in ids if one not in without]
    by_id = {line.id: line for line in lines(connection, columns().where(CaseLife.case_id.in_(wanted)))}
    return [by_id[one] for one in wanted if one in by_id]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for among the texts before one."""

    words: list[str]
    limit: int
    before: int
    about: About | None

    def values(self, **more: object) -> dict[str, object]:
        """The values of a statement with :meth:`condition` in it."""
        return {**self._named(), "before": self.before, "most": self.limit, **more}

    def condition(self, place: str) -> str:
        """SQL of every word standing in a text; ``place``: the database's function that looks for one."""
        stand = [f"{place}(lower(text), :{name}) > 0" for name in self._named()]
        return " AND ".join([*stand, f"{self.about} IS NOT NULL"] if self.about else stand)

    def _named(self) -> dict[str, str]:
        return {f"word_{number}": word for number, word in enumerate(self.words)}


def _ids_postgres(connection: Connection, wanted: _Wanted) -> list[int]:
    """Common words fill a page from the newest texts, looked into one by one; rarer ones take the index.

    So neither does a common word walk a million texts, nor does a rare one look into all of them. What is in
    between is asked of the index stretch by stretch, from the newest one back.
    """
    ids = _looked_into(connection, wanted, "strpos", LOOKED_INTO)
    if len(ids) >= wanted.limit:
        return ids
    signs = sorted({sign for word in wanted.words for sign in signs_of(word)})
    if len(ids) * STRETCHES * STRETCH < wanted.limit * LOOKED_INTO:
        return _indexed(connection, wanted, signs, _AFTER_ALL)
    found: list[int] = []
    newest = stretch_of(ids[0])
    oldest = max(newest - STRETCHES, -1)
    for stretch in range(newest, oldest, -1):
        found += _indexed(connection, wanted, [*signs, sign_of_stretch(stretch)], _AFTER_ALL)
        if len(found) >= wanted.limit:
            return found[: wanted.limit]
    return (found + _indexed(connection, wanted, signs, (oldest + 1) * STRETCH))[: wanted.limit]


def _indexed(connection: Connection, wanted: _Wanted, signs: list[str], end: int) -> list[int]:
    """Newest ids before ``end`` that the index of PostgreSQL has for all these signs."""
    # Materialized: PostgreSQL must not walk all texts from the newest on for the sake of the order.
    indexed = text(
        "WITH found AS MATERIALIZED (SELECT id FROM search_texts "  # noqa: S608 - names of our own
        "WHERE hotline_signs(text, id) @> CAST(:signs AS text[]) AND id < :before AND "
        f"{wanted.condition('strpos')}) SELECT id FROM found ORDER BY id DESC LIMIT :most"
    )
    values = wanted.values(signs=signs) | {"before": min(wanted.before, end)}
    return list(connection.execute(indexed, values).scalars())


def _ids_sqlite(connection: Connection, wanted: _Wanted) -> list[int]:
    """As on PostgreSQL; but this index gives the newest first by itself: long words need no look before."""
    if any(len(word) < _TRIPLE for word in wanted.words):
        ids = _looked_into(connection, wanted, "instr", LOOKED_INTO)
        if len(ids) >= wanted.limit:
            return ids
    parts = []
    for word in wanted.words:
        if len(word) >= _TRIPLE:
            parts.append(_quoted(word))
            continue
        triples = _triples(connection, word)
        if not triples:
            return []
        if len(triples) >= MOST_TRIPLES:
            return _looked_into(connection, wanted, "instr", _ALL)
        parts.append("(" + " OR ".join(map(_quoted, triples)) + ")")
    values = {"words": " AND ".join(parts), "before": wanted.before, "most": wanted.limit}
    return list(connection.execute(_MATCHING[wanted.about], values).scalars())


def _looked_into(connection: Connection, wanted: _Wanted, place: str, texts: int) -> list[int]:
    """Ids of those of the newest texts in which every word stands."""
    newest = text(
        "SELECT id FROM (SELECT * FROM search_texts WHERE id < :before "  # noqa: S608 - names of our own
        f"ORDER BY id DESC LIMIT :texts) AS newest WHERE {wanted.condition(place)} "
        "ORDER BY id DESC LIMIT :most"
    )
    return list(connection.execute(newest, wanted.values(texts=texts)).scalars())


def _triples(connection: Connection, start: str) -> list[str]:
    """Three characters that begin with these one or two and stand in some text."""
    last = start + chr(sys.maxunicode)
    rows = connection.execute(_TRIPLES, {"first": start, "last": last, "most": MOST_TRIPLES})
    return list(rows.scalars())


def _quoted(words: str) -> str:
    """As a string of FTS5's language (https://www.sqlite.org/fts5.html#fts5_strings)."""
    return '"' + words.replace('"', '""') + '"'


_TRIPLE = 3
_ALL = 2**62
_AFTER_ALL = 2**62


def _matching(about: About | None) -> TextClause:
    """Newest texts that the index of SQLite has for what is asked in its language."""
    of_text = "SELECT 1 FROM search_texts WHERE id = search_index.rowid"
    told = f"AND EXISTS ({of_text} AND {about} IS NOT NULL) " if about else ""
    return text(
        "SELECT rowid FROM search_index WHERE search_index MATCH :words AND rowid < :before "  # noqa: S608
        f"{told}ORDER BY rowid DESC LIMIT :most"
    )


_MATCHING: dict[About | None, TextClause] = {
    None: _matching(None),
    "case_id": _matching("case_id"),
    "call_id": _matching("call_id"),
}
_TRIPLES = text(
    "SELECT term FROM search_triples WHERE term >= :first AND term <= :last LIMIT :most"
).bindparams(bindparam("first"), bindparam("last"))
