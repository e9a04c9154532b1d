"""The `hotline` command: what the operator types. What stands behind it is imported when it is asked for."""

import argparse
import os
import platform
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module, metadata
from pathlib import Path
from typing import NoReturn, TypeAlias

from ivr.config import Settings, load
from ivr.errors import ConfigError, HotlineError, PbxError

CONFIG_FILE = "config.yaml"
PROJECT = Path(__file__).resolve().parent.parent

Command = Callable[[Settings, argparse.Namespace], int | None]
"""What a subcommand does; the exit code, None for 0."""

Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"
"""Where commands are added to the command line."""

ADDED_BY = {
    "run": "ivr.cli:_add_run",
    "check": "ivr.cli:_add_check",
    "agents": "ivr.people_command:add_agents_commands",
    "units": "ivr.units_command:add_units_commands",
    "customers": "ivr.customers_command:add_customers_commands",
    "demo": "ivr.customers_command:add_customers_commands",
    "revisits": "ivr.revisits_command:add_revisits_commands",
    "campaigns": "ivr.campaigns_command:add_campaigns_commands",
    "outages": "ivr.outages_command:add_outages_commands",
    "simulate": "ivr.simulate_command:add_simulate_command",
    "qa": "ivr.quality_command:add_quality_commands",
    "hints": "ivr.hints_command:add_hints_command",
    "prompts": "ivr.cli:_add_prompts_commands",
    "pbx": "ivr.cli:_add_pbx_commands",
    "db": "ivr.cli:_add_db_commands",
    "audit": "ivr.operation.audit_command:add_audit_commands",
    "retention": "ivr.operation.retention_command:add_retention_commands",
    "reload": "ivr.operation.reload_command:add_reload_command",
    "engine": "ivr.cli:_add_engine",
    "version": "ivr.cli:_add_version",
}
"""Each command, in the order of the help, and the function that adds it to the command line.

Only that of the command which is asked for is imported: an engine that starts again while people wait does
not load what reads a list of customers.
"""


class _Parser(argparse.ArgumentParser):
    """Shows the whole help beside what is wrong with the arguments."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n\n{self.format_help()}")


def parser(asked: str | None = None) -> argparse.ArgumentParser:
    """Everything the command line may say; ``run`` of the parsed arguments does it.

    :param asked: a command; then nothing is there of the others.
    """
    hotline = _Parser(
        prog="hotline", description="The telephone hotline of a gas company.", parents=[_anywhere()]
    )
    commands = hotline.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    for where in [ADDED_BY[asked]] if asked in ADDED_BY else dict.fromkeys(ADDED_BY.values()):
        module, _, add = where.partition(":")
        getattr(import_module(module), add)(commands)
    return hotline


def _add_run(commands: Commands) -> None:
    run = commands.add_parser("run", help="start PBX, engine and console, and keep them running")
    run.set_defaults(run=_run)


def _add_check(commands: Commands) -> None:
    commands.add_parser("check", help="find what is wrong before it hurts").set_defaults(run=_check)


def _add_engine(commands: Commands) -> None:
    engine = commands.add_parser("engine", help="only the engine; `hotline run` starts it")
    engine.add_argument("--after", type=int, metavar="PID", help=argparse.SUPPRESS)
    engine.add_argument("--tell", type=int, metavar="DESCRIPTOR", help=argparse.SUPPRESS)
    engine.set_defaults(run=_engine)


def _add_version(commands: Commands) -> None:
    commands.add_parser("version", help="show the versions").set_defaults(run=None)


def _add_prompts_commands(commands: Commands) -> None:
    from ivr.speech.command import add_prompts_commands

    add_prompts_commands(commands)
    commands.choices["prompts"].set_defaults(run=_prompts)


def _anywhere() -> argparse.ArgumentParser:
    """What may stand before, between and after the commands."""
    anywhere = _Parser(prog="hotline", add_help=False, allow_abbrev=False)
    anywhere.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=f"the settings (default: $HOTLINE_CONFIG, else {CONFIG_FILE} here or beside the program)",
    )
    return anywhere


def _add_pbx_commands(commands: Commands) -> None:
    pbx = commands.add_parser("pbx", help="the Asterisk behind the hotline")
    actions = pbx.add_subparsers(dest="pbx_action", required=True, metavar="ACTION")
    install = actions.add_parser(
        "install", help="fetch the Asterisk that pbx.mode asks for, if it is missing"
    )
    install.set_defaults(run=_pbx_install)
    config = actions.add_parser("config", help="write the files for an Asterisk on another machine")
    config.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="made if it is missing")
    config.add_argument(
        "--data",
        type=Path,
        default=Path("/usr/share/asterisk"),
        metavar="FOLDER",
        help="that machine's astdatadir, with sounds and moh (default: %(default)s)",
    )
    config.set_defaults(run=_pbx_config)


def _add_db_commands(commands: Commands) -> None:
    from ivr.operation.backup_command import add_backup_commands

    database = commands.add_parser("db", help="the database")
    actions = database.add_subparsers(dest="db_action", required=True, metavar="ACTION")
    actions.add_parser("upgrade", help="bring the tables to this program's version").set_defaults(
        run=_db_upgrade
    )
    add_backup_commands(actions)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    :param arguments: without the program's name; None: this process's own.
    :returns: the exit code: 0 done, 1 not done or something found, 2 wrong arguments (raised as SystemExit).
    """
    given, rest = _anywhere().parse_known_args(arguments)
    asked = parser(next(iter(rest), None)).parse_args(rest)
    if asked.command == "version":
        print(f"hotline {metadata.version('gas-hotline')} (Python {platform.python_version()})")
        return 0
    home: Path | None = None
    try:
        settings = load(_config_file(given.config), os.environ)
        home = settings.home
        command: Command = asked.run
        return command(settings, asked) or 0
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
    except HotlineError as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        say_unexpected(error, home)
    return 1


