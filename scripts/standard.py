"""Makes docs/STANDARD.md: each rule of the service standard, its code, and the tests that hold it.

Code and tests quote a rule by its id. A test names a rule where the id stands in the test itself or in what
its file says of all its tests. Run by `make standard`; prints what is missing, exit code 1 if something is.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

PROJECT = Path(__file__).parent.parent
PAGE = PROJECT / "docs" / "STANDARD.md"
RULES = PROJECT / "docs" / "rules.yaml"
OWN_TEST = PROJECT / "tests" / "test_standard.py"
"""Quotes rules as examples."""
CODE = ("ivr", "storage", "agent_console")
# A chapter, such as R-13, is quoted where all of its rules are meant.
QUOTED = re.compile(r"\bR-(?:\d+(?:\.\d+b?|C)?|[A-Z]+\d?)(?![\w-])")

HEAD = """# The service standard: rule, code, test

Made by `make standard` from `docs/rules.yaml` and from what code and tests quote; `make test` fails when a
rule has no test or no code, when a rule is quoted that does not exist, and when this page is out of date.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, and the files that quote it."""

    id: str
    chapter: str
    says: str
    not_built: bool
    code: set[Path] = field(default_factory=set)
    tests: dict[Path, int] = field(default_factory=lambda: defaultdict(int))


def rules() -> dict[str, Rule]:
    """The rules by id, with every file that quotes them."""
    found = {
        name: Rule(name, chapter, what["says"], what.get("not_built", False))
        for chapter, part in yaml.safe_load(RULES.read_text(encoding="utf-8")).items()
        for name, what in part.items()
    }
    for file, name in quoted(CODE):
        if name in found:
            found[name].code.add(file)
    for file in python_files(["tests"]):
        for test in named_by_tests(file.read_text(encoding="utf-8")):
            for name in test & found.keys():
                found[name].tests[file] += 1
    return found


def python_files(folders: Iterable[str]) -> Iterator[Path]:
    """The Python files of the repository in these folders."""
    for folder in folders:
        yield from (file for file in sorted((PROJECT / folder).rglob("*.py")) if file != OWN_TEST)


def quoted(folders: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Every rule that is quoted in these folders, with the file; templates and texts count as well."""
    for folder in folders:
        for file in sorted((PROJECT / folder).rglob("*")):
            if file.suffix in {".py", ".html", ".js", ".yaml", ".md"} and file != OWN_TEST:
                for name in set(QUOTED.findall(file.read_text(encoding="utf-8"))):
                    yield file, name


def named_by_tests(source: str) -> Iterator[set[str]]:
    """The rules that each test of a file names, itself or with the whole file."""
    module = ast.parse(source)
    by_all = set(QUOTED.findall(ast.get_docstring(module) or ""))
    lines = source.splitlines()
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            # A comment right above a test speaks of it.
            while first > 1 and lines[first - 2].startswith("#"):
                first -= 1
            yield by_all | set(QUOTED.findall("\n".join(lines[first - 1 : node.end_lineno])))


def missing(found: Mapping[str, Rule]) -> list[str]:
    """What is wrong: rules without code or test, quotes of rules that do not exist."""
    wrong = [f"{rule.id} has no code that quotes it" for rule in found.values() if not rule.code]
    wrong += [f"{rule.id} has no test that names it" for rule in found.values() if not rule.tests]
    built = [line for line in wrong if not found[line.split()[0]].not_built]
    strange = [
        f"{file.relative_to(PROJECT)} quotes {name}, which is no rule of docs/rules.yaml"
        for file, name in quoted([*CODE, "tests", "prompts"])
        if name not in found and not any(rule.startswith(f"{name}.") for rule in found)
    ]
    return built + strange


def page(found: Mapping[str, Rule]) -> str:
    """The page's text."""
    parts = [HEAD]
    chapter = ""
    for rule in found.values():
        if rule.chapter != chapter:
            chapter = rule.chapter
            parts.append(f"\n## {chapter[0].upper()}{chapter[1:]}\n")
            parts.append("\n| rule | says | code | tests |\n|---|---|---|---|\n")
        code = "not built yet" if rule.not_built else _links(rule.code)
        tests = ", ".join(f"{_link(file)} {count}" for file, count in sorted(rule.tests.items()))
        parts.append(f"| {rule.id} | {rule.says} | {code} | {tests} |\n")
    return "".join(parts)


def _links(files: Iterable[Path]) -> str:
    return ", ".join(_link(file) for file in sorted(files))


def _link(file: Path) -> str:
    return f"[{file.name}](../{file.relative_to(PROJECT).as_posix()})"


def main() -> int:
    """Write the page, and say what is missing."""
    found = rules()
    PAGE.write_text(page(found), encoding="utf-8")
    wrong = missing(found)
    for line in wrong:
        print(line)
    print(f"{len(found)} rules, {len(wrong)} mistakes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
