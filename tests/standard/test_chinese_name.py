"""R-12.5: the surname, as it is said with 先生 or 女士."""

import pytest

from ivr.standard.chinese_name import surname_of


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("李志强", "李"),
        ("王敏", "王"),
        ("欧阳兰", "欧阳"),
        ("诸葛明远", "诸葛"),
        ("第五伦", "第五"),
        ("王女士", "王"),
        ("欧阳先生", "欧阳"),
        (" 李强 ", "李"),
    ],
)
def test_a_person_has_a_surname(name: str, surname: str) -> None:
    assert surname_of(name) == surname


@pytest.mark.parametrize(
    "name", ["泉城大酒店", "济南热力", "John Smith", "李", "", "女士", "😀😀", "<b>", "李a强", "李志强等五人"]
)
def test_a_firm_or_what_is_no_chinese_name_has_none(name: str) -> None:
    assert surname_of(name) is None
