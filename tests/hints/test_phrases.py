"""Forbidden and missing phrases in what was heard (R-8, R-12.4, R-12.12)."""

from ivr.hints.phrases import hints
from ivr.standard.talk_hints import Heard, HintKind

FORBIDDEN = ["我没工夫", "你问我，我问谁"]


def test_a_forbidden_phrase_is_heard_by_its_sound_and_marked_where_it_was() -> None:
    heard = [Heard(1, 2, "您好"), Heard(4, 6, "我没功夫跟你说"), Heard(7, 9, "你问我我问谁呀")]
    found = hints(heard, FORBIDDEN, [])
    assert [(hint.kind, hint.begin, hint.detail) for hint in found] == [
        (HintKind.FORBIDDEN, 4, "我没工夫"),
        (HintKind.FORBIDDEN, 7, "你问我，我问谁"),
    ]


def test_a_missing_phrase_is_said_once_also_where_it_was_heard_in_two_pieces() -> None:
    heard = [Heard(1, 2, "您好一零零一号"), Heard(2, 3, "客服员为您服务")]
    found = hints(heard, FORBIDDEN, ["号客服员", "其他问题吗"])
    assert [(hint.kind, hint.detail) for hint in found] == [(HintKind.MISSING, "其他问题吗")]
    assert hints([], FORBIDDEN, ["号客服员"]) == []  # nothing was heard: nothing is known
