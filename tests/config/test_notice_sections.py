"""Mail, texts, notices and the duty list: what cannot be is named."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ivr.config import load
from tests.config.mistakes import SMALLEST, mistake, write

WRONG = [
    ("notices: {waits: [60, 10]}", "notices.waits", "write growing pauses"),
    ("notices: {waits: []}", "notices.waits", "at least 1 item"),
    ("texts: {carrier: pigeon}", "texts.carrier", "'file'"),
    ("mail: {sender: hotline}", "mail.sender", "write an address of mail, such as hotline@gas.example"),
    ("mail: {user: hotline}", "mail", "user and password_from go together"),
    ("mail: {port: 0}", "mail.port", "greater than or equal to 1"),
    ("duty_list: {people: [{name: 孙总}]}", "duty_list.people[0]", "give a number such as"),
    ("duty_list: {acknowledge_key: '#'}", "duty_list.acknowledge_key", "one digit of the telephone"),
    ("duty_list: {urgencies: [grave]}", "duty_list.urgencies[0]", "'ordinary', 'urgent' or 'critical'"),
    ("case_status: {key: '3'}", "case_status.key", "key 3 is the gas-leak key everywhere"),
    ("case_status: {key: '1'}", "case_status.key", "key 1 leads elsewhere already (menu.main.keys.1)"),
    ("case_status: {rounds: 0}", "case_status.rounds", "greater than or equal to 1"),
    ("console: {public_url: hotline.example}", "console.public_url", "is no address of pages"),
    ("mail_password: geheim", "mail_password", "this comes from the environment"),
]


@pytest.mark.parametrize(("text", "path", "said"), WRONG)
def test_a_wrong_value_is_named_with_its_path(tmp_path: Path, text: str, path: str, said: str) -> None:
    tree: dict[str, Any] = {**SMALLEST, **yaml.safe_load(text)}
    message = mistake(write(tmp_path, yaml.safe_dump(tree, allow_unicode=True)))
    assert f" {path}: " in message and said in message


def test_a_password_is_not_sent_in_the_clear_and_comes_from_the_environment(tmp_path: Path) -> None:
    mail = {"host": "mail.example", "user": "hotline", "password_from": "MAIL_PASSWORD"}
    source = write(tmp_path, yaml.safe_dump({**SMALLEST, "mail": mail}))
    assert "set starttls: true" in mistake(source, {"MAIL_PASSWORD": "geheim"})
    source = write(tmp_path, yaml.safe_dump({**SMALLEST, "mail": {**mail, "starttls": True}}))
    assert "the environment variable MAIL_PASSWORD is not set" in mistake(source)
    settings = load(source, {"MAIL_PASSWORD": "geheim"})
    assert settings.mail_password == "geheim"
    assert "geheim" not in repr(settings)


def test_links_begin_with_how_people_reach_the_pages(tmp_path: Path) -> None:
    source = write(tmp_path, yaml.safe_dump(SMALLEST))
    assert load(source, {}).public_url == "http://127.0.0.1:8000"
    given = {"HOTLINE__CONSOLE__PUBLIC_URL": "https://hotline.example/gas/"}
    assert load(source, given).public_url == "https://hotline.example/gas"


def test_a_key_that_tells_how_a_case_stands_may_be_had_in_no_menu(tmp_path: Path) -> None:
    off = {**SMALLEST, "case_status": {"enabled": False, "key": "1"}}
    assert not load(write(tmp_path, yaml.safe_dump(off)), {}).case_status.enabled
