"""Notices as they are written: who gets them by which ways, and in which words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.config import Settings
from ivr.config.notice_texts import NoticeTexts
from ivr.standard.notice_kind import NoticeReason, NoticeWay
from storage.queries.notices import NewNotice
from storage.queries.obligations import NEVER
from storage.telephone_numbers import is_mobile, read_number

Values = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who is told: by desk with ``agent_id``, by text with ``number``, by mail with ``mail``."""

    name: str | None
    agent_id: int | None = None
    number: str | None = None
    mail: str | None = None
    link: str | None = None
    """Opens the case, for this receiver alone; never put on a desk, whose owner signs in."""


@dataclass(frozen=True, slots=True)
class About:
    """What a notice is about."""

    reason: NoticeReason
    case_id: int
    obligation_id: int | None = None
    urgent: bool = False


class Letters:
    """Writes notices in the words of prompts/notices.yaml."""

    def __init__(self, settings: Settings, texts: NoticeTexts) -> None:
        self._settings = settings
        self._texts = texts

    def kind(self, kind: str) -> str | None:
        """What a case is about, in words."""
        return next((words for known, words in self._texts.kinds.items() if known == kind), None)

    def obligation(self, kind: str) -> str | None:
        """What is owed, in words."""
        return next((words for known, words in self._texts.obligations.items() if known == kind), None)

    def moment(self, at: datetime) -> str | None:
        """A moment as people of the hotline's zone read it; None for never."""
        if at == NEVER:
            return None
        local = at.astimezone(self._settings.zone)
        return f"{local.month}月{local.day}日{local:%H:%M}"

    def mobile(self, number: str | None) -> str | None:
        """A number that takes texts, in E.164; None for others."""
        e164 = read_number(number, self._settings.company.area_code).e164 if number else None
        return e164 if e164 is not None and is_mobile(e164) else None

    def write(self, name: str, values: Values, about: About, to: Iterable[Receiver]) -> list[NewNotice]:
        """One notice for each receiver and way; nobody is told twice by the same one.

        :param name: of the wording.
        """
        settings = self._settings
        known = {
            **values,
            "company": settings.company.name.zh,
            "hotline": settings.company.hotline,
        }
        found: dict[tuple[NoticeWay, str | int], NewNotice] = {}
        for one in to:
            number = self.mobile(one.number)
            mail = one.mail if settings.mail.host is not None else None
            ways = ((NoticeWay.DESK, one.agent_id), (NoticeWay.TEXT, number), (NoticeWay.MAIL, mail))
            for way, target in ways:
                if target is None or (way, target) in found:
                    continue
                link = None if way is NoticeWay.DESK else one.link
                subject, text = self._texts.write(name, {**known, "link": link})
                found[way, target] = NewNotice(
                    way=way,
                    text=text,
                    reason=about.reason,
                    agent_id=one.agent_id if way is NoticeWay.DESK else None,
                    number=number if way is NoticeWay.TEXT else None,
                    mail=mail if way is NoticeWay.MAIL else None,
                    to_name=one.name,
                    subject=subject,
                    case_id=about.case_id,
                    obligation_id=about.obligation_id,
                    urgent=about.urgent,
                )
        return list(found.values())
