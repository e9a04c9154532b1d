"""An outage of many people, written some at a time as campaigns are (storage/queries/campaign_pieces.py)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from ivr.standard.outage import OutagePlan
from storage.database import Database
from storage.dial_rules import DialRules
from storage.models import Outage
from storage.queries import campaigns, outages
from storage.queries.campaign_pieces import Tell, nobody, write_in_pieces
from storage.queries.campaigns import RefusedRow, Somebody


def make_in_pieces(
    database: Database,
    plan: OutagePlan,
    people: Sequence[Somebody],
    refused: Sequence[RefusedRow],
    source: dict[str, Any],
    now: datetime,
    rules: DialRules,
    note: Callable[[Connection, int], None] = lambda connection, outage_id: None,
    *,
    by: int | None = None,
    tell: Tell = nobody,
) -> int:
    """Write an outage as :func:`storage.queries.outages.make` does, in many transactions; returns its id.

    :param source: with the word of work that broke off, that goes on.
    :param note: writes the audit line, given the id, with the first of them.
    :param tell: is given how many people are written.
    """
    told, not_told = outages.judged(people, rules)

    def begin(connection: Connection) -> int:
        outage_id = outages.make(connection, plan, [], [], source, now, rules, by=by)
        note(connection, outage_id)
        made = outages.one(connection, outage_id)
        assert made is not None
        return made.campaign_id

    def add(connection: Connection, campaign_id: int, some: Sequence[Somebody]) -> None:
        if plan.calls:
            campaigns.add_people(connection, campaign_id, outages.campaign_of(plan), some, now, rules)
        outages.add_people(connection, _outage_of(connection, campaign_id), plan, some)

    campaign_id = write_in_pieces(database, told, [*refused, *not_told], source, now, begin, add, tell)
    with database.read() as connection:
        return _outage_of(connection, campaign_id)


def _outage_of(connection: Connection, campaign_id: int) -> int:
    return int(connection.execute(select(Outage.id).where(Outage.campaign_id == campaign_id)).scalar_one())
