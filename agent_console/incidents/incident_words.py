"""The incident pages' word for what came of a call to the duty list (R-3.1)."""

from flask_babel import lazy_gettext

from ivr.standard.duty_round import DutyOutcome

OUTCOMES: dict[DutyOutcome, str] = {
    DutyOutcome.ACKNOWLEDGED: lazy_gettext("acknowledged by key"),
    DutyOutcome.NOT_ACKNOWLEDGED: lazy_gettext("answered, pressed nothing"),
    DutyOutcome.BUSY: lazy_gettext("busy"),
    DutyOutcome.DECLINED: lazy_gettext("declined"),
    DutyOutcome.NO_ANSWER: lazy_gettext("no answer"),
    DutyOutcome.UNREACHABLE: lazy_gettext("not reachable"),
    DutyOutcome.ENGINE_RESTART: lazy_gettext("engine restarted, called again"),
}
