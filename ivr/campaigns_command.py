"""`hotline campaigns`: lists of people to call, from a file or the archive; begun, paused, stopped."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivr.config import Settings
from ivr.config.questionnaire_files import of_kinds
from ivr.errors import ConfigError, ListUnreadable, Refused
from ivr.revisits_command import MOVES, opened
from ivr.standard.customer_type import CustomerType
from ivr.standard.dial_reason import DialReason, DialWay
from storage.campaign_lists import read_campaign_list
from storage.database import Database
from storage.dial_rules import dial_rules, number_rules
from storage.queries import campaign_progress, campaigns, do_not_call
from storage.queries.campaigns import Area, NewCampaign, RefusedRow, Somebody

_SHOWN = 20


def add_campaigns_commands(subparsers: Any) -> None:
    """Add `campaigns add|start|pause|stop|list|refused` to the hotline's command line.

    :param subparsers: what ``ArgumentParser.add_subparsers()`` returned. The parsed arguments then have
        ``run``, to be called with (settings, arguments).
    """
    parser: argparse.ArgumentParser = subparsers.add_parser("campaigns", help="lists of people to call")
    actions = parser.add_subparsers(dest="campaigns_action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="make one; calls nobody")
    add.add_argument("name", metavar="NAME")
    whom = add.add_mutually_exclusive_group(required=True)
    whom.add_argument("--file", type=Path, help="CSV or XLSX with a column of numbers")
    whom.add_argument(
        "--place",
        action="append",
        metavar="COMPOUND[/BUILDING]",
        help="customers of the archive who live there; may be repeated",
    )
    whom.add_argument("--everybody", action="store_true", help="all customers of the archive")
    add.add_argument(
        "--type", action="append", choices=list(CustomerType), help="only customers of this type"
    )
    add.add_argument("--questionnaire", required=True, metavar="NAME", help="of prompts/questionnaires/")
    add.add_argument("--until", metavar="'2026-11-30 18:00'", help="nobody is called from then on")
    add.set_defaults(run=add_campaign)
    for name, what in (
        ("start", "call its people, within the windows"),
        ("pause", "begin no call of it any more; calls that are up go on"),
        ("stop", "end it for good"),
    ):
        move = actions.add_parser(name, help=what)
        move.add_argument("campaign", type=int, metavar="NUMBER")
        move.set_defaults(run=move_campaign, to=MOVES[name])
    actions.add_parser("list", help="all of them, and how far they are").set_defaults(run=list_campaigns)
    refused = actions.add_parser("refused", help="rows of which nobody is called, with line and reason")
    refused.add_argument("campaign", type=int, metavar="NUMBER")
    refused.set_defaults(run=list_refused)


def add_campaign(settings: Settings, arguments: argparse.Namespace) -> None:
    """Read whom to call, write the campaign, and say what was refused.

    :raises ConfigError: the questionnaire or the time is wrong.
    :raises ListUnreadable: the file cannot be read.
    :raises Refused: nobody is left to call.
    """
    known = of_kinds(settings, settings.prompts_folder)
    if arguments.questionnaire not in known:
        raise ConfigError([f"--questionnaire {arguments.questionnaire}: write one of: {', '.join(known)}"])
    new = NewCampaign(
        arguments.name.strip()[:80],
        DialReason.CAMPAIGN,
        DialWay.AUTOMATIC,
        arguments.questionnaire,
        _until(settings, arguments.until),
    )
    with opened(settings) as database:
        people, refused, source = _people(database, settings, arguments)
        _show_refused(refused)
        if not people:
            raise Refused("nobody is left to call; no campaign was made")
        with database.write() as connection:
            made = campaigns.make(
                connection, new, people, refused, source, datetime.now(UTC), dial_rules(settings)
            )
    print(f"campaign {made}: {len(people)} people; begin with: hotline campaigns start {made}")


def _until(settings: Settings, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError([f"--until {text}: is no moment; write it as '2026-11-30 18:00'"]) from None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=settings.zone)
    if moment <= datetime.now(UTC):
        raise ConfigError([f"--until {text}: has passed; name a moment that is still to come"])
    return moment


def _people(
    database: Database, settings: Settings, arguments: argparse.Namespace
) -> tuple[list[Somebody], list[RefusedRow], dict[str, Any]]:
    if arguments.file is not None:
        return _of_file(database, settings, arguments.file)
    places = []
    for text in arguments.place or []:
        compound, _, building = text.partition("/")
        places.append((compound.strip(), building.strip() or None))
    types = [CustomerType(word) for word in arguments.type or []]
    with database.read() as connection:
        people, refused = campaigns.people_of(connection, Area(places, types))
    source = {"places": [list(place) for place in places], "types": [str(one) for one in types]}
    return people, refused, source


def _of_file(
    database: Database, settings: Settings, file: Path
) -> tuple[list[Somebody], list[RefusedRow], dict[str, Any]]:
    largest = settings.campaigns.largest_megabytes
    if file.is_file() and file.stat().st_size > largest * 1024 * 1024:
        raise ListUnreadable("too_large", f"{file}: more than {largest:g} MB (campaigns.largest_megabytes)")
    with database.read() as connection:
        blocked = {one.number for one in do_not_call.listed(connection, limit=10_000_000)}
    found = read_campaign_list(
        file,
        number_rules(settings),
        area_code=settings.company.area_code,
        most_rows=settings.campaigns.most_rows,
        do_not_call=blocked,
    )
    return found.people, found.refused, {"file": file.name, "sha256": found.sha256}


def _show_refused(refused: list[RefusedRow]) -> None:
    for one in refused[:_SHOWN]:
        about = f" (as row {one.about})" if one.about else ""
        print(f'  row {one.row}: "{one.given}": {one.reason}{about}')
    if len(refused) > _SHOWN:
        print(f"  {len(refused) - _SHOWN} more rows are refused; see: hotline campaigns refused NUMBER")


def move_campaign(settings: Settings, arguments: argparse.Namespace) -> None:
    """Begin, pause or stop one.

    :raises Refused: there is none of this number, or it does not go there from where it stands.
    """
    with opened(settings) as database, database.write() as connection:
        if not campaigns.move(connection, arguments.campaign, arguments.to, datetime.now(UTC)):
            standing = {one.id: one.state for one in campaign_progress.progress(connection)}
            if arguments.campaign not in standing:
                raise Refused(f"there is no campaign {arguments.campaign}")
            raise Refused(
                f"campaign {arguments.campaign} is {standing[arguments.campaign]}; "
                f"it cannot become {arguments.to} from there"
            )
    print(f"campaign {arguments.campaign} is {arguments.to}")


def list_campaigns(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print all campaigns."""
    with opened(settings) as database, database.read() as connection:
        found = campaign_progress.progress(connection)
    for one in found:
        ended = "".join(f", {end} {count}" for end, count in sorted(one.ended.items()))
        print(f"{one.id} {one.name}: {one.state}; {one.waiting} to call, {one.calling} being called{ended}")
    if not found:
        print("there is no campaign")


def list_refused(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print the rows of which nobody is called."""
    with opened(settings) as database, database.read() as connection:
        found = campaigns.refusals(connection, arguments.campaign)
    for one in found:
        about = f" (as row {one.about})" if one.about else ""
        print(f'row {one.row}: "{one.given}": {one.reason}{about}')
    if not found:
        print("no row was refused")
