"""The machine's Chromium, as the tests start it."""

import os
import shutil
from pathlib import Path
from typing import Any

from ivr.precedence import Precedence

_GIVING_WAY = Path(__file__).with_name("chromium_giving_way.sh")


def chromium_program() -> dict[str, Any]:
    """What Playwright's ``launch`` is to be told of the program."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program is not None, "no Chromium: install Debian's packages chromium and fonts-noto-cjk"
    told = {"CHROMIUM": program, "NICE": str(int(Precedence.ENGINE))}
    return {"executable_path": str(_GIVING_WAY), "env": {**os.environ, **told}}
