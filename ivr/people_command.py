"""`hotline agents`: the people who sign in, listed, added, changed, given passwords, taken out."""

import argparse
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ivr.config import Settings, read_person
from ivr.config.sections import DeviceKind, Person, Role
from ivr.errors import ConfigError, Refused
from ivr.standard.agent_state import AgentState
from ivr.standard.device_name import device_name
from storage import people
from storage.database import Database
from storage.people import OPERATOR, FirstSignIn, KnownPerson

_DEVICE_HELP = 'phone (it registers), browser, or the address of a fixed one: "sip:1001@192.168.1.20:5060"'
_COLUMNS = ("work number", "name", "role", "active", "state", "device", "skills")


def add_agents_commands(subparsers: Any) -> None:
    """Add `agents list|add|set|password|remove` to the hotline's command line.

    :param subparsers: what ``ArgumentParser.add_subparsers()`` returned. The parsed arguments then have
        ``run``, to be called with (settings, arguments).
    """
    agents: argparse.ArgumentParser = subparsers.add_parser("agents", help="people who sign in")
    actions = agents.add_subparsers(dest="agents_action", required=True, metavar="ACTION")
    actions.add_parser("list", help="everybody, with state, device and skills").set_defaults(run=list_people)

    add = actions.add_parser("add", help="make somebody; the passwords are shown once")
    _person_arguments(add, role=Role.AGENT.value, device=DeviceKind.PHONE.value)
    add.add_argument("--name", required=True, help="as callers and colleagues know them")
    add.set_defaults(run=add_person)

    change = actions.add_parser("set", help="change what is given; --back takes back somebody who left")
    _person_arguments(change, role=None, device=None)
    change.add_argument("--name", help="as callers and colleagues know them")
    change.add_argument("--back", action="store_true", help="takes calls and signs in again")
    change.add_argument("--reason", default="", help="why; --back needs it, and it is kept in the audit log")
    change.set_defaults(run=change_person)

    password = actions.add_parser("password", help="make a new password, shown once")
    password.add_argument("work_number", metavar="WORK_NUMBER")
    password.add_argument("--device", action="store_true", help="that of the phone, not of the page")
    password.set_defaults(run=renew_password)

    remove = actions.add_parser("remove", help="no sign-in and no calls any more; all records stay")
    remove.add_argument("work_number", metavar="WORK_NUMBER")
    remove.add_argument("--reason", required=True, help="why; it is kept in the audit log")
    remove.set_defaults(run=remove_person)


def _person_arguments(parser: argparse.ArgumentParser, *, role: str | None, device: str | None) -> None:
    parser.add_argument("work_number", metavar="WORK_NUMBER")
    parser.add_argument("--role", default=role, help=", ".join(Role))
    parser.add_argument(
        "--skill", action="append", metavar="NAME=LEVEL", help="1 is the best; may be repeated"
    )
    parser.add_argument("--device", default=device, metavar="DEVICE", help=_DEVICE_HELP)


