"""`hotline customers` and `hotline demo`: a list brought in, and made-up customers taken out."""

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivr.config import Settings
from ivr.errors import HotlineError, ListUnreadable, Refused
from ivr.standard.import_state import DuplicateChoice, ImportState
from storage.customer_lists import checking, importing
from storage.customer_lists import columns as headings
from storage.customer_lists.checking import CheckedList, HowToRead, Limits, RowMistake
from storage.customer_lists.importing import Imported, Wish
from storage.customer_lists.reading import Row
from storage.customer_values import Mistake
from storage.database import Database
from storage.queries import customer_imports, demo
from storage.queries.customer_matches import matches

SHOWN_MISTAKES = 20
LEFT_OUT = ""


def add_customers_commands(subparsers: Any) -> None:
    """Add `customers import` and `demo clear` to the hotline's command line.

    :param subparsers: what ``ArgumentParser.add_subparsers()`` returned. The parsed arguments then have
        ``run``, to be called with (settings, arguments).
    """
    customers: argparse.ArgumentParser = subparsers.add_parser("customers", help="the customer archive")
    actions = customers.add_subparsers(dest="customers_action", required=True, metavar="ACTION")
    take = actions.add_parser("import", help="bring a list in, CSV or XLSX: all of it or nothing")
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help='what a column means, by its letter or heading: --map D=numbers; "D=" leaves it out; fields: '
        + ", ".join(headings.MEANINGS),
    )
    take.add_argument("--header", type=int, metavar="ROW", help="row of the headings; 0: there is none")
    take.add_argument("--encoding", help="of a CSV, where it is recognised wrongly")
    take.add_argument("--delimiter", help="of a CSV, where it is recognised wrongly")
    take.add_argument(
        "--duplicates",
        choices=[choice.value for choice in DuplicateChoice],
        default=DuplicateChoice.UPDATE.value,
        help="what becomes of customers who are known (default: %(default)s)",
    )
    take.add_argument("--skip-wrong", action="store_true", help="leave rows with mistakes out")
    take.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
    made_up = take.add_mutually_exclusive_group()
    made_up.add_argument("--clear-demo", action="store_true", help="take made-up customers out first")
    made_up.add_argument("--keep-demo", action="store_true", help="leave made-up customers in")
    take.set_defaults(run=import_list)
    made_up_data = subparsers.add_parser("demo", help="made-up data to try the hotline with")
    steps = made_up_data.add_subparsers(dest="demo_action", required=True, metavar="ACTION")
    clear = steps.add_parser("clear", help="take the made-up customers and units out")
    clear.set_defaults(run=clear_demo)


def clear_demo(settings: Settings, arguments: argparse.Namespace) -> None:
    """Take the made-up customers and units out, and say how many there were."""
    database = Database(settings.database_address)
    try:
        database.check()
        with database.write() as connection:
            cleared = demo.clear(connection, None, datetime.now(UTC))
    finally:
        database.close()
    print(f"{cleared} made-up customers were taken out" if cleared else "there are no made-up customers")


def import_list(settings: Settings, arguments: argparse.Namespace) -> int:
    """Check a list, say what is wrong with it, and bring it in; 1 where rows are wrong and not left out.

    :raises ListUnreadable: the file cannot be read, or its columns are not clear.
    :raises Refused: another import is at work, or it was not said what becomes of made-up customers.
    """
    database = Database(settings.database_address)
    try:
        database.check()
        return _import(database, settings, arguments)
    finally:
        database.close()


def _import(database: Database, settings: Settings, arguments: argparse.Namespace) -> int:
    file: Path = arguments.file
    largest = settings.imports.largest_megabytes
    if file.is_file() and file.stat().st_size > largest * 1024 * 1024:
        raise ListUnreadable("too_large", f"{file}: more than {largest} MB (imports.largest_megabytes)")
    how, first = _how(arguments, *checking.how_recognised(file))
    _show_columns(how, first)
    moment = datetime.now(UTC)
    limits = Limits(
        settings.company.area_code, moment.astimezone(settings.zone).year, settings.imports.most_rows
    )

    def silent(rows_done: int) -> None:
        """Nobody waits for a bar here: 10 000 rows take a few seconds."""

    with database.read() as connection:
        checked = checking.check_list(file, how, limits, lambda rows: matches(connection, rows), silent)
        made_up = demo.count(connection)
    _show_check(checked, how, first)
    if checked.rows_wrong and not arguments.skip_wrong:
        print("nothing was imported; correct the list, or leave these rows out with --skip-wrong")
        return 1
    if arguments.dry_run:
        print("nothing was imported (--dry-run)")
        return 0
    if made_up and not (arguments.clear_demo or arguments.keep_demo):
        raise Refused(f"the archive holds {made_up} made-up customers; say --clear-demo or --keep-demo")
    wish = Wish(DuplicateChoice(arguments.duplicates), arguments.clear_demo, arguments.skip_wrong)
    done = _write(database, file, how, checked, wish)
    print(f"imported: {done.created} new, {done.updated} changed, {done.skipped} left as they were")
    if done.cleared:
        print(f"{done.cleared} made-up customers were taken out")
    return 0


