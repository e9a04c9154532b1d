"""The whole of config.yaml as one frozen object, and what its sections must agree on."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator

from ivr.config.archive_sections import Imports
from ivr.config.browser_sections import TryIt
from ivr.config.case_sections import Blacklist, CaseLinks, Incidents, Obligations, Photos, RandomRevisits
from ivr.config.conversation_sections import CallingOut, Hold
from ivr.config.desk_sections import Cases, Talk
from ivr.config.installation import Console, Disk, Pbx, Storage, Trunk
from ivr.config.sections import (
    Alarm,
    Company,
    DeviceKind,
    Menu,
    MenuKey,
    OpeningHours,
    Person,
    Queue,
    Recording,
    Ring,
    Role,
    Silence,
    SpecialDays,
    Survey,
    Waiting,
)
from ivr.config.value_types import DialledNumber, Language, Name, Section

FIRST_MENU = "main"
_PROGRAM = Path(__file__).resolve().parents[2]


class LanguageSettings(Section):
    """A language callers may choose; agents with ``skill`` are preferred for its callers."""

    name: str
    skill: Name | None = None


class Settings(Section):
    """Everything config.yaml and the environment say.

    ``home`` is where all runtime files lie ($HOTLINE_HOME); ``source`` is the file that was read;
    ``database_address`` is the SQLAlchemy address with its password, ``ari_password`` the PBX's
    when somebody else set it. These four are not keys of the file.
    """

    company: Company = Company()
    numbers: list[DialledNumber] = Field(default=["95777"], min_length=1)
    time_zone: str = "Asia/Shanghai"
    languages: dict[Language, LanguageSettings] = Field(min_length=1)
    menu: dict[Name, Menu]
    silence: Silence = Silence()
    queues: dict[Name, Queue] = Field(min_length=1)
    opening_hours: dict[Name, OpeningHours] = Field(default={})
    special_days: SpecialDays = SpecialDays()
    ring: Ring = Ring()
    alarm: Alarm = Alarm()
    waiting: Waiting = Waiting()
    talk: Talk = Talk()
    hold: Hold = Hold()
    calling_out: CallingOut = CallingOut()
    survey: Survey = Survey()
    recording: Recording = Recording()
    cases: Cases = Cases()
    obligations: Obligations = Obligations()
    random_revisits: RandomRevisits = RandomRevisits()
    incidents: Incidents = Incidents()
    blacklist: Blacklist = Blacklist()
    photos: Photos = Photos()
    case_links: CaseLinks = CaseLinks()
    imports: Imports = Imports()
    demo: bool = False
    storage: Storage = Storage()
    disk: Disk = Disk()
    pbx: Pbx = Pbx()
    trunks: list[Trunk] = Field(default=[])
    console: Console = Console()
    people: list[Person] = Field(default=[])
    try_it: TryIt = TryIt()

    home: Path = Field(default=Path("var"), exclude=True)
    source: Path = Field(default=Path("config.yaml"), exclude=True)
    database_address: str = Field(default="", exclude=True, repr=False)
    ari_password: str | None = Field(default=None, exclude=True, repr=False)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f'"{zone}" is no time zone; write one such as "Asia/Shanghai"')
        return zone

    @property
    def zone(self) -> ZoneInfo:
        """The zone of every time of day in the file."""
        return ZoneInfo(self.time_zone)

    @property
    def skills(self) -> frozenset[str]:
        """Every skill that a queue needs or a language prefers."""
        languages = {language.skill for language in self.languages.values() if language.skill}
        return frozenset(languages | {queue.skill for queue in self.queues.values()})

    @property
    def default_language(self) -> Language:
        """What a caller hears who has not chosen: the first language of the file."""
        return next(iter(self.languages))

    @property
    def recordings_folder(self) -> Path:
        """Where finished recordings lie, as <name>.wav; the PBX writes its parts elsewhere."""
        return self.home / "recordings"

    @property
    def prompts_folder(self) -> Path:
        """The folder ``prompts`` beside the file that was read, else the one of the program."""
        beside = self.source.resolve().parent / "prompts"
        return beside if beside.is_dir() else _PROGRAM / "prompts"

    @property
    def phone_url(self) -> str:
        """Where a page's phone reaches the PBX's WebSocket."""
        host = f"[{self.pbx.ari.host}]" if ":" in self.pbx.ari.host else self.pbx.ari.host
        return self.pbx.browser.url or f"ws://{host}:{self.pbx.ari.port}/ws"

    @property
    def phone_origin(self) -> str:
        """Scheme, host and port of :attr:`phone_url`."""
        return self.pbx.browser.origin or self.phone_url.removesuffix("/ws")

    def company_name(self, language: Language) -> str:
        """The company's name as it is said and shown in ``language``."""
        return self.company.name.text(language)


NOT_IN_FILE = frozenset({"home", "source", "database_address", "ari_password"})

Contradiction = tuple[str, str]
"""Path in the file ("menu.main.keys.4.queue") and what is wrong with it and would be right."""


def contradictions(settings: Settings) -> Iterator[Contradiction]:
    """Find what each section allows by itself but the file as a whole does not."""
    yield from _menu_mistakes(settings)
    yield from _queue_mistakes(settings)
    yield from _people_mistakes(settings)
    yield from _pbx_mistakes(settings)