def _config_file(asked_for: Path | None) -> Path:
    if asked_for is not None:
        return asked_for
    if given := os.environ.get("HOTLINE_CONFIG"):
        return Path(given)
    here = Path(CONFIG_FILE)
    beside = PROJECT / CONFIG_FILE
    return here if here.exists() or not beside.exists() else beside


def say_unexpected(error: Exception, home: Path | None) -> None:
    """Keep the whole trace for whoever mends it, and tell the operator in a line where it is."""
    trace = traceback.format_exc()
    where = ""
    if home is not None:
        file = home / "log" / "unexpected.log"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a", encoding="utf-8") as log:
                log.write(f"{datetime.now(UTC).isoformat()} {' '.join(sys.argv[1:])}\n{trace}\n")
            where = f"; the whole trace is in {file}"
        except OSError:
            where = f"\n{trace}"
    print(f"unexpected error: {type(error).__name__}: {error}{where or chr(10) + trace}", file=sys.stderr)


# -- the commands ---------------------------------------------------------------------------------


def _run(settings: Settings, asked: argparse.Namespace) -> int:
    from ivr.operation.running import run

    return run(settings, settings.prompts_folder, os.environ)


def _check(settings: Settings, asked: argparse.Namespace) -> int:
    from ivr.operation.checks import CHECKS
    from ivr.operation.doctor import Examined, examine, report

    examined = Examined(settings, settings.prompts_folder, os.environ, datetime.now(UTC))
    return report(examine(examined, CHECKS), print)


def _engine(settings: Settings, asked: argparse.Namespace) -> None:
    import uvloop

    from ivr.app import EngineApp
    from ivr.logs import write_logs
    from ivr.operation.home_lock import ENGINE, claim
    from ivr.operation.reload_command import wait_for_turn
    from ivr.precedence import Precedence, give_way

    give_way(Precedence.ENGINE)
    write_logs(sys.stderr)
    if asked.after is not None:
        app = EngineApp(settings, settings.prompts_folder)
        wait_for_turn(settings, asked.after, asked.tell)
        claim(settings.home, ENGINE)
    else:
        claim(settings.home, ENGINE)
        app = EngineApp(settings, settings.prompts_folder)
    uvloop.run(app.run())


def _prompts(settings: Settings, asked: argparse.Namespace) -> int:
    from ivr.speech.command import run_prompts_command
    from ivr.speech.spoken_texts import prompt_texts

    return run_prompts_command(asked, settings.prompts_folder, prompt_texts(settings))


def _pbx_install(settings: Settings, asked: argparse.Namespace) -> None:
    from ivr.asterisk.fetch import find_asterisk
    from ivr.asterisk.progress import progress_line

    install = find_asterisk(settings, os.environ, progress_line(sys.stdout))
    if install is None:
        raise PbxError("pbx.mode is remote: Asterisk is installed on that machine; see `hotline pbx config`")
    print(f"Asterisk {'.'.join(map(str, install.version))}: {install.command[-1]}")


def _pbx_config(settings: Settings, asked: argparse.Namespace) -> None:
    from ivr.asterisk.config_files import write_config_files

    for file in write_config_files(settings, asked.to, asked.data):
        print(file)
    print("They belong into that machine's /etc/asterisk; what else it needs: docs/INSTALL.md")


def _db_upgrade(settings: Settings, asked: argparse.Namespace) -> None:
    from storage.database import Database

    database = Database(settings.database_address)
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        if not database.upgrade(print):
            print(f"{database.where}: is up to date")
    finally:
        database.close()
