"""People of a hotline and two units, with cases made as the desk makes them, at the present time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ivr.config.sections import CallKind, Role
from ivr.standard.case_life import CaseStep
from storage.changes import announce
from storage.database import Database
from storage.models import Duty
from storage.queries import case_tokens, obligation_warnings, responsible_people
from storage.queries.case_access import Who
from storage.queries.case_lists import CaseLine
from storage.queries.case_opening import Opened
from storage.queries.case_view import Entry, by_number, entries
from tests.agent_console.scene import Scene
from tests.standard.clockwork import CLOCKWORK
from tests.storage.queries.case_rows import Team, add_unit, make, step


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Crew:
    """Who is there: work numbers 1001 (agent), 2001 and 2002 (supervisors), 5001 and 5002 (units), 9001."""

    database: Database
    team: Team
    fitter: int
    """Person of the unit who gets links."""

    def case(self, kind: CallKind = CallKind.REPAIR, ago: float = 0, **values: object) -> Opened:
        """A case of the unit, ``ago`` hours old."""
        with self.database.write() as connection:
            opened = make(connection, self.team, kind, at=now() - timedelta(hours=ago), **values)  # type: ignore[arg-type]
            announce(connection)
        return opened

    def step(
        self, case_id: int, what: CaseStep, who: Who, said: str = "", ago: float = 0, **more: object
    ) -> None:
        """Do a step, ``ago`` hours before now."""
        with self.database.write() as connection:
            step(connection, case_id, what, who, now() - timedelta(hours=ago), said, **more)

    def warn(self) -> None:
        """Write down every warning that is reached by now."""
        with self.database.write() as connection:
            obligation_warnings.take_due(connection, now(), CLOCKWORK)

    def link(self, case_id: int, hours: float = 1) -> str:
        """A link's token for the fitter."""
        with self.database.write() as connection:
            return case_tokens.give(connection, case_id, now(), hours=hours, person_id=self.fitter)

    def line(self, number: str) -> CaseLine:
        """A case as it is now."""
        with self.database.read() as connection:
            found = by_number(connection, number)
        assert found is not None
        return found

    def entries(self, case_id: int) -> tuple[Entry, ...]:
        """What was done about a case."""
        with self.database.read() as connection:
            return entries(connection, case_id)


def muster(scene: Scene) -> Crew:
    """Make everybody."""
    agent = scene.person("1001", "王敏")
    other = scene.person("1002", "李强")
    boss = scene.person("2001", "赵琳", Role.SUPERVISOR)
    scene.person("2002", "吴班长", Role.SUPERVISOR)
    head = scene.person("5001", "孙站长", Role.UNIT)
    stranger = scene.person("5002", "何站长", Role.UNIT)
    scene.person("9001", "管理员", Role.ADMINISTRATOR)
    with scene.database.write() as connection:
        unit, other_unit = add_unit(connection, "城南管理站"), add_unit(connection, "城北管理站")
        fitter = responsible_people.add(
            connection, now(), duty=Duty.FITTER, name="周师傅", unit_id=unit, number="+8613900008001"
        )
        of_unit = responsible_people.add(
            connection, now(), duty=Duty.HEAD, name="孙站长", unit_id=unit, agent_id=head
        )
        responsible_people.add(
            connection, now(), duty=Duty.HEAD, name="何站长", unit_id=other_unit, agent_id=stranger
        )
    team = Team(
        agent=Who(agent),
        other=Who(other),
        boss=Who(boss),
        unit=unit,
        other_unit=other_unit,
        fitter=Who(person_id=fitter, unit_id=unit),
        head=of_unit,
    )
    return Crew(scene.database, team, fitter)
