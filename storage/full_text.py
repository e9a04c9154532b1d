"""The index of a search in Chinese, in the words of both databases.

Most words one looks for have two characters (漏气, 志强), some have one (李).
PostgreSQL: a GIN index over the characters of a text, its pairs of them, and fours of letters and figures,
without which the number of a meter would be looked for among pairs of figures that stand in every third text
(:func:`signs_of` gives the same of a word); and over the stretch of ids that the text is in, so that the
newest of many texts are found without all the others (:func:`stretch_of`). Not pg_trgm: that finds nothing
shorter than three characters, knows no Chinese at all in a database of locale C, and needs the right to make
extensions.
SQLite: FTS5 with the trigram tokenizer (https://www.sqlite.org/fts5.html#the_trigram_tokenizer); one or two
characters are looked for as the beginnings of triples, for which every text ends with two blanks.
"""

import re
from collections.abc import Iterator

from sqlalchemy import Connection

AT_END = "  "
"""What stands after every text, so that its last characters begin a triple too."""

_SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING "
    "fts5(text, content='search_texts', content_rowid='id', tokenize='trigram')",
    "CREATE VIRTUAL TABLE search_triples USING fts5vocab('search_index', 'row')",
    "CREATE TRIGGER index_search_texts AFTER INSERT ON search_texts FOR EACH ROW BEGIN "
    "INSERT INTO search_index (rowid, text) VALUES (NEW.id, NEW.text); END",
)

_POSTGRES = (
    """
    CREATE FUNCTION hotline_pairs(words text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    DECLARE
        signs text[] := string_to_array(lower(words), NULL);
        pairs text[] := '{}';
    BEGIN
        FOR place IN 1 .. cardinality(signs) - 1 LOOP
            pairs := pairs || (signs[place] || signs[place + 1]);
        END LOOP;
        RETURN pairs;
    END $$
    """,
    "CREATE INDEX ix_search_texts_pairs ON search_texts USING gin (hotline_pairs(text))",
)
"""As the first version had it: pairs only."""

_FOUR = 4
_PLAIN = re.compile(r"[a-z0-9]{4}")

_POSTGRES_SIGNS = (
    "DROP INDEX ix_search_texts_pairs",
    "DROP FUNCTION hotline_pairs(text)",
    """
    CREATE FUNCTION hotline_signs(words text, id bigint) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    DECLARE
        found text[] := '{}';
        sign text;
        before text := ' ';
        plain text := '';
    BEGIN
        FOREACH sign IN ARRAY string_to_array(lower(words), NULL) LOOP
            IF sign = ' ' THEN
                plain := '';
            ELSE
                found := array_append(found, sign);
                IF before <> ' ' THEN
                    found := array_append(found, before || sign);
                END IF;
                IF strpos('abcdefghijklmnopqrstuvwxyz0123456789', sign) > 0 THEN
                    plain := right(plain, 3) || sign;
                    IF length(plain) = 4 THEN
                        found := array_append(found, plain);
                    END IF;
                ELSE
                    plain := '';
                END IF;
            END IF;
            before := sign;
        END LOOP;
        RETURN array_append(found, '# ' || (id >> 16));
    END $$
    """,
    "CREATE INDEX ix_search_texts_signs ON search_texts USING gin (hotline_signs(text, id)) "
    "WITH (fastupdate = off)",
)
"""The cost keeps the planner from working the signs of every text out instead of asking the index.

Without ``fastupdate`` each save pays its own milliseconds; with it, one in a thousand would pay them for all,
and every search would look through what is not put in order yet.
"""


STRETCH = 1 << 16
"""Ids of texts in a stretch; hotline_signs knows it too."""


def stretch_of(text_id: int) -> int:
    """The stretch of ids that a text is in, from 0 on."""
    return text_id // STRETCH


def sign_of_stretch(stretch: int) -> str:
    """What stands for a stretch in the index of PostgreSQL; no word has a blank."""
    return f"# {stretch}"


def signs_of(word: str) -> list[str]:
    """What of a word is looked for in the index of PostgreSQL; a text without one of these has not the word.

    :param word: in small letters, without blanks.
    """
    return [word] if len(word) == 1 else sorted(set(_pairs_and_fours(word)))


def _pairs_and_fours(word: str) -> Iterator[str]:
    """Fours where four letters or figures follow each other, pairs elsewhere."""
    for place in range(len(word) - 1):
        four = word[place : place + _FOUR]
        if _PLAIN.fullmatch(four):
            yield four
        elif not _PLAIN.search(word[max(0, place - 2) : place + 3]):
            yield word[place : place + 2]


def find_single_signs(connection: Connection) -> None:
    """Let words of one character be found, and numbers faster; a million texts take a minute or two."""
    if connection.dialect.name != "sqlite":
        for statement in _POSTGRES_SIGNS:
            connection.exec_driver_sql(statement)


def prepare(connection: Connection) -> None:
    """Make the index of the table search_texts, which has to be there and empty."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES:
        connection.exec_driver_sql(statement)


def follow(connection: Connection, table: str, *, texts: str, case: str, call: str, when: str) -> None:
    """Let every new row of a table be found by its words.

    :param texts: SQL of the words, with NEW for the row. ``case`` and ``call``: SQL of what it is about.
    :param when: SQL of which rows have words worth finding.
    """
    adding = (
        f"INSERT INTO search_texts (case_id, call_id, text) "  # noqa: S608 - the revision's own words
        f"VALUES ({case}, {call}, {texts} || '{AT_END}')"
    )
    head = f"CREATE TRIGGER find_{table} AFTER INSERT ON {table} FOR EACH ROW WHEN ({when})"
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"{head} BEGIN {adding}; END")
        return
    connection.exec_driver_sql(
        f"CREATE FUNCTION find_{table}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        f"BEGIN {adding}; RETURN NULL; END $$"
    )
    connection.exec_driver_sql(f"{head} EXECUTE FUNCTION find_{table}()")
