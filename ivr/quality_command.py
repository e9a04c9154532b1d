"""`hotline qa`: draws of recordings made and proven from the command line (R-QA1)."""

import argparse
import hashlib
from datetime import UTC, datetime
from typing import Any

from ivr.config import Settings
from ivr.errors import Refused
from ivr.revisits_command import opened
from ivr.standard.quality_draw import FindingKind
from ivr.standard.recording_status import RecordingStatus
from storage.database import Database
from storage.queries import quality_draws, quality_samples, quality_scores
from storage.queries.quality_samples import SampleLine

_MOST = 1_000_000


def add_quality_commands(subparsers: Any) -> None:
    """Add `qa list|verify` to the hotline's command line.

    :param subparsers: what ``ArgumentParser.add_subparsers()`` returned. The parsed arguments then have
        ``run``, to be called with (settings, arguments).
    """
    parser: argparse.ArgumentParser = subparsers.add_parser("qa", help="recordings drawn for appraisal")
    actions = parser.add_subparsers(dest="qa_action", required=True, metavar="ACTION")
    actions.add_parser("list", help="the draws, with their seeds").set_defaults(run=list_draws)
    verify = actions.add_parser("verify", help="prove the draws, and that no drawn recording was changed")
    verify.add_argument("--month", metavar="2026-10", help="only this one")
    verify.set_defaults(run=verify_draws)


def list_draws(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print the draws, the newest first."""
    with opened(settings) as database, database.read() as connection:
        found = quality_draws.draws(connection)
    for drawn in found:
        print(
            f"{drawn.month}: {drawn.samples} samples of {drawn.population} recordings "
            f"of {drawn.agents} agents, seed {drawn.seed}"
        )
    if not found:
        print("nothing was drawn yet; the appraisal group draws on the page Appraisal")


def verify_draws(settings: Settings, arguments: argparse.Namespace) -> int:
    """Make each draw again from seed and frozen population, and look at the recordings.

    :returns: exit code: 0 everything is proven and there, 1 something is not.
    :raises Refused: the month was not drawn.
    """
    with opened(settings) as database:
        with database.read() as connection:
            found = quality_draws.draws(connection)
            wanted = [each for each in found if arguments.month in (None, each.month)]
            wrong = [line for each in wanted for line in quality_draws.verify(connection, each)]
            samples = [
                sample
                for each in wanted
                for sample in quality_samples.of_month(connection, each.month, limit=_MOST)
            ]
        if arguments.month is not None and not wanted:
            raise Refused(f"{arguments.month}: nothing was drawn in this month; see: hotline qa list")
        looked_at = (_look_at(settings, database, sample) for sample in samples)
        wrong += [line for line in looked_at if line is not None]
    for line in wrong:
        print(line)
    drawn = f"{len(wanted)} draws, {len(samples)} drawn recordings"
    print(f"{drawn}: {len(wrong)} things are wrong" if wrong else f"{drawn}: proven, and all are as recorded")
    return 1 if wrong else 0


def _look_at(settings: Settings, database: Database, sample: SampleLine) -> str | None:
    """What is wrong with a drawn recording; kept as a finding."""
    file = settings.recordings_folder / f"{sample.recording_name}.wav"
    found: tuple[FindingKind, str] | None = None
    if sample.status is RecordingStatus.DELETED:
        return None  # at the end of the time it is to be kept
    if sample.status is RecordingStatus.FAILED:
        found = FindingKind.NOT_RECORDED, sample.failure or ""
    else:
        try:
            with file.open("rb") as sound:
                digest = hashlib.file_digest(sound, "sha256").hexdigest()
            if digest != sample.sha256:
                found = FindingKind.CHANGED, f"{file.name}: SHA-256 {digest}"
        except OSError:
            found = FindingKind.MISSING, file.name
    if found is None:
        return None
    with database.write() as connection:
        quality_scores.find(connection, sample.id, *found, None, datetime.now(UTC))
    return f"{sample.month}: recording {sample.recording_id} of {sample.work_number}: {found[0]}: {found[1]}"
