"""Checks that the documentation names what exists: linked files, headings, and paths in backticks.

Run by `make docs`; prints each mistake with its line, exit code 1 if there is one.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parent.parent
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
# A path of the repository: `ivr/calls/`, `config.yaml`; not `var/…` or what only exists at run time.
PATH = re.compile(
    r"`((?:ivr|storage|agent_console|prompts|tests|docs|scripts)/[\w./-]*|[\w-]+\.(?:yaml|toml|md))`"
)


def mistakes_in(page: Path) -> Iterator[str]:
    """Name every link and path on ``page`` that leads nowhere."""
    if not page.exists():
        yield f"{page.relative_to(PROJECT)}: is missing"
        return
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{page.relative_to(PROJECT)}:{number}"
        for target, heading in LINK.findall(line):
            if "://" in target or target.startswith("mailto:"):
                continue
            file = (page.parent / target) if target else page
            if not file.exists():
                yield f"{where}: the link to {target} leads nowhere"
            elif heading and heading not in headings(file):
                yield f"{where}: {target or page.name} has no heading #{heading}"
        for path in PATH.findall(line):
            if not (PROJECT / path).exists() and not (page.parent / path).exists():
                yield f"{where}: there is no {path}"


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def main() -> int:
    """Check README.md and everything in docs/."""
    pages = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
    found = [mistake for page in pages for mistake in mistakes_in(page)]
    for mistake in found:
        print(mistake)
    print(f"{len(pages)} pages, {len(found)} mistakes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
