"""Puts the engine together and runs it: one task group, started and ended in order."""

import asyncio
import signal
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import structlog

from ivr.asterisk.ari_password import ari_password
from ivr.asterisk.connection import AriConnection
from ivr.asterisk.dispatcher import Dispatcher
from ivr.asterisk.events import EndpointState, Event, StasisStart
from ivr.asterisk.folders import AsteriskFolders
from ivr.asterisk.heartbeat import Heartbeat
from ivr.calls.channel_log import ChannelLog
from ivr.calls.crowd import Crowd
from ivr.calls.duty_list import DutyList
from ivr.calls.hotline import Hotline, routing_rules, utc_now
from ivr.calls.inbound import arrive
from ivr.calls.listening import Listening
from ivr.calls.message_recording import MessageRecorder
from ivr.calls.outbound import call_out
from ivr.calls.recorder import Recorder, Where
from ivr.calls.recovery import take_up_calls
from ivr.calls.signs_of_life import SignsOfLife
from ivr.carriers.twilio_webhooks import twilio_webhooks
from ivr.config import Settings
from ivr.config.notice_texts import load_notice_texts
from ivr.config.sections import PbxMode
from ivr.dialer.loop import Dialer
from ivr.dialer.outages import OutageNotices
from ivr.errors import StorageError
from ivr.ledger import Ledger
from ivr.notices.office import NoticeOffice
from ivr.notices.sleeper import kept_running
from ivr.routing.bans import Bans
from ivr.routing.devices import Phones
from ivr.routing.matcher import Matcher
from ivr.routing.presence import Presence
from ivr.routing.wishes import Wishes
from ivr.speech.catalogue import load_catalogue
from ivr.speech.phrases import spoken
from ivr.speech.prompt_ids import Prompt
from ivr.speech.spoken_texts import prompt_texts
from ivr.standard.command_kind import CommandKind
from ivr.standard.intervention import INTERVENES
from storage.changes import Watch
from storage.database import Database
from storage.queries import commands, duty_calls, phones
from storage.queries.commands import TakenCommand

log = structlog.get_logger(__name__)

CHANGES_SECONDS = 0.04
"""After a change was seen, those of so long are seen together: a busy engine makes hundreds a second."""
TOLD_SECONDS = 0.25
"""How often it is looked, while things change, whether people are to be told something: soon enough for a
warning within a second (R-OV) and a gas leak within ten (R-3.1), and no burden to calls."""


