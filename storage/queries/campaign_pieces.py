"""A campaign of many people, written some at a time: on SQLite whoever writes holds up calls meanwhile.

Until all of them are there it is in a state in which nobody is called and from which it is only stopped. What
broke off is written to its end by the same call with the same ``source``: who stands there already is left
alone.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

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
WORK = "work"
"""Of a campaign's source: the word of the work that writes it, by which it is known again."""

Add = Callable[[Connection, int, Sequence[Somebody]], None]
Tell = Callable[[int], None]


def nobody(written: int) -> None:
    """Nobody waits for it."""


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
    tell: Tell = nobody,
) -> int:
    """Write a campaign as :func:`storage.queries.campaigns.make` does, in many transactions; returns its id.

    :param source: with the same word at ``WORK`` as before, what broke off goes on.
    :param note: writes the audit line, given the id, with the first of them.
    :param tell: is given how many people are written, after each of them.
    """

    def begin(connection: Connection) -> int:
        campaign_id = campaigns.make(connection, new, [], [], source, now, rules, by=by)
        note(connection, campaign_id)
        return campaign_id

    def add(connection: Connection, campaign_id: int, some: Sequence[Somebody]) -> None:
        campaigns.add_people(connection, campaign_id, new, some, now, rules)

    return write_in_pieces(database, people, refused, source, now, begin, add, tell)


def write_in_pieces(
    database: Database,
    people: Sequence[Somebody],
    refused: Sequence[RefusedRow],
    source: dict[str, Any],
    now: datetime,
    begin: Callable[[Connection], int],
    add: Add,
    tell: Tell = nobody,
) -> int:
    """Write a campaign in many transactions; returns its id, also when it was discarded meanwhile.

    :param begin: writes the campaign without anybody and returns its id; not asked where one broke off.
    :param add: writes some of the people, and leaves alone who stands there already.
    :param tell: is given how many people are written.
    """
    with database.write() as connection:
        campaign_id = _broken_off(connection, source)
        if campaign_id is None:
            campaign_id = begin(connection)
            counted = {"rows": len(people) + len(refused), "rows_refused": len(refused)}
            this = Campaign.id == campaign_id
            connection.execute(update(Campaign).where(this).values(state=CampaignState.WRITING, **counted))
            announce(connection)
    for place in range(0, len(people), AT_ONCE):
        with database.write() as connection:
            if not _still_written(connection, campaign_id):
                return campaign_id
            add(connection, campaign_id, people[place : place + AT_ONCE])
        tell(min(place + AT_ONCE, len(people)))
        time.sleep(BREATH)
    for place in range(0, len(refused), AT_ONCE):
        with database.write() as connection:
            if not _still_written(connection, campaign_id):
                return campaign_id
            campaigns.add_refused(connection, campaign_id, refused[place : place + AT_ONCE])
        time.sleep(BREATH)
    with database.write() as connection:
        still = (Campaign.id == campaign_id) & (Campaign.state == CampaignState.WRITING)
        connection.execute(update(Campaign).where(still).values(state=CampaignState.READY, changed_at=now))
        announce(connection)
    return campaign_id


def _broken_off(connection: Connection, source: dict[str, Any]) -> int | None:
    if WORK not in source:
        return None
    same = select(Campaign.id).where(Campaign.source[WORK].as_string() == source[WORK])
    found = connection.execute(same).scalar_one_or_none()
    return int(found) if found is not None else None


def _still_written(connection: Connection, campaign_id: int) -> bool:
    """Whether nobody has discarded it meanwhile, nor was it written to its end before."""
    state = connection.execute(select(Campaign.state).where(Campaign.id == campaign_id)).scalar_one()
    return bool(state is CampaignState.WRITING)
