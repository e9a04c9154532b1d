"""Holds, transfers and the reason of the end are in the course of a call."""

import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import insert

from ivr.config.sections import Role
from ivr.standard.call_stage import CallDirection
from ivr.standard.conversation_refusal import SpecialEnd
from ivr.standard.intervention import InterventionMode, InterventionOutcome
from ivr.standard.three_rings import OfferOutcome
from ivr.standard.transfer import Target, TargetKind, TransferOutcome
from storage.models import Intervention, Unit
from storage.queries import calls, holds, transfers
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


def test_what_supervisors_did_is_told_to_whom_it_concerns(
    visitor: Callable[..., Visitor], scene: Scene
) -> None:
    """Who listened, whispered, took over, moved and raised, and when; agents read what they could notice."""
    agent = scene.person("1001", "王敏")
    boss, other = (
        scene.person("5001", "冯班长", Role.SUPERVISOR),
        scene.person("5002", "秦班长", Role.SUPERVISOR),
    )
    reader = scene.person("5003", role=Role.QUALITY_READER)
    assert reader
    call = scene.ended_call(agent, 10)
    scene.offer(call, agent, made_at=ago(600), ended_at=ago(590), outcome=OfferOutcome.ANSWERED)
    with scene.database.write() as connection:
        calls.note(connection, "call.raised", ago(620), call_id=call, data={"by": other})
        moved = {"from": "consultation", "to": "repair", "by": boss}
        calls.note(connection, "call.moved", ago(610), call_id=call, data=moved)
        listen, join, whisper = InterventionMode.LISTEN, InterventionMode.JOIN, InterventionMode.WHISPER
        for by, begin, mode, picked_up, later, end, outcome in (
            (boss, 580, listen, True, whisper, 540, InterventionOutcome.TOOK_OVER),
            (other, 570, listen, True, None, 560, InterventionOutcome.LEFT),
            (other, 555, join, False, None, 550, InterventionOutcome.NOT_ANSWERED),
        ):
            row = {
                "call_id": call,
                "agent_id": agent,
                "by_agent_id": by,
                "pbx_node": "pbx1",
                "channel": f"watch-{begin}",
                "mode": later or mode,
                "asked_at": ago(begin),
                "answered_at": ago(begin - 2) if picked_up else None,
                "ended_at": ago(end),
                "outcome": outcome,
            }
            connection.execute(insert(Intervention).values(row))
            for at, chosen in ((begin, mode), (begin - 10, later)):
                if chosen is not None:
                    data = {"mode": chosen.value}
                    calls.note(connection, "call.intervened", ago(at), call_id=call, agent_id=by, data=data)
    everything = {
        "班长将来电设为优先接入": "5002 秦班长",
        "班长将来电转入其他队列": "5001 冯班长",
        "班长开始监听（双方听不到）": "5001 冯班长",
        "班长密语客服员（客户听不到）": "5001 冯班长",
        "班长接管通话": "5001 冯班长",
        "班长退出，通话由双方继续": "5002 秦班长",
        "班长话机振铃": "5002 秦班长",
        "班长未接听": "5002 秦班长",
    }
    unnoticed = {"班长开始监听（双方听不到）", "班长退出，通话由双方继续", "班长话机振铃", "班长未接听"}
    for who, hidden in (("5001", set()), ("5003", set()), ("1001", unnoticed)):
        somebody = visitor()
        somebody.sign_in(who)
        text = somebody.get(f"/calls/{call}").get_data(as_text=True)
        for said, by in everything.items():
            assert (f"<strong>{said}</strong> · {by}" in text) == (said not in hidden), (who, said)
    assert "咨询 → 报修" in text
