"""Rows for the bench of cases: three years of a hotline, the same ones at every run."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.queries.obligations import NEVER

NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
OPEN_SHARE = 0.03
"""Of all cases; the newest ones."""
UNITS = 60
AGENTS = 100

_KINDS = ("consultation", "repair", "repair", "repair", "alarm", "complaint")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
_PLACES = (
    "泉中",
    "历山",
    "洪楼",
    "燕山",
    "千佛",
    "大明",
    "黑虎",
    "趵突",
    "五龙",
    "珍珠",
    "王府",
    "解放",
    "文化",
    "山大",
)
_ENDS = ("小区", "名郡", "花园", "家园", "新村", "公寓", "苑")
_WHAT = ("灶具", "热水器", "壁挂炉", "燃气表", "软管", "阀门", "立管", "报警器", "IC卡", "调压箱")
_HOW = (
    "打不着火",
    "漏气",
    "有异味",
    "不走字",
    "显示黑屏",
    "接口松动",
    "声音很大",
    "火焰发黄",
    "自动关阀",
    "插卡无反应",
)
_SAID = (
    "用户很着急",
    "家中有老人",
    "已关闭阀门",
    "要求尽快上门",
    "下班后在家",
    "昨天刚修过",
    "邻居也有同样情况",
    "多次来电",
    "语气平和",
    "要求回电",
)
_DETAIL = ("厨房", "阳台", "楼道", "室外", "三楼", "地下室", "商铺", "新装修", "租户", "停气后")


@dataclass(frozen=True)
class Table:
    """Rows of one table."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[int], Iterator[tuple[Any, ...]]]


def agents() -> range:
    """Ids of the agents."""
    return range(1, AGENTS + 1)


def _agents(count: int) -> Iterator[tuple[Any, ...]]:
    for one in agents():
        yield one, str(1000 + one), f"客服{one}", "agent", "", True, "phone", NOW - YEARS


def _units(count: int) -> Iterator[tuple[Any, ...]]:
    for unit in range(1, UNITS + 1):
        yield unit, f"第{unit}管理站", True


@dataclass(frozen=True, slots=True)
class _Case:
    id: int
    kind: str
    at: datetime
    closed_at: datetime | None
    owner: int
    unit: int | None


def _case(one: int, count: int) -> _Case:
    """The facts of a case, told by its id."""
    chance = random.Random(one)
    kind = chance.choice(_KINDS)
    at = NOW - YEARS * ((count - one) / count)
    is_open = one > count * (1 - OPEN_SHARE)
    closed_at = None if is_open else at + timedelta(hours=chance.uniform(1, 200))
    unit = None if kind == "consultation" else chance.randint(1, UNITS)
    return _Case(one, kind, at, closed_at, chance.randint(1, AGENTS), unit)


def _words(one: int) -> tuple[str, str, str]:
    """Surname, address and content."""
    chance = random.Random(-one)
    place = chance.choice(_PLACES) + chance.choice(_ENDS)
    door = f"{chance.randint(1, 33)}0{chance.randint(1, 4)}"
    address = f"{place} {chance.randint(1, 60)}号楼 {chance.randint(1, 6)}单元 {door}"
    content = (
        f"{chance.choice(_DETAIL)}{chance.choice(_WHAT)}{chance.choice(_HOW)}，{chance.choice(_SAID)}，"
        f"{chance.choice(_SAID)}，表号{chance.randrange(10**8):08}，"
        f"{chance.choice(_WHAT)}已使用{chance.randint(1, 15)}年"
    )
    return chance.choice(_SURNAMES), address, content


def _cases(count: int) -> Iterator[tuple[Any, ...]]:
    for one in range(1, count + 1):
        case, (surname, address, content) = _case(one, count), _words(one)
        number = f"{case.at:%Y-%m}-{one:07}"
        telephone = f"139{random.Random(one * 7).randrange(10**6):08}"
        yield (
            one, number, case.kind, "ordinary", case.owner, case.unit, surname, "先生", telephone, address,
            content, case.at if case.unit else None, case.at, case.closed_at,
        )  # fmt: skip


