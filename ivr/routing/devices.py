"""Puts phones into the PBX at run time: agents' that register, pages', and those for trying the hotline.

Push configuration lives in the PBX's memory, so it is done again after every (re)connect
(``PUT /asterisk/config/dynamic/res_pjsip/...``), and whenever a person, a password or a session has
changed. What no longer counts is taken away at once, and its registration with it (R-20).
"""

import asyncio
import hashlib
from collections.abc import Callable

import structlog
from sqlalchemy import Connection

from ivr import hotline_clock
from ivr.asterisk.connection import AriConnection, segment
from ivr.asterisk.events import EndpointState
from ivr.errors import AriDisconnected, AriError, AriRefused, StorageError
from ivr.ledger import Ledger
from ivr.routing.phone_settings import browser_endpoint, registering_endpoint
from ivr.standard.device_name import PREFIX, device_name
from storage.passwords import REALM
from storage.queries import phones
from storage.queries.phones import KnownPhone
from storage.queries.visitor_phones import PREFIX as VISITOR_PREFIX

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 5.0
KINDS = ("endpoint", "aor", "auth")
"""What a phone consists of, in the order in which it is taken away."""

NOT_ANSWERED = ("Down", "Ring", "Ringing")
SUBSCRIBER_ABSENT = "20"
"""The Q.850 cause that says that a phone is not there."""

_NOT_THERE = 404


def _wanted(connection: Connection) -> tuple[dict[str, KnownPhone], list[str]]:
    """The phones that count now by name, and the work numbers whose page has none."""
    known = {phone.name: phone for phone in phones.known(connection, hotline_clock.now())}
    return known, phones.wrongly_present(connection)


