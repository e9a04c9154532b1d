"""Addresses as 小区, 楼, 单元, 门牌: taken apart, tidied, and written in one way (R-12.6)."""

import re
from dataclasses import dataclass

_SHORT = r"[0-9A-Za-z甲乙丙丁东西南北中一二三四五六七八九十]{1,8}(?:-[0-9A-Za-z]{1,4})?"
_BUILDING = r"(?:号楼|#楼|栋|幢|座|#)"
_ENTRANCE = r"(?:单元|门洞)"
_DOOR = r"(?:室|户|号)"
_END_OF_BUILDING = re.compile(rf"({_SHORT})(?:{_BUILDING}|楼)")
_END_OF_ENTRANCE = re.compile(rf"({_SHORT}){_ENTRANCE}")
_END_OF_DOOR = re.compile(rf"({_SHORT}){_DOOR}")
_WHOLE = re.compile(
    rf"(?P<compound>.*?)(?P<building>{_SHORT}){_BUILDING}(?:(?P<entrance>{_SHORT}){_ENTRANCE})?"
    rf"(?:(?P<door>{_SHORT}){_DOOR}?)?"
)
_DASHED = re.compile(
    r"(?P<compound>.*?[^0-9A-Za-z\-])(?P<building>[0-9A-Za-z]{1,8})-(?P<entrance>[0-9A-Za-z]{1,8})"
    r"(?:-(?P<door>[0-9A-Za-z]{1,8}))?"
)


@dataclass(frozen=True, slots=True)
class Address:
    """The four parts; what is not known is None."""

    compound: str | None = None
    building: str | None = None
    entrance: str | None = None
    door: str | None = None


def tidy(address: Address) -> Address:
    """The same address with bare numbers, so that 3号楼, 3栋 and 3# are one building: 3.

    >>> tidy(Address("泉中小区", "3栋", "2单元", "501室"))
    Address(compound='泉中小区', building='3', entrance='2', door='501')
    """
    return Address(
        address.compound,
        _bare(_END_OF_BUILDING, address.building),
        _bare(_END_OF_ENTRANCE, address.entrance),
        _bare(_END_OF_DOOR, address.door),
    )


def _bare(pattern: re.Pattern[str], part: str | None) -> str | None:
    found = pattern.fullmatch(part) if part else None
    return found[1] if found else part


def written(address: Address) -> str:
    """The address on a line, empty where nothing is known.

    >>> written(Address("泉中小区", "3", "2", "501"))
    '泉中小区 3号楼 2单元 501'
    """
    parts = (
        address.compound,
        _with(address.building, "号楼"),
        _with(address.entrance, "单元"),
        address.door,
    )
    return " ".join(part for part in parts if part)


def _with(part: str | None, word: str) -> str | None:
    return f"{part}{word}" if part and re.fullmatch(_SHORT, part) else part


def take_apart(line: str) -> Address:
    """Find the four parts of an address on one line; what is not understood stays in ``compound``.

    >>> take_apart("泉中小区3号楼2单元501室")
    Address(compound='泉中小区', building='3', entrance='2', door='501')
    >>> take_apart("泉中小区 3-2-501").door
    '501'
    """
    bare = re.sub(r"\s+", "", line)
    found = _WHOLE.fullmatch(bare) or _DASHED.fullmatch(bare)
    if found is None or not found["compound"]:
        return Address(compound=line.strip() or None)
    return Address(found["compound"], found["building"], found["entrance"], found["door"])
