"""A campaign's people are read from a file or the archive and written, beside the request (R-16.6)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from agent_console.context import Console, now
from agent_console.list_work import NOBODY_LEFT, ListWork
from ivr.errors import ListUnreadable
from ivr.standard.customer_type import CustomerType
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import CampaignState
from storage.campaign_lists import DO_NOT_CALL, read_campaign_list
from storage.dial_rules import dial_rules, number_rules
from storage.queries import audit, campaigns, do_not_call
from storage.queries.audit import ConsoleFact
from storage.queries.campaign_pieces import WORK, make_in_pieces
from storage.queries.campaigns import Area, NewCampaign, RefusedRow, Somebody

EVERY_BLOCKED = 10_000_000

People = tuple[list[Somebody], list[RefusedRow], dict[str, Any]]
"""Whom to call, the rows of which nobody is called, and what is kept of where they came from."""


def make(console: Console, work: ListWork) -> int:
    """Write the campaign that was asked for; gives its id. Nobody is called before it is started.

    :raises ListUnreadable: the file cannot be read, or nobody is left to call.
    """
    wanted, by, moment = work.asked.wanted, work.asked.by, now()
    until = wanted["until_at"]
    new = NewCampaign(
        wanted["name"],
        DialReason.CAMPAIGN,
        DialWay(wanted["way"]),
        wanted["questionnaire"],
        datetime.fromisoformat(until) if until else None,
    )
    people, refused, source = _of_file(console, work) if work.file else _of_archive(console, work)
    if not people:
        raise ListUnreadable(NOBODY_LEFT, "nobody is left to call")

    def note(connection: Connection, campaign_id: int) -> None:
        data = {"campaign": campaign_id, "state": CampaignState.READY.value, "rows": len(people)}
        data |= work.asked.whence
        audit.note(connection, ConsoleFact.CAMPAIGN_CHANGED, moment, agent_id=by, data=data)

    return make_in_pieces(
        console.database,
        new,
        people,
        refused,
        source | {WORK: work.word},
        moment,
        dial_rules(console.settings),
        note,
        by=by,
        tell=work.has_written,
    )


def _of_file(console: Console, work: ListWork) -> People:
    settings, file = console.settings, work.file
    assert file is not None
    with console.database.read() as connection:
        blocked = _blocked(connection)
    found = read_campaign_list(
        file,
        number_rules(settings),
        area_code=settings.company.area_code,
        most_rows=settings.campaigns.most_rows,
        do_not_call=blocked,
        tell=work.has_read,
    )
    return found.people, found.refused, {"file": work.asked.file_name, "sha256": found.sha256}


def _of_archive(console: Console, work: ListWork) -> People:
    places = [(compound, building) for compound, building in work.asked.wanted["places"]]
    types = [CustomerType(word) for word in work.asked.wanted["types"]]
    with console.database.read() as connection:
        found, refused = campaigns.people_of(connection, Area(places, types))
        blocked = _blocked(connection)
    people = [one for one in found if one.number not in blocked]
    refused += [
        RefusedRow(one.row, one.name or one.number, DO_NOT_CALL) for one in found if one.number in blocked
    ]
    return people, refused, {"places": [list(place) for place in places], "types": types}


def _blocked(connection: Connection) -> set[str]:
    """Who asked not to be called."""
    return {one.number for one in do_not_call.listed(connection, limit=EVERY_BLOCKED)}
