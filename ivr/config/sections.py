"""The sections of config.yaml about callers and agents, each setting with its default and meaning.

Every number the service standard names is a default here and nowhere else in the code.
Durations are seconds, times of day are local to `time_zone`, addresses are SIP or IP addresses.
"""

import re
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator

from ivr.config.installation import PbxMode, Trunk
from ivr.config.value_types import (
    LINE_PATTERN,
    AreaCode,
    DialledNumber,
    Key,
    Language,
    Name,
    Seconds,
    Section,
    ShownText,
    SipAddress,
    WorkNumber,
)


class BilingualText(Section):
    """A wording in both languages of the hotline."""

    zh: ShownText
    en: ShownText

    def text(self, language: Language) -> str:
        """The wording in ``language``."""
        return self.zh if language == "zh" else self.en


class Company(Section):
    """Who answers."""

    name: BilingualText = BilingualText(zh="泉城燃气", en="Spring City Gas")
    hotline: DialledNumber = "95777"
    area_code: AreaCode | None = None


class MenuKey(Section):
    """What one key of a menu does: exactly one of the five."""

    queue: Name | None = None
    menu: Name | None = None
    language: Language | None = None
    repeat: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "MenuKey":
        given = [name for name in ("queue", "menu", "repeat") if getattr(self, name) is not None]
        if len(given) > 1 or (not given and self.language is None):
            raise ValueError("a key does one thing: queue, menu, language or repeat")
        return self


class Menu(Section):
    """A menu of the IVR: what is said, and what each key leads to."""

    prompts: Annotated[list[Name], Field(min_length=1)]
    keys: Annotated[dict[Key, MenuKey], Field(min_length=1)]


class Silence(Section):
    """What becomes of a caller who presses nothing or the wrong key: never a hang-up."""

    seconds: Seconds = 5
    rounds: Annotated[int, Field(ge=1, le=5)] = 2
    queue: Name = "consultation"


class CallKind(StrEnum):
    """What a call is about (R-12.7)."""

    CONSULTATION = "consultation"  # asks for information
    REPAIR = "repair"  # something is broken
    ALARM = "alarm"  # smells gas: before everything
    COMPLAINT = "complaint"  # is not content


class Queue(Section):
    """Callers of one kind who wait for agents of one skill."""

    name: BilingualText
    kind: CallKind
    skill: Name
    priority: Annotated[int, Field(ge=1, le=99)] = 50
    opening_hours: Name | None = None
    wrap_up_seconds: Annotated[float, Field(ge=0, le=3600)] = 30


class OpeningHours(Section):
    """Hours by kind of day, each a list of spans such as "08:30-17:30"; an empty list is closed."""

    working_day: list[str] = Field(default=["08:00-20:00"])
    day_off: list[str] = Field(default=["09:00-17:00"])

    @field_validator("working_day", "day_off")
    @classmethod
    def _spans(cls, spans: list[str]) -> list[str]:
        for span in spans:
            parse_span(span)
        return spans


def parse_span(span: str) -> tuple[time, time]:
    """Turn "08:30-17:30" into its two times of day; "24:00" as the end means midnight.

    :raises ValueError: not two times, or the end is not after the beginning.
    """
    found = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", span)
    if not found:
        raise ValueError(f'"{span}" is no span of hours; write it as "08:30-17:30"')
    h1, m1, h2, m2 = map(int, found.groups())
    if (h2, m2) == (24, 0):
        h2, m2 = 23, 59
        end = time(23, 59, 59, 999999)
    elif h2 < 24 and m2 < 60:
        end = time(h2, m2)
    else:
        raise ValueError(f'"{span}": {h2:02}:{m2:02} is no time of day')
    if h1 > 23 or m1 > 59:
        raise ValueError(f'"{span}": {h1:02}:{m1:02} is no time of day')
    if end <= time(h1, m1):
        raise ValueError(f'"{span}" ends before it begins; write two spans for hours over midnight')
    return time(h1, m1), end