def _due_at(case: _Case) -> datetime:
    """When the next thing of an open case is due: some late, most to come."""
    chance = random.Random(case.id * 3)
    return NOW + timedelta(hours=chance.uniform(-60, 300))


def _lives(count: int) -> Iterator[tuple[Any, ...]]:
    for one in range(1, count + 1):
        case = _case(one, count)
        state = "closed" if case.closed_at else ("passed" if case.unit else "opened")
        due_at = NEVER if case.closed_at else _due_at(case)
        yield (
            one, case.kind, "ordinary", state, case.unit, case.owner, case.at, False, due_at, 2,
            case.closed_at,
        )  # fmt: skip


def _entries(count: int) -> Iterator[tuple[Any, ...]]:
    for one in range(1, count + 1):
        case = _case(one, count)
        yield one, 1, case.at, "open", "opened", "first_responder", case.owner
        state = "closed" if case.closed_at else "passed"
        yield (
            one,
            2,
            case.closed_at or case.at,
            "close" if case.closed_at else "pass_on",
            state,
            "first_responder",
            case.owner,
        )


def _obligations(count: int) -> Iterator[tuple[Any, ...]]:
    for one in range(1, count + 1):
        case = _case(one, count)
        due_at = _due_at(case) if case.closed_at is None else case.at + timedelta(hours=24)
        for place, kind in enumerate(("handle", "finish", "revisit")):
            runs = case.closed_at is None and place == 0
            settled_at = None if runs else case.closed_at or case.at + timedelta(hours=place)
            late = not runs and one % 20 == 0
            yield (
                one, kind, "R-15.1", case.at, "hours", max((due_at - case.at).total_seconds(), 60.0), 0.0,
                case.at if runs else None, due_at, 0, due_at if runs else None, settled_at,
                None if runs else ("late" if late else "kept"),
            )  # fmt: skip


TABLES = (
    Table(
        "agents",
        ("id", "work_number", "name", "role", "password_hash", "active", "device_kind", "created_at"),
        _agents,
    ),
    Table("units", ("id", "name", "active"), _units),
    Table(
        "cases",
        ("id", "number", "kind", "urgency", "first_responder_id", "unit_id", "surname", "form_of_address",
         "contact_number", "address", "content", "passed_at", "created_at", "closed_at"),
        _cases,
    ),
    Table(
        "case_lives",
        ("case_id", "kind", "urgency", "state", "unit_id", "owner_id", "opened_at", "outside_party", "due_at",
         "entries", "closed_at"),
        _lives,
    ),
    Table("case_entries", ("case_id", "entry", "at", "step", "to_state", "actor", "agent_id"), _entries),
    Table(
        "obligations",
        ("case_id", "kind", "rule", "started_at", "clock", "total_seconds", "counted_seconds",
         "running_since", "due_at", "level", "warn_at", "settled_at", "outcome"),
        _obligations,
    ),
)  # fmt: skip
"""In the order in which they are filled."""


def words_to_look_for() -> dict[str, list[Callable[[random.Random], str]]]:
    """Sort of search → what somebody types."""
    return {
        "one common character": [lambda r: r.choice(["漏", "阀", "泉", "李"])],
        "one character nobody wrote": [lambda r: r.choice(["鸭", "核", "枪"])],
        "a surname and a thing": [lambda r: f"{r.choice(_SURNAMES)} {r.choice(_WHAT)}"],
        "two common characters": [lambda r: r.choice(["漏气", "软管", "泉中", "阀门", "着火"])],
        "three and more": [lambda r: r.choice(_WHAT) + r.choice(_HOW)],
        "a place and a thing": [lambda r: f"{r.choice(_PLACES)}{r.choice(_ENDS)} {r.choice(_WHAT)}"],
        "a whole address": [lambda r: _words(r.randint(1, 90_000))[1]],
        "a meter's number": [
            lambda r: f"表号{r.randrange(10**8):08}",
            lambda r: _words(r.randint(1, 90_000))[2][-20:],
        ],
        "nothing like it": [lambda r: r.choice(["核反应堆", "鸭子", "xyzzy", "漏气鸭子"])],
    }
