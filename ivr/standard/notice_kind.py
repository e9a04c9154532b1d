"""Notices 通知: what the hotline tells somebody by desk, text or mail; why, how, and when to try again."""

import re
from collections.abc import Sequence
from enum import StrEnum


class NoticeWay(StrEnum):
    """How somebody is told."""

    DESK = "desk"  # in the pages, to somebody with a work number; there as soon as it is written
    TEXT = "text"  # a short message to a mobile telephone
    MAIL = "mail"  # e-mail


class NoticeState(StrEnum):
    """What became of a notice."""

    WAITING = "waiting"  # to be carried, now or at its next try
    SENT = "sent"  # the carrier has taken it; of the desk: it is there
    FAILED = "failed"  # not carried: refused, or given up after all tries
    READ = "read"  # of the desk: somebody has seen it


class NoticeReason(StrEnum):
    """Why somebody is told."""

    WARNING = "warning"  # a time is running out, or has run out (R-OV)
    CASE_OPENED = "case_opened"  # the customer gets the number of the case (R-N)
    PASSED_ON = "passed_on"  # the unit has a case
    ALARM = "alarm"  # the unit has an alarm: somebody must go at once
    DUTY_LIST = "duty_list"  # leaders are told of an alarm
    SEVERE_COMPLAINT = "severe_complaint"  # the manager knows at once (R-CL)
    FINISHED = "finished"  # the unit is done: the customer is to be told
    SENT_BACK = "sent_back"  # the unit says that it is not its matter: another one is to be found
    FIRST_CONTACT = "first_contact"  # a colleague wrote the record of a call that somebody took first (R-FR)
    HANDED_OVER = "handed_over"  # somebody is first responder of a case from now on (R-FR)
    OUTAGE = "outage"  # gas will be off where they live
    OUTAGE_OFF = "outage_off"  # it will not be off after all, or is back earlier than was announced
    TRUNK = "trunk"  # a line to the outside does not work any more, or works again
    LINE = "line"  # a supervisor tells all desks something
    QUALITY = "quality"  # a drawn recording of theirs was scored (R-QA3)


def wait_before_try(tries: int, waits: Sequence[float]) -> float | None:
    """Seconds until a notice is tried again; None: it is given up.

    :param tries: how often it was tried in vain, at least once.
    :param waits: growing pauses between tries (config.yaml: notices.waits).

    >>> wait_before_try(1, [10, 60]), wait_before_try(2, [10, 60]), wait_before_try(3, [10, 60])
    (10, 60, None)
    """
    return waits[tries - 1] if tries <= len(waits) else None


_LINK = re.compile(r"(/f/[^/\s]{1,40}/)[A-Za-z0-9_-]{8,}")


def without_token(text: str) -> str:
    """A notice as it is kept and shown: a link that opens a case is nobody's but who it was sent to.

    >>> without_token("请看 http://h:8000/f/BJ2026-11-0001/abcdefghij ，谢谢")
    '请看 http://h:8000/f/BJ2026-11-0001/… ，谢谢'
    """
    return _LINK.sub(r"\1…", text)
