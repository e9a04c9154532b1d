"""The smallest config.yaml, and what is said about one with mistakes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ivr.config import load
from ivr.errors import ConfigError

SMALLEST: dict[str, Any] = {
    "languages": {"zh": {"name": "中文"}},
    "menu": {"main": {"prompts": ["menu_main"], "keys": {"1": {"queue": "consultation"}}}},
    "queues": {
        "alarm": {"name": {"zh": "报警", "en": "Alarm"}, "kind": "alarm", "skill": "alarm"},
        "consultation": {
            "name": {"zh": "咨询", "en": "Consultation"},
            "kind": "consultation",
            "skill": "consultation",
        },
    },
}


def write(folder: Path, text: str) -> Path:
    """Write config.yaml."""
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def mistakes(source: Path, environment: Mapping[str, str] | None = None) -> list[str]:
    """What is said, one string a mistake; there is at least one."""
    with pytest.raises(ConfigError) as caught:
        load(source, environment or {})
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def mistake(source: Path, environment: Mapping[str, str] | None = None) -> str:
    """What is said about the only mistake."""
    problems = mistakes(source, environment)
    assert len(problems) == 1, problems
    return problems[0]
