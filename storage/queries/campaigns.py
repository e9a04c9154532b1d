"""Campaigns 批次: people to call from a file or from the archive; begun, paused and stopped at any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from ivr.standard.customer_type import CustomerType
from ivr.standard.dial_attempt import DialEnd
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import CampaignState, DialStatus
from ivr.standard.outage import OutageText
from storage.changes import announce
from storage.dial_rules import DialRules
from storage.models import (
    Campaign,
    CampaignRefusal,
    Customer,
    CustomerNumber,
    DialTask,
    Outage,
    OutagePerson,
)
from storage.queries import outage_calling_off
from storage.queries.dial_rows import new_task
from storage.queries.many_rows import insert_new
from storage.telephone_numbers import is_mobile

AT_ONCE = 5000
"""Rows of one statement."""

_MOVES: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.RUNNING: frozenset({CampaignState.READY, CampaignState.PAUSED}),
    CampaignState.PAUSED: frozenset({CampaignState.RUNNING}),
    CampaignState.STOPPED: frozenset(
        {CampaignState.WRITING, CampaignState.READY, CampaignState.RUNNING, CampaignState.PAUSED}
    ),
}
"""From which states a campaign goes where."""


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What is called, and why. ``until_at``: when it has lost its sense."""

    name: str
    reason: DialReason
    way: DialWay
    questionnaire: str | None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who is to be called; ``number`` in E.164. ``row``: where they stood."""

    row: int
    number: str
    name: str | None = None
    customer_id: int | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row of which nobody is called. ``about``: the row it repeats."""

    row: int
    given: str
    reason: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """Which customers of the archive are called; what is empty does not matter (R-5.1).

    ``places``: 小区, each with one building or all of it (None). ``types``: of customers.
    """

    places: Sequence[tuple[str, str | None]] = ()
    types: Sequence[CustomerType] = ()


def make(
    connection: Connection,
    new: NewCampaign,
    people: Sequence[Somebody],
    refused: Sequence[RefusedRow],
    source: dict[str, Any],
    now: datetime,
    rules: DialRules,
    *,
    by: int | None = None,
) -> int:
    """Write a campaign with its people and the rows that were refused; returns its id. Nobody is called yet.

    :param people: each number once.
    :param source: file name and hash, or the area.
    :param by: who makes it; None for a command of the operator.
    """
    campaign_id = int(
        connection.execute(
            insert(Campaign)
            .values(
                name=new.name,
                reason=new.reason,
                way=new.way,
                questionnaire=new.questionnaire,
                state=CampaignState.READY,
                made_at=now,
                made_by=by,
                until_at=new.until_at,
                source=source,
                rows=len(people) + len(refused),
                rows_refused=len(refused),
                changed_at=now,
            )
            .returning(Campaign.id)
        ).scalar_one()
    )
    for begin in range(0, len(people), AT_ONCE):
        add_people(connection, campaign_id, new, people[begin : begin + AT_ONCE], now, rules)
    for begin in range(0, len(refused), AT_ONCE):
        add_refused(connection, campaign_id, refused[begin : begin + AT_ONCE])
    return campaign_id


def add_people(
    connection: Connection,
    campaign_id: int,
    new: NewCampaign,
    people: Sequence[Somebody],
    now: datetime,
    rules: DialRules,
) -> None:
    """Write tasks for some of a campaign's people; who has one already keeps it."""
    shared = {
        **new_task(new.reason, now, number=None),
        "way": new.way,
        "questionnaire": new.questionnaire,
        "campaign_id": campaign_id,
        "queue": next(iter(rules.queues.values()), None),
        "due_at": now,
        "next_at": now,
        "until_at": new.until_at,
    }
    rows = [
        {
            **shared,
            "number": one.number,
            "name": one.name,
            "customer_id": one.customer_id,
            "language": one.language or rules.language,
        }
        for one in people
    ]
    insert_new(connection, DialTask.__table__, rows)  # type: ignore[arg-type]


def add_refused(connection: Connection, campaign_id: int, refused: Sequence[RefusedRow]) -> None:
    """Write some of the rows of which nobody is called, with their reasons; what stands there stays."""
    rows = [
        {
            "campaign_id": campaign_id,
            "row": one.row,
            "given": one.given[:200],
            "reason": one.reason,
            "about": one.about,
        }
        for one in refused
    ]
    insert_new(connection, CampaignRefusal.__table__, rows)  # type: ignore[arg-type]


