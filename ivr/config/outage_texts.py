"""The text message about a planned outage, as it is sent and as pages show it beforehand (R-5.1)."""

from datetime import datetime

from ivr.config.notice_texts import NoticeTexts
from ivr.config.settings import Settings

_WHEN = {"zh": "%-m月%-d日%H:%M", "en": "%Y-%m-%d %H:%M"}


def outage_text(
    settings: Settings, texts: NoticeTexts, area: str, work: str, begins_at: datetime, ends_at: datetime
) -> str:
    """What people of the area read.

    :param area: as they know it. ``work``: why gas is off.
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
    return texts.write("outage", values)[1]
