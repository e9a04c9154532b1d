"""`hotline outages`: planned outages announced, begun, paused, stopped, and who was told (R-5.1)."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ivr.config import Settings
from ivr.errors import ConfigError, ListUnreadable, Refused
from ivr.revisits_command import MOVES, opened
from ivr.standard.outage import OutageMistake, OutagePlan, everybody_called_by, is_late, mistakes
from storage.campaign_lists import read_campaign_list
from storage.database import Database
from storage.dial_rules import dial_rules, number_rules
from storage.queries import campaigns, outage_reach, outages
from storage.queries.campaigns import Area, RefusedRow, Somebody
from storage.queries.outages import OutageView

_SHOWN = 20
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
    whom = add.add_mutually_exclusive_group(required=True)
    whom.add_argument("--file", type=Path, help="CSV or XLSX with a column of numbers")
    whom.add_argument(
        "--place",
        action="append",
        metavar="COMPOUND[/BUILDING]",
        help="customers of the archive who live there; may be repeated",
    )
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
        _moment(settings, "--from", arguments.begins),
        _moment(settings, "--to", arguments.ends),
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
        with database.write() as connection:
            made = outages.make(connection, plan, people, refused, source, now, dial_rules(settings))
        with database.read() as connection:
            found = outages.one(connection, made)
            assert found is not None
            left_out = campaigns.refusals(connection, found.campaign_id)
    for one in left_out[:_SHOWN]:
        about = f" (as row {one.about})" if one.about else ""
        print(f'  row {one.row}: "{one.given}": {one.reason}{about}')
    if len(left_out) > _SHOWN:
        print(f"  {len(left_out) - _SHOWN} more rows are refused")
    if is_late(plan.begins_at, now, timedelta(hours=settings.outages.ahead_hours)):
        print(f"it begins in less than {settings.outages.ahead_hours:g} hours: that is late for a notice")
    print(f"outage {made}: {len(people)} people; tell them with: hotline outages start {made}")


def _moment(settings: Settings, option: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError([f"{option} {text}: is no moment; write it as '2026-12-03 09:00'"]) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=settings.zone)


def _people(
    database: Database, settings: Settings, arguments: argparse.Namespace
) -> tuple[list[Somebody], list[RefusedRow], dict[str, Any]]:
    if arguments.file is None:
        places = []
        for text in arguments.place:
            compound, _, building = text.partition("/")
            places.append((compound.strip(), building.strip() or None))
        with database.read() as connection:
            people, refused = outages.people_of(connection, Area(places))
        return people, refused, {"places": [list(place) for place in places]}
    file, largest = arguments.file, settings.campaigns.largest_megabytes
    if file.is_file() and file.stat().st_size > largest * 1024 * 1024:
        raise ListUnreadable("too_large", f"{file}: more than {largest:g} MB (campaigns.largest_megabytes)")
    found = read_campaign_list(
        file,
        number_rules(settings),
        area_code=settings.company.area_code,
        most_rows=settings.campaigns.most_rows,
    )
    return found.people, found.refused, {"file": file.name, "sha256": found.sha256}


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
    ends = _moment(settings, "end", arguments.ends)
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
