"""The pages' sentences about accounts: what is refused and why, and what is wrong in a form (R-20)."""

from flask_babel import lazy_gettext

from ivr.config.sections import Role
from ivr.errors import AccountRefused
from ivr.standard.account_refusal import AccountRefusal

_REFUSALS: dict[str, str] = {
    AccountRefusal.NUMBER_TAKEN: lazy_gettext(
        "This work number is taken. One person, one work number, also after somebody has left."
    ),
    AccountRefusal.NOBODY: lazy_gettext("Nobody has this work number."),
    AccountRefusal.LAST_ADMINISTRATOR: lazy_gettext(
        "This is the last administrator. Make somebody else one first, or nobody could keep accounts."
    ),
    AccountRefusal.ONESELF: lazy_gettext(
        "Nobody closes their own account or changes their own role; another administrator does."
    ),
    AccountRefusal.IN_A_CALL: lazy_gettext(
        "This person is in a call. Role and phone can be changed as soon as it is over."
    ),
    AccountRefusal.NO_REASON: lazy_gettext("Write why; the reason is kept in the audit log."),
    AccountRefusal.LEFT_ALREADY: lazy_gettext("This person has left already."),
    AccountRefusal.NO_DEVICE_PASSWORD: lazy_gettext(
        "This phone has no password of its own; only phones that register have one."
    ),
}


ROLE_MAY: dict[Role, str] = {
    Role.AGENT: lazy_gettext("takes calls, writes records, own calls and cases"),
    Role.SUPERVISOR: lazy_gettext("takes calls, sees and steers everybody's work, reports, whole numbers"),
    Role.QUALITY_READER: lazy_gettext("listens to drawn recordings, scores, reads reports"),
    Role.ADMINISTRATOR: lazy_gettext("keeps accounts, units and customers; takes no calls"),
    Role.AUDITOR: lazy_gettext("reads the audit log, and changes nothing"),
    Role.UNIT: lazy_gettext("works on the cases of a unit, and sees no others"),
}
"""What each role is for; the table of rights itself is agent_console/rights.py."""


def refusal(error: AccountRefused) -> str:
    """A refusal as a sentence of the page's language."""
    return str(_REFUSALS[AccountRefusal(error.reason)])
