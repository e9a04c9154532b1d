"""R-A: the kinds of customers, as lists of the company and of others write them."""

import pytest

from ivr.standard.customer_type import CHINESE_NAMES, CustomerType, read_customer_type


@pytest.mark.parametrize("kind", list(CustomerType))
def test_every_kind_is_read_from_its_word_and_its_chinese_name(kind: CustomerType) -> None:
    assert read_customer_type(kind.value) is kind
    assert read_customer_type(CHINESE_NAMES[kind]) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (" 居民用户 ", CustomerType.HOUSEHOLD),
        ("老板", CustomerType.BUSINESS_OWNER),
        ("公务员", CustomerType.OFFICIAL),
        ("经理", CustomerType.MANAGER),
        ("财务/行政", CustomerType.FINANCE),
        ("工程师", CustomerType.ENGINEER),
        ("Business Owner", CustomerType.BUSINESS_OWNER),
    ],
)
def test_other_usual_words_are_understood(text: str, kind: CustomerType) -> None:
    assert read_customer_type(text) is kind


@pytest.mark.parametrize("text", ["皇帝", "", "house", "居民用户2", "<b>"])
def test_a_word_that_is_none_of_them_is_nobody(text: str) -> None:
    assert read_customer_type(text) is None
