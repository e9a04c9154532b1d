"""Passing a call on (R-12.12): what is a target, and what would be a circle."""

import pytest

from ivr.standard.transfer import (
    LONGEST_NOTE,
    PassedBefore,
    Target,
    TargetKind,
    is_a_circle,
    read_note,
    read_target,
)

AGENT, QUEUE = Target(TargetKind.AGENT, "1001"), Target(TargetKind.QUEUE, "repair")


def test_a_target_is_read_from_a_commands_arguments() -> None:
    assert read_target({"kind": "agent", "value": " 1001 "}) == AGENT
    assert read_target({"kind": "unit", "value": "7"}) == Target(TargetKind.UNIT, "7")


@pytest.mark.parametrize(
    "given",
    [
        None,
        "1001",
        {},
        {"kind": "agent"},
        {"kind": "friend", "value": "1001"},
        {"kind": "agent", "value": 1001},
        {"kind": "agent", "value": "  "},
        {"kind": "outside", "value": "1" * 41},
        {"kind": ["agent"], "value": "1001"},
        {"kind": "agent", "value": "1001\x00"},
    ],
)
def test_what_is_no_target_is_none(given: object) -> None:
    assert read_target(given) is None


def test_a_call_does_not_go_back_unasked_to_who_passed_it_on() -> None:
    before = [PassedBefore("1001", Target(TargetKind.AGENT, "1002"))]
    assert is_a_circle(AGENT, before)
    assert not is_a_circle(Target(TargetKind.AGENT, "1003"), before)
    assert not is_a_circle(Target(TargetKind.AGENT, "1002"), before)


def test_nobody_is_sent_twice_into_one_queue_or_to_one_number() -> None:
    unit = Target(TargetKind.UNIT, "7")
    before = [PassedBefore("1001", QUEUE), PassedBefore("1002", unit)]
    assert is_a_circle(QUEUE, before)
    assert is_a_circle(unit, before)
    assert not is_a_circle(Target(TargetKind.QUEUE, "complaint"), before)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" 请接\n一下\x00 ", "请接 一下"),
        ("😀" * 400, "😀" * LONGEST_NOTE),
        (None, ""),
        (7, ""),
        ({"a": 1}, ""),
    ],
)
def test_a_note_is_kept_printable_and_not_too_long(given: object, kept: str) -> None:
    assert read_note(given) == kept


def test_the_first_transfer_is_no_circle() -> None:
    assert not any(is_a_circle(target, []) for target in (AGENT, QUEUE))