class SpecialDays(Section):
    """Days that the published calendar does not know or that differ here; they win over it."""

    working_days: list[date] = Field(default=[])
    days_off: list[date] = Field(default=[])

    @field_validator("days_off")
    @classmethod
    def _one_kind(cls, days_off: list[date], info: ValidationInfo) -> list[date]:
        for day in days_off:
            if day in info.data.get("working_days", []):
                raise ValueError(f"{day} is also in working_days; keep one")
        return days_off


class Ring(Section):
    """The three-ring rule (R-12.3)."""

    seconds: Seconds = 5
    count: Annotated[int, Field(ge=1, le=20)] = 3
    no_ringing_after: Seconds = 3
    rest_after_busy: Annotated[float, Field(ge=0, le=600)] = 10
    rest_after_unreachable: Annotated[float, Field(ge=0, le=600)] = 30


class Alarm(Section):
    """Gas-leak calls come before everything."""

    key: Key = "3"
    queue: Name = "alarm"
    ring_all_after: Seconds = 20
    duty_phones_after: Seconds = 40
    duty_phones: list[SipAddress] = Field(default=[])


class Waiting(Section):
    """What a waiting caller hears and may do."""

    announce_every: Seconds = 30
    call_back_key: Key = "1"
    assumed_talk_seconds: Seconds = 180


class Survey(Section):
    """The question after the call (R-3.6)."""

    enabled: bool = True
    seconds: Seconds = 10
    lowest: Annotated[int, Field(ge=1, le=9)] = 1
    highest: Annotated[int, Field(ge=1, le=9)] = 5

    @model_validator(mode="after")
    def _order(self) -> "Survey":
        if self.highest <= self.lowest:
            raise ValueError(f"highest ({self.highest}) must be above lowest ({self.lowest})")
        return self


class Recording(Section):
    """Recording of what is said, in two channels: caller left, agent right."""

    enabled: bool = True
    longest_message_seconds: Seconds = 120
    longest_silence_seconds: Seconds = 8


class Role(StrEnum):
    """What somebody may do."""

    AGENT = "agent"  # answers calls
    SUPERVISOR = "supervisor"  # sees and steers the floor
    QUALITY_READER = "quality_reader"  # listens to drawn recordings and judges
    ADMINISTRATOR = "administrator"  # keeps people, devices and settings
    AUDITOR = "auditor"  # reads the audit log
    UNIT = "unit"  # works for a unit 责任单位, answers no calls


class DeviceKind(StrEnum):
    """What rings when a call is offered to an agent."""

    PHONE = "phone"  # a SIP phone that registers with a user name and a password
    ADDRESS = "address"  # a SIP phone at a fixed address
    BROWSER = "browser"  # the phone in the agent's page


class Device(Section):
    """An agent's phone."""

    kind: DeviceKind = DeviceKind.PHONE
    address: SipAddress | None = None

    @model_validator(mode="after")
    def _address(self) -> "Device":
        if (self.kind is DeviceKind.ADDRESS) != (self.address is not None):
            raise ValueError(
                'an address such as "sip:1001@192.168.1.20:5060" belongs to kind: address, and only there'
            )
        return self


class Person(Section):
    """Somebody who signs in; made in the database at the first start, changed there afterwards."""

    work_number: WorkNumber
    name: Annotated[str, StringConstraints(pattern=LINE_PATTERN, min_length=1, max_length=40)]
    role: Role = Role.AGENT
    skills: dict[Name, Annotated[int, Field(ge=1, le=9)]] = Field(default={})
    device: Device = Device()


__all__ = [
    "Alarm",
    "BilingualText",
    "CallKind",
    "Company",
    "Device",
    "DeviceKind",
    "Language",
    "Menu",
    "MenuKey",
    "OpeningHours",
    "PbxMode",
    "Person",
    "Queue",
    "Recording",
    "Ring",
    "Role",
    "Silence",
    "SipAddress",
    "SpecialDays",
    "Survey",
    "Trunk",
    "Waiting",
    "parse_span",
]
