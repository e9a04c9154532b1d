"""Made-up cases for a demo, in all their states: opened, worked on, closed by the same steps as real ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ivr.config import Settings
from ivr.config.sections import CallKind, Role
from ivr.operation import demo_case_texts as texts
from ivr.operation.demo_case_texts import Did, Story
from ivr.standard.case_life import CaseStep
from ivr.standard.case_number import series
from ivr.standard.obligations import Clockwork
from storage.case_clockwork import clockwork
from storage.customer_values import CustomerValues
from storage.database import Database
from storage.models import Duty
from storage.queries import (
    blacklist_proposals,
    case_entries_told,
    case_opening,
    case_steps,
    customers,
    demo,
    incidents,
    records,
    responsible_people,
    units,
)
from storage.queries.case_access import Who
from storage.queries.case_steps import Asked
from storage.queries.customers import CustomerView
from storage.queries.records import RecordText

HEADS = ("于站长", "何站长", "梁站长", "郭站长", "罗队长", "宋所长", "郑主任")
FITTERS = ("丁师傅", "吴师傅", "徐师傅", "马师傅", "胡师傅", "林师傅", "高师傅", "朱师傅", "谢师傅", "韩师傅")
FIRST_PERSON = 13_900_008_001
"""Numbers of the people of units begin here, in the same block that looks made up."""
WORKS_AT = {"5001": ("城南管理站", Duty.HEAD, "孙站长"), "5002": ("抢险中心", Duty.FITTER, "周师傅")}
"""Work numbers of people of units, and who they are."""
MANAGER = "钱经理"
DISTURBER = "+8613900009999"

_BY_THE_UNIT = frozenset(
    {
        CaseStep.ACCEPT,
        CaseStep.START,
        CaseStep.ARRIVE,
        CaseStep.HANDLE,
        CaseStep.FINISH,
        CaseStep.FIND,
    }
)


@dataclass(frozen=True, slots=True)
class _Team:
    """Who works on the made-up cases."""

    agents: Sequence[int]
    boss: int
    units: dict[str, int]
    fitters: dict[str, int]
    """Unit → a person of it."""


class CaseFiller:
    """Fills cases in, in one transaction."""

    def __init__(self, connection: Connection, settings: Settings, now: datetime) -> None:
        self._connection = connection
        self._settings = settings
        self._now = now
        self._clocks: Clockwork = clockwork(settings)
        self._made: dict[str, list[int]] = {}

    def fill(self, customers_there: Sequence[CustomerValues]) -> int:
        """Make people of units and all cases; returns how many: none without agents and a supervisor."""
        team = self._team()
        if team is None:
            return 0
        households = iter([each for each in customers_there if each.form_of_address][20:])
        by_place = {
            place: iter([each for each in customers_there if each.compound == place])
            for place in {story.compound for story in texts.STORIES if story.compound}
        }
        stories = sorted(self._all_stories(), key=lambda story: -story.ago)
        for story in stories:
            whose = next(by_place[story.compound] if story.compound else households)
            self._tell(story, team, whose)
        self._incident(team)
        self._blacklist(team)
        case_entries_told.leave_out_so_far(self._connection)
        return len(stories)

    def _team(self) -> _Team | None:
        staff = demo.staff(self._connection)
        agents = [agent_id for agent_id, role in staff.values() if role is Role.AGENT]
        bosses = [agent_id for agent_id, role in staff.values() if role is Role.SUPERVISOR]
        if not agents or not bosses:
            return None
        there = {unit.name: unit.id for unit in units.active(self._connection)}
        ids = {number: agent_id for number, (agent_id, _) in staff.items()}
        fitters = dict(self._people(there, ids))
        return _Team(agents, bosses[0], there, fitters)

    def _people(self, there: dict[str, int], ids: dict[str, int]) -> Iterator[tuple[str, int]]:
        """A head and fitters for every unit, and the manager above all; those with work numbers sign in."""
        numbers = iter(range(FIRST_PERSON, FIRST_PERSON + 100))
        names = iter(FITTERS * 3)
        signs_in = {
            (unit, duty): (ids[number], name)
            for number, (unit, duty, name) in WORKS_AT.items()
            if number in ids
        }
        for (unit, unit_id), head in zip(sorted(there.items()), HEADS, strict=False):
            for duty, name in ((Duty.HEAD, head), (Duty.FITTER, next(names)), (Duty.FITTER, next(names))):
                agent_id, known_as = signs_in.pop((unit, duty), (None, name))
                person = responsible_people.add(
                    self._connection,
                    self._now - timedelta(days=200),
                    duty=duty,
                    name=known_as,
                    unit_id=unit_id,
                    agent_id=agent_id,
                    number=f"+86{next(numbers)}",
                )
            yield unit, person
        responsible_people.add(
            self._connection,
            self._now - timedelta(days=200),
            duty=Duty.MANAGER,
            name=MANAGER,
            unit_id=None,
            number=f"+86{next(numbers)}",
        )

    def _all_stories(self) -> Iterator[Story]:
        """Those of the last days, and the complaints of last month moved into it."""
        yield from texts.STORIES
        first = self._now.astimezone(self._settings.zone).replace(day=1, hour=12, minute=0)
        for place, story in enumerate(texts.LAST_MONTH):
            # Closed eight days after it came, a few days before the month's end.
            came = first - timedelta(days=11 + 2 * place)
            back = (self._now - came).total_seconds() / 3600
            yield replace(story, ago=back, did=tuple(replace(did, ago=back + did.ago) for did in story.did))

    def _at(self, ago: float) -> datetime:
        return self._now - timedelta(hours=ago)

    def _tell(self, story: Story, team: _Team, whose: CustomerValues) -> None:
        """Open a case as the desk does, and do its steps."""
        customer = customers.by_number(self._connection, whose.numbers[0])[0]
        owner = team.agents[story.owner % len(team.agents)]
        case_id = self._open(story, team, customer, owner)
        self._made.setdefault(story.compound or "", []).append(case_id)
        for did in story.did:
            self._do(case_id, did, story, team, owner)
        if story.objection is not None:
            self._object(case_id, story, owner)

    def _open(self, story: Story, team: _Team, customer: CustomerView, owner: int) -> int:
        at = self._at(story.ago)
        number = customer.numbers[0]
        call_id = demo.add_past_call(
            self._connection,
            number=number,
            kind=story.kind,
            arrived_at=at - timedelta(seconds=150),
            agent_id=owner,
            node=self._settings.pbx.node,
            dialled=self._settings.company.hotline,
        )
        call = records.call_facts(self._connection, call_id)
        assert call is not None  # it has just been written
        saved = records.save(
            self._connection,
            call,
            RecordText(
                kind=story.kind,
                complaint_class=story.complaint_class,
                urgency=story.urgency,
                unit_id=team.units[story.unit] if story.unit else None,
                customer_id=customer.id,
                surname=customer.name[:1],
                form_of_address=customer.form_of_address,
                contact_number=number.removeprefix("+86"),
                address=customer.address,
                content=story.content,
            ),
            at,
            agent_id=owner,
            series=self._series(story.kind, at),
            digits=self._settings.cases.serial_digits,
        )
        case_opening.open_life(self._connection, saved.id, at, self._clocks, answered=story.answered)
        return saved.id

    def _series(self, kind: CallKind, at: datetime) -> str:
        prefix = self._settings.cases.number_prefixes[kind]
        return series(prefix, at.astimezone(self._settings.zone).date())

    def _do(self, case_id: int, did: Did, story: Story, team: _Team, owner: int) -> None:
        """A step by who does it: the unit on the spot, the supervisor, or the first responder."""
        who = Who(agent_id=owner)
        if did.step in _BY_THE_UNIT:
            who = self._unit(story, team)
        elif did.step is CaseStep.OPINE:
            who = Who(agent_id=team.boss)
        asked = Asked(did.step, did.said, responsibility=did.responsibility)
        case_steps.do(self._connection, case_id, asked, who, self._at(did.ago), self._clocks)

    def _unit(self, story: Story, team: _Team) -> Who:
        unit = story.unit or ""
        return Who(person_id=team.fitters.get(unit), unit_id=team.units[unit])

    def _object(self, case_id: int, story: Story, owner: int) -> None:
        at = self._at(story.did[-1].ago - 4)
        case_opening.object_to(
            self._connection,
            case_id,
            story.objection or "",
            Who(agent_id=owner),
            at,
            self._clocks,
            series=self._series(story.kind, at),
            digits=self._settings.cases.serial_digits,
        )

    def _incident(self, team: _Team) -> None:
        """Yesterday's incident, closed; today's is only proposed."""
        ids = self._made.get(texts.INCIDENT, [])
        made = incidents.begin(self._connection, texts.INCIDENT, ids, team.boss, self._at(20))
        if made is not None:
            incidents.close(self._connection, made, texts.INCIDENT_SUMMARY, team.boss, self._at(17))

    def _blacklist(self, team: _Team) -> None:
        """A proposal that waits for a supervisor."""
        blacklist_proposals.propose(
            self._connection,
            DISTURBER,
            "三天内 46 次来电，接通后不说话或辱骂",
            self._now + timedelta(days=30),
            team.agents[0],
            self._at(5),
            longest_days=self._settings.blacklist.longest_days,
        )


def fill_cases(
    database: Database, settings: Settings, customers_there: Sequence[CustomerValues], now: datetime
) -> int:
    """Fill the cases of a demo in, all or none; returns how many.

    :param customers_there: those who were filled in before.
    :raises StorageError: the database cannot be written.
    """
    with database.write() as connection:
        return CaseFiller(connection, settings, now).fill(customers_there)
