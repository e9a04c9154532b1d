"""Whom `hotline campaigns add` and `hotline outages add` are to call: a file, or places of the archive."""

import argparse
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.config import Settings
from ivr.errors import ConfigError, ListUnreadable
from storage.campaign_lists import read_campaign_list
from storage.dial_rules import number_rules
from storage.queries.campaigns import RefusedRow, Somebody

SHOWN = 20
"""Refused rows that are printed."""

People = tuple[list[Somebody], list[RefusedRow], dict[str, Any]]
"""Whom to call, the rows that were refused, and what is kept of where they came from."""


def add_people_arguments(parser: argparse.ArgumentParser, *, everybody: bool = False) -> None:
    """Add ``--file`` and ``--place``, of which one is to be given.

    :param everybody: whether ``--everybody`` does as well.
    """
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--file", type=Path, help="CSV or XLSX with a column of numbers")
    whom.add_argument(
        "--place",
        action="append",
        metavar="COMPOUND[/BUILDING]",
        help="customers of the archive who live there; may be repeated",
    )
    if everybody:
        whom.add_argument("--everybody", action="store_true", help="all customers of the archive")


def places_of(arguments: argparse.Namespace) -> list[tuple[str, str | None]]:
    """The places that were given: compound, and building or None."""
    places = []
    for text in arguments.place or []:
        compound, _, building = text.partition("/")
        places.append((compound.strip(), building.strip() or None))
    return places


def people_of_file(settings: Settings, file: Path, do_not_call: Collection[str] = ()) -> People:
    """Read a list of numbers.

    :param do_not_call: numbers in E.164 that are refused.
    :raises ListUnreadable: it is too large, or cannot be read.
    """
    largest = settings.campaigns.largest_megabytes
    if file.is_file() and file.stat().st_size > largest * 1024 * 1024:
        raise ListUnreadable("too_large", f"{file}: more than {largest:g} MB (campaigns.largest_megabytes)")
    found = read_campaign_list(
        file,
        number_rules(settings),
        area_code=settings.company.area_code,
        most_rows=settings.campaigns.most_rows,
        do_not_call=do_not_call,
    )
    return found.people, found.refused, {"file": file.name, "sha256": found.sha256}


def refused_line(one: RefusedRow) -> str:
    """A row of which nobody is called, with its reason."""
    about = f" (as row {one.about})" if one.about else ""
    return f'row {one.row}: "{one.given}": {one.reason}{about}'


def show_refused(refused: Sequence[RefusedRow], see: str = "") -> None:
    """Print the first rows of which nobody is called, and how many there are beside them.

    :param see: the command that prints all of them.
    """
    for one in refused[:SHOWN]:
        print(f"  {refused_line(one)}")
    if len(refused) > SHOWN:
        print(f"  {len(refused) - SHOWN} more rows are refused{f'; see: {see}' if see else ''}")


def moment_of(settings: Settings, option: str, text: str) -> datetime:
    """A moment of the command line, in the hotline's zone where it names none.

    :raises ConfigError: it is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError([f"{option} {text}: is no moment; write it as '2026-12-03 09:00'"]) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=settings.zone)
