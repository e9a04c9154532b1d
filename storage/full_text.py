"""The index of a search in Chinese, in the words of both databases.

Most words one looks for have two characters (漏气, 志强), so it is pairs of characters that are indexed.
PostgreSQL: a GIN index over the pairs of a text. Not pg_trgm: that finds nothing shorter than three
characters, knows no Chinese at all in a database of locale C, and needs the right to make extensions.
SQLite: FTS5 with the trigram tokenizer (https://www.sqlite.org/fts5.html#the_trigram_tokenizer); two
characters are looked for as the beginnings of triples, for which every text ends with two blanks.
"""

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
"""The cost keeps the planner from working the pairs of every text out instead of asking the index."""


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
