"""docs/SECURITY.md and docs/RELIABILITY.md name tests that are there."""

import ast
import re

import pytest

from tests.conftest import PROJECT

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@pytest.mark.parametrize("page", ["SECURITY.md", "RELIABILITY.md"])
def test_every_test_that_is_named_is_there(page: str) -> None:
    named = set(NAMED.findall((PROJECT / "docs" / page).read_text(encoding="utf-8")))
    assert len(named) > 15
    for file, test in sorted(named):
        tree = ast.parse((PROJECT / file).read_text(encoding="utf-8"))
        functions = {
            node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert test in functions, f"{page}: {file} has no {test}"


def test_every_line_of_a_wall_says_what_shows_it() -> None:
    """What no test shows stands below, under its own heading."""
    text = (PROJECT / "docs" / "SECURITY.md").read_text(encoding="utf-8")
    shown = text.split("## SIP and audio")[1].split("## Not yet shown")[0]
    rows = [line for line in shown.splitlines() if line.startswith("| ") and "what stops it" not in line]
    assert rows
    for row in rows:
        assert NAMED.search(row), row