class EngineApp:
    """The engine of one PBX node."""

    def __init__(self, settings: Settings, prompts_folder: Path) -> None:
        """Put the parts together; nothing is opened yet.

        :raises PromptError: the wording cannot be read. ``NoticeTextError``: that of notices.
        """
        self.settings = settings
        self.instance = uuid.uuid4().hex[:12]
        self.database = Database(settings.database_address)
        self.ledger = Ledger(self.database, self.instance, settings.home / "journal" / settings.pbx.node)
        self.folders = AsteriskFolders.of_home(settings.home)
        ari = settings.pbx.ari
        self.ari = AriConnection(
            f"{ari.host}:{ari.port}",
            ari.user,
            settings.ari_password or ari_password(settings.home),
            ari.application,
            on_event=self._heard,
            on_connected=self._connected,
            on_lost=self._lost,
        )
        self.heartbeat = Heartbeat(
            self.ari, lambda: self.hotline.alarms_waiting, lambda: self.recorder.disk_is_full
        )
        self.dispatcher = Dispatcher(self._newcomer, self._device)
        self.matcher = Matcher(
            self.ledger,
            settings.pbx.node,
            routing_rules(settings),
            lambda offer: self.hotline.deliver(offer),
            lambda call_id: self.hotline.has_left(call_id),
        )
        self.presence = Presence(self.ledger, self.matcher)
        self.phones = Phones(self.ari, self.ledger, list(settings.pbx.codecs), self.presence.device_changed)
        listed = [network for trunk in settings.trunks for network in trunk.match]
        security = self.folders.log / "security.log" if settings.pbx.mode is not PbxMode.REMOTE else None
        etc = self.folders.etc
        self.bans = Bans(self.ari, self.ledger, settings.pbx.node, security, etc, settings.bans, listed)
        self.wishes = Wishes(self.ledger, self.matcher, self.presence, self._asked)
        own_pbx = settings.pbx.mode is not PbxMode.REMOTE
        parts = settings.pbx.recordings_folder
        where = Where(
            parts=Path(parts) if parts else self.folders.recordings, finished=settings.home / "recordings"
        )
        node = settings.pbx.node
        full = settings.disk.full_used_percent
        self.recorder = Recorder(
            self.ledger, self.dispatcher, node, where, utc_now, settings.zone, full_percent=full
        )
        self.messages = MessageRecorder(self.ledger, self.dispatcher, node, self.recorder, utc_now)
        self.channel_log = ChannelLog(self.folders.channel_events if own_pbx else None)
        self.hotline = Hotline(
            settings=settings,
            catalogue=load_catalogue(prompts_folder, prompt_texts(settings)),
            ledger=self.ledger,
            ari=self.ari,
            dispatcher=self.dispatcher,
            matcher=self.matcher,
            presence=self.presence,
            wishes=self.wishes,
            recorder=self.recorder,
            messages=self.messages,
        )
        self.crowd = Crowd(self.hotline)
        self.hotline.is_crowded = lambda: self.crowd.is_crowded
        self.signs = SignsOfLife(self.hotline, self.channel_log, self.heartbeat, self.instance)
        self.duty_list = DutyList(self.hotline)
        self.notices = NoticeOffice(settings, prompts_folder, self.ledger, self.duty_list.sleeper.poke)
        self.listening = Listening(self.hotline)
        self.dialer = Dialer(self.hotline)
        self.outages = OutageNotices(self.hotline, load_notice_texts(prompts_folder))
        self.twilio = twilio_webhooks(
            settings,
            self.database,
            spoken(self.hotline.catalogue, Prompt.FALLBACK_ALARM, settings.default_language),
        )
        self.matcher.suspended = True
        self._stopping = False
        self._phone_keys: object = None

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; the calls stay as they are, for the next engine to take up.

        :raises StorageError: the database cannot be used.
        :raises PbxUnusable: another engine took over, or the PBX is too old.
        """
        self.database.check()
        self.signs.read_last()
        self.ledger.open()
        await self.notices.begin()
        if self.twilio is not None:
            self.twilio.start()
        watch = Watch(self.database, but_not=self.instance)
        loop = asyncio.get_running_loop()
        watching = loop.run_in_executor(None, self._watch, watch, loop)
        tasks = [
            asyncio.create_task(part, name=name)
            for name, part in (
                ("ari", self.ari.run()),
                ("heartbeat", self.heartbeat.run()),
                ("crowd", self.crowd.run()),
                ("bans", self.bans.run()),
                ("disk", self.recorder.watch_disk()),
                ("matcher", self.matcher.run()),
                ("presence", self.presence.run()),
                ("wishes", self.wishes.run()),
                ("sign-of-life", self.signs.show()),
                ("phones", self.phones.run()),
                ("duty-list", kept_running("duty-list", self.duty_list.run)),
                ("dialer", self.dialer.run()),
                ("outages", kept_running("outages", self.outages.run)),
                *self.notices.parts(),
            )
        ]
        asked = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, asked.set)
        stop = asyncio.create_task(asked.wait())
        try:
            done, _ = await asyncio.wait([*tasks, stop], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self.hotline.drop_calls()
            for task in (*tasks, stop):
                task.cancel()
            await asyncio.gather(*tasks, stop, return_exceptions=True)
            if self.twilio is not None:
                self.twilio.close()
            await self.notices.close()
            await self.messages.close()
            await self.recorder.close()
            self.hotline.listener.close()
            self._stopping = True
            watch.close()
            await watching
            await self.ledger.close()
            self.database.close()

    # -- the PBX -------------------------------------------------------------------------------

    async def _connected(self) -> None:
        """Requests work: push the phones, learn who is there, take the calls up, begin to route."""
        await self.heartbeat.beat()
        await self.bans.push_all()
        await self.phones.push_all()
        await take_up_calls(self.hotline, self.channel_log)
        await self.signs.enter_unseen()
        await self.listening.take_up()
        await self.duty_list.take_up()
        await self.hotline.trunks.connected()
        await self.presence.read_devices(self.ari)
        self.matcher.suspended = False
        self.matcher.poke()
        self.duty_list.sleeper.poke()
        await self.signs.sign(connected=True)
        log.info("engine.ready", node=self.settings.pbx.node)

    def _lost(self) -> None:
        self.signs.lost()
        self.matcher.suspended = True
        self.hotline.drop_calls()

    def _heard(self, event: Event) -> None:
        self.dispatcher.dispatch(event)

    def _newcomer(self, start: StasisStart) -> None:
        self.hotline.keep(asyncio.create_task(arrive(self.hotline, start), name=f"call {start.channel.id}"))

    def _asked(self, command: TakenCommand) -> bool:
        """A wish about a call, or to make one; False when there is no such call."""
        if command.kind is CommandKind.CALL_OUT and command.call_id is None:
            self.hotline.keep(asyncio.create_task(call_out(self.hotline, command), name="call out"))
            return True
        if command.kind in INTERVENES:
            self.listening.ask(command)
            return True
        return self.hotline.to_call(command)

    def _device(self, event: EndpointState) -> None:
        if not self.hotline.trunks.heard(event) and self.phones.heard(event):
            self.presence.device_changed(event)

    # -- the database --------------------------------------------------------------------------

    def _watch(self, watch: Watch, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread: wake those who wait for what others write.

        Most changes are this engine's own, so whether something is asked is looked at here, and the
        event loop is left alone.
        """
        told_at, untold = 0.0, False
        while not self._stopping:
            try:
                changed = watch.wait(TOLD_SECONDS if untold else 1.0)
                untold = untold or changed
                telling = untold and time.monotonic() - told_at >= TOLD_SECONDS
                pokes = self._look(telling=telling) if changed or telling else []
            except StorageError as error:
                log.error("engine.changes_not_seen", reason=str(error))
                changed = untold = telling = True
                pokes = [self.wishes.poke, self.phones.poke, self.notices.poke]
                time.sleep(1.0)
            if telling:
                told_at, untold = time.monotonic(), False
            for poke in pokes:
                loop.call_soon_threadsafe(poke)
            if changed and not self.database.is_sqlite:
                loop.call_soon_threadsafe(self._others_changed)
            if changed:
                time.sleep(CHANGES_SECONDS)

    def _look(self, *, telling: bool) -> list[Callable[[], None]]:
        """Whom the changes concern: wishes of pages, secrets of phones, what people are to be told."""
        pokes: list[Callable[[], None]] = []
        with self.database.read() as connection:
            if commands.any_open(connection, self.settings.pbx.node):
                pokes.append(self.wishes.poke)
            before, self._phone_keys = self._phone_keys, phones.stamp(connection)
            if before != self._phone_keys:
                pokes.append(self.phones.poke)
            if telling:
                pokes += self.notices.look(connection)
                if duty_calls.anything_to_take(connection):
                    pokes.append(self.duty_list.sleeper.poke)
        return pokes

    def _others_changed(self) -> None:
        # On a database of several engines another one may have freed an agent.
        if self.hotline.anybody_waits:
            self.matcher.poke()
