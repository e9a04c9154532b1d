"""Each wrong value of config.yaml is named with its path and what would be right."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.config.mistakes import SMALLEST, mistake, mistakes, write

WRONG = [
    ("rings: {}", "rings", 'unknown key; did you mean "ring"?'),
    ("ring: {secnds: 5}", "ring.secnds", 'did you mean "seconds"? (known here: count, no_ringing_after'),
    ("ring: {zzz: 5}", "ring.zzz", "unknown key (known here: count"),
    ("pbx: {ari: {prot: 1}}", "pbx.ari.prot", 'did you mean "port"?'),
    ("people: [{work_no: '1001', work_number: '1001', name: x}]", "people[0].work_no", "did you mean"),
    ("home: /srv", "home", "unknown key; this comes from the environment"),
    ("ari_password: secret", "ari_password", "unknown key; this comes from the environment"),
    ("ring: {count: three}", "ring.count", "valid integer"),
    ("ring: {count: 0}", "ring.count", "greater than or equal to 1 (it is 0)"),
    ("ring: {seconds: -5}", "ring.seconds", "greater than 0 (it is -5)"),
    (
        "pbx: {browser: {url: 'https://x/ws'}}",
        "pbx.browser.url",
        "is no WebSocket address; write one such as",
    ),
    ("pbx: {browser: {url: 'wss://x/ws?a=b;c'}}", "pbx.browser.url", "is no WebSocket address"),
    ("pbx: {browser: {certificate: /c.pem}}", "pbx.browser", "name both files, or neither"),
    ("pbx: {browser: {certificate: /c, key: /k}}", "pbx.browser", "url is missing: with a certificate"),
    (
        "pbx: {browser: {certificate: /c, key: /k, url: 'ws://x/ws'}}",
        "pbx.browser",
        "is not encrypted though there is a certificate",
    ),
    ("try_it: {at_once: 0}", "try_it.at_once", "greater than or equal to 1 (it is 0)"),
    ("ring: null", "ring", 'must hold "key: value" lines (it is None)'),
    ("ring: [5, 3]", "ring", 'must hold "key: value" lines'),
    ("numbers: [95777]", "numbers[0]", 'must be text: write it in quotes, such as "95777"'),
    ("numbers: ['95777 ']", "numbers[0]", 'write a number of digits, + * #, such as "95777"'),
    ("numbers: []", "numbers", "at least 1 item"),
    ("numbers: '95777'", "numbers", "valid list"),
    ("time_zone: Peking", "time_zone", '"Peking" is no time zone; write one such as "Asia/Shanghai"'),
    ("company: {name: {zh: 燃气}}", "company.name.en", "is missing"),
    ('company: {name: {zh: "燃\\n气", en: Gas}}', "company.name.zh", "one line without control"),
    ("company: {name: {zh: '', en: Gas}}", "company.name.zh", "at least 1 character"),
    ("languages: {}", "languages", "at least 1 item"),
    ("languages: {fr: {name: français}}", "languages.fr", "'zh' or 'en'"),
    ("alarm: {key: '33'}", "alarm.key", '"33" does not fit: write one key of the telephone'),
    ("alarm: {duty_phones: ['13900000000']}", "alarm.duty_phones[0]", "write a SIP address, such as"),
    ('alarm: {duty_phones: ["sip:x@h\\nexten=>"]}', "alarm.duty_phones[0]", "write a SIP address"),
    ("opening_hours: {office: {working_day: [8-17]}}", "office.working_day", 'write it as "08:30-17:30"'),
    ("opening_hours: {office: {day_off: ['08:00-25:00']}}", "office.day_off", "25:00 is no time of day"),
    ("opening_hours: {office: {day_off: ['24:00-24:00']}}", "office.day_off", "24:00 is no time of day"),
    ("opening_hours: {office: {day_off: ['20:00-06:00']}}", "office.day_off", "write two spans"),
    ("special_days: {days_off: [tomorrow]}", "special_days.days_off[0]", "valid date"),
    (
        "special_days: {working_days: ['2027-02-14'], days_off: ['2027-02-14']}",
        "special_days.days_off",
        "2027-02-14 is also in working_days",
    ),
    ("survey: {lowest: 5, highest: 5}", "survey", "highest (5) must be above lowest (5)"),
    (
        "storage: {url: 'mysql://db/hotline'}",
        "storage.url",
        'is no database; write "sqlite" or "postgresql://',
    ),
    (
        "storage: {url: 'postgresql://hotline:hunter2@db/hotline'}",
        "storage.url",
        "a password has no place here",
    ),
    ("storage: {url: 'postgresql://:hunter2@db/hotline'}", "storage.url", "a password has no place here"),
    ("storage: {url: 'postgresql://db/hotline?user=x&password=hunter2'}", "storage.url", "has no place here"),
    ("hold: {limit_seconds: 0}", "hold.limit_seconds", "greater than 0 (it is 0)"),
    (
        "calling_out: {countries: [中国]}",
        "calling_out.countries[0]",
        'the beginning of numbers, such as "+86"',
    ),
    ("calling_out: {premium: ['168*']}", "calling_out.premium[0]", "the beginning of numbers"),
    (
        "trunks: [{name: a, match: [192.0.2.1/32], outbound: {host: 192.0.2.1, prefix: '9,'}}]",
        "trunks[0].outbound.prefix",
        "up to 6 digits, or nothing",
    ),
    (
        "trunks: [{name: a, match: [192.0.2.1/32], outbound: {host: 192.0.2.1, numbers: local}}]",
        "trunks[0].outbound.numbers",
        "'e164' or 'national'",
    ),
    ("pbx: {mode: cloud}", "pbx.mode", "'embedded', 'system' or 'remote'"),
    ("pbx: {node: PBX 1}", "pbx.node", "write a name of small letters, digits and _"),
    (
        'pbx: {sip: {host: "127.0.0.1\\nbind=0.0.0.0"}}',
        "pbx.sip.host",
        "an IP address or a host name",
    ),
    ("pbx: {sip: {port: 70000}}", "pbx.sip.port", "less than or equal to 65535"),
    ("pbx: {rtp: {first: 20000, last: 20010}}", "pbx.rtp", "give 20 ports or more"),
    ("pbx: {codecs: [mp3]}", "pbx.codecs[0]", "'alaw' or 'ulaw'"),
    ("trunks: [{name: carrier, match: []}]", "trunks[0].match", "at least 1 item"),
    ("trunks: [{name: carrier, match: [0.0.0.0/0]}]", "trunks[0].match", "would let everybody in"),
    ("trunks: [{name: carrier, match: [carrier.example]}]", "trunks[0].match[0]", "IPv4 network"),
    ("trunks: [{match: [192.0.2.0/24]}]", "trunks[0].name", "is missing"),
    ("console: {https: perhaps}", "console.https", "valid boolean"),
    ("people: [{work_number: 1001, name: x}]", "people[0].work_number", 'in quotes, such as "1001"'),
    ("people: [{work_number: '12', name: x}]", "people[0].work_number", "3 to 8 digits"),
    ("people: [{work_number: '1001', name: x, role: boss}]", "people[0].role", "'agent', 'supervisor'"),
    (
        "people: [{work_number: '1001', name: x, skills: {alarm: 10}}]",
        "people[0].skills.alarm",
        "less than or equal to 9",
    ),
    (
        "people: [{work_number: '1001', name: x, device: {kind: address}}]",
        "people[0].device",
        "belongs to kind: address",
    ),
    (
        "people: [{work_number: '1001', name: x, device: {address: 'sip:1@h'}}]",
        "people[0].device",
        "belongs to kind: address",
    ),
]
"""What is written, the path that is named, and what is said about it."""


@pytest.mark.parametrize(("written", "path", "said"), WRONG)
def test_a_wrong_value_is_named_with_its_path_and_what_would_be_right(
    tmp_path: Path, written: str, path: str, said: str
) -> None:
    tree = {**SMALLEST, **yaml.safe_load(f"{{{written}}}")}
    problem = mistakes(write(tmp_path, yaml.safe_dump(tree, allow_unicode=True)))[0]
    assert path in problem and said in problem
    assert "hunter2" not in problem, "a secret is never repeated"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ({"queue": "repair", "menu": "main"}, "a key does one thing"),
        ({}, "a key does one thing"),
        ({"repeat": False}, "True"),
    ],
)
def test_a_menu_key_does_exactly_one_thing(tmp_path: Path, key: dict[str, Any], said: str) -> None:
    menu = {"main": {"prompts": ["menu_main"], "keys": {"5": key}}}
    problem = mistakes(write(tmp_path, yaml.safe_dump({**SMALLEST, "menu": menu})))[0]
    assert "menu.main.keys.5" in problem and said in problem


def test_a_menu_key_without_quotes_is_told_to_have_them(tmp_path: Path) -> None:
    menu = {"main": {"prompts": ["menu_main"], "keys": {1: {"queue": "consultation"}}}}
    assert 'write it in quotes, such as "1"' in mistake(
        write(tmp_path, yaml.safe_dump({**SMALLEST, "menu": menu}))
    )


def test_a_mistake_is_found_in_its_line(tmp_path: Path) -> None:
    text = yaml.safe_dump(SMALLEST) + "ring:\n  seconds: 5\n  count: many\n"
    said = mistake(write(tmp_path, text))
    assert f"config.yaml: line {len(text.splitlines())}: ring.count: " in said


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = yaml.safe_dump({**SMALLEST, "ring": {"count": 0, "secnds": 1}, "time_zone": "Peking"})
    assert len(mistakes(write(tmp_path, text))) == 3
