"""The form of an account: what was typed, what is wrong with it, and the person it makes (R-20)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext

from ivr.config import Settings, read_person
from ivr.config.sections import DeviceKind, Person, Role
from ivr.errors import ConfigError
from storage.queries.accounts import Account

LONGEST_NAME = 40
LONGEST_ADDRESS = 320
LONGEST_REASON = 200
LEVELS = range(1, 10)
_WORK_NUMBER = re.compile(r"[0-9]{3,8}")


@dataclass(slots=True)
class AccountForm:
    """The fields as they were typed; ``skills``: name → level as text, empty: has not got it."""

    work_number: str = ""
    name: str = ""
    role: str = Role.AGENT.value
    device: str = DeviceKind.BROWSER.value
    address: str = ""
    skills: dict[str, str] = field(default_factory=dict)
    mistakes: dict[str, str] = field(default_factory=dict)
    """Field → what is wrong with it."""
    person: Person | None = None
    """What the fields say; None while something is wrong."""


def of_account(account: Account) -> AccountForm:
    """The form as somebody's account stands."""
    return AccountForm(
        account.work_number,
        account.name,
        account.role.value,
        account.device_kind.value,
        account.device_address or "",
        {name: str(level) for name, level in account.skills.items()},
    )


def read(given: Mapping[str, str], settings: Settings, work_number: str | None = None) -> AccountForm:
    """Read and check a form.

    :param work_number: of an account that is there; None: the form names a new one.
    """
    typed = AccountForm(
        work_number or _line(given.get("work_number", "")),
        _line(given.get("name", "")),
        given.get("role", ""),
        given.get("device", ""),
        _line(given.get("address", "")),
        {name: given.get(f"skill-{name}", "") for name in sorted(settings.skills)},
    )
    wrong = typed.mistakes
    if not _WORK_NUMBER.fullmatch(typed.work_number):
        wrong["work_number"] = gettext("Write three to eight digits, such as 1005.")
    if not 0 < len(typed.name) <= LONGEST_NAME:
        wrong["name"] = gettext("Write the name, %(most)d characters at most.", most=LONGEST_NAME)
    if typed.role not in list(Role):
        wrong["role"] = gettext("Choose a role.")
    if typed.device not in list(DeviceKind):
        wrong["device"] = gettext("Choose a phone.")
    if any(level and level not in map(str, LEVELS) for level in typed.skills.values()):
        wrong["skills"] = gettext("Levels are 1 (asked first) to 9.")
    device = {"kind": typed.device}
    if typed.device == DeviceKind.ADDRESS:
        device["address"] = typed.address
        if not typed.address.startswith("sip:") or len(typed.address) > LONGEST_ADDRESS:
            wrong["address"] = gettext("Write the phone's address, such as sip:1001@192.168.1.20:5060.")
    if not wrong:
        typed.person = _person(typed, device)
    return typed


def _person(typed: AccountForm, device: Mapping[str, str]) -> Person | None:
    """Checked as config.yaml is; what it finds beyond the form's own checks stands beside its field."""
    skills = {name: int(level) for name, level in typed.skills.items() if level}
    values = {"name": typed.name, "role": typed.role, "skills": skills, "device": device}
    try:
        return read_person({"work_number": typed.work_number, **values})
    except ConfigError as error:
        for problem in error.problems:
            place = problem.split(":", 1)[0].split(".")[0].strip()
            typed.mistakes["address" if place == "device" else place] = (
                gettext("Write the phone's address, such as sip:1001@192.168.1.20:5060.")
                if place == "device"
                else gettext("This cannot be used: %(problem)s", problem=problem)
            )
        return None


def _line(text: str) -> str:
    """A field's text in one line, without signs that cannot be seen."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
