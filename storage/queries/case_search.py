"""Searching cases and calls by their words, in Chinese too; see :mod:`storage.full_text` for the index.

Customers are found by :func:`storage.queries.customers.search`, which knows pinyin; telephone numbers by
:func:`storage.queries.case_lists.of_customer`: who may look for which part is a matter of rights (R-18).
"""

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, text

from ivr.config.sections import CallKind
from storage.models import CaseLife, SearchText
from storage.queries.case_lists import CaseLine, columns, lines

LONGEST_SEARCH = 100
MOST_WORDS = 8
MOST_PAGES = 10
LOOKED_INTO = 10_000
"""Newest texts that are looked into before the index is asked: what is so rare that these hold no page of it
is in few thousands of a million texts."""
MOST_TRIPLES = 2000
"""Triples of characters that two characters may begin; those beyond are not looked for."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where words were found: a case, a call, or a case with its call; the text around them."""

    id: int
    """Of the text; a list goes on before it."""
    case_id: int | None
    call_id: int | None
    text: str


def words_of(typed: str) -> list[str]:
    """The words of a search; all of them must stand in one text. Single characters are left out."""
    words = [word.casefold() for word in typed[:LONGEST_SEARCH].split()]
    return [word for word in dict.fromkeys(words) if len(word) > 1][:MOST_WORDS]


def hits(connection: Connection, typed: str, *, limit: int, before: int | None = None) -> list[Hit]:
    """Texts in which every word stands, the newest first; nothing where no word has two characters.

    :param before: id of the text after which the list goes on.
    """
    words = words_of(typed)
    if not words:
        return []
    find = _ids_sqlite if connection.dialect.name == "sqlite" else _ids_postgres
    ids = find(connection, words, limit, before)
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
        page = hits(connection, typed, limit=limit, before=before)
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
        page = hits(connection, typed, limit=most, before=before)
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


def _ids_postgres(connection: Connection, words: Sequence[str], limit: int, before: int | None) -> list[int]:
    """Common words fill a page from the newest texts, looked into one by one; rarer ones take the index.

    So neither does a common word walk a million texts, nor does a rare one look into all of them.
    """
    named = {f"word_{place}": word for place, word in enumerate(words)}
    values: dict[str, object] = {"before": before or _AFTER_ALL, "most": limit, **named}
    all_stand = " AND ".join(f"strpos(lower(text), :{name}) > 0" for name in named)
    newest = text(
        "SELECT id FROM (SELECT id, text FROM search_texts WHERE id < :before "  # noqa: S608
        f"ORDER BY id DESC LIMIT {LOOKED_INTO}) AS newest WHERE {all_stand} ORDER BY id DESC LIMIT :most"
    )
    ids = list(connection.execute(newest, values).scalars())
    if len(ids) >= limit:
        return ids
    pairs = sorted({word[place : place + 2] for word in words for place in range(len(word) - 1)})
    indexed = text(
        "SELECT id FROM search_texts WHERE hotline_pairs(text) @> CAST(:pairs AS text[]) "  # noqa: S608
        f"AND {all_stand} AND id < :before ORDER BY id DESC LIMIT :most"
    )
    return list(connection.execute(indexed, {**values, "pairs": pairs}).scalars())


def _ids_sqlite(connection: Connection, words: Sequence[str], limit: int, before: int | None) -> list[int]:
    parts = []
    for word in words:
        if len(word) > 2:
            parts.append(_quoted(word))
        elif triples := _triples(connection, word):
            parts.append("(" + " OR ".join(map(_quoted, triples)) + ")")
        else:
            return []
    found = connection.execute(
        _MATCHING, {"words": " AND ".join(parts), "before": before or _AFTER_ALL, "most": limit}
    )
    return list(found.scalars())


def _triples(connection: Connection, pair: str) -> list[str]:
    """Three characters that begin with these two and stand in some text."""
    last = pair + chr(sys.maxunicode)
    rows = connection.execute(_TRIPLES, {"first": pair, "last": last, "most": MOST_TRIPLES})
    return list(rows.scalars())


def _quoted(words: str) -> str:
    """As a string of FTS5's language (https://www.sqlite.org/fts5.html#fts5_strings)."""
    return '"' + words.replace('"', '""') + '"'


_AFTER_ALL = 2**62
_MATCHING = text(
    "SELECT rowid FROM search_index WHERE search_index MATCH :words AND rowid < :before "
    "ORDER BY rowid DESC LIMIT :most"
)
_TRIPLES = text(
    "SELECT term FROM search_triples WHERE term >= :first AND term <= :last LIMIT :most"
).bindparams(bindparam("first"), bindparam("last"))
