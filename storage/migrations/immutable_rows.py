"""Triggers that make rows immutable, in the words of both databases, for the revisions to use.

A trigger and not only the program's good will: these rows are the proof of the service standard, also
against a hand that opens the database with another tool.
"""

from alembic import op

_POSTGRES_FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def prepare() -> None:
    """Make what :func:`refuse` needs; once, in the first revision."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES_FUNCTION)


def refuse(action: str, table: str, reason: str, *, when: str | None = None) -> None:
    """Refuse to change rows of a table.

    :param action: "UPDATE" or "DELETE".
    :param table: its name.
    :param reason: what is said to who tries; no quotes.
    :param when: condition on the row as it is, such as "OLD.outcome IS NOT NULL"; None: always.
    """
    head = f"CREATE TRIGGER refuse_{action.lower()}_{table} BEFORE {action} ON {table} FOR EACH ROW"
    condition = f" WHEN ({when})" if when else ""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"{head}{condition} BEGIN SELECT RAISE(ABORT, '{reason}'); END")
    else:
        op.execute(f"{head}{condition} EXECUTE FUNCTION refuse_change('{reason}')")
