"""Cases that tests begin with: made of calls the way the desk makes them, with people and units around."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert

from ivr.config.sections import CallKind, Role
from ivr.errors import CaseRefused
from ivr.standard.case_life import CaseStep
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.obligations import ObligationKind
from ivr.standard.urgency import Urgency
from storage.database import Database
from storage.models import Duty, Unit
from storage.queries import case_view, records, responsible_people
from storage.queries.case_access import Who
from storage.queries.case_opening import Opened, open_life
from storage.queries.case_steps import Asked, Done, do
from storage.queries.case_view import ObligationView, WholeCase
from storage.queries.records import RecordText
from tests.standard.clockwork import CLOCKWORK, ZONE
from tests.storage.rows import add_agent, add_call

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=ZONE)
"""A Wednesday morning."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

TEXT = RecordText(
    kind=CallKind.REPAIR,
    complaint_class=None,
    urgency=Urgency.ORDINARY,
    unit_id=None,
    customer_id=None,
    surname="李",
    form_of_address="先生",
    contact_number="13912341111",
    address="泉中小区 3号楼 2单元 501",
    content="灶具打不着火，怀疑电磁阀坏了",
)


@dataclass(frozen=True)
class Team:
    """Who works on cases."""

    agent: Who
    other: Who
    boss: Who
    unit: int
    other_unit: int
    fitter: Who
    """Of the unit, by a link."""
    head: int
    """Person who is the head of the unit."""


def add_unit(connection: Connection, name: str) -> int:
    unit = insert(Unit).values(name=name, active=True).returning(Unit.id)
    return int(connection.execute(unit).scalar_one())


def add_team(connection: Connection) -> Team:
    unit, other_unit = add_unit(connection, "城南管理站"), add_unit(connection, "城北管理站")
    fitter = responsible_people.add(connection, NOW, duty=Duty.FITTER, name="周师傅", unit_id=unit)
    head = responsible_people.add(
        connection, NOW, duty=Duty.HEAD, name="孙站长", unit_id=unit, number="+8613900000001"
    )
    responsible_people.add(
        connection, NOW, duty=Duty.MANAGER, name="钱经理", unit_id=None, mail="qian@gas.example"
    )
    return Team(
        agent=Who(add_agent(connection)),
        other=Who(add_agent(connection, name="李强")),
        boss=Who(add_agent(connection, name="赵琳", role=Role.SUPERVISOR)),
        unit=unit,
        other_unit=other_unit,
        fitter=Who(person_id=fitter, unit_id=unit),
        head=head,
    )


def make(
    connection: Connection,
    team: Team,
    kind: CallKind = CallKind.REPAIR,
    *,
    at: datetime = NOW,
    answered: bool = False,
    complaint_class: ComplaintClass | None = None,
    urgency: Urgency = Urgency.ORDINARY,
    **values: object,
) -> Opened:
    """Save the record of a call and begin the life of its case, in one transaction, as the desk does."""
    call = records.call_facts(connection, add_call(connection, kind=kind, arrived_at=at))
    assert call is not None and team.agent.agent_id is not None
    if kind is CallKind.COMPLAINT and complaint_class is None:
        complaint_class = ComplaintClass.SERVICE
    text = replace(
        TEXT,
        kind=kind,
        urgency=urgency,
        complaint_class=complaint_class,
        unit_id=None if kind is CallKind.CONSULTATION else team.unit,
        **values,
    )
    series = {"complaint": "TS2026-11", "alarm": "BJ2026-11", "consultation": "ZX2026-11"}.get(
        kind, "2026-11"
    )
    saved = records.save(connection, call, text, at, agent_id=team.agent.agent_id, series=series, digits=4)
    return open_life(connection, saved.id, at, CLOCKWORK, answered=answered)


def step(
    connection: Connection,
    case_id: int,
    what: CaseStep,
    who: Who,
    at: datetime = NOW,
    said: str = "",
    **more: object,
) -> Done:
    """Do one step."""
    return do(connection, case_id, Asked(what, said, **more), who, at, CLOCKWORK)  # type: ignore[arg-type]


def finish_repair(connection: Connection, case_id: int, team: Team, at: datetime = NOW) -> Done:
    """Accepted, done, customer told: a revisit is owed."""
    step(connection, case_id, CaseStep.ACCEPT, team.fitter, at)
    step(connection, case_id, CaseStep.FINISH, team.fitter, at, "更换电磁阀，试火正常")
    return step(connection, case_id, CaseStep.ANSWER, team.agent, at, "已告知用户修好")


def conclude_complaint(
    connection: Connection, case_id: int, team: Team, at: datetime = NOW, **more: object
) -> Done:
    """Found, concluded, customer told."""
    step(connection, case_id, CaseStep.ACCEPT, team.fitter, at)
    step(connection, case_id, CaseStep.FIND, team.fitter, at, "维修工迟到两小时，未致歉")
    step(connection, case_id, CaseStep.OPINE, team.boss, at, "站里责任，上门道歉", **more)
    return step(connection, case_id, CaseStep.ANSWER, team.agent, at, "已向用户致歉")


def look(database: Database, case_id: int, at: datetime = NOW) -> WholeCase:
    """A case with everything."""
    with database.read() as connection:
        whole = case_view.whole(connection, case_id, at, CLOCKWORK)
    assert whole is not None
    return whole


def owed(whole: WholeCase, kind: ObligationKind) -> ObligationView:
    """The newest obligation of a kind."""
    return [one for one in whole.obligations if one.kind is kind][-1]


def refused(
    database: Database,
    case_id: int,
    what: CaseStep,
    who: Who,
    said: str = "",
    at: datetime = NOW,
    **more: object,
) -> CaseRefused:
    """Try a step that is refused; nothing of it is written."""
    before = look(database, case_id)
    with pytest.raises(CaseRefused) as error, database.write() as connection:
        step(connection, case_id, what, who, at, said, **more)
    assert look(database, case_id) == before
    return error.value
