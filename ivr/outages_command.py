"""`hotline outages`: planned outages announced, begun, paused, stopped, and who was told (R-5.1)."""

import argparse
from datetime import UTC, datetime, timedelta
from typing import Any

from ivr.config import Settings
from ivr.errors import ConfigError, Refused
from ivr.people_to_call import (
    People,
    add_people_arguments,
    moment_of,
    people_of_file,
    places_of,
    show_refused,
)
from ivr.revisits_command import MOVES, opened
from ivr.standard.outage import OutageMistake, OutagePlan, everybody_called_by, is_late, mistakes
from storage.database import Database
from storage.dial_rules import dial_rules
from storage.queries import campaigns, outage_reach, outages
from storage.queries.campaigns import Area
from storage.queries.outage_pieces import make_in_pieces
from storage.queries.outages import OutageView

_WHAT_IS_WRONG = {
    OutageMistake.NO_NAME: "NAME: is empty",
    OutageMistake.NO_AREA: "--area: is empty; name the area as customers know it",
    OutageMistake.NO_WORK: "--work: is empty; say why gas is off, such as 管道检修",
    OutageMistake.NO_TIMES: "--from, --to: name both, as '2026-12-03 09:00'",
    OutageMistake.ENDS_FIRST: "--to: is before --from",
    OutageMistake.TOO_LONG: "--to: is more than 14 days after --from",
    OutageMistake.OVER: "--to: has passed",
    OutageMistake.NO_WAY: "neither calls nor texts nor an announcement: leave out one of the --no-…",
}


def add_outages_commands(subparsers: Any) -> None:
    """Add `outages add|start|pause|stop|end|list|told` to the hotline's command line.

    :param subparsers: what ``ArgumentParser.add_subparsers()`` returned. The parsed arguments then have
        ``run``, to be called with (settings, arguments).
    """
    parser: argparse.ArgumentParser = subparsers.add_parser("outages", help="planned outages of gas")
    actions = parser.add_subparsers(dest="outages_action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="write one down; nobody is told yet")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--area", required=True, help="as customers know it; said and written to them")
    add.add_argument("--work", required=True, help="why gas is off, such as 管道检修")
    add.add_argument("--from", dest="begins", required=True, metavar="'2026-12-03 09:00'")
    add.add_argument("--to", dest="ends", required=True, metavar="'2026-12-03 17:00'")
    add_people_arguments(add)
    add.add_argument("--no-calls", action="store_true", help="call nobody")
    add.add_argument("--no-texts", action="store_true", help="send no texts")
    add.add_argument("--no-announcement", action="store_true", help="say nothing in front of the menu")
    add.set_defaults(run=add_outage)
    for name, what in (
        ("start", "tell its people, and callers in front of the menu"),
        ("pause", "no more calls and texts for now; the announcement stays"),
        ("stop", "end it for good, the announcement too"),
    ):
        move = actions.add_parser(name, help=what)
        move.add_argument("outage", type=int, metavar="NUMBER")
        move.set_defaults(run=move_outage, to=MOVES[name])
    end = actions.add_parser("end", help="set anew until when gas is off")
    end.add_argument("outage", type=int, metavar="NUMBER")
    end.add_argument("ends", metavar="'2026-12-03 19:00'")
    end.set_defaults(run=set_end)
    actions.add_parser("list", help="all of them, and how far they are").set_defaults(run=list_outages)
    told = actions.add_parser("told", help="who was told, and when everybody will have been called")
    told.add_argument("outage", type=int, metavar="NUMBER")
    told.set_defaults(run=show_told)


