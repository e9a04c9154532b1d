"""What an agent's registering phone is called, by its agent and by the PBX."""

PREFIX = "agent-"


def device_name(work_number: str) -> str:
    """The SIP user name of an agent's phone, and the name of its endpoint in the PBX.

    Never the bare work number: the PBX looks for a name in the From header before it looks at the
    address, so a customer of a carrier who calls from the number 1001 would be asked for a password.
    """
    return f"{PREFIX}{work_number}"


def work_number_of(device: str) -> str | None:
    """The work number whose phone has this name; None for any other name."""
    return device.removeprefix(PREFIX) if device.startswith(PREFIX) else None
