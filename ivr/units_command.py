"""`hotline units`: units 责任单位 and the people who answer for them, listed, added, ended, removed."""

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from ivr.config import Settings
from ivr.errors import CaseRefused, ConfigError, Refused
from storage.database import Database
from storage.models import Duty
from storage.queries import responsible_people, unit_keeping, unit_removal
from storage.telephone_numbers import home_spelling, read_number

LONGEST_UNIT = 80
LONGEST_NAME = 40
_MAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")


def add_units_commands(subparsers: Any) -> None:
    """Add `units list|add|remove|person|end` to the hotline's command line.

    :param subparsers: what ``ArgumentParser.add_subparsers()`` returned. The parsed arguments then have
        ``run``, to be called with (settings, arguments).
    """
    units: argparse.ArgumentParser = subparsers.add_parser("units", help="units that work is passed on to")
    actions = units.add_subparsers(dest="units_action", required=True, metavar="ACTION")
    actions.add_parser("list", help="units with their people and open cases").set_defaults(run=list_units)

    add = actions.add_parser("add", help="make a unit, or take a removed one back")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--phone", help="where calls are transferred to")
    add.set_defaults(run=add_unit)

    remove = actions.add_parser("remove", help="no more work for it; refused while cases are open there")
    remove.add_argument("name", metavar="NAME")
    remove.set_defaults(run=remove_unit)

    person = actions.add_parser("person", help="enter somebody who answers for a unit, or for all of them")
    person.add_argument("name", metavar="NAME")
    whose = person.add_mutually_exclusive_group(required=True)
    whose.add_argument("--head-of", metavar="UNIT", help="warned before something is late")
    whose.add_argument("--fitter-of", metavar="UNIT", help="gets links to single cases")
    whose.add_argument("--manager", action="store_true", help="above all units: the top of the ladder")
    person.add_argument("--number", help="for texts and calls")
    person.add_argument("--mail")
    person.add_argument("--work-number", help="in the console; see `hotline agents`")
    person.set_defaults(run=add_person)

    end = actions.add_parser("end", help="somebody does not answer for it any more; the name stays in cases")
    end.add_argument("id", type=int, metavar="ID", help="as `hotline units list` shows it")
    end.set_defaults(run=end_person)


def list_units(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print every unit with its people, and the managers.

    :raises StorageError: the database cannot be read.
    """
    with _opened(settings) as database, database.read() as connection:
        units = unit_keeping.units(connection)
        people = unit_keeping.everybody(connection)
    for unit in units:
        phone = f", {home_spelling(unit.phone)}" if unit.phone else ""
        state = f"{unit.open_cases} open cases" if unit.active else "removed"
        print(f"{unit.name} ({state}{phone})")
        _print_people([person for person in people if person.unit_id == unit.id])
    managers = [person for person in people if person.unit_id is None]
    if managers:
        print("above all units")
        _print_people(managers)
    if not units:
        print('no unit yet; begin with: hotline units add "城南管理站"')


def _print_people(people: list[unit_keeping.KeptPerson]) -> None:
    for person in people:
        number = home_spelling(person.number) if person.number else None
        reached = ", ".join(part for part in (number, person.mail, person.work_number) if part)
        print(f"  {person.id:>4}  {person.name}  {person.duty}  {reached}")


def add_unit(settings: Settings, arguments: argparse.Namespace) -> None:
    """Make a unit.

    :raises ConfigError: name or number is wrong.
    :raises Refused: there is one of this name.
    """
    name = " ".join(arguments.name.split())
    if not name or len(name) > LONGEST_UNIT:
        raise ConfigError([f"NAME: write a name of 1 to {LONGEST_UNIT} characters"])
    phone = _number("--phone", arguments.phone, settings)
    with _opened(settings) as database, database.write() as connection:
        unit_keeping.add(connection, name, phone)
    print(f'{name} takes work now; enter its people: hotline units person NAME --head-of "{name}"')


def remove_unit(settings: Settings, arguments: argparse.Namespace) -> None:
    """Let a unit take no more work.

    :raises Refused: there is none of this name, or cases are open there; the message names the first ones.
    """
    with _opened(settings) as database, database.write() as connection:
        unit_id = _unit(connection, arguments.name)
        try:
            unit_removal.remove(connection, unit_id)
        except CaseRefused as error:
            raise Refused(f"{error}: {', '.join(error.details)}") from None
    print(f"{arguments.name} takes no more work; what it did stays")


def add_person(settings: Settings, arguments: argparse.Namespace) -> None:
    """Enter somebody who answers for a unit.

    :raises ConfigError: what was given is wrong, or there is no way to tell them anything.
    :raises Refused: there is no such unit or work number.
    """
    name = " ".join(arguments.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise ConfigError([f"NAME: write a name of 1 to {LONGEST_NAME} characters"])
    if arguments.mail is not None and not _MAIL.fullmatch(arguments.mail):
        raise ConfigError([f"--mail {arguments.mail}: is no mail address; write one such as li@gas.example"])
    number = _number("--number", arguments.number, settings)
    if not (number or arguments.mail or arguments.work_number):
        raise ConfigError(["give --number, --mail or --work-number, to be told by"])
    unit = arguments.head_of or arguments.fitter_of
    duty = Duty.MANAGER if arguments.manager else Duty.HEAD if arguments.head_of else Duty.FITTER
    with _opened(settings) as database, database.write() as connection:
        agent_id = None
        if arguments.work_number is not None:
            agent_id = unit_keeping.agent_of(connection, arguments.work_number)
            if agent_id is None:
                raise Refused(
                    f"nobody has work number {arguments.work_number}; make it first: "
                    f"hotline agents add {arguments.work_number} --role unit --name NAME"
                )
        responsible_people.add(
            connection,
            datetime.now(UTC),
            duty=duty,
            name=name,
            unit_id=_unit(connection, unit) if unit is not None else None,
            agent_id=agent_id,
            number=number,
            mail=arguments.mail,
        )
    print(f"{name} is {duty} of {unit}" if unit else f"{name} is {duty} above all units")


def end_person(settings: Settings, arguments: argparse.Namespace) -> None:
    """Let somebody answer for it no more.

    :raises Refused: nobody has this id now.
    """
    with _opened(settings) as database, database.write() as connection:
        if not responsible_people.end(connection, arguments.id, datetime.now(UTC)):
            raise Refused(f"nobody has id {arguments.id}; see `hotline units list`")
    print(f"{arguments.id} answers for it no more; the name stays in what was done")


def _unit(connection: Any, name: str) -> int:
    for unit in unit_keeping.units(connection):
        if unit.name == name and unit.active:
            return unit.id
    raise Refused(f'there is no unit "{name}" that takes work; see `hotline units list`')


def _number(option: str, given: str | None, settings: Settings) -> str | None:
    if given is None:
        return None
    number = read_number(given, settings.company.area_code).e164
    if number is None:
        raise ConfigError([f"{option} {given}: is no telephone number; write digits, such as 13900001234"])
    return number


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    """The database of the settings, checked first and closed at the end."""
    database = Database(settings.database_address)
    try:
        database.check()
        yield database
    finally:
        database.close()