class Phones:
    """Keeps the PBX's phones as the database says.

    :param codecs: names in order of preference, as in config.yaml.
    :param tell: told that a phone is not there where the PBX itself will not say so.
    """

    def __init__(
        self, ari: AriConnection, ledger: Ledger, codecs: list[str], tell: Callable[[EndpointState], None]
    ) -> None:
        self._ari = ari
        self._ledger = ledger
        self._codecs = codecs
        self._tell = tell
        self._pushed: dict[str, KnownPhone] = {}
        self._contacts: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()

    def poke(self) -> None:
        """A session began or ended, or a page asked for a key: look now."""
        self._changed.set()

    def heard(self, event: EndpointState) -> bool:
        """A phone came or went; remember where it is registered, to be able to end that.

        :returns: False where only an older registration of a phone has gone that has a newer one.
        """
        newest = self._contacts.get(event.resource)
        if event.present:
            if event.contact:
                self._contacts[event.resource] = event.contact
        elif event.contact and newest not in (None, event.contact):
            return False
        elif (phone := self._pushed.get(event.resource)) is not None and phone.in_browser:
            task = asyncio.create_task(self._stop_ringing(phone.name), name=f"gone {phone.name}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return True

    async def _stop_ringing(self, name: str) -> None:
        """A page that is gone cannot be answered: the caller goes on to the next agent at once."""
        try:
            endpoint = await self._ari.get(f"/endpoints/PJSIP/{segment(name)}")
            for channel in endpoint["channel_ids"]:
                found = await self._ari.get(f"/channels/{segment(channel)}")
                if found["state"] in NOT_ANSWERED:
                    await self._ari.delete(
                        f"/channels/{segment(channel)}", {"reason_code": SUBSCRIBER_ABSENT}
                    )
        except AriRefused:
            return  # it has ended by itself
        except AriError as error:
            log.warning("device.ringing_not_stopped", device=name, reason=str(error))

    async def push_all(self) -> None:
        """After a (re)connect: the PBX may have forgotten all of them, or know some that count no more."""
        async with self._one_at_a_time:
            self._pushed = {}
            await self._refresh(begins=True)
            await self._remove_strangers()

    async def run(self) -> None:
        """Follow the database; until cancelled."""
        while True:
            try:
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            if not self._ari.connected:
                continue
            try:
                async with self._one_at_a_time:
                    await self._refresh()
            except (AriError, StorageError) as error:
                log.warning("devices.not_refreshed", reason=str(error))

    async def _refresh(self, *, begins: bool = False) -> None:
        """Make the PBX's phones those of the database.

        :param begins: the PBX is asked afterwards who is there, see Presence.read_devices.
        """
        wanted, absent = await self._ledger.read(_wanted)
        for name in self._pushed.keys() - wanted.keys():
            await self._remove(name)
            del self._pushed[name]
        for name, phone in wanted.items():
            if self._pushed.get(name) == phone:
                continue
            before = self._pushed.pop(name, None)
            new = before is None
            try:
                if before is not None and before.in_browser is not phone.in_browser:
                    await self._remove(name)  # a push changes what it names, and leaves all else
                await self._push(phone)
                self._pushed[name] = phone
                if new and phone.in_browser and not begins:
                    self._say_absent(name)  # until its page has registered
            except AriRefused as error:
                log.error("device.not_pushed", device=name, reason=str(error))
        for work_number in absent:
            self._say_absent(device_name(work_number))

    def _say_absent(self, name: str) -> None:
        """An agent's phone cannot be reached; the PBX says nothing of a phone it has never seen."""
        if name.startswith(PREFIX):
            self._tell(EndpointState(name, present=False))

    async def _remove_strangers(self) -> None:
        """Take away what an engine before this one has left in the PBX."""
        for found in await self._ari.get("/endpoints/PJSIP"):
            name = str(found["resource"])
            if name.startswith((PREFIX, VISITOR_PREFIX)) and name not in self._pushed:
                await self._remove(name)

    async def _push(self, phone: KnownPhone) -> None:
        # The auth and the address come first: an endpoint may only name what exists.
        await self._put(
            "auth",
            phone.name,
            auth_type="digest",
            username=phone.name,
            realm=REALM,
            password_digest=f"MD5:{phone.digest}",
        )
        if phone.caller_number is None:
            await self._put("aor", phone.name, **_address_of_record(phone))
        fields = browser_endpoint(phone) if phone.in_browser else None
        await self._put("endpoint", phone.name, **(fields or registering_endpoint(phone, self._codecs)))

    async def _remove(self, name: str) -> None:
        for kind in KINDS:
            await self._delete(kind, name)
        # The registration itself lives elsewhere in the PBX, and would go on until its time is over.
        contact = self._contacts.pop(name, None)
        if contact is not None:
            mark = hashlib.md5(contact.encode(), usedforsecurity=False).hexdigest()
            await self._delete("contact", f"{name};@{mark}")
        self._say_absent(name)

    async def _delete(self, kind: str, name: str) -> None:
        try:
            await self._ari.delete(_path(kind, name))
        except AriDisconnected:
            raise
        except AriRefused as error:
            if error.status != _NOT_THERE:
                log.warning("device.not_removed", device=name, kind=kind, reason=str(error))

    async def _put(self, kind: str, name: str, **fields: str) -> None:
        body = {"fields": [{"attribute": attribute, "value": value} for attribute, value in fields.items()]}
        await self._ari.put(_path(kind, name), body=body)


def _address_of_record(phone: KnownPhone) -> dict[str, str]:
    """One phone at a time, the newest; a page is asked often, so that a dead one is noticed on both sides."""
    if not phone.in_browser:
        return {"max_contacts": "1", "remove_existing": "yes", "qualify_frequency": "15"}
    return {
        "max_contacts": "1",
        "remove_existing": "yes",
        "maximum_expiration": "120",
        "qualify_frequency": "5",
        "qualify_timeout": "3.0",
    }


def _path(kind: str, name: str) -> str:
    return f"/asterisk/config/dynamic/res_pjsip/{kind}/{segment(name)}"
