"""`hotline hints`: hints of drawn recordings, made in this process at the lowest priority (R-9, R-QA2)."""

import argparse
from typing import Any

from ivr.config import Settings
from ivr.hints import recogniser
from ivr.hints.making import work
from ivr.precedence import Precedence, give_way
from ivr.revisits_command import opened


def add_hints_command(subparsers: Any) -> None:
    """Add `hints` to the hotline's command line.

    :param subparsers: what ``ArgumentParser.add_subparsers()`` returned. The parsed arguments then have
        ``run``, to be called with (settings, arguments).
    """
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "hints", help="make the hints of drawn recordings; `hotline run` does it by itself"
    )
    parser.add_argument("--most", type=int, default=1000, help="so many recordings (default: %(default)s)")
    parser.set_defaults(run=make_hints)


def make_hints(settings: Settings, arguments: argparse.Namespace) -> None:
    """Make what is missing and say how much it was."""
    give_way(Precedence.HINTS)
    with opened(settings) as database:
        made = work(settings, database, arguments.most, print)
    wanted = settings.quality.hints.recogniser
    heard = "with" if wanted and recogniser.installed() else "without"
    print(f"hints of {made} recordings made, {heard} a recogniser")
