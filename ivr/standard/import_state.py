"""Where the import of a list of customers stands."""

from enum import StrEnum


class ImportState(StrEnum):
    """One import, from the file to the archive."""

    UPLOADED = "uploaded"  # the file is here; its columns wait to be named
    CHECKING = "checking"  # all rows are being read
    CHECKED = "checked"  # every mistake is known; waits for somebody to say yes
    IMPORTING = "importing"  # the rows are being written
    DONE = "done"  # all of it is in the archive
    FAILED = "failed"  # could not be done; nothing of it is in the archive
    INTERRUPTED = "interrupted"  # the program died over it; nothing of it is in the archive
    CANCELLED = "cancelled"  # given up by a person; nothing of it is in the archive


AT_WORK = frozenset({ImportState.CHECKING, ImportState.IMPORTING})
"""A program works on it now."""

OVER = frozenset({ImportState.DONE, ImportState.FAILED, ImportState.INTERRUPTED, ImportState.CANCELLED})
"""Nothing more will happen to it."""


class DuplicateChoice(StrEnum):
    """What becomes of a row whose customer is in the archive already."""

    UPDATE = "update"  # what the row says replaces what the archive says; empty cells change nothing
    SKIP = "skip"  # the archive stays as it is
