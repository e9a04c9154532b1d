"""Why something about a case is refused, in words that pages have a sentence for."""

from enum import StrEnum


class CaseRefusal(StrEnum):
    """One word a reason."""

    NO_SUCH_CASE = "no_such_case"  # there is none with this id or number
    NOT_POSSIBLE_NOW = "not_possible_now"  # the case's life has no such step in its state
    NOT_YOURS_TO_DO = "not_yours_to_do"  # others may do this step
    TEXT_MISSING = "text_missing"  # the step needs a reason or a result in words
    ALREADY_CLOSED = "already_closed"  # somebody else has closed it
    CHANGED_MEANWHILE = "changed_meanwhile"  # somebody else has done a step since it was read
    CLEARS_MISSING = "clears_missing"  # one of the five clears or the report is missing (R-5C)
    NO_SUCH_UNIT = "no_such_unit"  # there is none, or nothing is passed on to it any more
    NO_UNIT = "no_unit"  # to be passed on, it needs a unit
    SAME_UNIT = "same_unit"  # the unit has it already
    ALREADY_PAUSED = "already_paused"  # its clocks are stopped
    NOT_PAUSED = "not_paused"  # its clocks run
    NOTHING_RUNS = "nothing_runs"  # no clock that could be stopped or moved
    TIME_PASSED = "time_passed"  # a time that was agreed must be still to come
    TOO_EARLY = "too_early"  # a revisit before its day (R-CR)
    SAME_PERSON = "same_person"  # is the first responder already
    NO_SUCH_PERSON = "no_such_person"  # nobody active who answers calls
    UNIT_HAS_CASES = "unit_has_cases"  # a unit with open cases is not removed
    NO_REASON = "no_reason"  # a blacklist entry needs one (R-BL)
    NO_APPROVER = "no_approver"  # a blacklist entry is approved by another supervisor (R-BL)
    NO_END = "no_end"  # a blacklist entry ends on a day to come, not too far (R-BL)
    NO_SUCH_LINK = "no_such_link"  # a token that was never given
    LINK_OF_OTHER_CASE = "link_of_other_case"  # a token of another case
    LINK_ENDED = "link_ended"  # the token's time is over, or it was taken back
    CASE_CLOSED = "case_closed"  # the token's case is closed
    PHOTO_TOO_LARGE = "photo_too_large"  # larger than the limit
    NO_PHOTO = "no_photo"  # the file is no picture, whatever its name
    TOO_MANY_PHOTOS = "too_many_photos"  # the case has as many as it may
