"""`make test` leaves no test out."""

import re

import pytest

from tests.conftest import PROJECT

MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^(test-\w+): .*\n\t@(.*)", MAKEFILE, re.MULTILINE))
CALLS = re.findall(r"^CALLS = (.*)", MAKEFILE, re.MULTILINE)[0]


@pytest.mark.parametrize(("recipe", "marks"), [("test-calls", "e2e|socket"), ("test-pages", "browser")])
def test_every_file_with_marked_tests_lies_where_its_target_looks(recipe: str, marks: str) -> None:
    folders = re.findall(r"\btests/\S+", RECIPES[recipe].replace("$(CALLS)", CALLS))
    marked = re.compile(rf"pytest\.mark\.({marks})\b")
    looked_at = {path for folder in folders for path in (PROJECT / folder, *(PROJECT / folder).rglob("*.py"))}

    left_out = [
        path
        for path in sorted((PROJECT / "tests").rglob("*.py"))
        if path not in looked_at and marked.search(path.read_text(encoding="utf-8"))
    ]

    assert left_out == []
    assert len(looked_at) > 5
