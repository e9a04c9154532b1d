"""`hotline revisits`: calls to customers planned, begun, paused and reported (R-16.6)."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from ivr.config import Settings
from ivr.config.questionnaire_files import of_kinds
from ivr.errors import ConfigError
from ivr.standard.dial_state import CampaignState
from ivr.standard.dialing_hours import next_opening
from storage.database import Database
from storage.dial_rules import DialRules, dial_rules
from storage.queries import campaign_progress, dialer_state, revisit_report
from storage.queries.dial_planning import Planned, plan
from storage.queries.revisit_report import Satisfaction

REPORTED_DAYS = 30
MOVES = {
    "start": CampaignState.RUNNING,
    "pause": CampaignState.PAUSED,
    "stop": CampaignState.STOPPED,
}
"""What an operator types to move a campaign or an outage's telling on."""
_CELL = 26


def add_revisits_commands(subparsers: Any) -> None:
    """Add `revisits plan|run|pause|report` to the hotline's command line.

    :param subparsers: what ``ArgumentParser.add_subparsers()`` returned. The parsed arguments then have
        ``run``, to be called with (settings, arguments).
    """
    revisits: argparse.ArgumentParser = subparsers.add_parser("revisits", help="calls to customers")
    actions = revisits.add_subparsers(dest="revisits_action", required=True, metavar="ACTION")
    actions.add_parser("plan", help="gather what is to be called; calls nobody").set_defaults(run=plan_calls)
    actions.add_parser("run", help="let the dialer call, within the windows").set_defaults(run=let_run)
    actions.add_parser("pause", help="begin no call any more; those that are up go on").set_defaults(
        run=pause
    )
    report = actions.add_parser("report", help="the queue, what came of calls, and how satisfied people are")
    report.add_argument(
        "--days",
        type=_days,
        default=REPORTED_DAYS,
        metavar="DAYS",
        help="back from now (default: %(default)s)",
    )
    report.set_defaults(run=show_report)


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 3660:
        raise argparse.ArgumentTypeError(f'"{text}": write a number of days from 1 to 3660')
    return int(text)


def plan_calls(settings: Settings, arguments: argparse.Namespace) -> None:
    """Gather what is to be called, and say how much there is.

    :raises QuestionnaireError: what would be asked is wrong.
    """
    of_kinds(settings, settings.prompts_folder)
    rules = dial_rules(settings)
    with opened(settings) as database:
        whole = plan_all(database, rules, datetime.now(UTC))
        print(
            f"planned: {whole.revisits} revisits, {whole.call_backs} promised calls; "
            f"{whole.refused} without a number that may be called; {whole.dropped} not owed any more"
        )
        _print_queue(database)


def plan_all(database: Database, rules: DialRules, now: datetime) -> Planned:
    """Plan until there is nothing left, a transaction at a time."""
    whole = Planned(more=True)
    while whole.more:
        with database.write() as connection:
            whole += plan(connection, now, rules, after=whole.last)
    return whole


def let_run(settings: Settings, arguments: argparse.Namespace) -> None:
    """Let the dialer call.

    :raises ConfigError: there is no trunk to call over, or no window in which anybody may be called.
    :raises QuestionnaireError: what would be asked is wrong.
    """
    of_kinds(settings, settings.prompts_folder)
    rules, now = dial_rules(settings), datetime.now(UTC)
    opening = next_opening(rules.hours, rules.kind_of, rules.local(now))
    problems = []
    if not any(trunk.outbound is not None for trunk in settings.all_trunks):
        problems.append(f"{settings.source}: trunks: none has outbound, so nobody can be called; name one")
    if opening is None:
        problems.append(
            f"{settings.source}: dialer.windows: nobody may be called within two months; name a window"
        )
    if settings.dialer.most_lines == 0:
        problems.append(f"{settings.source}: dialer.most_lines: is 0, so nobody would be called")
    if problems:
        raise ConfigError(problems)
    with opened(settings) as database:
        with database.write() as connection:
            changed = dialer_state.switch(connection, True, now)
        print("the dialer runs" if changed else "the dialer runs already")
        if opening is not None and opening > rules.local(now):
            print(f"the next window opens {opening:%Y-%m-%d %H:%M}")
        _print_queue(database)


def pause(settings: Settings, arguments: argparse.Namespace) -> None:
    """Let the dialer begin no call; alarm callers who hung up unanswered are called back all the same."""
    with opened(settings) as database, database.write() as connection:
        changed = dialer_state.switch(connection, False, datetime.now(UTC))
    print("the dialer is paused; calls that are up go on" if changed else "the dialer is paused already")


def show_report(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print the queue, the campaigns, what came of calls, and satisfaction (R-3.6)."""
    now = datetime.now(UTC)
    since = now - timedelta(days=arguments.days)
    with opened(settings) as database:
        with database.read() as connection:
            state = dialer_state.state(connection)
            running = campaign_progress.progress(connection)
            results = revisit_report.results(connection, since, now)
            found = revisit_report.satisfaction(connection, since, now, settings.zone)
        print("the dialer runs" if state.running else "the dialer is paused")
        _print_queue(database)
    if running:
        print("\ncampaigns")
        for one in running:
            ended = ", ".join(f"{end} {count}" for end, count in sorted(one.ended.items()))
            print(
                f"  {one.id} {one.name}: {one.state}; {one.waiting} to call, {one.calling} being called, "
                f"{one.rows_refused} of {one.rows} rows refused{'; ' + ended if ended else ''}"
            )
    print(f"\ncalls of the last {arguments.days} days")
    for result, count in sorted(results.items()):
        print(f"  {result:{_CELL}} {count:7}")
    for title, groups in (
        ("first responder", found.by_agent),
        ("unit", found.by_unit),
        ("kind", found.by_kind),
        ("week from", found.by_week),
    ):
        _print_groups(title, groups)


def _print_queue(database: Database) -> None:
    with database.read() as connection:
        counts = revisit_report.queue_counts(connection)
    for count in counts:
        standing = f"{count.status} ({count.end})" if count.end is not None else str(count.status)
        print(f"  {count.reason:{_CELL}} {standing:{_CELL}} {count.tasks:7}")
    if not counts:
        print("  nobody is to be called")


def _print_groups(title: str, groups: Sequence[Satisfaction]) -> None:
    if not groups:
        return
    print(f"\n{title:{_CELL}} answered  score (of)      solved (of)     dissatisfied")
    for one in groups:
        mean = f"{one.mean:.2f} ({one.scored})" if one.mean is not None else "-"
        print(
            f"{one.group:{_CELL}} {one.asked:8}  {mean:14}  {f'{one.solved} ({one.judged})':14}  "
            f"{one.dissatisfied:12}"
        )


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database of the settings, checked first and closed at the end."""
    database = Database(settings.database_address)
    try:
        database.check()
        yield database
    finally:
        database.close()
