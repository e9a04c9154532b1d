"""Which words of which tables a search finds, for the revisions; telephone numbers are not in them (R-18)."""

from sqlalchemy import Connection

from storage import full_text

_RECORD = (
    "coalesce({row}surname, '') || coalesce({row}form_of_address, '') || ' ' || "
    "coalesce({row}address, '') || ' ' || {row}content"
)


def follow_cases(connection: Connection) -> None:
    """Make the index of search_texts, and let what is written about cases and calls be found in it."""
    full_text.prepare(connection)
    words = _RECORD.format(row="NEW.")
    full_text.follow(
        connection,
        "cases",
        texts=f"NEW.number || ' ' || {words}",
        case="NEW.id",
        call="NEW.call_id",
        when="NEW.id IS NOT NULL",
    )
    full_text.follow(
        connection, "call_records", texts=words, case="NEW.case_id", call="NEW.call_id", when="NEW.entry > 1"
    )
    full_text.follow(
        connection,
        "case_entries",
        texts="NEW.said",
        case="NEW.case_id",
        call="NULL",
        when="NEW.said IS NOT NULL",
    )
    full_text.follow(
        connection, "transfers", texts="NEW.note", case="NULL", call="NEW.call_id", when="NEW.note <> ''"
    )


def take_up_cases(connection: Connection) -> None:
    """Let the cases that are there be found."""
    words = _RECORD.format(row="")
    connection.exec_driver_sql(
        "INSERT INTO search_texts (case_id, call_id, text) "  # noqa: S608 - the revision's own words
        f"SELECT id, call_id, number || ' ' || {words} || '{full_text.AT_END}' FROM cases"
    )
