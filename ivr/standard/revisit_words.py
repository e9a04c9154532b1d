"""What a revisit writes into its case, in words (R-16.5)."""

from collections.abc import Sequence

from ivr.standard.dial_attempt import DialEnd
from ivr.standard.dial_protection import DialRefusal
from ivr.standard.questionnaire import Opinion

_ASKED = {"zh": "自动回访", "en": "Automatic revisit"}
_ASKED_BY_AGENT = {"zh": "人工回访", "en": "Revisit by an agent"}
_SATISFACTION = {"zh": "满意度{score}分", "en": "satisfaction {score}"}
_SOLVED = {
    True: {"zh": "问题已解决", "en": "solved"},
    False: {"zh": "问题未解决", "en": "not solved"},
}
_REMARK = {"zh": "有留言录音", "en": "a remark was recorded"}
_BROKEN_OFF = {"zh": "中途挂机", "en": "hung up before the end"}
_REOPENED = {
    "zh": "回访不满意，工单重新打开，请首问负责人与用户联系",
    "en": "The customer is not satisfied: the case is opened again, its first responder calls",
}
_NOT_ASKED = {
    DialEnd.UNREACHABLE: {"zh": "多次拨打未能接通", "en": "could not be reached, tried several times"},
    DialEnd.EMPTY_NUMBER: {"zh": "号码为空号", "en": "nobody has this number"},
    DialEnd.NOT_WANTED: {"zh": "用户要求不再回访", "en": "does not want to be called"},
    DialEnd.CANCELLED: {"zh": "取消外呼", "en": "the call was taken back"},
    DialEnd.NO_TIME_LEFT: {"zh": "没有可拨打的时间", "en": "no time was left to call"},
    DialRefusal.DO_NOT_CALL: {"zh": "号码在免打扰名单中", "en": "is on the do-not-call list"},
    DialRefusal.ASKED_RECENTLY: {"zh": "近期已经回访过", "en": "was asked recently"},
    DialRefusal.EMPTY_NUMBER: {"zh": "号码为空号", "en": "nobody has this number"},
}
_NOT_REVISITED = {"zh": "未回访", "en": "Not asked"}


def summary(
    opinion: Opinion,
    language: str,
    *,
    remark: bool,
    whole: bool,
    by_agent: bool = False,
    said: str | None = None,
) -> str:
    """What was answered, in a line.

    :param remark: something was said and recorded.
    :param whole: to the last question.
    :param by_agent: an agent asked; ``said``: what they wrote down beside the answers.
    """
    parts: list[str] = [(_ASKED_BY_AGENT if by_agent else _ASKED)[language]]
    if opinion.satisfaction is not None:
        parts.append(_SATISFACTION[language].format(score=opinion.satisfaction))
    if opinion.solved is not None:
        parts.append(_SOLVED[opinion.solved][language])
    if remark:
        parts.append(_REMARK[language])
    if not whole:
        parts.append(_BROKEN_OFF[language])
    line = _line(parts, language)
    if said:
        line += f"。{said}" if language == "zh" else f". {said}"
    return line


def reopened(language: str) -> str:
    """Why the case is opened again."""
    return _REOPENED[language]


def not_asked(why: DialEnd | DialRefusal, language: str, said: str | None = None) -> str:
    """Why the customer is not asked.

    :param said: what somebody wrote about it.
    """
    reason = _NOT_ASKED.get(why)
    parts = [_NOT_REVISITED[language], reason[language] if reason else str(why)]
    return _line([*parts, said] if said else parts, language)


def _line(parts: Sequence[str], language: str) -> str:
    first, *others = parts
    if not others:
        return first
    colon, comma = ("：", "，") if language == "zh" else (": ", ", ")
    return f"{first}{colon}{comma.join(others)}"
