"""Kinds of customers, by which the desk gives its advice (R-A)."""

from enum import StrEnum


class CustomerType(StrEnum):
    """Who the customer is to us."""

    OFFICIAL = "official"  # speaks for an authority: precise, formal, on record
    BUSINESS_OWNER = "business_owner"  # owns a business: time and cost count
    MANAGER = "manager"  # runs a department: wants results and dates
    FINANCE = "finance"  # finance or administration: wants figures and papers
    ENGINEER = "engineer"  # knows the technology: wants facts
    HOUSEHOLD = "household"  # an ordinary household: minds the costs


CHINESE_NAMES: dict[CustomerType, str] = {
    CustomerType.OFFICIAL: "政府公务",
    CustomerType.BUSINESS_OWNER: "企业业主",
    CustomerType.MANAGER: "企业管理",
    CustomerType.FINANCE: "财务行政",
    CustomerType.ENGINEER: "工程技术",
    CustomerType.HOUSEHOLD: "普通用户",
}
"""How the company's lists write them."""

_ALSO: dict[CustomerType, tuple[str, ...]] = {
    CustomerType.OFFICIAL: ("政府", "公务", "机关", "政府机关", "政府人员", "公务员", "官员", "事业单位"),
    CustomerType.BUSINESS_OWNER: (
        "业主",
        "企业主",
        "老板",
        "私营业主",
        "商户",
        "工商户",
        "商业用户",
        "owner",
    ),
    CustomerType.MANAGER: ("管理", "管理人员", "经理", "企业管理人员", "单位负责人"),
    CustomerType.FINANCE: ("财务", "行政", "财务人员", "行政人员", "财务/行政", "administration"),
    CustomerType.ENGINEER: ("工程", "技术", "工程师", "技术人员", "工程技术人员", "工程人员"),
    CustomerType.HOUSEHOLD: (
        "普通",
        "居民",
        "居民用户",
        "家庭",
        "个人",
        "住户",
        "民用",
        "普通居民",
        "resident",
    ),
}


def read_customer_type(text: str) -> CustomerType | None:
    """The kind of customer a list means, in Chinese or English; None where it names none of them.

    >>> read_customer_type("居民用户")
    <CustomerType.HOUSEHOLD: 'household'>
    """
    wanted = text.strip().lower().replace(" ", "_")
    for member in CustomerType:
        if wanted in (member.value, CHINESE_NAMES[member], *_ALSO[member]):
            return member
    return None
