"""Demo mode: an empty database is filled with made-up customers, units and people, once, at the first start.

Customers carry a mark of their own, so that they are never mixed with real ones: the pages say that they
are there, and an import offers to take them out first.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ivr.config import Settings
from ivr.config.questionnaire_files import of_kinds
from ivr.config.sections import Device, DeviceKind, Person, Role
from ivr.operation import demo_people as words
from ivr.operation.demo_cases import WORKS_AT, fill_cases
from ivr.standard.customer_type import CustomerType
from storage.customer_values import CustomerValues
from storage.database import Database
from storage.dial_rules import dial_rules
from storage.people import FirstSignIn, add_person
from storage.queries import demo, demo_calls
from storage.queries.customer_bulk import add_all, ready

CUSTOMERS = 640
FIRST_NUMBER = 13_900_000_000
"""Of the customer whom docs and pages show; the numbers after it are nobody's, to call as a stranger."""
NEIGHBOURS = FIRST_NUMBER + 1000
"""Numbers of all others begin here, in a block that looks made up."""

_SEED = 95777
"""The same customers on every machine, so that whoever shows the demo knows them."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in."""

    customers: int
    units: int
    cases: int
    people: list[FirstSignIn]


def is_wanted(database: Database, settings: Settings) -> bool:
    """Whether this is the first start of a demo; asked before anybody is made.

    :raises StorageError: the database cannot be read.
    """
    if not settings.demo:
        return False
    with database.read() as connection:
        return demo.is_untouched(connection)


def fill(database: Database, settings: Settings, now: datetime) -> Filled:
    """Fill an empty database in.

    :raises StorageError: the database cannot be written; customers and units are in it whole or not at all.
    """
    made_up = list(made_up_customers(now.year))
    customers = [ready(values) for values in made_up]
    with database.write() as connection:
        add_all(connection, customers, None, now, demo=True)
        units = demo.add_units(connection, words.UNITS)
        demo.note_filled(connection, now, customers=len(customers), units=units)
    known = {person.work_number for person in settings.people}
    people = [add_person(database, person, now) for person in _people(settings, known)]
    cases = fill_cases(database, settings, made_up, now)
    fill_calls(database, settings, now)
    return Filled(len(customers), len(units), cases, people)


def fill_calls(database: Database, settings: Settings, now: datetime) -> None:
    """Fill calls to customers in, answered and still to be made; nobody is called, as the dialer is paused.

    :raises QuestionnaireError: a questionnaire is wrong.
    :raises StorageError: the database cannot be written; nothing of it is there then.
    """
    known = of_kinds(settings, settings.prompts_folder)
    kinds = settings.revisits.kinds
    asked = {kind.value: known[asking.questionnaire].questionnaire for kind, asking in kinds.items()}
    with database.write() as connection:
        demo_calls.fill(connection, asked, now, dial_rules(settings))


def made_up_customers(this_year: int) -> Iterator[CustomerValues]:
    """The customers, always the same ones; the first is who docs and pages show."""
    chance = random.Random(_SEED)  # noqa: S311 - nothing secret
    yield CustomerValues(
        name="李志强",
        account_number="QZ100000",
        form_of_address="先生",
        customer_type=CustomerType.HOUSEHOLD,
        compound="泉中小区",
        building="3",
        entrance="2",
        door="501",
        meter_kind="IC卡表",
        meter_model="JK-2.5",
        meter_year=2019,
        note="表在厨房柜内",
        numbers=(f"+86{FIRST_NUMBER}",),
    )
    for serial in range(1, CUSTOMERS):
        firm = serial % 53 == 0 and serial // 53 <= len(words.FIRMS)
        yield _firm(serial) if firm else _household(serial, chance, this_year)


def _household(serial: int, chance: random.Random, this_year: int) -> CustomerValues:
    woman = chance.random() < 0.5
    surname = chance.choice(words.SURNAMES)
    if chance.random() < 0.02:
        surname = chance.choice(words.DOUBLE_SURNAMES)
    kind, model, year = chance.choice(words.METERS)
    return CustomerValues(
        name=surname + chance.choice(words.GIVEN_WOMEN if woman else words.GIVEN_MEN),
        account_number=f"QZ{100_000 + serial}",
        form_of_address="女士" if woman else "先生",
        customer_type=_type(chance),
        compound=words.COMPOUNDS[serial % len(words.COMPOUNDS)],
        building=str(chance.randint(1, 18)),
        entrance=str(chance.randint(1, 4)),
        door=f"{chance.randint(1, 12)}0{chance.randint(1, 4)}",
        meter_kind=kind,
        meter_model=model,
        meter_year=min(year + chance.randint(0, 4), this_year),
        note=chance.choice(words.NOTES) if chance.random() < 0.2 else None,
        numbers=tuple(_numbers(serial, chance)),
    )


def _type(chance: random.Random) -> CustomerType:
    if chance.random() < 0.9:
        return CustomerType.HOUSEHOLD
    return chance.choice([kind for kind in CustomerType if kind is not CustomerType.HOUSEHOLD])


def _numbers(serial: int, chance: random.Random) -> Iterator[str]:
    """One of their own; some have a second one, and some share that of a neighbour (R-12.6)."""
    own = NEIGHBOURS + (serial - 1 if serial % 41 == 0 else serial)
    yield f"+86{own}"
    if chance.random() < 0.15:
        yield f"+86{NEIGHBOURS + 4000 + serial}"


def _firm(serial: int) -> CustomerValues:
    place = serial // 53 - 1
    kind, model, year = words.FIRM_METER
    return CustomerValues(
        name=words.FIRMS[place],
        account_number=f"QZ{100_000 + serial}",
        customer_type=CustomerType.BUSINESS_OWNER,
        compound=words.COMPOUNDS[place % len(words.COMPOUNDS)],
        building="1",
        door=str(101 + place),
        meter_kind=kind,
        meter_model=model,
        meter_year=year,
        numbers=(f"+86{NEIGHBOURS + serial}",),
    )


def _people(settings: Settings, known: set[str]) -> Iterator[Person]:
    """Somebody of each role, beside those of config.yaml."""
    skills = {queue.skill: 2 for queue in settings.queues.values()}
    browser = Device(kind=DeviceKind.BROWSER)
    for work_number, name, role in (
        ("1003", "陈静", Role.AGENT),
        ("1004", "周涛", Role.AGENT),
        ("3001", "孙悦", Role.QUALITY_READER),
        *((number, name, Role.UNIT) for number, (_, _, name) in WORKS_AT.items()),
        ("9002", "钱进", Role.AUDITOR),
    ):
        if work_number not in known:
            yield Person(
                work_number=work_number,
                name=name,
                role=role,
                skills=skills if role is Role.AGENT else {},
                device=browser,
            )
