"""What an agent's registering phone is called, by its agent and by the PBX."""

import re

PREFIX = "agent-"

_ON_A_TRUNK = re.compile(r"PJSIP/trunk-[^/]+/sip:([^@]+)@")


def device_name(work_number: str) -> str:
    """The SIP user name of an agent's phone, and the name of its endpoint in the PBX.

    Never the bare work number: the PBX looks for a name in the From header before it looks at the
    address, so a customer of a carrier who calls from the number 1001 would be asked for a password.
    """
    return f"{PREFIX}{work_number}"


def work_number_of(device: str) -> str | None:
    """The work number whose phone has this name; None for any other name."""
    return device.removeprefix(PREFIX) if device.startswith(PREFIX) else None


def dialled_number(device: str) -> str | None:
    """The number outside that is dialled through a trunk; None of any other device.

    >>> dialled_number("PJSIP/trunk-carrier/sip:053188880001@192.0.2.10:5060")
    '053188880001'
    """
    found = _ON_A_TRUNK.match(device)
    return found[1] if found else None
