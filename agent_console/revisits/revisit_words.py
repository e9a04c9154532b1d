"""The pages' word for every value of the rules of calls to customers."""

from enum import StrEnum

from flask_babel import lazy_gettext

from ivr.standard.dial_attempt import DialEnd, DialResult, LaterWish
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.dial_state import CampaignState, DialStatus, DoNotCallSource
from ivr.standard.questionnaire import Measures

REVISIT_WORDS: list[tuple[StrEnum, str]] = [
    (DialReason.ALARM_CALL_BACK, lazy_gettext("Call back, gas leak")),
    (DialReason.FOLLOW_UP, lazy_gettext("Dissatisfied, first responder calls")),
    (DialReason.CALL_BACK, lazy_gettext("Promised call back")),
    (DialReason.REVISIT, lazy_gettext("Revisit of a case")),
    (DialReason.OUTAGE_NOTICE, lazy_gettext("Notice of an outage")),
    (DialReason.CAMPAIGN, lazy_gettext("Campaign")),
    (DialWay.AUTOMATIC, lazy_gettext("Automatic, by keys")),
    (DialWay.AGENT, lazy_gettext("By an agent")),
    (DialStatus.OPEN, lazy_gettext("To be called")),
    (DialStatus.TAKEN, lazy_gettext("Being called")),
    (DialStatus.ENDED, lazy_gettext("Over")),
    (DialEnd.REACHED, lazy_gettext("Reached")),
    (DialEnd.UNREACHABLE, lazy_gettext("Not reached, tried often enough")),
    (DialEnd.EMPTY_NUMBER, lazy_gettext("Nobody has the number")),
    (DialEnd.NOT_WANTED, lazy_gettext("Does not want to be called")),
    (DialEnd.NO_TIME_LEFT, lazy_gettext("No time was left")),
    (DialEnd.REFUSED, lazy_gettext("The rules do not allow it")),
    (DialEnd.CANCELLED, lazy_gettext("Taken back")),
    (DialResult.DONE, lazy_gettext("Asked to the end")),
    (DialResult.PART, lazy_gettext("Asked in part")),
    (DialResult.LATER, lazy_gettext("Not convenient, another time")),
    (DialResult.NEVER, lazy_gettext("Never again")),
    (DialResult.AGENT, lazy_gettext("Spoke with an agent")),
    (DialResult.HUNG_UP, lazy_gettext("Hung up before saying yes")),
    (DialResult.NO_ANSWER, lazy_gettext("Nobody answered")),
    (DialResult.BUSY, lazy_gettext("Busy")),
    (DialResult.REJECTED, lazy_gettext("Call rejected")),
    (DialResult.OFF, lazy_gettext("Switched off or out of reach")),
    (DialResult.EMPTY, lazy_gettext("Number does not exist")),
    (DialResult.NO_LINE, lazy_gettext("Our line failed")),
    (DialResult.BROKEN, lazy_gettext("Broken off by us")),
    (LaterWish.EVENING, lazy_gettext("this evening")),
    (LaterWish.TOMORROW, lazy_gettext("tomorrow")),
    (LaterWish.UNSAID, lazy_gettext("another day")),
    (DialRefusal.DO_NOT_CALL, lazy_gettext("On the do-not-call list")),
    (DialRefusal.ASKED_RECENTLY, lazy_gettext("Was asked a short while ago")),
    (DialRefusal.OTHER_REASON_TODAY, lazy_gettext("Was called today for something else")),
    (DialRefusal.EMPTY_NUMBER, lazy_gettext("Nobody has the number")),
    (DialRefusal.NOT_TO_BE_CALLED, lazy_gettext("A number that is not called")),
    (DialRefusal.NO_NUMBER, lazy_gettext("No number is known")),
    (CampaignState.WRITING, lazy_gettext("Being written down")),
    (CampaignState.READY, lazy_gettext("Ready, not begun")),
    (CampaignState.RUNNING, lazy_gettext("Running")),
    (CampaignState.PAUSED, lazy_gettext("Paused")),
    (CampaignState.STOPPED, lazy_gettext("Stopped")),
    (CampaignState.DONE, lazy_gettext("Done")),
    (DoNotCallSource.KEY, lazy_gettext("pressed the key")),
    (DoNotCallSource.AGENT, lazy_gettext("told an agent")),
    (DoNotCallSource.OPERATOR, lazy_gettext("by the operator")),
    (Measures.SATISFACTION, lazy_gettext("Satisfaction")),
    (Measures.SOLVED, lazy_gettext("Solved")),
    (Measures.OTHER, lazy_gettext("Other")),
]
