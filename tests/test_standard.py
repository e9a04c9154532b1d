"""Every rule of the service standard has code and a test, and docs/STANDARD.md says which."""

from pathlib import Path

from scripts import standard
from scripts.standard import Rule


def test_every_rule_has_code_and_a_test_and_no_other_is_quoted() -> None:
    assert standard.missing(standard.rules()) == []


def test_the_page_is_what_make_standard_writes() -> None:
    assert standard.PAGE.read_text(encoding="utf-8") == standard.page(standard.rules())


def test_a_rule_whose_part_is_not_built_may_lack_a_test_and_no_other() -> None:
    found = {
        "R-1": Rule("R-1", "", "", not_built=False),
        "R-2": Rule("R-2", "", "", not_built=True),
        "R-3": Rule("R-3", "", "", not_built=False, code={Path("a")}, tests={Path("b"): 1}),
    }
    said = [line for line in standard.missing(found) if not line.endswith("no rule of docs/rules.yaml")]
    assert said == ["R-1 has no code that quotes it", "R-1 has no test that names it"]


def test_a_test_names_what_stands_in_it_above_it_or_over_its_file() -> None:
    source = '''
"""All of R-12.3."""

# R-14.1 is why.
def test_one():
    "R-12.3b and R-5C, not R-QA1x."

def test_two():
    assert "R-N"

def no_test():
    "R-FR"
'''
    assert list(standard.named_by_tests(source)) == [
        {"R-12.3", "R-14.1", "R-12.3b", "R-5C"},
        {"R-12.3", "R-N"},
    ]
