"""Why a draw, a score or an objection is refused (R-QA1, R-QA2)."""

from enum import StrEnum


class QualityRefusal(StrEnum):
    """One reason each; the pages have a sentence for it."""

    MONTH_NOT_OVER = "month_not_over"  # its recordings are not all there yet
    DRAWN_ALREADY = "drawn_already"  # nothing is drawn again
    NOTHING_RECORDED = "nothing_recorded"  # no conversation was recorded in the month
    NO_SUCH_SAMPLE = "no_such_sample"  # nothing was drawn under this number
    OWN_CONVERSATION = "own_conversation"  # nobody scores themselves
    MARKS_MISSING = "marks_missing"  # an item of the sheet has no mark
    SCORED_ALREADY = "scored_already"  # another reader was faster
    DECIDED_ALREADY = "decided_already"  # the second reader has decided
    SAME_READER = "same_reader"  # the first reader does not decide about the objection
    NOT_YOURS = "not_yours"  # only the agent who was scored objects
    NOT_SCORED = "not_scored"  # there is nothing to object to
    NOTHING_SAID = "nothing_said"  # an objection without words
    TOO_LATE = "too_late"  # the time for objections is over
    OBJECTED_ALREADY = "objected_already"  # the objection is with the second reader
    SHEET_CHANGED = "sheet_changed"  # the sheet is not the one the form was made of
