"""The pages' words about draws, marks, findings and refusals (R-QA1 to R-QA3)."""

from flask_babel import lazy_gettext

from ivr.errors import QualityRefused
from ivr.standard.quality_draw import FindingKind, PickReason
from ivr.standard.quality_refusal import QualityRefusal
from ivr.standard.score_sheet import Mark

MARKS: dict[Mark, str] = {
    Mark.MET: lazy_gettext("Met"),
    Mark.FAILED: lazy_gettext("Not met"),
    Mark.NONE: lazy_gettext("No occasion"),
}
REASONS: dict[PickReason, str] = {
    PickReason.RANDOM: lazy_gettext("drawn"),
    PickReason.ALARM: lazy_gettext("alarm, always read"),
}
FINDINGS: dict[FindingKind, str] = {
    FindingKind.NOT_RECORDED: lazy_gettext("It was not recorded"),
    FindingKind.MISSING: lazy_gettext("The file is missing"),
    FindingKind.CHANGED: lazy_gettext("The file was changed: it is not what was recorded"),
}
_REFUSALS: dict[str, str] = {
    QualityRefusal.MONTH_NOT_OVER: lazy_gettext("This month is not over; it is drawn after its end."),
    QualityRefusal.DRAWN_ALREADY: lazy_gettext("This month was drawn already; nothing is drawn again."),
    QualityRefusal.NOTHING_RECORDED: lazy_gettext("No conversation was recorded in this month."),
    QualityRefusal.NO_SUCH_SAMPLE: lazy_gettext("There is no such sample."),
    QualityRefusal.OWN_CONVERSATION: lazy_gettext("Nobody scores a conversation of their own."),
    QualityRefusal.MARKS_MISSING: lazy_gettext(
        "Some items have no mark yet; they are framed. Nothing is lost."
    ),
    QualityRefusal.SCORED_ALREADY: lazy_gettext("Another reader has scored this recording already:"),
    QualityRefusal.DECIDED_ALREADY: lazy_gettext("The second reader has decided already:"),
    QualityRefusal.SAME_READER: lazy_gettext("The agent objects to your score; another reader decides."),
    QualityRefusal.NOT_YOURS: lazy_gettext("Only the agent who was scored may object."),
    QualityRefusal.NOT_SCORED: lazy_gettext("There is no score to object to yet."),
    QualityRefusal.NOTHING_SAID: lazy_gettext("Write what you do not agree with."),
    QualityRefusal.TOO_LATE: lazy_gettext("The time for objections is over; days after the score:"),
    QualityRefusal.OBJECTED_ALREADY: lazy_gettext("Your objection is with the second reader already."),
    QualityRefusal.SHEET_CHANGED: lazy_gettext(
        "The score sheet was changed while you scored; look at your marks and keep them again."
    ),
}
_WITH_WHAT = (QualityRefusal.SCORED_ALREADY, QualityRefusal.DECIDED_ALREADY, QualityRefusal.TOO_LATE)


def refusal(error: QualityRefused) -> str:
    """A refusal as a sentence of the page's language."""
    reason = QualityRefusal(error.reason)
    sentence = str(_REFUSALS[reason])
    return f"{sentence} {error.about}" if reason in _WITH_WHAT else sentence
