"""Bans addresses that try names or passwords: the PBX refuses whatever they send (R-18).

Bans live in the database, and in a file that the PBX's configuration includes: an access list of res_pjsip.
(Pushed over ARI, as phones are, it cannot be: that kind of object is refused with "allocation failed".)
"""

import asyncio
import ipaddress
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from ivr import hotline_clock
from ivr.asterisk.connection import AriConnection
from ivr.asterisk.security_log import SecurityLog
from ivr.config.crowd_section import Bans as BanSettings
from ivr.errors import AriError, StorageError
from ivr.ledger import Ledger
from ivr.standard.ban_rule import BanRule, Tries
from storage.queries import sip_bans

log = structlog.get_logger(__name__)

LOOK_EVERY = 0.5
FILE = "bans.conf"
MODULE = "res_pjsip.so"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Bans:
    """Watches one PBX's log of security events.

    :param file: that log; None for a PBX on another host, whose files nobody here can read or write.
    :param folder: the PBX's configuration.
    :param never: networks that are not banned: the trunks'.
    """

    def __init__(
        self,
        ari: AriConnection,
        ledger: Ledger,
        node: str,
        file: Path | None,
        folder: Path,
        rules: BanSettings,
        never: Collection[Network],
    ) -> None:
        self._ari = ari
        self._ledger = ledger
        self._node = node
        self._log = SecurityLog(file) if file is not None else None
        self._file = folder / FILE
        self._seconds = timedelta(seconds=rules.seconds)
        self._tries = Tries(BanRule(rules.tries, rules.within_seconds))
        self._never = [*never, *rules.never]
        self._banned: dict[str, datetime] = {}

    async def push_all(self) -> None:
        """After a (re)connect: the PBX may know others than the database.

        :raises AriError: the PBX went away again. ``StorageError``: the database is away.
        """
        now = hotline_clock.now()
        self._banned = await self._ledger.read(lambda c: sip_bans.banned(c, self._node, now))
        await self._tell_pbx()

    async def run(self) -> None:
        """Ban and lift bans; until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if not self._ari.connected:
                continue
            try:
                await self._look()
                await self._lift(hotline_clock.now())
            except (AriError, StorageError) as error:
                log.error("bans.not_possible", reason=str(error))

    async def _look(self) -> None:
        if self._log is None:
            return
        now = time.monotonic()
        for attempt in await asyncio.to_thread(lambda found: list(found.news()), self._log):
            if attempt.succeeded:
                self._tries.succeeded(attempt.address)
            elif self._may_be_banned(attempt.address) and (tries := self._tries.failed(attempt.address, now)):
                await self._ban(attempt.address, tries)
        self._tries.forget(now - self._tries.rule.within)

    def _may_be_banned(self, address: str) -> bool:
        if address in self._banned:
            return False
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        return not any(known in network for network in self._never)

    async def _ban(self, address: str, tries: int) -> None:
        now = hotline_clock.now()
        until = now + self._seconds
        self._banned[address] = until
        await self._tell_pbx()  # first of all, whatever becomes of the database
        log.warning("sip.banned", address=address, tries=tries, until=until.isoformat(timespec="seconds"))
        await self._ledger.decide(lambda c: sip_bans.ban(c, self._node, address, now, until, tries))

    async def _lift(self, now: datetime) -> None:
        over = [address for address, until in self._banned.items() if until <= now]
        for address in over:
            del self._banned[address]
            log.info("sip.ban_over", address=address)
        if over:
            await self._tell_pbx()

    async def _tell_pbx(self) -> None:
        """Write the list and have it read, if it has changed."""
        if self._log is None:
            return
        text = _access_list(self._banned)
        if await asyncio.to_thread(_replace, self._file, text):
            await self._ari.put(f"/asterisk/modules/{MODULE}")


def _access_list(addresses: Collection[str]) -> str:
    """The file: nothing of a log gets into it but addresses."""
    known = sorted(str(ipaddress.ip_address(address)) for address in addresses)
    return (
        "\n".join(["[hotline-bans]", "type = acl", *(f"deny = {one}" for one in known), ""]) if known else ""
    )


def _replace(file: Path, text: str) -> bool:
    """Put the file there whole; False where it says that already, or cannot be written."""
    try:
        if (file.read_text() if file.exists() else "") == text:
            return False
        fresh = file.with_suffix(".fresh")
        fresh.touch(mode=0o600)
        fresh.write_text(text)
        fresh.replace(file)
    except OSError as error:
        log.error("bans.not_written", file=str(file), reason=error.strerror)
        return False
    return True
