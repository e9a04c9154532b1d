"""Cases for the console's tests, made the way the desk makes them, at any time of the past."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from ivr.config import Settings
from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseState, CaseStep
from ivr.standard.case_number import series
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.obligations import ObligationKind
from ivr.standard.urgency import Urgency
from storage.case_clockwork import clockwork
from storage.models import Case, CaseLife, Duty, Obligation, Unit
from storage.queries import obligation_warnings, obligations, records, responsible_people
from storage.queries.case_access import Who
from storage.queries.case_opening import open_life
from storage.queries.case_steps import Asked, Done, do
from storage.queries.records import RecordText
from tests.agent_console.scene import Scene, ago


@dataclass(frozen=True)
class Made:
    """A case of the scene."""

    id: int
    number: str
    call_id: int


class CaseScene:
    """A unit with its fitter, and cases."""

    def __init__(self, scene: Scene, settings: Settings) -> None:
        """Work in the scene's database with the clocks of ``settings``."""
        self.scene, self.settings = scene, settings
        self.database = scene.database
        self.clocks = clockwork(settings)
        self.unit = self.add_unit("城南管理站")
        with self.database.write() as connection:
            person = responsible_people.add(
                connection, ago(0), duty=Duty.FITTER, name="周师傅", unit_id=self.unit
            )
        self.fitter = Who(person_id=person, unit_id=self.unit)

    def add_unit(self, name: str) -> int:
        """A unit that takes work; one that is there already is taken as it is."""
        with self.database.write() as connection:
            there = connection.execute(select(Unit.id).where(Unit.name == name)).scalar_one_or_none()
            if there is not None:
                return there
            made = insert(Unit).values(name=name, active=True).returning(Unit.id)
            return int(connection.execute(made).scalar_one())

    def case(
        self,
        agent_id: int,
        kind: CallKind = CallKind.REPAIR,
        *,
        hours_ago: float = 0,
        answered: bool = False,
        unit: int | None = None,
        complaint_class: ComplaintClass = ComplaintClass.SERVICE,
        **values: object,
    ) -> Made:
        """A case made of a call that an agent answered."""
        at = ago(hours_ago * 3600)
        call_id = self.scene.ended_call(agent_id, hours_ago * 60 + 2, kind=kind, queue=kind.value)
        text = {
            "surname": "李",
            "form_of_address": "先生",
            "contact_number": "13912341111",
            "address": "泉中小区 3号楼 2单元 501",
            "content": "灶具打不着火，怀疑电磁阀坏了",
            "urgency": Urgency.ORDINARY,
            "customer_id": None,
            **values,
        }
        record = RecordText(
            kind=kind,
            complaint_class=complaint_class if kind is CallKind.COMPLAINT else None,
            unit_id=None if kind is CallKind.CONSULTATION else unit or self.unit,
            **text,  # type: ignore[arg-type]
        )
        with self.database.write() as connection:
            call = records.call_facts(connection, call_id)
            assert call is not None
            saved = records.save(
                connection,
                call,
                record,
                at,
                agent_id=agent_id,
                series=series(
                    self.settings.cases.number_prefixes[kind], at.astimezone(self.settings.zone).date()
                ),
                digits=self.settings.cases.serial_digits,
            )
            open_life(connection, saved.id, at, self.clocks, answered=answered)
        return Made(saved.id, saved.number, call_id)

    def step(
        self, made: Made, step: CaseStep, who: Who | int, said: str = "", hours_ago: float = 0, **more: object
    ) -> Done:
        """Do a step."""
        whose = Who(who) if isinstance(who, int) else who
        with self.database.write() as connection:
            asked = Asked(step, said, **more)  # type: ignore[arg-type]
            return do(connection, made.id, asked, whose, ago(hours_ago * 3600), self.clocks)

    def finish(self, made: Made, hours_ago: float = 0) -> None:
        """The unit accepts and is done."""
        self.step(made, CaseStep.ACCEPT, self.fitter, hours_ago=hours_ago)
        self.step(made, CaseStep.FINISH, self.fitter, "更换电磁阀，试火正常", hours_ago)

    def conclude(self, made: Made, boss: int, agent: int) -> None:
        """A complaint is found out, judged, and the customer told."""
        self.step(made, CaseStep.ACCEPT, self.fitter)
        self.step(made, CaseStep.FIND, self.fitter, "维修工迟到两小时，未致歉")
        self.step(made, CaseStep.OPINE, boss, "站里责任，上门道歉")
        self.step(made, CaseStep.ANSWER, agent, "已向用户致歉")

    def move_clock(self, made: Made, kind: ObligationKind, percent: float) -> None:
        """Move a clock in the database so that so much of its time has gone by now."""
        now = ago(0)
        with self.database.write() as connection:
            row = next(one for one in obligations.open_of(connection, made.id) if one.kind is kind)
            total = timedelta(seconds=row.total_seconds)
            started = now - total * (percent / 100) - timedelta(seconds=1)
            values = {"running_since": started, "due_at": started + total, "warn_at": now}
            connection.execute(update(Obligation).where(Obligation.id == row.id).values(values))
            obligations.refresh_due(connection, made.id)

    def warn(self) -> int:
        """Find what is due, as the engine does; how many warnings were given."""
        with self.database.write() as connection:
            return len(obligation_warnings.take_due(connection, ago(0), self.clocks, 50))

    def state(self, made: Made) -> CaseState:
        """Where a case stands."""
        with self.database.read() as connection:
            found = connection.execute(select(CaseLife.state).where(CaseLife.case_id == made.id))
            return CaseState(found.scalar_one())

    def numbers(self) -> list[str]:
        """All numbers, in their order."""
        with self.database.read() as connection:
            return list(connection.execute(select(Case.number).order_by(Case.id)).scalars())


def opened_at(connection: Connection, case_id: int) -> datetime:
    """When a case was made."""
    return connection.execute(select(Case.created_at).where(Case.id == case_id)).scalar_one()