def people_of(connection: Connection, area: Area) -> tuple[list[Somebody], list[RefusedRow]]:
    """The customers of an area, each number once, mobile telephones first; who has none is refused with the
    reason.

    The row of each is the customer's id.
    """
    wanted = select(Customer.id, Customer.name).where(Customer.removed_at.is_(None))
    if area.types:
        wanted = wanted.where(Customer.customer_type.in_(list(area.types)))
    if area.places:
        somewhere = [
            (Customer.compound == compound)
            if building is None
            else ((Customer.compound == compound) & (Customer.building == building))
            for compound, building in area.places
        ]
        wanted = wanted.where(_any(somewhere))
    within = wanted.with_only_columns(Customer.id).scalar_subquery()
    numbers: dict[int, list[str]] = {}
    for row in connection.execute(
        select(CustomerNumber.customer_id, CustomerNumber.number)
        .where(CustomerNumber.customer_id.in_(within))
        .order_by(CustomerNumber.customer_id, CustomerNumber.number)
    ):
        numbers.setdefault(row.customer_id, []).append(row.number)
    people: list[Somebody] = []
    refused: list[RefusedRow] = []
    seen: dict[str, int] = {}
    for row in connection.execute(wanted.order_by(Customer.id)):
        own = sorted(numbers.get(row.id, []), key=lambda number: not is_mobile(number))
        if not own:
            refused.append(RefusedRow(row.id, row.name, "no_number"))
        elif (before := seen.get(own[0])) is not None:
            refused.append(RefusedRow(row.id, row.name, "repeated", str(before)))
        else:
            seen[own[0]] = row.id
            people.append(Somebody(row.id, own[0], row.name, row.id))
    return people, refused


def _any(conditions: Sequence[Any]) -> Any:
    found = conditions[0]
    for condition in conditions[1:]:
        found = found | condition
    return found


def move(connection: Connection, campaign_id: int, to: CampaignState, now: datetime) -> bool:
    """Begin, pause or stop a campaign; False: it is not in a state from which it goes there.

    What was stopped is not called any more, and its tasks say so. An outage of which everybody was told may
    be stopped until its end; whoever was told is told that it is off then (R-5.1).
    """
    whence: ColumnElement[bool] = Campaign.state.in_(list(_MOVES.get(to, ())))
    if to is CampaignState.STOPPED:
        goes_on = select(Outage.id).where(Outage.campaign_id == campaign_id, Outage.ends_at > now).exists()
        whence = or_(whence, and_(Campaign.state == CampaignState.DONE, goes_on))
    moved = connection.execute(
        update(Campaign).where(Campaign.id == campaign_id, whence).values(state=to, changed_at=now)
    )
    if moved.rowcount != 1:
        return False
    if to is CampaignState.STOPPED:
        connection.execute(
            update(DialTask)
            .where(DialTask.campaign_id == campaign_id, DialTask.status == DialStatus.OPEN)
            .values(status=DialStatus.ENDED, end=DialEnd.CANCELLED, ended_at=now, next_at=None)
        )
        of_it = select(Outage.id).where(Outage.campaign_id == campaign_id)
        connection.execute(
            update(OutagePerson)
            .where(OutagePerson.outage_id.in_(of_it), OutagePerson.text_state == OutageText.WAITING)
            .values(text_state=OutageText.CANCELLED)
        )
        outage_calling_off.call_off(connection, campaign_id, now)
    announce(connection)
    return True


def finish(connection: Connection, now: datetime) -> int:
    """Campaigns whose last task is over, and the last text written, are done; returns how many."""
    left = (
        select(DialTask.id)
        .where(DialTask.campaign_id == Campaign.id, DialTask.status != DialStatus.ENDED)
        .exists()
    )
    texts = (
        select(OutagePerson.number)
        .join(Outage, Outage.id == OutagePerson.outage_id)
        .where(Outage.campaign_id == Campaign.id, OutagePerson.text_state == OutageText.WAITING)
        .exists()
    )
    done = connection.execute(
        update(Campaign)
        .where(Campaign.state == CampaignState.RUNNING, ~left, ~texts)
        .values(state=CampaignState.DONE, changed_at=now)
    )
    return int(done.rowcount)


def refusals(
    connection: Connection, campaign_id: int, *, offset: int = 0, limit: int | None = None
) -> list[RefusedRow]:
    """The rows of which nobody is called, in the order of the file."""
    rows = connection.execute(
        select(CampaignRefusal.row, CampaignRefusal.given, CampaignRefusal.reason, CampaignRefusal.about)
        .where(CampaignRefusal.campaign_id == campaign_id)
        .order_by(CampaignRefusal.row)
        .offset(offset)
        .limit(limit)
    )
    return [RefusedRow(*row) for row in rows]
