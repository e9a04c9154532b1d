"""The text messages about a planned outage, as they are sent and as pages show them beforehand (R-5.1)."""

from datetime import datetime

from ivr.config.notice_texts import NoticeTexts
from ivr.config.settings import Settings

_WHEN = {"zh": "%-m月%-d日%H:%M", "en": "%Y-%m-%d %H:%M"}


def outage_text(
    settings: Settings,
    texts: NoticeTexts,
    area: str,
    work: str,
    begins_at: datetime,
    ends_at: datetime,
    *,
    wording: str = "outage",
) -> str:
    """What people of the area read.

    :param area: as they know it. ``work``: why gas is off.
    :param wording: of prompts/notices.yaml; see :func:`wording_off`.
    """
    language = settings.default_language

    def said(moment: datetime) -> str:
        return moment.astimezone(settings.zone).strftime(_WHEN[language])

    values = {
        "company": settings.company_name(language),
        "hotline": settings.company.hotline,
        "area": area,
        "work": work,
        "begin": said(begins_at),
        "end": said(ends_at),
    }
    return texts.write(wording, values)[1]


def wording_off(begins_at: datetime, stopped_at: datetime) -> str:
    """The wording for those who were told: it will not be, or is over earlier than was announced."""
    return "outage_off" if stopped_at < begins_at else "outage_ended"
