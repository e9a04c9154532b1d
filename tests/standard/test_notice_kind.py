"""When a notice is tried again, and what of it is kept."""

from ivr.standard.notice_kind import wait_before_try, without_token


def test_the_pauses_grow_and_end() -> None:
    assert [wait_before_try(tries, [10, 60, 600]) for tries in (1, 2, 3, 4, 9)] == [10, 60, 600, None, None]


def test_a_link_loses_what_opens_it_and_nothing_else() -> None:
    text = "请受理：https://hotline.example/x/f/TS2026-11-0001/AbC_d-efgh123456，谢谢。http://h/cases/2026-11-0001"
    assert without_token(text) == (
        "请受理：https://hotline.example/x/f/TS2026-11-0001/…，谢谢。http://h/cases/2026-11-0001"
    )
    assert without_token("没有链接") == "没有链接"
