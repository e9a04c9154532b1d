"""All that tells people something, put together: what finds it, what words it, what carries it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from ivr import hotline_clock
from ivr.carriers.mail import MailCarrier
from ivr.carriers.texts import text_carrier
from ivr.config import Settings
from ivr.config.notice_texts import load_notice_texts
from ivr.ledger import Ledger
from ivr.notices.draws import RandomDraws
from ivr.notices.letters import Letters
from ivr.notices.of_entries import EntryTeller
from ivr.notices.readers import EntryReader, WarningTeller
from ivr.notices.sender import NoticeSender, by_mail, by_text
from ivr.notices.sleeper import kept_running
from ivr.standard.notice_kind import NoticeWay
from storage.case_clockwork import clockwork
from storage.queries import case_entries_told, notice_carrying, obligation_warnings

TEXT_LENT_SECONDS = 60.0
TIMEOUTS_OF_A_MAIL = 8
"""Answers that are waited for while one mail is handed over, from the connect to the last one."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look at the database found."""

    new_entries: bool
    next_warning: datetime | None
    next_notice: datetime | None


class NoticeOffice:
    """Tells people what follows from cases and clocks; the engine runs its parts.

    :param alerted: called when the duty list may have been told of something (R-3.1).
    """

    def __init__(
        self, settings: Settings, prompts_folder: Path, ledger: Ledger, alerted: Callable[[], None]
    ) -> None:
        """Put the parts together.

        :raises NoticeTextError: the wording cannot be read.
        """
        letters = Letters(settings, load_notice_texts(prompts_folder))
        clocks = clockwork(settings)
        self._ledger = ledger
        self._node = settings.pbx.node
        self._alerted = alerted
        self._entries = EntryReader(ledger, EntryTeller(settings, letters), self._told)
        self._warnings = WarningTeller(ledger, clocks, letters, self._told)
        self._draws = RandomDraws(ledger, settings, clocks)
        self._senders = [
            NoticeSender(
                ledger,
                self._node,
                NoticeWay.TEXT,
                by_text(text_carrier(settings)),
                settings.notices.waits,
                TEXT_LENT_SECONDS,
            )
        ]
        if settings.mail.host is not None:
            self._senders.append(
                NoticeSender(
                    ledger,
                    self._node,
                    NoticeWay.MAIL,
                    by_mail(MailCarrier(settings.mail, settings.mail_password)),
                    settings.notices.waits,
                    settings.mail.timeout * TIMEOUTS_OF_A_MAIL,
                )
            )
        self._seen: _Seen | None = None

    async def begin(self) -> None:
        """Take up what an engine of this node was carrying when it died."""
        await self._ledger.decide(
            lambda c: notice_carrying.give_back_lent(c, self._node, hotline_clock.now())
        )

    def parts(self) -> list[tuple[str, Coroutine[Any, Any, None]]]:
        """The coroutines to run, with their names."""
        loops = {"entries": self._entries.run, "warnings": self._warnings.run}
        loops |= {f"notices-{number}": sender.run for number, sender in enumerate(self._senders)}
        if self._draws.wanted:
            loops["draws"] = self._draws.run
        return [(name, kept_running(name, run)) for name, run in loops.items()]

    def look(self, connection: Connection) -> list[Callable[[], None]]:
        """After a commit, in any thread: whom to poke, in the event loop."""
        seen = _Seen(
            new_entries=case_entries_told.anything_new(connection),
            next_warning=obligation_warnings.next_at(connection),
            next_notice=notice_carrying.next_at(connection),
        )
        before, self._seen = self._seen, seen
        pokes: list[Callable[[], None]] = []
        if seen.new_entries:
            pokes.append(self._entries.sleeper.poke)
        if before is None or seen.next_warning != before.next_warning:
            pokes.append(self._warnings.sleeper.poke)
        if before is None or seen.next_notice != before.next_notice:
            pokes.append(self._poke_senders)
        return pokes

    def poke(self) -> None:
        """Look at everything, as after the database was away."""
        self._entries.sleeper.poke()
        self._warnings.sleeper.poke()
        self._told()

    async def close(self) -> None:
        """Wait a little for what is being carried."""
        for sender in self._senders:
            await sender.close()

    def _told(self) -> None:
        self._poke_senders()
        self._alerted()

    def _poke_senders(self) -> None:
        for sender in self._senders:
            sender.sleeper.poke()
