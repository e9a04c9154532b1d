"""What machines ask the console: alive, ready, figures; without a person or a secret in any of it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from agent_console.app import create_app
from ivr.config import load
from ivr.errors import ConfigError
from ivr.standard.agent_state import AgentState
from ivr.standard.call_stage import CallStage
from ivr.standard.recording_status import RecordingKind, RecordingStatus
from ivr.standard.three_rings import OfferOutcome
from storage.database import Database
from storage.models import Engine, Offer, Recording
from storage.queries import engines, sip_bans, trunk_states
from storage.queries.engines import OwnFigures
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, ago
from tests.conftest import PROJECT
from tests.storage.rows import add_call

Visitors = Callable[..., Visitor]
Figures = dict[tuple[str, str], float]


def engine(scene: Scene, node: str, silent: float, *, connected: bool = True) -> None:
    """An engine that gave its last sign of life so many seconds ago."""
    row = {"pbx_node": node, "instance": "x", "started_at": ago(100), "seen_at": ago(silent)}
    with scene.database.write() as connection:
        connection.execute(insert(Engine).values(pbx_connected=connected, **row))


def figures(page: str) -> Figures:
    """Every figure, by its name and its labels' values."""
    return {
        (sample.name, "/".join(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_the_process_says_that_it_lives_also_without_a_database(tmp_path: Path) -> None:
    settings = load(PROJECT / "config.yaml", {"HOTLINE_HOME": str(tmp_path)})
    app = create_app(settings, Database(f"sqlite:///{tmp_path}/missing/hotline.sqlite3"))
    somebody = app.test_client()
    answer = somebody.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    answer = somebody.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "missing": ["database"]})
    page = somebody.get("/metrics").text
    assert figures(page)[("hotline_database_up", "")] == 0
    assert str(tmp_path) not in page


def test_it_is_ready_while_an_engine_lives_that_has_its_pbx(visitor: Visitors, scene: Scene) -> None:
    somebody = visitor()
    assert somebody.get("/readyz").json == {"ready": False, "missing": ["engine"]}
    engine(scene, "pbx1", silent=30)
    assert somebody.get("/readyz").json == {"ready": False, "missing": ["engine"]}
    engine(scene, "pbx2", silent=1, connected=False)
    assert somebody.get("/readyz").json == {"ready": False, "missing": ["pbx"]}
    engine(scene, "pbx3", silent=1)
    answer = somebody.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "missing": []})


def test_the_figures_are_those_of_the_floor(visitor: Visitors, scene: Scene) -> None:
    engine(scene, "pbx1", silent=3)
    me = scene.person("1001", name="王敏")
    scene.presence(me, AgentState.READY)
    with scene.database.write() as connection:
        for waited in (20, 90):
            call = add_call(
                connection,
                stage=CallStage.WAITING,
                queue="repair",
                queued_at=ago(waited),
                caller_number="+8653188880001",
            )
        connection.execute(
            insert(Offer).values(
                call_id=call, agent_id=me, pbx_node="pbx1", device="PJSIP/1001", channel="c", queue="repair",
                made_at=ago(60), outcome=OfferOutcome.MISSED,
            )
        )  # fmt: skip
        connection.execute(
            insert(Recording).values(
                call_id=call, pbx_node="pbx1", kind=RecordingKind.CONVERSATION, name="x",
                status=RecordingStatus.FAILED, started_at=ago(60),
            )
        )  # fmt: skip
    with scene.database.write() as connection:
        own = OwnFigures(True, 0.004, unwritten=17, unrecorded=True, crowded=False)
        engines.sign(connection, "pbx2", "b", ago(1), own)
        trunk_states.take_up(connection, "pbx1", ["line"], ago(60))
        for address in ("192.0.2.7", "192.0.2.7", "192.0.2.8"):
            sip_bans.ban(connection, "pbx1", address, ago(60), ago(-60), 10)
        sip_bans.ban(connection, "pbx1", "192.0.2.9", ago(120), ago(60), 10)
    answer = visitor(address="127.0.0.1").get("/metrics")
    assert answer.content_type.startswith("text/plain; version=")
    page = answer.text
    found = figures(page)
    assert found[("hotline_database_up", "")] == 1
    assert 3 <= found[("hotline_engine_silent_seconds", "pbx1")] < 60
    assert found[("hotline_pbx_connected", "pbx1")] == 1
    assert found[("hotline_calls", "inbound/waiting")] == 2
    assert found[("hotline_calls", "inbound/talking")] == 0
    assert found[("hotline_waiting", "repair")] == 2
    assert 90 <= found[("hotline_longest_wait_seconds", "repair")] < 150
    assert found[("hotline_offers_last_hour", "missed")] == 1
    assert found[("hotline_agents", "ready")] == 1
    assert found[("hotline_recordings_failed_last_day", "")] == 1
    assert 0 < found[("hotline_disk_used_percent", "")] <= 100
    assert found[("hotline_ari_round_trip_seconds", "pbx2")] == 0.004
    assert found[("hotline_journal_depth", "pbx2")] == 17
    assert (found[("hotline_unrecorded", "pbx2")], found[("hotline_crowded", "pbx2")]) == (1, 0)
    assert found[("hotline_trunk_up", "pbx1/line")] == 1
    assert found[("hotline_banned_addresses", "")] == 2
    # Labels and help; the digits of a figure may be any.
    told = re.sub(r" [0-9.e+-]+$", "", page, flags=re.MULTILINE)
    for personal in ("8880001", "1001", "王敏", "+86", "192.0.2"):
        assert personal not in told


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 403),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 403),
        ("192.0.2.7", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("192.0.2.7", {"Authorization": "Bearer right"}, 200),
        ("192.0.2.7", {"Authorization": "Bearer wrong"}, 403),
        ("192.0.2.7", {"Authorization": "Bearer "}, 403),
        ("192.0.2.7", {"Authorization": "right"}, 403),
        ("192.0.2.7", {"Authorization": "Bearer röght"}, 403),
    ],
)
def test_figures_are_for_this_machine_or_with_the_token(
    tmp_path: Path, sqlite_address: str, address: str, headers: dict[str, str], status: int
) -> None:
    environment = {
        "HOTLINE_HOME": str(tmp_path),
        "HOTLINE__CONSOLE__METRICS_TOKEN_FROM": "TOKEN",
        "TOKEN": "right",
    }
    app = create_app(load(PROJECT / "config.yaml", environment), Database(sqlite_address))
    somebody = Visitor(app, address)
    assert somebody.get("/metrics", headers=headers).status_code == status


def test_without_a_token_in_the_settings_none_opens(app: Flask) -> None:
    somebody = Visitor(app, "192.0.2.7")
    for given in ("", "None", "null"):
        headers = {"Authorization": f"Bearer {given}"}
        assert somebody.get("/metrics", headers=headers).status_code == 403


def test_a_token_that_is_named_and_not_set_ends_the_start(tmp_path: Path) -> None:
    environment = {"HOTLINE_HOME": str(tmp_path), "HOTLINE__CONSOLE__METRICS_TOKEN_FROM": "TOKEN"}
    with pytest.raises(ConfigError, match=r"console\.metrics_token_from: .* TOKEN is not set"):
        load(PROJECT / "config.yaml", environment)


def test_the_token_is_shown_nowhere(tmp_path: Path) -> None:
    environment = {"HOTLINE_HOME": str(tmp_path), "HOTLINE__CONSOLE__METRICS_TOKEN_FROM": "T", "T": "right"}
    settings = load(PROJECT / "config.yaml", environment)
    assert settings.metrics_token == "right"
    assert "right" not in repr(settings) + str(settings.model_dump())
