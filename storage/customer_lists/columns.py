"""Which column of a list means what: its header row found, its columns guessed from Chinese and English."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from storage.customer_values import FIELDS, WHOLE_ADDRESS

MEANINGS = (*FIELDS, WHOLE_ADDRESS)
"""What a column may mean; several may be telephone numbers, anything else is one column."""
SEVERAL = "numbers"
HEADER_WITHIN = 10
"""Rows in which the header is looked for; above it may stand a title."""

_HEADINGS: dict[str, tuple[str, ...]] = {
    "name": (
        *(
            "姓名",
            "户名",
            "用户名",
            "用户名称",
            "客户名称",
            "客户姓名",
            "用户姓名",
            "名称",
            "联系人",
            "用气人",
        ),
        *("name", "customer", "customer name", "full name"),
    ),
    "account_number": (
        *(
            "户号",
            "用户号",
            "用户编号",
            "客户编号",
            "客户号",
            "编号",
            "用户代码",
            "燃气户号",
            "卡号",
            "ic卡号",
        ),
        *("account", "account number", "account no", "customer number", "customer no", "customer id", "id"),
    ),
    "form_of_address": ("称呼", "称谓", "性别", "title", "form of address", "gender", "sex", "salutation"),
    "customer_type": (
        *("类型", "用户类型", "客户类型", "用户类别", "客户类别", "用户性质", "用气性质", "类别"),
        *("type", "customer type", "category"),
    ),
    "compound": (
        *("小区", "小区名称", "社区", "楼盘", "街道", "村", "院落", "单位地址"),
        *("compound", "estate", "community", "street"),
    ),
    "building": (
        "楼",
        "楼号",
        "楼栋",
        "栋",
        "栋号",
        "幢",
        "幢号",
        "楼栋号",
        "building",
        "building no",
        "block",
    ),
    "entrance": ("单元", "单元号", "门洞", "entrance", "unit", "stairwell"),
    "door": (
        "门牌",
        "门牌号",
        "室",
        "室号",
        "房号",
        "房间号",
        "户室号",
        "门号",
        "door",
        "flat",
        "room",
        "apartment",
    ),
    WHOLE_ADDRESS: (
        *("地址", "用户地址", "客户地址", "详细地址", "用气地址", "安装地址", "住址", "家庭住址", "通讯地址"),
        *("address", "full address"),
    ),
    "meter_kind": (
        "表类型",
        "表具类型",
        "表具",
        "表种",
        "燃气表类型",
        "表计类型",
        "meter",
        "meter kind",
        "meter type",
    ),
    "meter_model": ("表型号", "表具型号", "型号", "燃气表型号", "meter model", "model"),
    "meter_year": (
        *(
            "表年份",
            "年份",
            "表具年份",
            "出厂年份",
            "装表年份",
            "安装年份",
            "出厂日期",
            "装表日期",
            "生产日期",
        ),
        *("meter year", "year", "year of manufacture"),
    ),
    "note": ("备注", "说明", "注", "备注信息", "note", "notes", "remark", "remarks", "comment"),
}
_NUMBERS = re.compile(r"电话|手机|座机|联系方式|号码|phone|mobile|\btel\b|telephone|cell")
_BY_HEADING = {heading: field for field, headings in _HEADINGS.items() for heading in headings}


def find_header(rows: Sequence[tuple[int, list[str]]]) -> int | None:
    """The number of the row with the headings, None where there is none among the first rows."""
    best, known = None, 0
    for number, cells in rows[:HEADER_WITHIN]:
        meant = [field for field in guess(cells) if field is not None]
        if len(meant) > known and ("name" in meant or len(meant) > 1):
            best, known = number, len(meant)
    return best


def guess(headings: Sequence[str]) -> list[str | None]:
    """What each column means by its heading; None where that is not known."""
    meant: list[str | None] = []
    for heading in headings:
        field = _meaning(heading)
        meant.append(None if field in meant and field != SEVERAL else field)
    return meant


def _meaning(heading: str) -> str | None:
    bare = unicodedata.normalize("NFKC", heading).strip().lower()
    bare = re.sub(r"\s*[(\[（【].*$|[*:：]", "", bare).strip()  # "电话（必填）*" is 电话
    bare = re.sub(r"[\s_]+", " ", bare)
    for written in (bare, bare.replace(" ", "")):
        if written in _BY_HEADING:
            return _BY_HEADING[written]
    return SEVERAL if _NUMBERS.search(bare) and len(bare) <= 20 else None


def wrong_columns(columns: Sequence[str | None]) -> str | None:
    """Why a list cannot be read by these columns: "no_name", or the field that is there twice."""
    for field in columns:
        if field is not None and field != SEVERAL and columns.count(field) > 1:
            return field
    return None if "name" in columns else "no_name"


def raw_customer(cells: Sequence[str], columns: Sequence[str | None]) -> Mapping[str, str]:
    """The cells of a row by what they mean; several numbers come one under the other."""
    raw: dict[str, str] = {}
    for cell, field in zip(cells, columns, strict=False):
        if field is not None and cell:
            raw[field] = f"{raw[field]}\n{cell}" if field in raw else cell
    return raw
