"""What calling customers goes by, as config.yaml and the published calendar set it (R-16.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.config import Settings
from ivr.config.sections import CallKind
from ivr.standard.dial_attempt import AttemptRules
from ivr.standard.dial_pacing import PacingRules
from ivr.standard.dial_reason import AT_ANY_HOUR, DialReason, DialWay
from ivr.standard.dial_speakers import Wanted
from ivr.standard.dialing_hours import DialDay, DialingHours, OwnDays, kind_of_dial_day, may_begin
from ivr.standard.kept_agents import KeptAgents
from ivr.standard.number_rules import Judged, NumberRules, judge
from ivr.standard.obligations import Clockwork
from ivr.working_calendar import published_dial_day
from storage.case_clockwork import clockwork
from storage.telephone_numbers import read_number


@dataclass(frozen=True, slots=True)
class DialRules:
    """Everything that decides whether, when and how somebody is called.

    ``asking``: questionnaire and way by kind of case; ``queues``: whose agents speak, by kind of case.
    """

    zone: ZoneInfo
    hours: DialingHours
    own_days: OwnDays
    attempts: AttemptRules
    pacing: PacingRules
    rest: timedelta
    language: str
    asking: Mapping[CallKind, tuple[str, DialWay]]
    queues: Mapping[CallKind, str]
    skills: Mapping[str, str]
    """Queue → skill."""
    language_skills: Mapping[str, str]
    """Language → skill of agents who are preferred."""
    kept: KeptAgents
    own_queue: str
    """Of callers, and calls, for whom no other was chosen."""
    numbers: NumberRules
    area_code: str | None
    dissatisfied_at_most: int
    looked_at: timedelta
    """For how long somebody may look at a task on the desk before it goes back."""
    written_within: timedelta
    """In which an agent writes down what a call came to; then it counts as a talk without answers."""
    clockwork: Clockwork

    def skill_of(self, queue: str | None) -> str:
        """What whoever speaks must be able to do, by the queue of a task."""
        return self.skills.get(queue or "") or self.skills.get(self.own_queue, self.own_queue)

    def wanted(self, queue: str | None, language: str, first_responder: int | None) -> Wanted:
        """Who is to speak about a task, by its columns."""
        return Wanted(self.skill_of(queue), self.language_skills.get(language), first_responder)

    def kind_of(self, day: date) -> DialDay:
        """The kind of any day."""
        return kind_of_dial_day(day, published_dial_day, self.own_days)

    def local(self, moment: datetime) -> datetime:
        """A moment in the hotline's zone."""
        return moment.astimezone(self.zone)

    def may_begin(self, now: datetime) -> bool:
        """Whether a call to a customer may begin now; of an alarm it always may."""
        local = self.local(now)
        return may_begin(self.hours, self.kind_of(local.date()), local)

    def may_call(self, reason: DialReason, now: datetime) -> bool:
        """Whether a call for this reason may begin now."""
        return reason in AT_ANY_HOUR or self.may_begin(now)

    def judge(self, number: str) -> Judged:
        """Whether a number may be called at all, normalised."""
        return judge(number, read_number(number, self.area_code).e164, self.numbers)


def dial_rules(settings: Settings) -> DialRules:
    """What the settings say about calling customers."""
    kinds: dict[CallKind, str] = {}
    for name, queue in settings.queues.items():
        kinds.setdefault(queue.kind, name)
    return DialRules(
        zone=settings.zone,
        hours=settings.dialer.hours,
        own_days=settings.dialer.own_days(settings.special_days),
        attempts=settings.dialer.attempts.rules,
        pacing=settings.dialer.pacing,
        rest=settings.dialer.rest,
        language=settings.default_language,
        asking={kind: (one.questionnaire, one.way) for kind, one in settings.revisits.kinds.items()},
        queues=kinds,
        skills={name: queue.skill for name, queue in settings.queues.items()},
        language_skills={name: entry.skill for name, entry in settings.languages.items() if entry.skill},
        kept=settings.kept_agents,
        own_queue=settings.silence.queue,
        numbers=number_rules(settings),
        area_code=settings.company.area_code,
        dissatisfied_at_most=settings.revisits.dissatisfied_at_most,
        looked_at=timedelta(minutes=settings.revisits.preview_minutes),
        written_within=timedelta(minutes=settings.revisits.result_minutes),
        clockwork=clockwork(settings),
    )


def number_rules(settings: Settings) -> NumberRules:
    """Which numbers of customers may be called at all (config.yaml: calling_out).

    A customer has no short and no emergency number, whatever may be called from a desk.
    """
    rules = settings.calling_out
    own = {settings.company.hotline, *settings.numbers}
    if settings.company.area_code is not None:
        own |= {settings.company.area_code + number for number in own}
    return NumberRules(
        emergency=rules.emergency_numbers,
        emergency_allowed=(),
        countries=rules.countries,
        premium=rules.premium,
        short=(),
        own=own,
    )
