"""Beside the dialer's calls: texts to people of an area, and the sound of an area's name (R-5.1).

Texts are written a few at a time while an outage's notices run, within their own hours: a text wakes nobody
who switches the telephone off, so they go out on holidays too, when nobody is called.
"""

import asyncio
import sys
from datetime import datetime

import structlog
from sqlalchemy import Connection

from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.outage_talk import area_sound_file
from ivr.config.installation import PbxMode
from ivr.config.notice_texts import NoticeTexts
from ivr.config.outage_texts import outage_text, wording_off
from ivr.errors import StorageError
from ivr.standard.outage import AreaSound
from storage.queries import outage_calling_off, outage_texts, outages
from storage.queries.outages import OutageView

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 1.0
AGAIN_SECONDS = 5.0
LONGEST_RENDERING = 300.0


class OutageNotices:
    """Of one engine; several write texts without getting into each other's way."""

    def __init__(self, hotline: Hotline, texts: NoticeTexts) -> None:
        self._hotline = hotline
        self._settings = hotline.settings
        self._texts = texts
        self._told_off: set[int] = set()
        """Outages that were called off, of which nobody is left to be told; they are stopped for good."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            pause = PAUSE_SECONDS
            try:
                await self._sounds()
                await self._write_texts()
            except StorageError as error:
                log.error("outages.database_away", reason=str(error))
                pause = AGAIN_SECONDS
            await asyncio.sleep(pause)

    # -- texts ---------------------------------------------------------------------------------

    async def _write_texts(self) -> None:
        now, ledger = utc_now(), self._hotline.ledger
        if await ledger.read(lambda c: outage_texts.any_late(c, now)):
            await ledger.decide(lambda c: outage_texts.drop_late(c, now))
        may_text = self._may_text(now)
        if may_text and await ledger.read(lambda c: outage_texts.next_outage(c, now)) is not None:
            await ledger.decide(lambda c: self._write_some(c, now))
        for outage_id in await ledger.read(lambda c: outage_calling_off.called_off(c, now)):
            if outage_id not in self._told_off:
                await self._tell_that_it_is_off(outage_id, now, may_text=may_text)

    def _may_text(self, now: datetime) -> bool:
        begin, end = self._settings.outages.text_span
        return begin <= now.astimezone(self._settings.zone).time() < end

    def _write_some(self, connection: Connection, now: datetime) -> int:
        outage = outage_texts.next_outage(connection, now)
        if outage is None:
            return 0
        most = self._settings.outages.texts_at_once
        return outage_texts.write_some(connection, outage, self.text_of(outage), most, now)

    def text_of(self, outage: OutageView, wording: str = "outage") -> str:
        """What people of the area read."""
        return outage_text(
            self._settings,
            self._texts,
            outage.area,
            outage.work,
            outage.begins_at,
            outage.ends_at,
            wording=wording,
        )

    async def _tell_that_it_is_off(self, outage_id: int, now: datetime, *, may_text: bool) -> None:
        """Some of those who were told of an outage that was called off, or ended early, are told that."""
        ledger = self._hotline.ledger
        if not await ledger.read(lambda c: outage_calling_off.anybody_left(c, outage_id)):
            self._told_off.add(outage_id)
            return
        found = await ledger.read(lambda c: outages.one(c, outage_id))
        if found is None:
            return
        outage: OutageView = found
        if outage.ends_at <= now:
            await ledger.decide(lambda c: outage_calling_off.drop(c, outage_id))
        elif may_text:
            text = self.text_of(outage, wording_off(outage.begins_at, outage.state_at))
            most = self._settings.outages.texts_at_once
            await ledger.decide(
                lambda c: outage_calling_off.write_some(c, outage_id, outage.campaign_id, text, most, now)
            )

    # -- the area's name -----------------------------------------------------------------------

    async def _sounds(self) -> None:
        """Render the names of areas that are wanted, one after the other."""
        now, ledger = utc_now(), self._hotline.ledger
        for outage in await ledger.read(lambda c: outages.sounds_wanted(c, now)):
            why = await self._render(outage)
            sound = AreaSound.READY if why is None else AreaSound.IMPOSSIBLE
            log.info("outage.area_sound", outage=outage.id, sound=sound.value, why=why)
            await ledger.decide(
                lambda c, outage=outage, sound=sound, why=why: outages.set_area_sound(  # type: ignore[misc]
                    c, outage.id, sound, utc_now(), why
                )
            )

    async def _render(self, outage: OutageView) -> str | None:
        """Why it cannot be said; None: it is there."""
        settings = self._settings
        if settings.pbx.mode is PbxMode.REMOTE:
            return "the PBX is on another machine"
        voices = settings.outages.voices or str(settings.home / "voices")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "ivr.speech.area_voice",
            *("--prompts", str(settings.prompts_folder.resolve())),
            *("--voices", voices),
            *("--language", settings.default_language),
            *("--to", str(area_sound_file(settings, outage.id))),
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(LONGEST_RENDERING):
                _, said = await process.communicate(outage.area.encode())
        except TimeoutError:
            return "it took too long"
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode == 0:
            return None
        lines = said.decode("utf-8", "replace").split("\n")
        return next((line for line in lines if line.strip()), f"exit code {process.returncode}")
