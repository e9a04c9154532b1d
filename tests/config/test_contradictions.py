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
        ("queues.alarm.kind", "repair", "queues.alarm.kind", "this is the gas-leak queue (alarm.queue)"),
        ("alarm.key", "2", "alarm.key", "key 2 means something else out of hours"),
        ("alarm.queue", "repair", "queues.repair.kind", "this is the gas-leak queue (alarm.queue)"),
        (
            "queues.complaint.kind",
            "alarm",
            "queues.complaint.kind",
            'the gas-leak queue is "alarm" (alarm.queue) and no other; write another kind',
        ),
        (
            "alarm.duty_phones_after",
            10,
            "alarm.duty_phones_after",
            "10 is before alarm.ring_all_after (20); the duty phones ring when everybody does or later",
        ),
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
            "console",
            {"host": "0.0.0.0", "port": 8088},
            "console.port",
            "8088 is also pbx.ari.port; choose another",
        ),
        ("console.port", 5060, "console.port", "5060 is also pbx.sip.port; choose another"),
        ("pbx.sip.port", 8088, "pbx.sip.port", "8088 is also pbx.ari.port; choose another"),
        (
            "pbx.browser",
            {"url": "wss://h/ws", "certificate": "/c", "key": "/k", "port": 5060},
            "pbx.browser.port",
            "5060 is also pbx.sip.port; choose another",
        ),
        (
            "pbx.ari.host",
            "192.0.2.5",
            "pbx.ari.host",
            "the ARI of a PBX that this program starts listens on 127.0.0.1 only",
        ),
        ("pbx.sip.host", "pbx.example", "pbx.sip.host", '"pbx.example" is no address to listen on'),
        ("pbx.browser.host", "pbx.example", "pbx.browser.host", '"pbx.example" is no address to listen on'),
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
    problems = _refused(tmp_path, _with(path, value))
    assert any(f": {place}: " in problem and said in problem for problem in problems)
    assert all(": line " in problem for problem in problems)


def _refused(tmp_path: Path, tree: dict[str, Any], environment: dict[str, str] | None = None) -> list[str]:
    """What is said against these settings."""
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False), encoding="utf-8")
    try:
        load(file, environment or {})
    except ConfigError as error:
        return error.problems
    return []


def test_an_installed_pbx_that_we_start_is_reached_on_this_machine_only_as_well(tmp_path: Path) -> None:
    tree = _with("pbx", {"mode": "system", "ari": {"host": "pbx.example"}})
    (problem,) = _refused(tmp_path, tree)
    assert "pbx.ari.host" in problem
    assert "listens on 127.0.0.1 only" in problem


def test_a_port_may_be_taken_twice_on_two_machines_or_two_addresses(tmp_path: Path) -> None:
    """The ports of a PBX elsewhere are not in our way; of one reached on this machine they are."""
    remote: dict[str, Any] = {"mode": "remote", "ari": {"host": "192.0.2.5", "password_from": "SECRET"}}
    far = _with("pbx", remote) | {"console": {"host": "0.0.0.0", "port": 8088}}
    assert _refused(tmp_path, far, {"SECRET": "x"}) == []
    near = far | {"pbx": remote | {"ari": {"host": "localhost", "password_from": "SECRET"}}}
    (problem,) = _refused(tmp_path, near, {"SECRET": "x"})
    assert "8088 is also pbx.ari.port" in problem
    assert _refused(tmp_path, _with("pbx.sip", {"host": "192.0.2.5", "port": 8000})) == []


def test_where_twilio_is_listened_for_is_a_port_like_the_others(tmp_path: Path) -> None:
    twilio = {
        "enabled": True,
        "number": "+8653188880001",
        "public_url": "https://hotline.example",
        "pbx": "sip:95777@pbx.example",
        "webhooks": {"port": 8000},
    }
    secrets = {"TWILIO_ACCOUNT_SID": "a", "TWILIO_AUTH_TOKEN": "b"}
    (problem,) = _refused(tmp_path, _with("twilio", twilio), secrets)
    assert "twilio.webhooks.port: 8000 is also console.port; choose another" in problem


def test_without_people_queues_may_wait_for_agents_made_later(tmp_path: Path) -> None:
    """`hotline agents add` keeps people in the database."""
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(_with("people", []), allow_unicode=True), encoding="utf-8")
    assert load(file, {}).people == []
