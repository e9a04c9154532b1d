"""The people of a planned outage are read from a list or the archive and written (R-5.1)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from agent_console.context import Console, now
from agent_console.list_work import NOBODY_LEFT, ListWork
from agent_console.outages.reading import MOMENTS
from ivr.errors import ListUnreadable
from ivr.standard.outage import OutagePlan
from storage.campaign_lists import read_campaign_list
from storage.dial_rules import dial_rules, number_rules
from storage.queries import audit, outages
from storage.queries.audit import ConsoleFact
from storage.queries.campaign_pieces import WORK
from storage.queries.campaigns import Area
from storage.queries.outage_pieces import make_in_pieces


def make(console: Console, work: ListWork) -> int:
    """Write the outage that was asked for; gives its id. Nobody is told before it is begun.

    :raises ListUnreadable: the list cannot be read, or nobody is left to tell.
    """
    settings, by, moment = console.settings, work.asked.by, now()
    source: dict[str, Any]
    if work.file is not None:
        found = read_campaign_list(
            work.file,
            number_rules(settings),
            area_code=settings.company.area_code,
            most_rows=settings.campaigns.most_rows,
            tell=work.has_read,
        )
        people, refused = found.people, found.refused
        source = {"file": work.asked.file_name, "sha256": found.sha256}
    else:
        places = [(compound, building) for compound, building in work.asked.wanted["places"]]
        with console.database.read() as connection:
            people, refused = outages.people_of(connection, Area(places))
        source = {"places": [list(place) for place in places]}
    if not people:
        raise ListUnreadable(NOBODY_LEFT, "nobody is left to tell")

    def note(connection: Connection, outage_id: int) -> None:
        data = {**work.asked.whence, "outage": outage_id, "what": "made"}
        audit.note(connection, ConsoleFact.OUTAGE_CHANGED, moment, agent_id=by, data=data)

    return make_in_pieces(
        console.database,
        plan_of(work.asked.wanted),
        people,
        refused,
        source | {WORK: work.word},
        moment,
        dial_rules(settings),
        note,
        by=by,
        tell=work.has_written,
    )


def plan_of(wanted: dict[str, Any]) -> OutagePlan:
    """The plan as it was kept on disk."""
    moments = {name: wanted[name] and datetime.fromisoformat(wanted[name]) for name in MOMENTS}
    return OutagePlan(**{name: moments.get(name, wanted[name]) for name in OutagePlan.__slots__})
