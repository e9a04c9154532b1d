"""A campaign of many people, written some at a time: on SQLite whoever writes holds up calls meanwhile.

Until all of them are there it is in a state in which nobody is called and from which it is only stopped.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from ivr.standard.dial_state import CampaignState
from storage.changes import announce
from storage.database import Database
from storage.dial_rules import DialRules
from storage.models import Campaign
from storage.queries import campaigns
from storage.queries.campaigns import NewCampaign, RefusedRow, Somebody

AT_ONCE = 2000
"""People of one transaction: a tenth of a second on SQLite."""
BREATH = 0.05
"""Seconds between two of them, in which others write."""


def make_in_pieces(
    database: Database,
    new: NewCampaign,
    people: Sequence[Somebody],
    refused: Sequence[RefusedRow],
    source: dict[str, Any],
    now: datetime,
    rules: DialRules,
    note: Callable[[Connection, int], None] = lambda connection, campaign_id: None,
    *,
    by: int | None = None,
) -> int:
    """Write a campaign as :func:`storage.queries.campaigns.make` does, in many transactions; returns its id.

    :param note: writes the audit line, given the id, with the first of them.
    """
    with database.write() as connection:
        campaign_id = campaigns.make(connection, new, [], [], source, now, rules, by=by)
        connection.execute(
            update(Campaign)
            .where(Campaign.id == campaign_id)
            .values(
                state=CampaignState.WRITING,
                rows=len(people) + len(refused),
                rows_refused=len(refused),
            )
        )
        note(connection, campaign_id)
    for begin in range(0, len(people), AT_ONCE):
        with database.write() as connection:
            some = people[begin : begin + AT_ONCE]
            campaigns.add_people(connection, campaign_id, new, some, now, rules)
        time.sleep(BREATH)
    for begin in range(0, len(refused), AT_ONCE):
        with database.write() as connection:
            campaigns.add_refused(connection, campaign_id, refused[begin : begin + AT_ONCE])
        time.sleep(BREATH)
    with database.write() as connection:
        connection.execute(
            update(Campaign)
            .where(Campaign.id == campaign_id, Campaign.state == CampaignState.WRITING)
            .values(state=CampaignState.READY, changed_at=now)
        )
        announce(connection)
    return campaign_id
