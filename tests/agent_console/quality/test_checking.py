"""What is found about a drawn recording before anybody listens (R-QA1)."""

import hashlib
from datetime import UTC, datetime

import pytest

from agent_console.quality.checking import finding
from ivr.config import Settings
from ivr.config.sections import CallKind
from ivr.standard.quality_draw import FindingKind, PickReason
from ivr.standard.recording_status import RecordingStatus
from storage.queries.quality_samples import SampleLine

SOUND = b"RIFF as it was"


@pytest.mark.parametrize(
    ("status", "on_disk", "found"),
    [
        (RecordingStatus.FINISHED, SOUND, None),
        (RecordingStatus.FINISHED, SOUND + b"!", FindingKind.CHANGED),
        (RecordingStatus.FINISHED, None, FindingKind.MISSING),
        (RecordingStatus.FAILED, None, FindingKind.NOT_RECORDED),
        (RecordingStatus.DELETED, None, None),  # at the end of the time it is to be kept
    ],
)
def test_a_recording_is_what_was_recorded_or_there_is_a_finding(
    settings: Settings, status: RecordingStatus, on_disk: bytes | None, found: FindingKind | None
) -> None:
    settings.recordings_folder.mkdir(parents=True)
    if on_disk is not None:
        (settings.recordings_folder / "r1.wav").write_bytes(on_disk)
    sample = SampleLine(
        id=1,
        month="2026-10",
        agent_id=1,
        work_number="1001",
        name="王敏",
        recording_id=1,
        recording_name="r1",
        status=status,
        failure="disk full" if status is RecordingStatus.FAILED else None,
        sha256=hashlib.sha256(SOUND).hexdigest(),
        started_at=datetime(2026, 10, 3, tzinfo=UTC),
        seconds=9.0,
        call_id=1,
        kind=CallKind.REPAIR,
        reason=PickReason.RANDOM,
        place=1,
        first=None,
        second=None,
        objected_at=None,
        findings=0,
    )
    seen = finding(settings, sample)
    assert (seen[0] if seen is not None else None) == found
