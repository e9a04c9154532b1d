"""What is said about planned outages: in front of the menu, and to people of the area who are called (R-5.1).

The name of an area is free text. Where it could be rendered it is said; otherwise a general sentence, and the
text message names it: callers are never given a name that they cannot understand.
"""

from datetime import datetime
from pathlib import Path

from ivr.calls.call import Call
from ivr.calls.hotline import utc_now
from ivr.calls.revisit_talk import AGENT_KEY, AskedFor
from ivr.config import Settings
from ivr.config.installation import PbxMode
from ivr.errors import StorageError
from ivr.speech.prompt_ids import Prompt
from ivr.standard.dial_attempt import DialResult, LaterWish
from ivr.standard.outage import AreaSound
from storage.queries import outages
from storage.queries.outages import OutageView
from storage.telephone_numbers import is_mobile

REPEAT_KEY = "*"
MOST_TOLD = 3
"""How often it is said to somebody who asks for it once more."""
LISTENS_AFTERWARDS = 4.0
"""Seconds after the last word for a key."""


def area_sound_file(settings: Settings, outage_id: int) -> Path:
    """Where the rendered name of an area lies, 8 kHz WAV."""
    return settings.home / "outages" / f"area-{outage_id}.wav"


def area_said(settings: Settings, outage: OutageView, language: str) -> list[str]:
    """The sound of the area's name; nothing where it cannot be said in that language."""
    file = area_sound_file(settings, outage.id)
    if (
        outage.area_sound is not AreaSound.READY
        or language != settings.default_language
        or settings.pbx.mode is PbxMode.REMOTE
        or not file.is_file()
    ):
        return []
    return [f"sound:{file.with_suffix('')}"]


def time_said(call: Call, outage: OutageView, now: datetime) -> list[str]:
    """From when until when; once it has begun, when gas is expected back."""
    zone = call.hotline.settings.zone
    begin, end = outage.begins_at.astimezone(zone), outage.ends_at.astimezone(zone)
    until = {"to_date": end.date(), "to_time": end.time().replace(second=0, microsecond=0)}
    if outage.begins_at <= now:
        return call.phrase(Prompt.OUTAGE_BACK_BY, **until)
    since = {"from_date": begin.date(), "from_time": begin.time().replace(second=0, microsecond=0)}
    return call.phrase(Prompt.OUTAGE_WHEN, **since, **until)


async def outage_news(call: Call) -> list[str]:
    """What a caller hears in front of the menu of outages that are announced now; mostly nothing."""
    settings, now = call.hotline.settings, utc_now()
    try:
        found = await call.hotline.ledger.read(
            lambda c: outages.announced(c, now, settings.outages.most_announced)
        )
    except StorageError as error:
        call.log.error("outages.not_read", reason=str(error))
        return []
    sounds: list[str] = []
    for outage in found:
        sounds += call.phrase(Prompt.OUTAGE_NEWS)
        if said := area_said(settings, outage, call.language):
            sounds += [*call.phrase(Prompt.OUTAGE_WHERE), *said, *time_said(call, outage, now)]
        else:
            sounds += call.phrase(Prompt.OUTAGE_SOMEWHERE)
            sounds += [*time_said(call, outage, now), *call.phrase(Prompt.OUTAGE_ASK_AGENT)]
    return sounds


class OutageTalk:
    """One call to somebody of the area. ``result``: what it comes to if it ended now."""

    def __init__(self, call: Call, outage: OutageView) -> None:
        self.result = DialResult.HUNG_UP
        self.later: LaterWish | None = None
        self._call = call
        self._outage = outage

    async def hold(self) -> AskedFor:
        """Say it, once more for who wants that, and pass who asks for it to an agent.

        :raises CallerHungUp: the person hung up; ``result`` says whether they had heard area and time.
        """
        call = self._call
        opening = call.phrase(Prompt.OUTAGE_OPENING)
        if call.hotline.settings.recording.enabled:
            opening += call.phrase(Prompt.RECORDING_NOTICE)
        keys = AGENT_KEY + REPEAT_KEY
        for time in range(MOST_TOLD):
            key = await call.say([*(opening if time == 0 else []), *self._news()], keys=keys)
            if key is None:
                self.result = DialResult.DONE
                key = await call.ask(self._afterwards(), keys=keys, patience=LISTENS_AFTERWARDS)
            if key == AGENT_KEY:
                return AskedFor.AGENT
            if key != REPEAT_KEY:
                break
        await call.say(call.phrase(Prompt.REVISIT_GOODBYE))
        return AskedFor.END

    def _news(self) -> list[str]:
        call, settings = self._call, self._call.hotline.settings
        said = area_said(settings, self._outage, call.language)
        where = [*call.phrase(Prompt.OUTAGE_WHERE), *said] if said else call.phrase(Prompt.OUTAGE_YOUR_HOME)
        return [*where, *time_said(call, self._outage, utc_now())]

    def _afterwards(self) -> list[str]:
        call = self._call
        sounds = call.phrase(Prompt.OUTAGE_ADVICE)
        if self._outage.texts and is_mobile(call.caller_number or ""):
            sounds += call.phrase(Prompt.OUTAGE_TEXT_FOLLOWS)
        return [*sounds, *call.phrase(Prompt.OUTAGE_KEYS)]
