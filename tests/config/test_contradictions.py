"""What each section allows by itself but config.yaml as a whole does not."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from ivr.config import load
from ivr.errors import ConfigError
from tests.conftest import PROJECT

WHOLE: dict[str, Any] = yaml.safe_load((PROJECT / "config.yaml").read_text(encoding="utf-8"))


def _with(path: str, value: Any) -> dict[str, Any]:
    """The project's file with one value changed; None takes the key away."""
    tree = copy.deepcopy(WHOLE)
    branch: Any = tree
    *parents, last = path.split(".")
    for parent in parents:
        branch = branch[int(parent)] if isinstance(branch, list) else branch.setdefault(parent, {})
    if value is None:
        del branch[last]
    else:
        branch[int(last) if isinstance(branch, list) else last] = value
    return tree


@pytest.mark.parametrize(
    ("path", "value", "place", "said"),
    [
        ("menu.main", None, "menu", 'the first menu is missing; call it "main" (there are: english)'),
        (
            "pbx.browser",
            {"url": "wss://h/ws", "certificate": "/c", "key": "/k", "port": 8088},
            "pbx.browser.port",
            "8088 is also pbx.ari.port; choose another",
        ),
        (
            "menu.main.keys.5",
            {"queue": "bills"},
            "menu.main.keys.5.queue",
            'there is no queue "bills"; write one of: alarm, complaint',
        ),
        (
            "menu.main.keys.5",
            {"menu": "bills"},
            "menu.main.keys.5.menu",
            'there is no menu "bills"; write one of: english, main',
        ),
        (
            "languages",
            {"zh": {"name": "中文"}},
            "menu.main.keys.8.language",
            'there is no language "en"; write one of: zh',
        ),
        ("menu.main.keys.3", {"queue": "repair"}, "menu.main.keys.3", "is the gas-leak key everywhere"),
        ("menu.english.keys.3", {"menu": "main"}, "menu.english.keys.3", "is the gas-leak key everywhere"),
        (
            "waiting.call_back_key",
            "3",
            "waiting.call_back_key",
            "is the gas-leak key everywhere (alarm.key); choose another",
        ),
        ("silence.queue", "nobody", "silence.queue", 'there is no queue "nobody"'),
        ("alarm.queue", "gas", "alarm.queue", 'there is no queue "gas"'),
        (
            "queues.alarm.opening_hours",
            "office",
            "queues.alarm.opening_hours",
            "the gas-leak queue is always open; remove this key",
        ),
        (
            "queues.repair.opening_hours",
            "night",
            "queues.repair.opening_hours",
            'there is no opening_hours "night"; write one of: long, office',
        ),
        (
            "queues.repair.skill",
            "plumbing",
            "queues.repair.skill",
            'no agent has the skill "plumbing", so nobody would ever answer',
        ),
        (
            "people.1.work_number",
            "1001",
            "people[1].work_number",
            "1001 is also people[0]; one person, one work number (R-20)",
        ),
        (
            "people.0.skills.welding",
            1,
            "people[0].skills.welding",
            'there is no skill "welding"; write one of: alarm',
        ),
        ("console.port", 8088, "console.port", "8088 is also pbx.ari.port; choose another"),
        (
            "pbx.ari.host",
            "192.0.2.5",
            "pbx.ari.host",
            "the ARI of the embedded PBX listens on 127.0.0.1 only",
        ),
        (
            "pbx.mode",
            "remote",
            "pbx.ari.password_from",
            "name the environment variable that holds the remote PBX's ARI password",
        ),
        (
            "trunks",
            [{"name": "a", "match": ["192.0.2.1"]}, {"name": "a", "match": ["192.0.2.2"]}],
            "trunks[1].name",
            '"a" is also trunks[0]; names are unique',
        ),
    ],
)
def test_a_contradiction_is_named_with_its_path_and_what_would_be_right(
    tmp_path: Path, path: str, value: Any, place: str, said: str
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(_with(path, value), allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    assert any(f": {place}: " in problem and said in problem for problem in caught.value.problems)
    assert all(": line " in problem for problem in caught.value.problems)


def test_without_people_queues_may_wait_for_agents_made_later(tmp_path: Path) -> None:
    """`hotline agents add` keeps people in the database."""
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(_with("people", []), allow_unicode=True), encoding="utf-8")
    assert load(file, {}).people == []
