"""What others made is what its README says it is, and brings its licence along."""

import hashlib
import re

from tests.conftest import PROJECT

FOLDER = PROJECT / "agent_console" / "static" / "vendor"


def test_each_file_is_the_one_its_readme_names() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for script in FOLDER.glob("*.js"):
        assert f"`{script.name}`" in readme
        assert f"sha256 `{hashlib.sha256(script.read_bytes()).hexdigest()}`" in readme


def test_the_licences_of_all_parts_are_there() -> None:
    licences = (FOLDER / "LICENSE-jssip.txt").read_text(encoding="utf-8")
    assert re.findall(r"^---- (\S+) ----$", licences, re.MULTILINE) == [
        "jssip",
        "debug",
        "events",
        "ms",
        "sdp-transform",
    ]
    notice = (PROJECT / "NOTICE").read_text(encoding="utf-8")
    assert "agent_console/static/vendor/jssip.min.js" in notice


def test_it_loads_nothing_and_evaluates_nothing() -> None:
    script = (FOLDER / "jssip.min.js").read_text(encoding="utf-8")
    for word in ("fetch(", "XMLHttpRequest", "importScripts", "import(", "eval(", "new Function"):
        assert word not in script, word