def _list_of(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _menu_mistakes(settings: Settings) -> Iterator[Contradiction]:
    if FIRST_MENU not in settings.menu:
        yield (
            "menu",
            f'the first menu is missing; call it "{FIRST_MENU}" (there are: {_list_of(settings.menu)})',
        )
    for menu_name, menu in settings.menu.items():
        for key, does in menu.keys.items():
            yield from _key_mistakes(settings, f"menu.{menu_name}.keys.{key}", does)
        alarm_key = menu.keys.get(settings.alarm.key)
        if alarm_key is not None and alarm_key.queue != settings.alarm.queue:
            yield (
                f"menu.{menu_name}.keys.{settings.alarm.key}",
                f'key {settings.alarm.key} is the gas-leak key everywhere (alarm.key); it leads to queue "'
                f'{settings.alarm.queue}" and nowhere else',
            )
    if settings.waiting.call_back_key == settings.alarm.key:
        yield (
            "waiting.call_back_key",
            f"key {settings.alarm.key} is the gas-leak key everywhere (alarm.key); choose another",
        )
    if settings.silence.queue not in settings.queues:
        yield "silence.queue", _no_such("queue", settings.silence.queue, settings.queues)


def _key_mistakes(settings: Settings, path: str, does: MenuKey) -> Iterator[Contradiction]:
    if does.queue is not None and does.queue not in settings.queues:
        yield f"{path}.queue", _no_such("queue", does.queue, settings.queues)
    if does.menu is not None and does.menu not in settings.menu:
        yield f"{path}.menu", _no_such("menu", does.menu, settings.menu)
    if does.language is not None and does.language not in settings.languages:
        yield f"{path}.language", _no_such("language", does.language, list(settings.languages))


def _no_such(what: str, name: str, known: Iterable[str]) -> str:
    return f'there is no {what} "{name}"; write one of: {_list_of(known)}'


def _queue_mistakes(settings: Settings) -> Iterator[Contradiction]:
    agents = [person for person in settings.people if person.role in (Role.AGENT, Role.SUPERVISOR)]
    skills = {skill for agent in agents for skill in agent.skills}
    for name, queue in settings.queues.items():
        hours = queue.opening_hours
        if hours is not None and hours not in settings.opening_hours:
            yield f"queues.{name}.opening_hours", _no_such("opening_hours", hours, settings.opening_hours)
        if settings.people and queue.skill not in skills:
            yield (
                f"queues.{name}.skill",
                f'no agent has the skill "{queue.skill}", so nobody would ever answer; '
                f"give it to somebody under people (skills there: {_list_of(skills)})",
            )
    alarm = settings.queues.get(settings.alarm.queue)
    if alarm is None:
        yield "alarm.queue", _no_such("queue", settings.alarm.queue, settings.queues)
    elif alarm.opening_hours is not None:
        yield (
            f"queues.{settings.alarm.queue}.opening_hours",
            "the gas-leak queue is always open; remove this key",
        )


def _people_mistakes(settings: Settings) -> Iterator[Contradiction]:
    seen: dict[str, int] = {}
    for index, person in enumerate(settings.people):
        if person.work_number in seen:
            yield (
                f"people[{index}].work_number",
                f"{person.work_number} is also people[{seen[person.work_number]}]; "
                "one person, one work number (R-20)",
            )
        seen.setdefault(person.work_number, index)
        for skill in person.skills:
            if skill not in settings.skills:
                yield f"people[{index}].skills.{skill}", _no_such("skill", skill, settings.skills)
        if person.device.kind is DeviceKind.BROWSER and settings.pbx.mode == "remote":
            if not settings.console.https:
                yield (
                    f"people[{index}].device.kind",
                    "a browser phone on another host needs console.https: true",
                )
            if settings.pbx.browser.url is None:
                yield (
                    f"people[{index}].device.kind",
                    "browsers must reach that PBX: name its address in pbx.browser.url, "
                    '"wss://pbx.example:8089/ws"',
                )


def _pbx_mistakes(settings: Settings) -> Iterator[Contradiction]:
    pbx = settings.pbx
    taken = {"pbx.ari.port": pbx.ari.port, "console.port": settings.console.port}
    if taken["pbx.ari.port"] == taken["console.port"] and pbx.ari.host == settings.console.host:
        yield "console.port", f"{settings.console.port} is also pbx.ari.port; choose another"
    if pbx.mode == "embedded" and pbx.ari.host not in ("127.0.0.1", "::1", "localhost"):
        yield "pbx.ari.host", f'"{pbx.ari.host}": the ARI of the embedded PBX listens on 127.0.0.1 only'
    if pbx.mode == "remote" and settings.ari_password is None:
        yield (
            "pbx.ari.password_from",
            "name the environment variable that holds the remote PBX's ARI password",
        )
    if settings.console.https and str(pbx.browser.url).startswith("ws://"):
        yield "pbx.browser.url", "a page that came over https connects to wss:// only; write it so"
    if pbx.browser.certificate is not None:
        for setting, port in (("pbx.ari.port", pbx.ari.port), ("console.port", settings.console.port)):
            if port == pbx.browser.port:
                yield "pbx.browser.port", f"{port} is also {setting}; choose another"
    names: dict[str, int] = {}
    for index, trunk in enumerate(settings.trunks):
        if trunk.name in names:
            yield (
                f"trunks[{index}].name",
                f'"{trunk.name}" is also trunks[{names[trunk.name]}]; names are unique',
            )
        names.setdefault(trunk.name, index)


__all__ = ["FIRST_MENU", "NOT_IN_FILE", "Settings", "contradictions"]
