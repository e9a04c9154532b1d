"""`hotline run`: prepares everything, then keeps PBX, engine and console running until told to stop."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import structlog

from ivr.asterisk.embedded import EmbeddedAsterisk
from ivr.asterisk.fetch import find_asterisk
from ivr.asterisk.folders import AsteriskFolders
from ivr.asterisk.install import AsteriskInstall
from ivr.asterisk.progress import progress_line
from ivr.config import Settings
from ivr.config.sections import DeviceKind, PbxMode
from ivr.errors import ConfigError, HomeUnusable, HotlineError
from ivr.logs import write_logs
from ivr.operation import demo, home_lock
from ivr.operation.caller_rescue import CallerRescue
from ivr.operation.checks import before_start
from ivr.operation.doctor import Examined
from ivr.operation.engine_watch import EngineWatch
from ivr.operation.hints_keeper import HintsKeeper
from ivr.operation.kept_programs import ChildProgram, KeptProgram, Pbx
from ivr.operation.nightly import DiskWatch, Nightly
from ivr.operation.reload_command import ASKED_BY
from ivr.operation.supervisor import Supervisor
from ivr.operation.web_probe import answers, web_address
from ivr.people_command import print_first_sign_ins
from ivr.speech.install import install_prompts
from ivr.speech.spoken_texts import prompt_texts
from storage.database import Database
from storage.people import FirstSignIn, seed_people
from storage.queries import demo as demo_rows

log = structlog.get_logger(__name__)

_replacing: set[asyncio.Task[None]] = set()
PBX_LOGS = ("messages.log", "security.log", "console.log")


def say(line: str) -> None:
    """Tell the operator, with the time of day; kept in the log too."""
    log.info("said", words=line)
    show(f"{datetime.now():%H:%M:%S}  {line}")


def show(line: str) -> None:
    """Print a line; a terminal that is gone does not end the hotline."""
    try:
        print(line, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - for the rest of this process


def run(settings: Settings, prompts_folder: Path, environment: Mapping[str, str]) -> int:
    """Run the hotline until Ctrl-C or SIGTERM; returns the exit code.

    :param environment: usually ``os.environ``; the engine and the console get it too.
    :raises HotlineError: something is missing or wrong; nothing runs any more then.
    """
    signal.signal(signal.SIGTERM, _stop_preparing)
    signal.signal(ASKED_BY, signal.SIG_IGN)  # until there is an engine to be replaced
    lock = home_lock.hold(settings.home, home_lock.SUPERVISOR)
    home_lock.sign(lock, os.getpid())
    try:
        logs = _log_files(settings)
        with logs[0].open("a", encoding="utf-8") as own_log:
            write_logs(own_log)
            try:
                return _prepare_and_keep(settings, prompts_folder, environment, logs)
            except KeyboardInterrupt:
                show("stopped before anything was started")
                return 0
    finally:
        os.close(lock)


def _stop_preparing(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _log_files(settings: Settings) -> list[Path]:
    folder = settings.home / "log"
    files = [folder / f"{name}.log" for name in (home_lock.SUPERVISOR, home_lock.ENGINE, home_lock.CONSOLE)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            file.touch(mode=0o600)
    except OSError as error:
        raise HomeUnusable(f"{error.filename}: {error.strerror}; let this user write it") from None
    return files


def _prepare_and_keep(
    settings: Settings, prompts_folder: Path, environment: Mapping[str, str], logs: list[Path]
) -> int:
    if wrong := before_start(Examined(settings, prompts_folder, environment, datetime.now(UTC))):
        raise ConfigError([finding.what for finding in wrong])
    install = find_asterisk(settings, environment, progress_line(sys.stdout))
    if install is not None:
        _install_prompts(settings, prompts_folder)
    database = Database(settings.database_address)
    first_sign_ins: list[FirstSignIn] = []
    try:
        database.upgrade(show)
        is_demo = demo.is_wanted(database, settings)
        first_sign_ins = seed_people(database, settings, datetime.now(UTC))
        if is_demo:
            first_sign_ins += _fill_demo(database, settings)
        asyncio.run(_keep(settings, environment, install, database, logs, first_sign_ins))
    finally:
        if first_sign_ins:  # people were made, and then something did not start: they are shown all the same
            _show_sign_ins(settings, first_sign_ins)
        database.close()
    return 0


def _install_prompts(settings: Settings, prompts_folder: Path) -> None:
    """Put the prompts where our own PBX plays them from; a remote one is given them by hand."""
    sounds = AsteriskFolders.of_home(settings.home).sounds
    if not (sounds / "hotline").exists():
        show("converting the prompts for the telephone")
    report = install_prompts(prompts_folder, sounds, prompt_texts(settings))
    for finding in report.stale:
        say(f"warning: {finding}")


def _fill_demo(database: Database, settings: Settings) -> list[FirstSignIn]:
    """Fill a new demo in; returns who was made for it."""
    filled = demo.fill(database, settings, datetime.now(UTC))
    show(
        f"demo: made up {filled.customers} customers, {filled.units} units, "
        f"{filled.cases} cases and {len(filled.people)} people"
    )
    return filled.people


def _show_demo(settings: Settings, database: Database) -> None:
    """Say at every start that the archive holds made-up customers."""
    with database.read() as connection:
        left = demo_rows.count(connection)
    if left:
        show(f"  demo     {left} made-up customers are in the archive (demo: false for service)")
        show("           taken out with the import of a real list, or by `hotline demo clear`")
        if settings.demo:
            show(f"  try it   {_console_address(settings)}try (a telephone in the browser)")


async def _keep(
    settings: Settings,
    environment: Mapping[str, str],
    install: AsteriskInstall | None,
    database: Database,
    logs: list[Path],
    first_sign_ins: list[FirstSignIn],
) -> None:
    watch = EngineWatch(database, settings.pbx.node, say)
    engine = _child(home_lock.ENGINE, "ivr", settings, environment, watch)
    console = _child(home_lock.CONSOLE, "agent_console", settings, environment, watch)
    pbx = [Pbx(EmbeddedAsterisk(settings, install))] if install is not None else []
    ending: list[KeptProgram] = [console, engine, *pbx]
    supervisor = Supervisor(
        [[*pbx, engine], [console]], ending, logs, say, _pbx_logs(settings) if pbx else []
    )

    def started() -> None:
        _show_ready(settings)
        _show_demo(settings, database)
        _show_sign_ins(settings, first_sign_ins)
        log.info("hotline.ready", seconds=round(_seconds_since_start(), 1))

    hints = HintsKeeper(settings, database, environment)
    nightly, disk = Nightly(settings, database, say), DiskWatch(settings, say)
    rescue = CallerRescue(settings, database, engine, say)
    asyncio.get_running_loop().add_signal_handler(ASKED_BY, lambda: _replace(engine))
    await supervisor.run(
        started, [lambda: watch.watch(engine), nightly.keep, disk.keep, hints.keep, rescue.keep]
    )
    show("The hotline has ended.")


def _replace(engine: ChildProgram) -> None:
    """A new engine is wanted (`hotline reload`)."""

    async def replace() -> None:
        say("a new engine is prepared; it takes over the calls of the old one")
        began = time.monotonic()
        try:
            await engine.replace()
        except HotlineError as error:
            say(str(error))
        else:
            say(f"the new engine has taken over after {time.monotonic() - began:.1f} s")

    _replacing.add(task := asyncio.get_running_loop().create_task(replace(), name="reload"))
    task.add_done_callback(_replacing.discard)


def _pbx_logs(settings: Settings) -> list[Path]:
    """What our own PBX writes; it never begins a file anew by itself."""
    folders = AsteriskFolders.of_home(settings.home)
    return [folders.channel_events, *(folders.log / name for name in PBX_LOGS)]


def _child(
    name: str, module: str, settings: Settings, environment: Mapping[str, str], watch: EngineWatch
) -> ChildProgram:
    """The engine or the console. What they are to read is named by path; no setting is in a command line."""
    config = str(settings.source.absolute())
    command = [sys.executable, "-m", module]
    command += ["--config", config, "engine"] if name == home_lock.ENGINE else [config]
    console = settings.console

    async def console_answers(since: datetime) -> bool:
        return await answers(console.host, console.port)

    return ChildProgram(
        name,
        settings.home,
        command,
        {**environment, "HOTLINE_HOME": str(settings.home), "PYTHONUNBUFFERED": "1"},
        watch.is_ready if name == home_lock.ENGINE else console_answers,
        say,
    )


# -- what the operator sees -----------------------------------------------------------------------


def _console_address(settings: Settings) -> str:
    console = settings.console
    scheme = "https" if console.https else "http"
    return f"{scheme}://{web_address(console.host, console.port)}/"


def _show_ready(settings: Settings) -> None:
    sip = settings.pbx.sip
    show(f"The hotline is ready after {_seconds_since_start():.1f} s.")
    show(f"  number   {settings.company.hotline} ({settings.company.name.zh}, {settings.company.name.en})")
    show(f"  dial     sip:{settings.numbers[0]}@{web_address(sip.host, sip.port)}")
    show(f"  console  {_console_address(settings)}")
    show(f"  files    {settings.home}  (logs: {settings.home / 'log'})")
    cut = "" if settings.pbx.mode is PbxMode.REMOTE else "; calls that are up then are cut"
    show(f"  end      Ctrl-C{cut}")


def _show_sign_ins(settings: Settings, first_sign_ins: list[FirstSignIn]) -> None:
    """Show what is never shown again, and forget it."""
    if not first_sign_ins:
        return
    show("First sign-ins:")
    print_first_sign_ins(first_sign_ins)
    if any(person.device.kind is DeviceKind.PHONE for person in settings.people):
        sip = settings.pbx.sip
        show(f"Phones register by SIP (UDP) with the server {web_address(sip.host, sip.port)}.")
    first_sign_ins.clear()


def _seconds_since_start() -> float:
    """Seconds since this process was started, its imports included."""
    ticks = float(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
