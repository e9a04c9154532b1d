"""Every page that needs no more than its address is among the screenshots, and follows the live feed."""

import ast
import re
from pathlib import Path

from flask import Flask

from tests.agent_console.plain_pages import plain_pages
from tests.conftest import PROJECT

STATIC = PROJECT / "agent_console" / "static"
TEMPLATES = PROJECT / "agent_console" / "templates"
SCREENSHOTS = ("screenshots.py", "screenshot_pages.py")


def _addresses_taken() -> set[str]:
    """The addresses, without what is asked for, that stand in the scripts that take the screenshots."""
    found = set()
    for name in SCREENSHOTS:
        tree = ast.parse((PROJECT / "scripts" / name).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/"):
                found.add(node.value.partition("?")[0])
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[-1], ast.Constant):
                found.add(str(node.values[-1].value).partition("?")[0])
    return found


def test_every_page_that_needs_no_more_than_its_address_is_among_the_screenshots(app: Flask) -> None:
    missing = set(plain_pages(app).values()) - _addresses_taken()
    assert not missing, f"add to scripts/screenshot_pages.py: {sorted(missing)}"


def _leads_to_shell(script: Path) -> bool:
    imported = re.findall(r'^import .*?"(\.[^"]+)";', script.read_text(encoding="utf-8"), re.MULTILINE)
    return any(
        name.endswith("/shell.js") or _leads_to_shell((script.parent / name).resolve()) for name in imported
    )


def test_every_page_of_somebody_signed_in_follows_the_live_feed() -> None:
    """So that alarms, a call that rings and the end of the session are seen on each (R-20)."""
    silent = []
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        if "extends 'signed_in.html'" not in text:
            continue
        scripts = re.findall(r"filename='(js/[a-z_/]+\.js)'", text)
        if not any(_leads_to_shell(STATIC / name) for name in scripts):
            silent.append(str(template.relative_to(TEMPLATES)))
    assert silent == []
