"""The checks of `hotline check`, a function for each thing that is looked at."""

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from ivr.asterisk.config_files import refuse_unsafe_paths
from ivr.asterisk.fetch import cache_folder
from ivr.asterisk.folders import AsteriskFolders
from ivr.asterisk.install import installed_asterisk
from ivr.config.desk_texts import load_desk_texts
from ivr.config.knowledge_files import article_values, load_knowledge
from ivr.config.questionnaire_files import of_kinds
from ivr.config.sections import PbxMode
from ivr.operation import home_lock
from ivr.operation.browser_checks import browser_phones
from ivr.operation.doctor import Check, Examined, Finding, Severity, error, examine, fine, warning
from ivr.operation.home_lock import CONSOLE, ENGINE
from ivr.operation.notice_checks import duty_list, notice_texts, notices
from ivr.operation.pbx_checks import audio_ports, pbx, pbx_runs, ports
from ivr.speech.catalogue import load_catalogue
from ivr.speech.manifest import Fault, audio_findings
from ivr.speech.spoken_keys import wrong_keys
from ivr.speech.spoken_texts import prompt_texts
from ivr.working_calendar import known_until
from storage import people
from storage.database import Database

CALENDAR_WARNING = timedelta(days=60)
GB = 10**9
_NAMED_AT_MOST = 5


def configuration(examined: Examined) -> Iterator[Finding]:
    """The settings, which were read without a mistake or no check would be carried out."""
    settings = examined.settings
    folder = settings.pbx.recordings_folder
    if folder is not None and not Path(folder).is_absolute():
        yield error(f'pbx.recordings_folder: "{folder}" must begin with /')
    if settings.pbx.mode is not PbxMode.REMOTE:
        refuse_unsafe_paths(settings, AsteriskFolders.of_home(settings.home), _pbx_folder(examined))
    yield fine(f"{settings.source}, {len(settings.queues)} queues")


def _pbx_folder(examined: Examined) -> Path:
    """The folder in which the PBX's own files lie or will lie."""
    if examined.settings.pbx.mode is PbxMode.SYSTEM:
        return installed_asterisk(examined.environment).modules
    if root := examined.environment.get("HOTLINE_ASTERISK_ROOT"):
        return Path(root).absolute()
    return cache_folder(examined.environment, examined.settings.home)


def home(examined: Examined) -> Iterator[Finding]:
    """Whether the folders for what the hotline writes can be written."""
    settings = examined.settings
    folders = [(settings.home, "HOTLINE_HOME"), (settings.recordings_folder, "HOTLINE_HOME")]
    if settings.pbx.recordings_folder is not None:  # where a PBX that is not ours writes its parts
        folders.append((Path(settings.pbx.recordings_folder), "pbx.recordings_folder"))
    for folder, setting in folders:
        there = _nearest(folder)
        if not there.is_dir():
            yield error(f"{setting}: {there} is no folder; name another")
        else:
            try:
                tempfile.TemporaryFile(dir=there).close()
            except OSError as raised:
                yield error(
                    f"{setting}: {there} cannot be written by this user ({raised.strerror}); "
                    "let it, or name another folder"
                )
    yield fine(str(settings.home))


def disk(examined: Examined) -> Iterator[Finding]:
    """Free space for database, logs and recordings."""
    settings = examined.settings
    limits = settings.disk
    looked_at: set[int] = set()
    for folder in (settings.home, settings.recordings_folder):
        there = _nearest(folder)
        device = there.stat().st_dev
        if device in looked_at:
            continue
        looked_at.add(device)
        free = shutil.disk_usage(there).free / GB
        text = f"{folder}: {free:.1f} GB free"
        if free < limits.least_gb:
            yield error(f"{text}, less than disk.least_gb ({limits.least_gb:g}); make room")
        elif free < limits.warn_below_gb:
            yield warning(f"{text}, less than disk.warn_below_gb ({limits.warn_below_gb:g}); make room soon")
        else:
            yield fine(f"{free:.0f} GB free")


def prompts(examined: Examined) -> Iterator[Finding]:
    """Whether all that may be said has audio of its present wording, which tells the keys that are meant."""
    settings, folder = examined.settings, examined.prompts_folder
    catalogue = load_catalogue(folder, prompt_texts(settings))
    for name, menu in settings.menu.items():
        for prompt in menu.prompts:
            if prompt not in catalogue.prompts:
                yield error(f'menu.{name}.prompts: there is no prompt "{prompt}" in {folder}/catalogue.yaml')
    for language in settings.languages:
        if language not in catalogue.languages:
            yield error(f"languages.{language}: {folder}/catalogue.yaml has no wording in it")
    for wrong in wrong_keys(settings, catalogue, folder):
        yield Finding(Severity.ERROR if wrong.alarm else Severity.WARNING, str(wrong))
    findings = audio_findings(catalogue, folder)
    for finding in findings[:_NAMED_AT_MOST]:
        severity = Severity.ERROR if finding.fault is Fault.MISSING else Severity.WARNING
        yield Finding(severity, str(finding))
    if len(findings) > _NAMED_AT_MOST:
        missing = any(finding.fault is Fault.MISSING for finding in findings[_NAMED_AT_MOST:])
        severity = Severity.ERROR if missing else Severity.WARNING
        yield Finding(severity, f"{len(findings) - _NAMED_AT_MOST} more prompts: `hotline prompts check`")
    yield fine(f"{sum(1 for _ in catalogue.fragments())} sounds")


