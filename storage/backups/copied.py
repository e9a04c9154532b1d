"""What a copy of the database says about itself, and what no copy holds."""

from dataclasses import dataclass

LEFT_OUT = (
    "the PBX's password (ari_password)",
    "the console's key (console_secret)",
    "agents.device_digest",
    "browser_phones",
    "visitor_phones",
)
"""Secrets that are in no backup: files of the home, a column, and tables; they are made anew."""


@dataclass(frozen=True, slots=True)
class Copied:
    """``schema``: its version. ``audit_head``: where the audit log's chain ended, "position:hash"."""

    schema: str
    audit_head: str
