"""The whole of config.yaml as one frozen object; what its sections must agree on: contradictions.py."""

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from ivr.config.archive_sections import Imports
from ivr.config.board_section import Board
from ivr.config.browser_sections import TryIt
from ivr.config.case_sections import (
    Blacklist,
    CaseLinks,
    CaseStatus,
    Incidents,
    Obligations,
    Photos,
    RandomRevisits,
)
from ivr.config.conversation_sections import CallingOut, Failover, Hold
from ivr.config.crowd_section import Bans, Crowd
from ivr.config.desk_sections import Cases, Talk
from ivr.config.dialer_sections import Campaigns, Dialer, Outages, Revisits
from ivr.config.installation import Console, Disk, Pbx, Storage, Trunk
from ivr.config.notice_sections import DutyList, Mail, Notices, Texts
from ivr.config.quality_sections import Quality, Reports
from ivr.config.retention_section import Retention
from ivr.config.sections import (
    Alarm,
    Company,
    Menu,
    OpeningHours,
    Person,
    Queue,
    Recording,
    Ring,
    Silence,
    SpecialDays,
    Survey,
    Waiting,
)
from ivr.config.twilio_section import TWILIO, Twilio
from ivr.config.value_types import DialledNumber, Language, Name, Section
from ivr.standard.kept_agents import KeptAgents, demands_of

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
    when somebody else set it, ``mail_password`` that of the mail server,
    ``twilio_…`` the credentials of Twilio, ``trunk_secrets`` user and password by name of a trunk. These are
    not keys of the file.
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
    crowd: Crowd = Crowd()
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
    case_status: CaseStatus = CaseStatus()
    notices: Notices = Notices()
    texts: Texts = Texts()
    twilio: Twilio = Twilio()
    mail: Mail = Mail()
    duty_list: DutyList = DutyList()
    revisits: Revisits = Revisits()
    dialer: Dialer = Dialer()
    campaigns: Campaigns = Campaigns()
    outages: Outages = Outages()
    reports: Reports = Reports()
    quality: Quality = Quality()
    board: Board = Board()
    imports: Imports = Imports()
    demo: bool = False
    storage: Storage = Storage()
    retention: Retention = Retention()
    disk: Disk = Disk()
    pbx: Pbx = Pbx()
    bans: Bans = Bans()
    trunks: list[Trunk] = Field(default=[])
    failover: Failover = Failover()
    console: Console = Console()
    people: list[Person] = Field(default=[])
    try_it: TryIt = TryIt()

    home: Path = Field(default=Path("var"), exclude=True)
    source: Path = Field(default=Path("config.yaml"), exclude=True)
    database_address: str = Field(default="", exclude=True, repr=False)
    ari_password: str | None = Field(default=None, exclude=True, repr=False)
    mail_password: str | None = Field(default=None, exclude=True, repr=False)
    twilio_account_sid: str = Field(default="", exclude=True, repr=False)
    twilio_auth_token: str = Field(default="", exclude=True, repr=False)
    trunk_secrets: dict[str, tuple[str, str]] = Field(default={}, exclude=True, repr=False)
    metrics_token: str | None = Field(default=None, exclude=True, repr=False)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            return ZoneInfo(zone).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f'"{zone}" is no time zone; write one such as "Asia/Shanghai"') from None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of every time of day in the file."""
        return ZoneInfo(self.time_zone)

    @property
    def all_trunks(self) -> list[Trunk]:
        """The lines to the outside in the order in which they are tried; that of Twilio is the last."""
        twilio = self.twilio
        if not twilio.enabled or twilio.sip_trunk is None:
            return self.trunks
        user, _ = self.trunk_secrets[TWILIO]
        return [*self.trunks, twilio.sip_trunk.as_trunk(user, twilio.number)]

    @property
    def skills(self) -> frozenset[str]:
        """Every skill that a queue needs or a language prefers."""
        languages = {language.skill for language in self.languages.values() if language.skill}
        return frozenset(languages | {queue.skill for queue in self.queues.values()})

    @property
    def kept_agents(self) -> KeptAgents:
        """Who stays for those who call us while customers are called."""
        languages = [language.skill for language in self.languages.values() if language.skill]
        demands = demands_of((queue.skill for queue in self.queues.values()), languages)
        return KeptAgents(demands, self.dialer.kept_agents)

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

    @property
    def public_url(self) -> str:
        """How people reach the pages, without a slash at its end: links in texts and mails begin with it."""
        host = f"[{self.console.host}]" if ":" in self.console.host else self.console.host
        return (self.console.public_url or f"http://{host}:{self.console.port}").rstrip("/")

    def company_name(self, language: Language) -> str:
        """The company's name as it is said and shown in ``language``."""
        return self.company.name.text(language)


NOT_IN_FILE = frozenset(
    {
        "home",
        "source",
        "database_address",
        "ari_password",
        "mail_password",
        "twilio_account_sid",
        "twilio_auth_token",
        "trunk_secrets",
        "metrics_token",
    }
)


__all__ = ["FIRST_MENU", "NOT_IN_FILE", "Settings"]