def _how(arguments: argparse.Namespace, how: HowToRead, first: list[Row]) -> tuple[HowToRead, list[Row]]:
    """How the file is read, with what the arguments say otherwise."""
    shape, header = how.shape, how.header
    if arguments.encoding or arguments.delimiter:
        shape = replace(
            shape,
            encoding=arguments.encoding or shape.encoding,
            delimiter=(arguments.delimiter or shape.delimiter).replace("\\t", "\t")[:1],
        )
        first = checking.first_rows(arguments.file, shape)
    if arguments.header is not None:
        header = arguments.header
    if shape != how.shape or header != how.header:
        how = checking.with_header(shape, header, first)
    columns = list(how.columns)
    names = _headings(how, first)
    for given in arguments.map:
        heading, sign, field = given.partition("=")
        column = _column(heading.strip(), names, len(columns))
        if not sign or column is None or field not in (*headings.MEANINGS, LEFT_OUT):
            known = ", ".join(headings.MEANINGS)
            raise Refused(f"--map {given}: write COLUMN=FIELD; columns: {_listed(names)}; fields: {known}")
        columns[column] = field or None
    return replace(how, columns=tuple(columns)), first


def _headings(how: HowToRead, first: Sequence[Row]) -> list[str]:
    return next((cells for number, cells in first if number == how.header), [])


def _column(heading: str, names: Sequence[str], width: int) -> int | None:
    if heading in names:
        return list(names).index(heading)
    letters = [checking.column_letter(column) for column in range(width)]
    return letters.index(heading.upper()) if heading.upper() in letters else None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"{checking.column_letter(place)} {name}".strip() for place, name in enumerate(names))


def _show_columns(how: HowToRead, first: Sequence[Row]) -> None:
    shape, names = how.shape, _headings(how, first)
    read_as = shape.sheet or f"{shape.encoding}, columns parted by {shape.delimiter!r}"
    print(f"read as {shape.format.value} ({read_as}), headings in row {how.header or 'none'}")
    for place, field in enumerate(how.columns):
        name = names[place] if place < len(names) else ""
        print(f"  {checking.column_letter(place)} {name} -> {field or '(left out)'}")


def _show_check(checked: CheckedList, how: HowToRead, first: Sequence[Row]) -> None:
    new = len(checked.good) - checked.rows_known
    print(f"{checked.rows} rows: {new} new, {checked.rows_known} known, {checked.rows_wrong} with mistakes")
    names = _headings(how, first)
    for found in checked.mistakes[:SHOWN_MISTAKES]:
        print(f"  {_mistake(found, names)}")
    if (more := len(checked.mistakes) - SHOWN_MISTAKES) > 0:
        print(f"  and {more} more")


def _mistake(found: RowMistake, names: Sequence[str]) -> str:
    heading = names[found.column] if found.column < len(names) else ""
    column = f"{checking.column_letter(found.column)} {heading}".strip()
    return f"row {found.row}, column {column}: {found.mistake.given!r}: {_reason(found.mistake)}"


def _reason(mistake: Mistake) -> str:
    reason = mistake.fault.value.replace("_", " ")
    return f"{reason} (right: {mistake.right})" if mistake.right else reason


def _write(database: Database, file: Path, how: HowToRead, checked: CheckedList, wish: Wish) -> Imported:
    """Write the list, and the import that every page then shows."""
    data = file.read_bytes()
    prepared = importing.make_ready(checked, lambda rows_done: None)
    moment = datetime.now(UTC)
    with database.write() as connection:
        customer_imports.settle_dead(connection, moment)
        import_id = customer_imports.add(
            connection,
            moment,
            file_name=file.name,
            size_bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            by=None,
            how=importing.how_as_data(how),
        )
        if not customer_imports.begin(
            connection,
            import_id,
            moment,
            before=ImportState.UPLOADED,
            at_work=ImportState.IMPORTING,
            duplicates=wish.duplicates,
        ):
            raise Refused("another import is at work; try again when it is done")
    try:
        with database.write() as connection:
            return importing.write(connection, import_id, checked, prepared, wish, None, moment)
    except HotlineError as error:
        with database.write() as connection:
            customer_imports.settle(
                connection, import_id, ImportState.FAILED, datetime.now(UTC), failure=f"storage: {error}"
            )
        raise
