"""The made-up cases of a demo: what was called about, and how far each has come. No real event is meant.

Times are hours before the demo is made, so that whenever it is looked at some are late and some soon are.
"""

from dataclasses import dataclass

from ivr.config.sections import CallKind
from ivr.standard.case_life import CaseStep
from ivr.standard.complaint_class import ComplaintClass
from ivr.standard.complaint_path import Responsibility
from ivr.standard.urgency import Urgency

DAY = 24.0


@dataclass(frozen=True, slots=True)
class Did:
    """A step, so many hours before now."""

    step: CaseStep
    ago: float
    said: str = ""
    responsibility: Responsibility | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A case: when it came, from where, about what, and what was done."""

    ago: float
    kind: CallKind
    content: str
    unit: str | None = None
    compound: str | None = None
    """Where the customer lives; None: anywhere."""
    answered: bool = False
    urgency: Urgency = Urgency.ORDINARY
    complaint_class: ComplaintClass | None = None
    did: tuple[Did, ...] = ()
    owner: int = 0
    """Which of the agents is first responder, counted from 0."""
    objection: str | None = None
    """What the customer objects to the answer, at its end (R-CA)."""


_S, _K, _C, _R = CaseStep, CallKind, ComplaintClass, Responsibility


def _closed(at: float, said: str) -> tuple[Did, ...]:
    """The customer was told and asked, and the case closed."""
    return (
        Did(_S.ANSWER, at, "已电话告知用户处理结果，用户知晓"),
        Did(_S.REVISIT, at - 8, "用户表示满意"),
        Did(_S.CLOSE, at - 9, said),
    )


def _complaint(
    ago: float,
    content: str,
    unit: str,
    what: ComplaintClass,
    who: Responsibility,
    found: str,
    owner: int = 0,
) -> Story:
    """A complaint that was closed after eight days."""
    return Story(
        ago,
        _K.COMPLAINT,
        content,
        unit,
        complaint_class=what,
        owner=owner,
        did=(
            Did(_S.ACCEPT, ago - 3),
            Did(_S.FIND, ago - 2 * DAY, found),
            Did(_S.OPINE, ago - 2.5 * DAY, f"{found}；向用户致歉并说明", who),
            Did(_S.ANSWER, ago - 3 * DAY, "已向用户致歉并说明处理意见"),
            Did(_S.ACCEPT_ANSWER, ago - 3 * DAY + 0.1),
            Did(_S.REVISIT, ago - 8 * DAY, "用户认可"),
            Did(_S.CLOSE, ago - 8 * DAY + 0.5, "已办结并上报"),
        ),
    )


LAST_MONTH: tuple[Story, ...] = (
    _complaint(
        0,
        "约好上午上门换表，等到下午五点没人来，也没有电话",
        "城南管理站",
        _C.SERVICE,
        _R.UNIT,
        "排班遗漏，未通知用户",
    ),
    _complaint(
        0,
        "换表后第二天又不走字，已经第三次报修",
        "计量检修所",
        _C.QUALITY,
        _R.SHARED,
        "该批次计量模块有缺陷，厂家共同负责",
        1,
    ),
    _complaint(
        0,
        "上个月气费比往常多了一倍，要求核对",
        "客户服务部",
        _C.FEES,
        _R.CUSTOMER,
        "抄表无误，用户新装壁挂炉，用气量增加",
    ),
    _complaint(
        0,
        "维修工说话不客气，让用户自己找物业",
        "城北管理站",
        _C.SERVICE,
        _R.UNIT,
        "维修工态度生硬，已批评教育",
        1,
    ),
    _complaint(
        0,
        "阶梯气价为什么涨，觉得不合理",
        "客户服务部",
        _C.GRUMBLE,
        _R.NOBODY,
        "执行政府定价，已解释",
    ),
)
"""Complaints closed last month; their ``ago`` is counted back from its end."""

STORIES: tuple[Story, ...] = (
    Story(
        4 * DAY,
        _K.REPAIR,
        "燃气表屏幕不亮，按键没有反应，插卡无提示",
        "计量检修所",
        did=(
            Did(_S.ACCEPT, 4 * DAY - 0.3),
            Did(_S.HANDLE, 4 * DAY - 3, "更换电池后仍不亮，需换表"),
            Did(_S.FINISH, 4 * DAY - 20, "更换计量表，读数已抄录，用户签字"),
            *_closed(3 * DAY, "换表完成，回访满意"),
        ),
    ),
    Story(
        3.2 * DAY,
        _K.CONSULTATION,
        "咨询 IC 卡表欠量报警怎么处理，已告知插卡补足气量",
        answered=True,
        owner=1,
        did=(Did(_S.CLOSE, 3.1 * DAY, "通话中已答复"),),
    ),
    Story(
        3 * DAY,
        _K.COMPLAINT,
        "热水器维修后漏水，把地板泡了，要求赔偿",
        "城东管理站",
        urgency=Urgency.URGENT,
        complaint_class=_C.QUALITY,
        did=(
            Did(_S.ACCEPT, 3 * DAY - 1),
            Did(_S.FIND, 2 * DAY, "密封圈安装不到位，属维修质量问题"),
            Did(_S.OPINE, 1.6 * DAY, "站里承担维修责任，赔偿地板损失", _R.UNIT),
            Did(_S.ANSWER, 1.2 * DAY, "已告知用户赔偿方案"),
        ),
        objection="用户不认可赔偿金额，要求重新核定",
        owner=1,
    ),
    Story(
        2.6 * DAY,
        _K.COMPLAINT,
        "预约通气拖了一个星期，打了三次电话都说再等等",
        "城北管理站",
        complaint_class=_C.SERVICE,
        did=(Did(_S.ACCEPT, 2.5 * DAY),),
    ),
    Story(
        1.4 * DAY,
        _K.REPAIR,
        "厨房燃气灶火苗发黄，锅底发黑",
        "城西管理站",
        did=(
            Did(_S.ACCEPT, 1.4 * DAY - 0.5),
            Did(_S.HANDLE, 1.3 * DAY, "调整风门，清理喷嘴"),
            Did(_S.FINISH, 1.25 * DAY, "火焰正常，试火三次无异常"),
            Did(_S.ANSWER, 1.2 * DAY, "已告知用户修好"),
        ),
    ),
    Story(
        1.1 * DAY,
        _K.REPAIR,
        "壁挂炉报 E1，不点火，家里没有暖气",
        "城南管理站",
        owner=1,
        did=(Did(_S.ACCEPT, 1.1 * DAY - 2), Did(_S.HANDLE, 0.9 * DAY, "点火针老化，等配件")),
    ),
    Story(
        23.2,
        _K.CONSULTATION,
        "咨询房屋过户后如何办理燃气更名，需要核实所需材料后回复",
    ),
    Story(
        21,
        _K.ALARM,
        "楼道里有很浓的燃气味，好几户都闻到",
        "抢险中心",
        "柳岸花园",
        did=(
            Did(_S.ACCEPT, 20.98),
            Did(_S.ARRIVE, 20.7),
            Did(_S.HANDLE, 20.5, "关闭楼前阀门，通风"),
            Did(_S.FINISH, 19, "楼前立管接头老化渗漏，已更换并保压合格"),
            Did(_S.ANSWER, 18.8, "已逐户告知可恢复用气"),
            Did(_S.CLOSE, 18, "抢险完成，已上报"),
        ),
    ),
    Story(
        20.8,
        _K.REPAIR,
        "突然没气了，邻居也没有",
        "抢险中心",
        "柳岸花园",
        owner=1,
        did=(
            Did(_S.ACCEPT, 20.6),
            Did(_S.HANDLE, 20.2, "因抢险停气，与楼道漏气为同一事件"),
            Did(_S.FINISH, 18.9, "恢复供气，入户点火正常"),
            Did(_S.ANSWER, 18.5, "已告知恢复供气"),
        ),
    ),
    Story(
        20.5,
        _K.ALARM,
        "家里报警器一直响，已经开窗关阀到楼下",
        "抢险中心",
        "柳岸花园",
        did=(
            Did(_S.ACCEPT, 20.49),
            Did(_S.ARRIVE, 20.4),
            Did(_S.HANDLE, 20.3, "入户检测合格"),
            Did(_S.FINISH, 19.5, "受楼道漏气影响，户内无泄漏"),
            Did(_S.ANSWER, 19.3, "已告知户内安全"),
            Did(_S.CLOSE, 18, "与同楼抢险一并上报"),
        ),
    ),
    Story(
        16,
        _K.REPAIR,
        "燃气表走字但灶具打不着火，怀疑表后漏气",
        "城东管理站",
        urgency=Urgency.URGENT,
        did=(Did(_S.ACCEPT, 15.5), Did(_S.START, 15), Did(_S.HANDLE, 12, "表后无泄漏，灶具电磁阀损坏")),
    ),
    Story(7.4, _K.REPAIR, "IC 卡插入后显示 E3，充不进气", "城北管理站", owner=1, did=(Did(_S.ACCEPT, 7),)),
    Story(5.4, _K.REPAIR, "阀门拧不动，无法关闭，担心安全", "城南管理站", did=(Did(_S.ACCEPT, 5.1),)),
    Story(
        4.5,
        _K.COMPLAINT,
        "工作人员上门安检未出示证件，还推销软管，要求严肃处理",
        "客户服务部",
        urgency=Urgency.CRITICAL,
        complaint_class=_C.SERVICE,
    ),
    Story(3, _K.CONSULTATION, "咨询农村煤改气补贴标准，需核实后答复", owner=1),
    Story(
        2.1, _K.REPAIR, "热水器打火后马上熄灭", "城西管理站", did=(Did(_S.ACCEPT, 1.8), Did(_S.START, 0.9))
    ),
    Story(0.9, _K.REPAIR, "燃气压力小，炒菜火上不来，同楼也这样", "城南管理站", "泉中小区"),
    Story(0.55, _K.REPAIR, "灶具打不着火，昨天还好好的", "城南管理站", "泉中小区", owner=1),
    Story(
        0.2,
        _K.ALARM,
        "进门闻到燃气味，已关阀开窗，人在楼下",
        "抢险中心",
        "泉中小区",
        urgency=Urgency.CRITICAL,
        did=(Did(_S.ACCEPT, 0.19), Did(_S.ARRIVE, 0.03)),
    ),
    Story(0.1, _K.REPAIR, "表箱门掉了，外面的管子露着", "城北管理站"),
)
"""What came in over the last days, the oldest first."""

INCIDENT = "柳岸花园"
INCIDENT_SUMMARY = "楼前立管接头老化渗漏。阀门关闭后更换接头，保压合格，逐户恢复供气；无人员伤亡。"
