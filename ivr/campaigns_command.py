"""`hotline campaigns`: lists of people to call, from a file or the archive; begun, paused, stopped."""

import argparse
from datetime import UTC, datetime
from typing import Any

from ivr.config import Settings
from ivr.config.questionnaire_files import of_kinds
from ivr.errors import ConfigError, Refused
from ivr.people_to_call import (
    People,
    add_people_arguments,
    moment_of,
    people_of_file,
    places_of,
    refused_line,
    show_refused,
)
from ivr.revisits_command import MOVES, opened
from ivr.standard.customer_type import CustomerType
from ivr.standard.dial_reason import DialReason, DialWay
from storage.database import Database
from storage.dial_rules import dial_rules
from storage.queries import campaign_progress, campaigns, do_not_call
from storage.queries.campaign_pieces import make_in_pieces
from storage.queries.campaigns import Area, NewCampaign


def add_campaigns_commands(subparsers: Any) -> None:
    """Add `campaigns add|start|pause|stop|list|refused` to the hotline's command line.

    :param subparsers: what ``ArgumentParser.add_subparsers()`` returned. The parsed arguments then have
        ``run``, to be called with (settings, arguments).
    """
    parser: argparse.ArgumentParser = subparsers.add_parser("campaigns", help="lists of people to call")
    actions = parser.add_subparsers(dest="campaigns_action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="make one; calls nobody")
    add.add_argument("name", metavar="NAME")
    add_people_arguments(add, everybody=True)
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
        show_refused(refused, "hotline campaigns refused NUMBER")
        if not people:
            raise Refused("nobody is left to call; no campaign was made")
        now, rules = datetime.now(UTC), dial_rules(settings)
        made = make_in_pieces(database, new, people, refused, source, now, rules)
    print(f"campaign {made}: {len(people)} people; begin with: hotline campaigns start {made}")


def _until(settings: Settings, text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = moment_of(settings, "--until", text)
    if moment <= datetime.now(UTC):
        raise ConfigError([f"--until {text}: has passed; name a moment that is still to come"])
    return moment


def _people(database: Database, settings: Settings, arguments: argparse.Namespace) -> People:
    if arguments.file is not None:
        with database.read() as connection:
            blocked = {one.number for one in do_not_call.listed(connection, limit=10_000_000)}
        return people_of_file(settings, arguments.file, blocked)
    places, types = places_of(arguments), [CustomerType(word) for word in arguments.type or []]
    with database.read() as connection:
        people, refused = campaigns.people_of(connection, Area(places, types))
    source = {"places": [list(place) for place in places], "types": [str(one) for one in types]}
    return people, refused, source


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
        print(refused_line(one))
    if not found:
        print("no row was refused")
