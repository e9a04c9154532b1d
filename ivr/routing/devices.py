"""Puts agents' phones into the PBX at run time: endpoint, password digest and address of record.

Push configuration lives in the PBX's memory, so it is done again after every (re)connect
(``PUT /asterisk/config/dynamic/res_pjsip/...``), and whenever a person or a password has changed.
"""

import asyncio

import structlog
from sqlalchemy import Connection, select

from ivr.asterisk.connection import AriConnection, segment
from ivr.errors import AriError, AriRefused, StorageError
from ivr.ledger import Ledger
from ivr.standard.device_name import device_name
from storage.models import Agent
from storage.passwords import REALM

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 5.0
KINDS = ("endpoint", "aor", "auth")
"""What a phone consists of, in the order in which it is taken away."""


def _registering(connection: Connection) -> dict[str, str]:
    """Device name → password digest of every active agent's phone that registers."""
    rows = connection.execute(
        select(Agent.work_number, Agent.device_digest).where(
            Agent.device_digest.is_not(None), Agent.active.is_(True)
        )
    )
    return {device_name(row.work_number): str(row.device_digest) for row in rows}


class Phones:
    """Keeps the PBX's phones as the database says.

    :param codecs: names in order of preference, as in config.yaml.
    """

    def __init__(self, ari: AriConnection, ledger: Ledger, codecs: list[str]) -> None:
        self._ari = ari
        self._ledger = ledger
        self._codecs = ",".join(codecs)
        self._pushed: dict[str, str] = {}

    async def push_all(self) -> None:
        """After a (re)connect: the PBX may have forgotten all of them."""
        self._pushed = {}
        await self._refresh()

    async def run(self) -> None:
        """Follow the database: new people, new passwords, people who left; until cancelled."""
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            if not self._ari.connected:
                continue
            try:
                await self._refresh()
            except (AriError, StorageError) as error:
                log.warning("devices.not_refreshed", reason=str(error))

    async def _refresh(self) -> None:
        wanted = await self._ledger.read(_registering)
        for name in self._pushed.keys() - wanted.keys():
            await self._remove(name)
            del self._pushed[name]
        for name, digest in wanted.items():
            if self._pushed.get(name) == digest:
                continue
            try:
                await self._push(name, digest)
                self._pushed[name] = digest
            except AriRefused as error:
                log.error("device.not_pushed", device=name, reason=str(error))

    async def _push(self, name: str, digest: str) -> None:
        # The auth and the address come first: an endpoint may only name what exists.
        await self._put(
            "auth",
            name,
            auth_type="digest",
            username=name,
            realm=REALM,
            password_digest=f"MD5:{digest}",
        )
        await self._put("aor", name, max_contacts="1", remove_existing="yes", qualify_frequency="15")
        await self._put(
            "endpoint",
            name,
            auth=name,
            aors=name,
            context="hotline-in",
            disallow="all",
            allow=self._codecs,
            dtmf_mode="auto",
            direct_media="no",
            rtp_symmetric="yes",
            force_rport="yes",
            rewrite_contact="yes",
            rtp_timeout="30",
            allow_subscribe="no",
            allow_transfer="no",
            identify_by="username",
        )

    async def _remove(self, name: str) -> None:
        for kind in KINDS:
            try:
                await self._ari.delete(_path(kind, name))
            except AriRefused as error:
                log.warning("device.not_removed", device=name, reason=str(error))

    async def _put(self, kind: str, name: str, **fields: str) -> None:
        body = {"fields": [{"attribute": attribute, "value": value} for attribute, value in fields.items()]}
        await self._ari.put(_path(kind, name), body=body)


def _path(kind: str, name: str) -> str:
    return f"/asterisk/config/dynamic/res_pjsip/{kind}/{segment(name)}"
