"""An outage of many people, written some at a time as campaigns are (storage/queries/campaign_pieces.py)."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from ivr.standard.dial_state import CampaignState
from ivr.standard.outage import OutagePlan
from storage.changes import announce
from storage.database import Database
from storage.dial_rules import DialRules
from storage.models import Campaign
from storage.queries import campaigns, outages
from storage.queries.campaign_pieces import AT_ONCE, BREATH
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
) -> int:
    """Write an outage as :func:`storage.queries.outages.make` does, in many transactions; returns its id.

    :param note: writes the audit line, given the id, with the first of them.
    """
    told, not_told = outages.judged(people, rules)
    all_refused = [*refused, *not_told]
    with database.write() as connection:
        outage_id = outages.make(connection, plan, [], [], source, now, rules, by=by)
        made = outages.one(connection, outage_id)
        assert made is not None
        this = Campaign.id == made.campaign_id
        counted = {"rows": len(people) + len(refused), "rows_refused": len(all_refused)}
        connection.execute(update(Campaign).where(this).values(state=CampaignState.WRITING, **counted))
        note(connection, outage_id)
    for begin in range(0, len(told), AT_ONCE):
        some = told[begin : begin + AT_ONCE]
        with database.write() as connection:
            if plan.calls:
                new = outages.campaign_of(plan)
                campaigns.add_people(connection, made.campaign_id, new, some, now, rules)
            outages.add_people(connection, outage_id, plan, some)
        time.sleep(BREATH)
    for begin in range(0, len(all_refused), AT_ONCE):
        with database.write() as connection:
            some_refused = all_refused[begin : begin + AT_ONCE]
            campaigns.add_refused(connection, made.campaign_id, some_refused)
    with database.write() as connection:
        still = Campaign.state == CampaignState.WRITING
        connection.execute(update(Campaign).where(this, still).values(state=CampaignState.READY))
        announce(connection)
    return outage_id
