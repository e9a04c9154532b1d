"""What a desk may send as the arguments of a wish: whatever it is, it is checked, bounded, or refused."""

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest

from agent_console import languages
from agent_console.desk import wishes
from agent_console.desk.wishes import NotAsked
from ivr.config.sections import Role
from ivr.standard.command_kind import CommandKind
from ivr.standard.transfer import LONGEST_NOTE, LONGEST_VALUE


@pytest.fixture(scope="module")
def plain() -> Flask:
    """An application with the console's languages and nothing else."""
    app = Flask("plain")
    app.config["SECRET_KEY"] = "of this test"
    languages.set_up(app, "Asia/Shanghai")
    return app


FIELDS = (
    "reason",
    "text",
    "note",
    "number",
    "to_kind",
    "to_value",
    "consent",
    "customer_id",
    "case_id",
    "queue",
)
VALUES = st.one_of(
    st.text(max_size=400),
    st.sampled_from(["agent", "unit", "outside", "queue", "true", "1001", "+8613900001111", "13900001111"]),
    st.from_regex(r"[0-9+() \-]{1,40}", fullmatch=True),
    st.integers().map(str),
)


def texts(tree: Any) -> list[str]:
    """Every text in a tree."""
    if isinstance(tree, str):
        return [tree]
    return [text for each in (tree.values() if isinstance(tree, dict) else ()) for text in texts(each)]


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(wishes.ASKED_HERE)),
    st.dictionaries(st.sampled_from(FIELDS), VALUES),
    st.sampled_from(list(Role)),
)
def test_whatever_is_sent_is_a_wish_the_engine_can_read_or_refused(
    plain: Flask, kind: CommandKind, given_fields: dict[str, str], role: Role
) -> None:
    with plain.test_request_context():
        try:
            made = wishes.arguments(kind, given_fields, work_number="1001", role=role)
        except (NotAsked, BadRequest):
            return
    if made is None:
        return
    assert len(json.dumps(made)) < 4000
    for text in texts(made):
        assert text.isprintable()
        assert len(text) <= max(LONGEST_NOTE, LONGEST_VALUE, wishes.LONGEST_REASON)
    for name in ("customer_id", "case_id"):
        assert made.get(name) is None or 0 <= made[name] < 2**63
    if kind is CommandKind.CALL_OUT:
        assert set(made["number"]) <= set("+0123456789")
    if "to" in made and made["to"]["kind"] == "outside":
        assert role is Role.SUPERVISOR
        assert set(made["to"]["value"]) <= set("+0123456789")
