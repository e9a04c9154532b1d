"""Puts agents' phones into the PBX at run time: endpoint, password digest and address of record.

Push configuration lives in the PBX's memory, so it is done again after every (re)connect
(``PUT /asterisk/config/dynamic/res_pjsip/...``).
"""

from typing import Any

import structlog
from sqlalchemy import Connection, Row, select

from ivr.asterisk.connection import AriConnection, segment
from ivr.config import Settings
from ivr.config.sections import DeviceKind
from ivr.errors import AriRefused
from ivr.ledger import Ledger
from storage.models import Agent

log = structlog.get_logger(__name__)

REALM = "hotline"


def _registered(connection: Connection) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(Agent.work_number, Agent.device_digest).where(
                Agent.device_kind == DeviceKind.PHONE,
                Agent.device_digest.is_not(None),
                Agent.active.is_(True),
            )
        )
    )


async def push_phones(ari: AriConnection, ledger: Ledger, settings: Settings) -> int:
    """Let every active agent's registering phone sign on to the PBX; returns how many there are."""
    phones = await ledger.read(_registered)
    for phone in phones:
        try:
            await _push_phone(ari, phone.work_number, phone.device_digest, settings)
        except AriRefused as error:
            log.error("device.not_pushed", work_number=phone.work_number, reason=str(error))
    return len(phones)


async def _push_phone(ari: AriConnection, name: str, digest: str, settings: Settings) -> None:
    # The auth and the address come first: an endpoint may only name what exists.
    await _put(
        ari, "auth", name, auth_type="digest", username=name, realm=REALM, password_digest=f"MD5:{digest}"
    )
    await _put(ari, "aor", name, max_contacts="1", remove_existing="yes", qualify_frequency="15")
    await _put(
        ari,
        "endpoint",
        name,
        auth=name,
        aors=name,
        context="hotline-in",
        disallow="all",
        allow=",".join(settings.pbx.codecs),
        dtmf_mode="auto",
        direct_media="no",
        rtp_symmetric="yes",
        force_rport="yes",
        rewrite_contact="yes",
        rtp_timeout="120",
        allow_subscribe="no",
        allow_transfer="no",
        identify_by="username",
    )


async def _put(ari: AriConnection, kind: str, name: str, **fields: str) -> None:
    body = {"fields": [{"attribute": attribute, "value": value} for attribute, value in fields.items()]}
    await ari.put(f"/asterisk/config/dynamic/res_pjsip/{kind}/{segment(name)}", body=body)