def desk_texts(examined: Examined) -> Iterator[Finding]:
    """Whether script, phrases and tips can be read, and every article of the knowledge base."""
    texts = load_desk_texts(examined.prompts_folder)
    knowledge = load_knowledge(examined.prompts_folder, article_values(examined.settings))
    for problem in knowledge.problems:
        yield warning(problem)  # the others are shown all the same
    yield fine(f"{len(texts.script)} lines of script, {len(knowledge.articles)} articles")


def questionnaires(examined: Examined) -> Iterator[Finding]:
    """Whether what customers are asked can be read, ends, and has its words (R-16.5)."""
    folder = examined.prompts_folder
    catalogue = load_catalogue(folder, prompt_texts(examined.settings))
    found = of_kinds(examined.settings, folder, frozenset(catalogue.prompts))
    yield fine(", ".join(found))


def database(examined: Examined) -> Iterator[Finding]:
    """Whether the database answers, can be written and is of this program; who is there to answer calls."""
    settings = examined.settings
    opened = Database(settings.database_address)
    try:
        if opened.is_sqlite and not Path(str(opened.url.database)).exists():
            yield fine(f"{opened.where} will be made by the first start")
            return
        opened.check()
        with opened.read() as connection:
            known = people.all_people(connection)
    finally:
        opened.close()
    skills = {skill for person in known if person.active for skill in person.skills}
    for name, queue in settings.queues.items():
        if queue.skill not in skills:
            yield error(
                f'queues.{name}: nobody active has the skill "{queue.skill}", so nobody answers there; '
                f"give it to somebody: hotline agents set WORK_NUMBER --skill {queue.skill}=1"
            )
    yield fine(f"{opened.where}, {sum(person.active for person in known)} people")


def calendar(examined: Examined) -> Iterator[Finding]:
    """How long the published holidays are known; beyond, the weekday decides."""
    until = known_until()
    days = examined.settings.special_days
    listed = [day for day in (*days.working_days, *days.days_off) if day > until]
    if examined.now.date() + CALENDAR_WARNING > until and not listed:
        yield warning(
            f"holidays and swapped working days are known until {until} only; update the package "
            "chinesecalendar, or list those of the next year in special_days"
        )
    yield fine(f"holidays known until {until}")


def duty_phones(examined: Examined) -> Iterator[Finding]:
    """Whether somebody is rung for a gas leak when no agent answers, or this program is down."""
    alarm = examined.settings.alarm
    if not alarm.duty_phones:
        yield warning(
            "alarm.duty_phones: none; nobody is rung for a gas leak while this program is down. "
            'List some, such as "sip:13900000000@192.0.2.10"'
        )
    else:
        yield fine(f"{len(alarm.duty_phones)}")


def twilio(examined: Examined) -> Iterator[Finding]:
    """Whether the second carrier can be used, where it is switched on."""
    settings = examined.settings.twilio
    if not settings.enabled:
        yield fine("off")
        return
    if importlib.util.find_spec("twilio") is None:
        yield error("twilio: the package is not installed; pip install 'gas-hotline[twilio]'")
    if not settings.duty_numbers:
        yield warning(
            "twilio.duty_numbers: none; nobody is rung for a gas leak while the PBX does not answer. "
            'List some, such as "+8613900000000"'
        )
    if str(settings.public_url).startswith("http://"):
        yield warning(
            "twilio.public_url: is not https; what callers say of themselves crosses the net in the clear"
        )
    yield fine(str(settings.public_url))


def clock(examined: Examined) -> Iterator[Finding]:
    """Shows the time of day as opening hours see it, for the operator to compare with a watch."""
    settings = examined.settings
    yield fine(f"{examined.now.astimezone(settings.zone):%Y-%m-%d %H:%M} in {settings.time_zone}")


def running(examined: Examined) -> Iterator[Finding]:
    """Which programs of this home run now."""
    programs = [
        name for name in (ENGINE, CONSOLE) if home_lock.holder(examined.settings.home, name) is not None
    ]
    if pbx_runs(examined.settings):
        programs.append("PBX")
    yield fine(", ".join(programs) if programs else "nothing")


CHECKS: dict[str, Check] = {
    "configuration": configuration,
    "home": home,
    "disk": disk,
    "ports": ports,
    "audio ports": audio_ports,
    "PBX": pbx,
    "browser phones": browser_phones,
    "prompts": prompts,
    "desk texts": desk_texts,
    "questionnaires": questionnaires,
    "database": database,
    "calendar": calendar,
    "duty phones": duty_phones,
    "duty list": duty_list,
    "notice texts": notice_texts,
    "notices": notices,
    "twilio": twilio,
    "clock": clock,
    "running": running,
}

BEFORE_START: dict[str, Check] = {
    name: CHECKS[name]
    for name in (
        "configuration",
        "home",
        "ports",
        "audio ports",
        "browser phones",
        "prompts",
        "desk texts",
        "notice texts",
    )
}
"""What must be right before `hotline run` starts anything."""


def before_start(examined: Examined) -> list[Finding]:
    """The errors for which nothing is started."""
    found = examine(examined, BEFORE_START)
    return [finding for each in found.values() for finding in each if finding.severity is Severity.ERROR]


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder
