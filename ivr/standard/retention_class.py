"""Classes of what is deleted when its time is over. Cases and their entries are in none of them (R-AR)."""

from enum import StrEnum


class RetentionClass(StrEnum):
    """What has a time of its own (config.yaml: retention)."""

    RECORDINGS = "recordings"  # conversations with callers
    REVISITS = "revisits"  # recordings of calls to customers; at least 30 days
    MESSAGES = "messages"  # what callers left out of hours
    PHOTOS = "photos"  # pictures of closed cases; the entry that they were there stays
    DRAFTS = "drafts"  # of records that were begun and not saved again since
    VISITOR_PHONES = "visitor_phones"  # of the page /try
    CALL_EVENTS = "call_events"  # what was noted while calls were up; the calls themselves stay
