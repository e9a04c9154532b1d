"""Who may open which page: the table against the routes, and every route against every role."""

from collections.abc import Callable

import pytest
from flask import Flask

from agent_console.rights import PUBLIC, RIGHTS, allowed
from ivr.config.sections import Role
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene

PLACES = {
    "kind": "ready",
    "call_id": 1,
    "recording_id": 1,
    "filename": "icon.svg",
    "slug": "gas_leak_home",
} | {
    "customer_id": 1,
    "import_id": 1,
    "attempt_id": 1,
    "task_id": 1,
    "campaign_id": 1,
    "number": "2026-11-0001",
    "token": "never-given",
    "photo_id": 1,
    "notice_id": 1,
    "unit_id": 1,
    "person_id": 1,
    "outage_id": 1,
    "incident_id": 1,
    "proposal_id": 1,
    "entry_id": 1,
    "sample_id": 1,
    "agent_id": 1,
    "screen_id": 1,
    "work_number": "4711",
    "hint_id": 1,
}


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """Endpoint, method and an address of every route."""
    found = []
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            values = {name: PLACES[name] for name in rule.arguments}
            method = "POST" if "POST" in (rule.methods or ()) else "GET"
            found.append((rule.endpoint, method, adapter.build(rule.endpoint, values, method=method)))
    return found


def test_the_table_names_every_route_and_no_other(app: Flask) -> None:
    assert {endpoint for endpoint, _, _ in routes(app)} == set(RIGHTS)


def test_a_stranger_is_led_to_the_sign_in_page_and_a_script_gets_401(
    app: Flask, visitor: Callable[..., Visitor]
) -> None:
    somebody = visitor()
    token = somebody.token()
    for endpoint, method, path in routes(app):
        if RIGHTS[endpoint] is PUBLIC:
            continue
        fetch = somebody.client.open(
            path, method=method, headers={"X-Requested-With": "fetch", "X-CSRFToken": token}
        )
        assert fetch.status_code == 401, path
        assert fetch.is_json
        page = somebody.client.open(path, method=method, headers={"X-CSRFToken": token})
        assert (page.status_code, page.location) == ((303, "/sign-in") if method == "GET" else (401, None)), (
            path
        )


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_own_pages_and_no_other(
    app: Flask, visitor: Callable[..., Visitor], scene: Scene, role: Role
) -> None:
    scene.person("5001", role=role)
    somebody = visitor()
    somebody.sign_in("5001")
    token = somebody.token()
    for endpoint, method, path in routes(app):
        if RIGHTS[endpoint] is PUBLIC or endpoint in ("auth.sign_out", "live_feed.live"):
            continue
        answer = somebody.client.open(path, method=method, headers={"X-CSRFToken": token})
        if allowed(endpoint, role):
            assert answer.status_code not in (401, 403, 500), (path, answer.status_code)
        else:
            assert answer.status_code == 403, path
            assert "没有权限" in answer.get_data(as_text=True)
