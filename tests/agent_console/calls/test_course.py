"""Holds, transfers and the reason of the end are in the course of a call."""

import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import insert

from ivr.config.sections import Role
from ivr.standard.call_stage import CallDirection
from ivr.standard.conversation_refusal import SpecialEnd
from ivr.standard.three_rings import OfferOutcome
from ivr.standard.transfer import Target, TargetKind, TransferOutcome
from storage.models import Unit
from storage.queries import holds, transfers
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago


def test_holds_transfers_and_the_reason_of_the_end_are_told(
    visitor: Callable[..., Visitor], scene: Scene
) -> None:
    scene.person("5001", role=Role.SUPERVISOR)
    first, second = scene.person("1001", "王敏"), scene.person("1002", "李强")
    call = scene.ended_call(first, 10, special_end=SpecialEnd.ABUSIVE, special_end_text="骂人三次")
    with scene.database.write() as connection:
        unit = connection.execute(
            insert(Unit).values(name="城南管理站", active=True).returning(Unit.id)
        ).scalar_one()
        began = ago(500)
        holds.begin(connection, call, first, began, consent=True)
        holds.end(connection, call, began + timedelta(seconds=42))
        holds.begin(connection, call, first, ago(400), consent=None)
        for kind, value, agent, attended, outcome in (
            (TargetKind.AGENT, "1002", second, True, TransferOutcome.ENDED),
            (TargetKind.UNIT, str(unit), None, False, TransferOutcome.TAKEN),
            (TargetKind.QUEUE, "complaint", None, False, TransferOutcome.TO_QUEUE),
        ):
            transfer = transfers.begin(
                connection,
                call_id=call,
                from_agent_id=first,
                target=Target(kind, value),
                to_number=None,
                to_agent_id=agent,
                note="<b>急</b>",
                attended=attended,
                command_id=None,
                now=ago(390),
            )
            transfers.end(connection, transfer, call, outcome, ago(380))
    somebody = visitor()
    somebody.sign_in("5001")
    text = somebody.get(f"/calls/{call}").get_data(as_text=True)
    for said in (
        "通话保持，播放音乐",
        "客户已同意",
        "历时 42 秒",
        "咨询期间",
        "咨询同事",
        "1002 李强",
        "被咨询人已退出",
        "城南管理站",
        "→ 投诉 ·",
        "对方已接手客户",
        "辱骂或威胁",
        "骂人三次",
        "&lt;b&gt;急&lt;/b&gt;",
    ):
        assert said in text, said


def test_who_was_called_outside_is_no_duty_phone(visitor: Callable[..., Visitor], scene: Scene) -> None:
    scene.person("5001", role=Role.SUPERVISOR)
    call = scene.ended_call(scene.person("1001"), 1, direction=CallDirection.OUTBOUND)
    for device in ("PJSIP/trunk-line/sip:053188880001@192.0.2.1:5060", "PJSIP/fixed-device/sip:1@192.0.2.2"):
        scene.offer(
            call, None, made_at=ago(40), ended_at=ago(30), outcome=OfferOutcome.BUSY, device=device, rings=0
        )
    somebody = visitor()
    somebody.sign_in("5001")
    text = somebody.get(f"/calls/{call}").get_data(as_text=True)
    assert re.search(r"053188880001\s*<", text)
    assert "值班电话" in text
    assert "菜单接起" not in text
