"""Name and definition of every figure of the reports: the one place where they are worded."""

from flask_babel import lazy_gettext

from ivr.standard.report_figures import Figure

NAMES: dict[Figure, str] = {
    Figure.OFFERED: lazy_gettext("Reached a queue"),
    Figure.ANSWERED: lazy_gettext("Answered"),
    Figure.ABANDONED: lazy_gettext("Abandoned"),
    Figure.NOT_WAITED: lazy_gettext("Left otherwise"),
    Figure.ANSWERED_SHARE: lazy_gettext("Share answered"),
    Figure.WITHIN_QUICK: lazy_gettext("Quickly answered"),
    Figure.WITHIN_SOON: lazy_gettext("Soon answered"),
    Figure.MEAN_WAIT: lazy_gettext("Mean wait"),
    Figure.WITHIN_RINGS: lazy_gettext("Within three rings"),
    Figure.MISSED: lazy_gettext("Missed"),
    Figure.TALKS: lazy_gettext("Conversations"),
    Figure.MEAN_TALK: lazy_gettext("Mean conversation"),
    Figure.WITHIN_GOAL: lazy_gettext("Within the goal"),
    Figure.HOLD: lazy_gettext("Hold"),
    Figure.WRAP_UP: lazy_gettext("Wrap-up time"),
    Figure.OCCUPANCY: lazy_gettext("Occupancy"),
    Figure.AGENT_HANG_UPS: lazy_gettext("Ended by the agent"),
    Figure.TRANSFERS: lazy_gettext("Passed on"),
    Figure.RATED: lazy_gettext("Ratings"),
    Figure.SATISFACTION: lazy_gettext("Satisfaction"),
    Figure.REVISIT_TRIES: lazy_gettext("Revisit calls"),
    Figure.REVISITED: lazy_gettext("Revisited"),
    Figure.REVISIT_DISSATISFIED: lazy_gettext("Dissatisfied"),
    Figure.REVISIT_SATISFACTION: lazy_gettext("Satisfaction, revisits"),
}

DEFINITIONS: dict[Figure, str] = {
    Figure.OFFERED: lazy_gettext(
        "Callers who reached a queue. A call belongs to the time in which it arrived, though it lasts beyond."
    ),
    Figure.ANSWERED: lazy_gettext("Of those offered: talked to somebody."),
    Figure.ABANDONED: lazy_gettext("Of those offered: hung up while waiting, also while a phone rang."),
    Figure.NOT_WAITED: lazy_gettext(
        "Of those offered: asked to be called back, left a message, failed by our fault, or still wait."
    ),
    Figure.ANSWERED_SHARE: lazy_gettext("Answered, of those offered."),
    Figure.WITHIN_QUICK: lazy_gettext(
        "Answered within the first time of config.yaml (15 s), of those offered; exactly so long is in time."
    ),
    Figure.WITHIN_SOON: lazy_gettext(
        "Answered within the second time of config.yaml (20 s), of those offered; exactly so long is in time."
    ),
    Figure.MEAN_WAIT: lazy_gettext("From reaching the queue to the first conversation, of those answered."),
    Figure.WITHIN_RINGS: lazy_gettext(
        "Offers that agents answered, of those answered and missed (R-12.3). Busy, unreachable, answered by "
        "a colleague or given up by the caller is not the agent's fault and not counted."
    ),
    Figure.MISSED: lazy_gettext("Offers that rang three times without an answer (R-12.3)."),
    Figure.TALKS: lazy_gettext(
        "Conversations begun in the time. All of an agent's part in a call is one, also in several pieces; "
        "calls out count, being asked by a colleague does not."
    ),
    Figure.MEAN_TALK: lazy_gettext("Of a conversation, holds included."),
    Figure.WITHIN_GOAL: lazy_gettext(
        "Conversations of at most the goal (three minutes), of all (R-12.8); exactly so long is within."
    ),
    Figure.HOLD: lazy_gettext("Time in which callers heard music, of the holds begun in the time (R-12.9)."),
    Figure.WRAP_UP: lazy_gettext("Time in the state of wrap-up; cut where the time begins and ends."),
    Figure.OCCUPANCY: lazy_gettext(
        "Talking and wrap-up, of the time in which calls were taken: ready, ringing, talking, wrap-up."
    ),
    Figure.AGENT_HANG_UPS: lazy_gettext(
        "Calls whose agent's side went first: the leg dropped, or an end with a reason (R-12.12)."
    ),
    Figure.TRANSFERS: lazy_gettext("Calls passed on that somebody or a queue took."),
    Figure.RATED: lazy_gettext("Callers who gave a rating (R-3.6)."),
    Figure.SATISFACTION: lazy_gettext("Mean of the ratings (R-3.6)."),
    Figure.REVISIT_TRIES: lazy_gettext(
        "Calls made in the time to revisit somebody about a case; those that failed on our own line are not "
        "counted (R-16.6). They count for the first responder."
    ),
    Figure.REVISITED: lazy_gettext("Of the revisit calls: agreed to be asked, and was asked (R-16.2)."),
    Figure.REVISIT_DISSATISFIED: lazy_gettext(
        "Of those revisited: dissatisfied or not solved; the case was opened again (R-16.5)."
    ),
    Figure.REVISIT_SATISFACTION: lazy_gettext("Mean satisfaction that those revisited answered (R-3.6)."),
}
