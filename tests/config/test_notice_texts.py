"""The words of notices: read whole, or every mistake named with its line."""

from pathlib import Path

import pytest

from ivr.config.notice_texts import load_notice_texts
from ivr.errors import NoticeTextError
from tests.conftest import PROJECT

SHIPPED = (PROJECT / "prompts" / "notices.yaml").read_text(encoding="utf-8")


def said(folder: Path, text: str) -> str:
    (folder / "notices.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(NoticeTextError) as caught:
        load_notice_texts(folder)
    return str(caught.value)


def test_places_are_filled_and_what_is_not_known_says_so() -> None:
    texts = load_notice_texts(PROJECT / "prompts")
    values = {
        "company": "泉城燃气",
        "number": "2026-11-0001",
        "kind": "报修",
        "responder": "王敏",
        "unit": "",
    }
    subject, text = texts.write("late", values)
    assert "2026-11-0001" in subject
    assert text.endswith("首问负责人：王敏，责任单位：未填写。")
    without_link = texts.write("alarm", values)[1]
    assert without_link.endswith("请立即受理并出发")


def test_what_is_late_names_first_responder_and_unit(tmp_path: Path) -> None:
    """R-FR."""
    spoiled = SHIPPED.replace("应于{due}前完成。首问负责人：{responder}，", "应于{due}前完成。")
    assert "late names {number}, {responder} and {unit} (R-FR)" in said(tmp_path, spoiled)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("{number}待答复", "{nummer}待答复", 'there is no place "{nummer}"; write one of: address, area'),
        ("{number}待答复", "{number待答复", "has a brace too many"),
        ("  repair: 报修\n", "", "no words for the kind of case repair"),
        ("  handle: 故障处置\n", "", "no words for the obligation handle"),
        ("  sent_back: ", "  sent_bak: ", 'there is no notice "sent_bak"'),
        ("请及时受理：{link}", "请及时受理", "a {link} belongs to alarm and passed_on, and nowhere else"),
        ("format: 1", "format: 2", "format"),
        ("unknown: 未填写", "unknown: 未填写\nunknown: 无", "unknown"),
        ("unknown: 未填写", "unkown: 未填写", 'did you mean "unknown"?'),
        ("text: 工单", "text: [", "not YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, before: str, after: str, fault: str) -> None:
    assert before in SHIPPED
    message = said(tmp_path, SHIPPED.replace(before, after, 1))
    assert fault in message
    assert "line" in message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoticeTextError, match=r"notices\.yaml: cannot be read: No such file"):
        load_notice_texts(tmp_path)
