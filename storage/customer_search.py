"""What a search for customers looks through, and what the words of a search mean.

Each customer has one line of words in small letters, each after a blank: name, address, account number,
meter, and all of that in pinyin and by initials. Letters and figures are looked for at the beginning of a
word ("lzq", "3号楼"), Chinese anywhere ("志强"). Telephone numbers are not in it: who may look for which
part of a number is a matter of rights (R-18).
"""

import functools
import re
import unicodedata
from dataclasses import dataclass

from ivr.standard.chinese_name import surname_of
from ivr.standard.customer_address import Address

LONGEST_LINE = 2000
LONGEST_SEARCH = 100
MOST_WORDS = 8

_SURNAMES = {
    "单": "shan",
    "仇": "qiu",
    "曾": "zeng",
    "解": "xie",
    "查": "zha",
    "区": "ou",
    "朴": "piao",
    "盖": "ge",
    "翟": "zhai",
    "乐": "yue",
    "种": "chong",
    "繁": "po",
    "覃": "qin",
    "任": "ren",
    "华": "hua",
    "缪": "miao",
    "纪": "ji",
    "葛": "ge",
    "万俟": "moqi",
    "尉迟": "yuchi",
    "长孙": "zhangsun",
    "宁": "ning",
    "折": "she",
}
"""Surnames that are read otherwise than the character usually is."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_PIECES = re.compile(r"[^\u3400-\u9fff]+(?:号楼|栋|幢|座|单元|门洞|室)?|[\u3400-\u9fff]+")
_BETWEEN = re.compile(r"[\s,;，；、。\x00-\x1f\x7f\ud800-\udfff]+")
_PART_OF_ADDRESS = re.compile(r"[0-9]{1,3}-[0-9]{1,2}(-[0-9]{1,5})?")
_SEVERAL = {"栋": "号楼", "幢": "号楼", "#楼": "号楼", "#": "号楼", "门洞": "单元", "室": ""}


@dataclass(frozen=True, slots=True)
class SearchWord:
    """One word of a search. All words must fit."""

    text: str
    at_beginning: bool
    """Only at the beginning of a word of the line."""
    digits: str | None = None
    """The word as digits of a telephone number, where it is nothing else."""


def search_line(name: str, account_number: str | None, address: Address, meter_model: str | None) -> str:
    """The line of a customer."""
    compound = _plain(address.compound)
    words = [_plain(name), *_sounds_of_name(name), compound, *_sounds(compound)]
    building, entrance = _plain(address.building), _plain(address.entrance)
    door = _plain(address.door)
    words += [f"{building}号楼" if building else "", f"{entrance}单元" if entrance else "", door]
    words += ["-".join(filter(None, (building, entrance, door))), _plain(account_number), _plain(meter_model)]
    line = " " + " ".join(word for word in dict.fromkeys(words) if word)
    return line[:LONGEST_LINE]


def _plain(text: str | None) -> str:
    """Small letters, full-width forms as usual ones, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()) if text else ""


def _sounds_of_name(name: str) -> list[str]:
    bare = _plain(name)
    found = _sounds(bare)
    surname = surname_of(bare)
    if surname is None:
        return found
    given = _pinyin(bare.removeprefix(surname))
    found += ["".join(given), "".join(sound[:1] for sound in given)]
    if surname in _SURNAMES:
        read = _SURNAMES[surname]
        found += [read + "".join(given), read[:1] + "".join(sound[:1] for sound in given)]
    return found


def _sounds(text: str) -> list[str]:
    """The whole in pinyin and by initials; nothing where there is no Chinese in it."""
    if not _CHINESE.search(text):
        return []
    sounds = _pinyin(text)
    return ["".join(sounds), "".join(sound[:1] for sound in sounds)]


@functools.lru_cache(4096)  # many live in the same compound
def _pinyin(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # its tables take 0.4 s, which only those pay who write

    return lazy_pinyin(text)


def read_search(text: str) -> list[SearchWord]:
    """The words of a search, the first :data:`MOST_WORDS`; empty where nothing was typed.

    >>> [word.text for word in read_search("泉中小区3栋 lzq")]
    ['泉中小区', '3号楼', 'lzq']
    """
    typed = unicodedata.normalize("NFKC", text)[:LONGEST_SEARCH].casefold()
    found: list[SearchWord] = []
    for part in _BETWEEN.split(typed):
        bare = re.sub(r"[\s()\-]", "", part)
        if re.fullmatch(r"\+?[0-9]+", bare) and not _PART_OF_ADDRESS.fullmatch(part):
            found.append(SearchWord(bare, True, bare.removeprefix("+")))
            continue
        found += [_word(piece) for piece in _PIECES.findall(part)]
    return found[:MOST_WORDS]


def _word(piece: str) -> SearchWord:
    for written, meant in _SEVERAL.items():
        if piece.endswith(written) and piece[:1].isascii():
            piece = piece.removesuffix(written) + meant
            break
    return SearchWord(piece, at_beginning=piece[:1].isascii())
