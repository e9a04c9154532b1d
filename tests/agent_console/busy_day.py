"""A busy day on one floor: what the screenshots and the accessibility checks look at."""

from datetime import timedelta

from ivr.config.sections import CallKind, Role
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallOutcome, CallStage
from ivr.standard.three_rings import OfferOutcome
from tests.agent_console.scene import Scene, ago

NAMES = [
    "王敏",
    "李强",
    "张伟",
    "刘洋",
    "陈静",
    "杨帆",
    "黄磊",
    "周婷",
    "吴昊",
    "徐丽",
    "孙悦",
    "马超",
    "朱琳",
    "胡军",
    "郭靖",
    "何苗",
    "林峰",
    "罗兰",
]


def build(scene: Scene) -> dict[str, int]:
    """Fill the database; gives ids by work number, and "call" for one whole call of the day."""
    scene.engine()
    ids = {f"{1001 + index}": scene.person(f"{1001 + index}", name) for index, name in enumerate(NAMES)}
    ids["2001"] = scene.person("2001", "赵琳", Role.SUPERVISOR)
    ids["3001"] = scene.person("3001", "钱进", Role.QUALITY_READER)
    ids["9001"] = scene.person("9001", "管理员", Role.ADMINISTRATOR)
    ids["call"] = _past(scene, ids)
    _present(scene, ids)
    return ids


def _past(scene: Scene, ids: dict[str, int]) -> int:
    me, other = ids["1001"], ids["1002"]
    for index in range(60):
        agent = [me, other, ids["1003"], None][index % 4]
        kind = list(CallKind)[index % 4]
        call = scene.ended_call(
            agent,
            5 + 3 * index,
            caller_number=f"139{index:04}{1111 + index}",
            queue=kind.value,
            kind=kind,
            outcome=CallOutcome.ANSWERED if agent else list(CallOutcome)[index % 5 + 1],
        )
        if agent:
            scene.past_offer(call, agent, OfferOutcome.ANSWERED, ago(300 + 180 * index))
            scene.rating(call, agent, 3 + index % 3)
    begin = ago(290)
    whole = scene.ended_call(me, 290 / 60, caller_number="13912341111")
    scene.past_offer(whole, other, OfferOutcome.MISSED, begin + timedelta(seconds=13))
    scene.past_offer(whole, me, OfferOutcome.ANSWERED, begin + timedelta(seconds=30))
    scene.update_call(whole, talk_started_at=begin + timedelta(seconds=45.4))
    scene.state_change(other, whole, begin + timedelta(seconds=13))
    scene.recording(whole, me, "2026/11/21/whole")
    scene.rating(whole, me, 5)
    return whole


def _present(scene: Scene, ids: dict[str, int]) -> None:
    states = [
        AgentState.READY,
        AgentState.NOT_ANSWERING,
        AgentState.TALKING,
        AgentState.WRAP_UP,
        AgentState.BREAK,
        AgentState.DEVICE_GONE,
        AgentState.SIGNED_OUT,
        AgentState.READY,
    ]
    for index, work_number in enumerate(sorted(ids)[:18]):
        state = states[index % len(states)]
        talking = state is AgentState.TALKING
        call = scene.call(CallStage.TALKING, caller_number=f"138001{index:05}") if talking else None
        scene.presence(
            ids[work_number],
            state,
            since=ago(40 + 17 * index),
            call_id=call,
            reason="meal" if state is AgentState.BREAK else None,
            device_present=state is not AgentState.DEVICE_GONE,
            wrap_up_until=ago(-25) if state is AgentState.WRAP_UP else None,
        )
    for index, queue in enumerate(["repair", "alarm", "consultation", "complaint", "repair"]):
        scene.call(
            kind=CallKind(queue),
            queue=queue,
            caller_number=f"1370000{index:04}",
            queued_at=ago(20 + 31 * index),
            menu_path=str(index % 4 + 1),
        )
