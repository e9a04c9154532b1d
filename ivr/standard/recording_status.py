"""What is recorded, and whether it came out well."""

from enum import StrEnum


class RecordingKind(StrEnum):
    """What a recording holds."""

    CONVERSATION = "conversation"  # caller left, agent right
    MESSAGE = "message"  # the caller alone, out of hours


class RecordingStatus(StrEnum):
    """How far a recording has come."""

    RUNNING = "running"  # being recorded
    FINISHED = "finished"  # on disk, with length and SHA-256
    FAILED = "failed"  # not there or not usable; the reason is kept
    DELETED = "deleted"  # its time was over (config.yaml: retention); that it was made is kept


class RecordingFailure(StrEnum):
    """Why a recording did not come out; kept before a colon and the details."""

    NOT_BEGUN = "not_begun"  # the PBX does not record: it made no file
    STOPPED = "stopped"  # the PBX gave up while it recorded
    SILENT = "silent"  # the PBX's file holds no sound
    LOST = "lost"  # the PBX's file is not there any more, or cannot be read
    NOT_KEPT = "not_kept"  # the finished file could not be written: disk full, rights

    def because(self, details: object) -> str:
        """The reason as it is kept."""
        return f"{self.value}: {details}"


def failure_of(kept: str | None) -> RecordingFailure | None:
    """The reason that was kept; None where none was, or one of before there were words for them."""
    reason = (kept or "").partition(":")[0]
    return RecordingFailure(reason) if reason in list(RecordingFailure) else None
