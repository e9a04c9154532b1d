"""Addresses that a PBX node does not listen to for a while."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from storage.models import SipBan


def ban(connection: Connection, node: str, address: str, now: datetime, until: datetime, tries: int) -> None:
    """Write down that an address is banned; it is never deleted."""
    connection.execute(
        insert(SipBan),
        {"pbx_node": node, "address": address, "since": now, "until": until, "tries": tries},
    )


def banned(connection: Connection, node: str, now: datetime) -> dict[str, datetime]:
    """Address → end of its ban (UTC), of all that are banned now."""
    rows = connection.execute(
        select(SipBan.address, func.max(SipBan.until))
        .where(SipBan.pbx_node == node, SipBan.until > now)
        .group_by(SipBan.address)
    )
    return {row[0]: row[1] for row in rows}