def add_outage(settings: Settings, arguments: argparse.Namespace) -> None:
    """Write an outage with its people, and say what was refused.

    :raises ConfigError: something about it is wrong.
    :raises ListUnreadable: the file cannot be read. ``Refused``: nobody lives there.
    """
    now = datetime.now(UTC)
    plan = OutagePlan(
        arguments.name.strip(),
        arguments.area.strip(),
        arguments.work.strip(),
        moment_of(settings, "--from", arguments.begins),
        moment_of(settings, "--to", arguments.ends),
        None if arguments.no_announcement else now,
        not arguments.no_calls,
        not arguments.no_texts,
    )
    if wrong := [_WHAT_IS_WRONG[mistake] for mistake in mistakes(plan, now)]:
        raise ConfigError(wrong)
    assert plan.begins_at is not None
    with opened(settings) as database:
        people, refused, source = _people(database, settings, arguments)
        if not people:
            raise Refused("nobody lives there whose number is known; no outage was written down")
        made = make_in_pieces(database, plan, people, refused, source, now, dial_rules(settings))
        with database.read() as connection:
            found = outages.one(connection, made)
            assert found is not None
            left_out = campaigns.refusals(connection, found.campaign_id)
    show_refused(left_out)
    if is_late(plan.begins_at, now, timedelta(hours=settings.outages.ahead_hours)):
        print(f"it begins in less than {settings.outages.ahead_hours:g} hours: that is late for a notice")
    print(f"outage {made}: {len(people)} people; tell them with: hotline outages start {made}")


def _people(database: Database, settings: Settings, arguments: argparse.Namespace) -> People:
    """Who is told; also who asked not to be called, as they get the text."""
    if arguments.file is not None:
        return people_of_file(settings, arguments.file)
    places = places_of(arguments)
    with database.read() as connection:
        people, refused = outages.people_of(connection, Area(places))
    return people, refused, {"places": [list(place) for place in places]}


def move_outage(settings: Settings, arguments: argparse.Namespace) -> None:
    """Begin, pause or stop telling people.

    :raises Refused: there is none of this number, or it does not go there from where it stands.
    """
    with opened(settings) as database, database.write() as connection:
        found = _known(outages.one(connection, arguments.outage), arguments.outage)
        if not campaigns.move(connection, found.campaign_id, arguments.to, datetime.now(UTC)):
            raise Refused(f"outage {found.id} is {found.state}; it cannot become {arguments.to} from there")
    print(f"outage {arguments.outage} is {arguments.to}")


def set_end(settings: Settings, arguments: argparse.Namespace) -> None:
    """Set until when gas is off; callers hear it at once.

    :raises Refused: there is none of this number, or it has ended, or would end before it began.
    """
    ends = moment_of(settings, "end", arguments.ends)
    with opened(settings) as database, database.write() as connection:
        found = _known(outages.one(connection, arguments.outage), arguments.outage)
        if not outages.forecast_end(connection, found.id, ends, datetime.now(UTC)):
            raise Refused(f"outage {found.id} is over, or would end before it began")
    print(f"outage {arguments.outage} goes on until {ends:%Y-%m-%d %H:%M}")


def list_outages(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print all outages."""
    with opened(settings) as database, database.read() as connection:
        for one in outages.listed(connection, 1000):
            found = outage_reach.reach(connection, one)
            print(
                f"{one.id} {one.name}: {one.state}; {_local(settings, one.begins_at)} to "
                f"{_local(settings, one.ends_at)}; {found.reached} of {found.people} told"
            )


def show_told(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print who was told, and the forecast.

    :raises Refused: there is none of this number.
    """
    rules, now = dial_rules(settings), datetime.now(UTC)
    with opened(settings) as database, database.read() as connection:
        one = _known(outages.one(connection, arguments.outage), arguments.outage)
        found = outage_reach.reach(connection, one)
        seconds = outage_reach.seconds_of_a_call(connection, one) or settings.outages.assumed_call_seconds
    print(f"{found.people} people: {found.reached} told, {found.by_call} by call, {found.by_text} by text")
    print(f"  {found.waiting} are still to be told, {found.not_reached} were not reached")
    for end, count in sorted(found.calls_ended.items()):
        print(f"  calls: {end} {count}")
    if found.texts_failed:
        print(f"  texts: {found.texts_failed} failed")
    if found.to_call:
        per_hour = settings.dialer.most_lines * 3600 / seconds
        by = everybody_called_by(found.to_call, per_hour, rules.hours, rules.kind_of, rules.local(now))
        when = by.strftime("%Y-%m-%d %H:%M") if by is not None else "not within two months"
        late = " (too late)" if by is None or by > rules.local(one.begins_at) else ""
        print(f"  everybody will have been called: {when}{late}")


def _known(found: OutageView | None, number: int) -> OutageView:
    if found is None:
        raise Refused(f"there is no outage {number}; see: hotline outages list")
    return found


def _local(settings: Settings, moment: datetime) -> str:
    return moment.astimezone(settings.zone).strftime("%Y-%m-%d %H:%M")
