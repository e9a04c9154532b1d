"""Callers whose call has a row, and whom the PBX's fallback has: they waited for an engine that was gone.

The fallback hands them back by itself, within seconds, or after they have talked with a duty phone. Then
they go on where they were, with their place; who leaves before has the true end from the PBX's own log.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from sqlalchemy import Row

from ivr.asterisk.events import StasisStart
from ivr.calls.call import Call
from ivr.calls.hotline import Hotline, utc_now
from ivr.calls.inbound import live
from ivr.errors import AriRefused
from ivr.journal import Fact
from ivr.standard.call_stage import CallStage
from ivr.standard.transfer import TransferOutcome
from storage.queries import transfers

log = structlog.get_logger(__name__)

LOG_WRITTEN_AFTER = 0.5
"""Seconds until a channel's end is surely in the PBX's log."""

Close = Callable[[Row[Any]], Awaitable[None]]


async def expect_back(hotline: Hotline, row: Row[Any], close: Close) -> None:
    """From now on the caller is taken in when they come back, and closed with ``close`` when they leave.

    :raises AriError: the PBX went away again.
    """
    channel = row.channel

    def came(start: StasisStart) -> None:
        hotline.dispatcher.when_ended(channel, _nobody)
        log.info("call.came_back", call=row.id, stage=str(row.stage))
        hotline.keep(asyncio.create_task(_go_on(hotline, row, start), name=f"call-{row.id}"))

    def left() -> None:
        if hotline.away.pop(channel, None) is not None:
            hotline.keep(asyncio.create_task(_closed(row, close), name=f"call-{row.id}-left"))

    hotline.away[channel] = came
    hotline.dispatcher.when_ended(channel, left)
    try:
        await hotline.ari.post(
            f"/applications/{hotline.ari.application}/subscription", {"eventSource": f"channel:{channel}"}
        )
    except AriRefused:
        left()  # it has gone meanwhile


def _nobody() -> None:
    """Nobody waits for this channel's end any more: its call hears of it by itself."""


async def _closed(row: Row[Any], close: Close) -> None:
    await asyncio.sleep(LOG_WRITTEN_AFTER)
    await close(row)


async def _go_on(hotline: Hotline, row: Row[Any], start: StasisStart) -> None:
    """Where they were; at an agent they cannot be, and who pressed the gas-leak key meanwhile is an alarm."""
    if row.stage is CallStage.PASSING_ON:
        # Whom they were passed on to rang for an engine that was gone.
        now = utc_now()
        hotline.ledger.note(Fact(transfers.end_open, row.id, TransferOutcome.TO_QUEUE, now))
    call = Call.of_row(hotline, row)
    call.leg.up = True
    stage = CallStage.WAITING if row.queued_at is not None else CallStage.MENU
    if row.stage in (CallStage.AFTER_HOURS, CallStage.MESSAGE, CallStage.CALL_BACK, CallStage.SURVEY):
        stage = row.stage
    if "alarm" in start.arguments[2:] and not call.is_alarm:
        stage = call.to_alarm()
    await live(call, stage, up=True)
