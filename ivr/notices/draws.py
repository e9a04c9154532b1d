"""Consultations are drawn at random for a revisit, every so many hours (R-13.5)."""

import secrets
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from ivr import hotline_clock
from ivr.config import Settings
from ivr.errors import StorageError
from ivr.ledger import Ledger
from ivr.notices.sleeper import Sleeper
from ivr.standard.obligations import Clockwork
from storage.queries import revisit_draws

log = structlog.get_logger(__name__)

LONGEST_SLEEP = 600.0
AGAIN_SECONDS = 5.0


class RandomDraws:
    """Draws with a fresh seed; seed, population and picks are kept, so that the draw can be proven."""

    def __init__(self, ledger: Ledger, settings: Settings, clockwork: Clockwork) -> None:
        self.sleeper = Sleeper()
        self._ledger = ledger
        self._rules = settings.random_revisits
        self._too_old = timedelta(hours=settings.obligations.consultation_revisit_hours)
        self._clockwork = clockwork

    @property
    def wanted(self) -> bool:
        """Whether any are to be drawn."""
        return self._rules.percent > 0

    async def run(self) -> None:
        """Until cancelled."""
        every = timedelta(hours=self._rules.draw_every_hours)
        while True:
            try:
                last = await self._ledger.read(revisit_draws.last_until)
                if last is None or last + every <= hotline_clock.now():
                    last = await self._ledger.decide(lambda c: self._draw(c, every))
            except StorageError as error:
                log.error("revisits.not_drawn", reason=str(error))
                await self.sleeper.until(None, AGAIN_SECONDS)
                continue
            except Exception:
                log.exception("revisits.fault")
                await self.sleeper.until(None, LONGEST_SLEEP)
                continue
            await self.sleeper.until(last + every, LONGEST_SLEEP)

    def _draw(self, connection: Connection, every: timedelta) -> datetime:
        """Draw, unless another engine has just done it; returns until when is drawn."""
        now = hotline_clock.now()
        revisit_draws.one_at_a_time(connection)
        last = revisit_draws.last_until(connection)
        if last is not None and last + every > now:
            return last
        drawn = revisit_draws.draw_consultations(
            connection,
            now,
            now,
            self._clockwork,
            percent=self._rules.percent,
            seed=secrets.token_hex(16),
            first_from=now - self._too_old,
        )
        log.info("revisits.drawn", of=len(drawn.population), drawn=len(drawn.picks))
        return drawn.until_at