def list_people(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print everybody.

    :raises StorageError: the database cannot be read.
    """
    with _opened(settings) as database, database.read() as connection:
        known = people.all_people(connection)
    if not known:
        print('nobody yet; begin with: hotline agents add 1001 --name "王敏" --skill consultation=1')
        return
    for line in _table([_COLUMNS, *(_cells(person) for person in known)]):
        print(line)


def add_person(settings: Settings, arguments: argparse.Namespace) -> None:
    """Make somebody and print how they sign in.

    :raises ConfigError: something about the person is wrong.
    :raises Refused: the work number is taken.
    """
    person = _read(settings, arguments)
    with _opened(settings) as database:
        first = people.add_person(database, person, datetime.now(UTC), OPERATOR)
    print_first_sign_ins([first])


def change_person(settings: Settings, arguments: argparse.Namespace) -> None:
    """Change what is given and print a phone's new password, if there is one.

    :raises ConfigError: something about the person is wrong.
    :raises Refused: nothing was given, or there is nobody with this work number.
    """
    given = {name: getattr(arguments, name) for name in ("name", "role", "skill", "device")}
    if not any(value is not None for value in given.values()) and not arguments.back:
        raise Refused("nothing to change: give --name, --role, --skill, --device or --back")
    person = _read(settings, arguments)
    with _opened(settings) as database:
        password = people.change_person(
            database,
            person.work_number,
            name=person.name if given["name"] is not None else None,
            role=person.role if given["role"] is not None else None,
            skills=person.skills if given["skill"] is not None else None,
            device=person.device if given["device"] is not None else None,
            active=True if arguments.back else None,
            by=replace(OPERATOR, reason=arguments.reason),
        )
    print(f"{person.work_number} is changed")
    if password is not None:
        print(_device_line(person.work_number, password))


def renew_password(settings: Settings, arguments: argparse.Namespace) -> None:
    """Make a new password and print it once.

    :raises Refused: there is nobody with this work number, or the device has no password.
    """
    with _opened(settings) as database:
        first = people.renew_passwords(database, arguments.work_number, of_device=arguments.device)
    print_first_sign_ins([first])


def remove_person(settings: Settings, arguments: argparse.Namespace) -> None:
    """Let somebody leave.

    :raises Refused: there is nobody with this work number, or they have left already.
    """
    with _opened(settings) as database:
        state = people.deactivate(
            database, arguments.work_number, datetime.now(UTC), replace(OPERATOR, reason=arguments.reason)
        )
    after = "" if state is AgentState.SIGNED_OUT else f"; still {state}, signed out after the call"
    print(f"{arguments.work_number} can no longer sign in and gets no calls; all records stay{after}")


def print_first_sign_ins(made: Sequence[FirstSignIn]) -> None:
    """Print passwords that are shown once: here, and by the first start."""
    for first in made:
        print(f"{first.work_number} {first.name} ({first.role})")
        if first.password is not None:
            print(f"  console: work number {first.work_number}, password {first.password}")
        if first.device_password is not None:
            print(_device_line(first.work_number, first.device_password))
    if made:
        print("Write the passwords down now: they are kept nowhere and not shown again.")


def _device_line(work_number: str, password: str) -> str:
    return f"  phone:   user {device_name(work_number)}, password {password}"


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    """The database of the settings, checked first and closed at the end."""
    database = Database(settings.database_address)
    try:
        database.check()
        yield database
    finally:
        database.close()


def _read(settings: Settings, arguments: argparse.Namespace) -> Person:
    """What the arguments say, checked as config.yaml is; what was not given has any allowed value."""
    name = "-" if arguments.name is None else arguments.name
    values: dict[str, Any] = {"work_number": arguments.work_number, "name": name}
    if arguments.role is not None:
        values["role"] = arguments.role
    if arguments.device is not None:
        values["device"] = _device(arguments.device)
    if arguments.skill is not None:
        values["skills"] = _skills(settings, arguments.skill)
    return read_person(values)


def _device(text: str) -> dict[str, str]:
    if text.startswith("sip:"):
        return {"kind": DeviceKind.ADDRESS.value, "address": text}
    if text not in (DeviceKind.PHONE, DeviceKind.BROWSER):
        raise ConfigError(
            [f'--device {text}: write "phone", "browser" or an address "sip:1001@192.168.1.20"']
        )
    return {"kind": text}


def _skills(settings: Settings, given: Sequence[str]) -> dict[str, str]:
    skills = {}
    for text in given:
        name, _, level = text.partition("=")
        if name not in settings.skills:
            known = ", ".join(sorted(settings.skills))
            raise ConfigError([f'--skill {text}: no queue needs the skill "{name}"; write one of: {known}'])
        if not level:
            raise ConfigError([f"--skill {text}: write the level too: {name}=1 (1 is the best)"])
        skills[name] = level
    return skills


def _cells(person: KnownPerson) -> tuple[str, ...]:
    skills = ", ".join(f"{name}={level}" for name, level in sorted(person.skills.items()))
    device = person.device_address or person.device_kind.value
    active = "yes" if person.active else "no"
    return (person.work_number, person.name, person.role.value, active, person.state.value, device, skills)


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns in line; a Chinese character is two cells wide."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
