"""A drawn recording is what was recorded: its SHA-256 is computed before anybody listens (R-QA1)."""

import hashlib

from agent_console.calls.recordings import file_of
from ivr.config import Settings
from ivr.standard.quality_draw import FindingKind
from ivr.standard.recording_status import RecordingStatus
from storage.queries.quality_samples import SampleLine


def finding(settings: Settings, sample: SampleLine) -> tuple[FindingKind, str] | None:
    """What is wrong with a sample's recording, with a detail for the record.

    None: it is as it was, or was deleted at the end of the time it is to be kept, which is no finding.
    """
    if sample.status is RecordingStatus.DELETED:
        return None
    if sample.status is RecordingStatus.FAILED:
        return FindingKind.NOT_RECORDED, sample.failure or ""
    file = file_of(settings, sample.recording_name)
    if file is None:
        return FindingKind.MISSING, f"{sample.recording_name}.wav"
    try:
        with file.open("rb") as sound:
            digest = hashlib.file_digest(sound, "sha256").hexdigest()
    except OSError as error:
        return FindingKind.MISSING, f"{sample.recording_name}.wav: {error.strerror}"
    if digest != sample.sha256:
        return FindingKind.CHANGED, f"{sample.recording_name}.wav: SHA-256 {digest}"
    return None
