"""Carries texts and mails, one after the other for each way; what is not taken waits, longer each time."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from ivr import hotline_clock
from ivr.carriers.mail import MailCarrier, OutgoingMail
from ivr.carriers.texts import OutgoingText, TextCarrier
from ivr.errors import CarrierAway, CarrierError, NeverCarried, StorageError
from ivr.journal import Fact
from ivr.ledger import Ledger
from ivr.notices.sleeper import Sleeper
from ivr.standard.notice_kind import NoticeWay, wait_before_try
from storage.queries import notice_carrying
from storage.queries.notice_carrying import Lent

log = structlog.get_logger(__name__)

Carry = Callable[[Lent], None]
"""Carries one notice, in a thread; raises :class:`ivr.errors.CarrierError`."""

LONGEST_REST = 60.0
"""Seconds after which a carrier that was away is tried with another notice, at the latest."""
AGAIN_SECONDS = 1.0
CLOSE_SECONDS = 3.0


class NoticeSender:
    """Carries the notices of one way.

    :param waits: pauses before the next tries (config.yaml: notices.waits).
    :param lent_for: seconds after which other engines may take up what this one was at.
    """

    def __init__(
        self,
        ledger: Ledger,
        node: str,
        way: NoticeWay,
        carry: Carry,
        waits: list[float],
        lent_for: float,
    ) -> None:
        self.sleeper = Sleeper()
        self._ledger = ledger
        self._node = node
        self._way = way
        self._carry = carry
        self._waits = waits
        self._lent_for = timedelta(seconds=lent_for)
        self._away = 0
        self._trying: asyncio.Future[float] | None = None

    async def run(self) -> None:
        """Until cancelled; :meth:`close` then waits for what is being carried."""
        while True:
            try:
                lent, next_at = await self._ledger.decide(self._take)
            except StorageError as error:
                log.error("notices.not_read", way=self._way, reason=str(error))
                await self.sleeper.until(None, AGAIN_SECONDS)
                continue
            if lent is None:
                await self.sleeper.until(next_at)
                continue
            self._trying = asyncio.ensure_future(self._try(lent))
            rest = await asyncio.shield(self._trying)
            if rest:
                await asyncio.sleep(rest)

    async def close(self) -> None:
        """Wait a little for what is being carried, so that what came of it is written down."""
        if self._trying is not None and not self._trying.done():
            await asyncio.wait([self._trying], timeout=CLOSE_SECONDS)

    def _take(self, connection: Connection) -> tuple[Lent | None, datetime | None]:
        now = hotline_clock.now()
        lent = notice_carrying.lend(connection, now, self._way, self._node, self._lent_for)
        return lent, None if lent is not None else notice_carrying.next_at(connection, self._way)

    async def _try(self, lent: Lent) -> float:
        """Carry one; returns the seconds to rest before the next."""
        if lent.unclear:
            log.warning("notice.carried_again", notice=lent.id, way=self._way)
        try:
            await asyncio.to_thread(self._carry, lent)
        except CarrierError as error:
            return self._not_carried(lent, error)
        except Exception as error:
            log.exception("notice.fault", notice=lent.id)
            return self._not_carried(lent, error)
        self._away = 0
        now = hotline_clock.now()
        # A fact: written when the database is back, should it be away, and not carried again meanwhile.
        self._ledger.note(Fact(notice_carrying.sent, lent.id, now))
        return 0

    def _not_carried(self, lent: Lent, error: Exception) -> float:
        wait = None if isinstance(error, NeverCarried) else wait_before_try(lent.tries, self._waits)
        again_at = None if wait is None else hotline_clock.now() + timedelta(seconds=wait)
        log.error(
            "notice.given_up" if again_at is None else "notice.not_carried",
            notice=lent.id,
            way=self._way,
            tries=lent.tries,
            reason=str(error),
            again_at=None if again_at is None else again_at.isoformat(timespec="seconds"),
        )
        self._ledger.note(Fact(notice_carrying.not_sent, lent.id, str(error), again_at))
        if not isinstance(error, CarrierAway):
            return 0
        self._away += 1
        return min(LONGEST_REST, self._waits[min(self._away, len(self._waits)) - 1])


def by_text(carrier: TextCarrier) -> Carry:
    """Carry notices as texts."""

    def carry(lent: Lent) -> None:
        carrier.carry(
            OutgoingText(lent.id, lent.to, lent.text, lent.urgent, lent.made_at, unclear=lent.unclear)
        )

    return carry


def by_mail(carrier: MailCarrier) -> Carry:
    """Carry notices as mails."""

    def carry(lent: Lent) -> None:
        carrier.carry(
            OutgoingMail(
                lent.id, lent.to, lent.to_name, lent.subject or "", lent.text, lent.urgent, lent.made_at
            )
        )

    return carry
