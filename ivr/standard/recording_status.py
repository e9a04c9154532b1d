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
