"""Why a change of somebody's account is refused (R-20)."""

from enum import StrEnum


class AccountRefusal(StrEnum):
    """One reason each; the pages have a sentence for it."""

    NUMBER_TAKEN = "number_taken"  # one person, one work number, also after they left
    NOBODY = "nobody"  # there is nobody with this work number
    LAST_ADMINISTRATOR = "last_administrator"  # nobody would be left who keeps accounts
    ONESELF = "oneself"  # somebody else must do that
    IN_A_CALL = "in_a_call"  # role and device are not changed under a conversation
    NO_REASON = "no_reason"  # leaving and coming back need one
    LEFT_ALREADY = "left_already"  # the person is not active any more
    NO_DEVICE_PASSWORD = "no_device_password"  # noqa: S105 - the device has none to renew
