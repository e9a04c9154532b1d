"""Listening: who may (R-18), parts of a file, what is not there, and the audit log."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from agent_console.calls.recordings import file_of
from ivr.config import Settings
from ivr.config.sections import Role
from ivr.standard.recording_status import RecordingFailure
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene, write_sound

Visitors = Callable[..., Visitor]


@pytest.fixture
def owner(scene: Scene) -> int:
    return scene.person("1001")


@pytest.fixture
def recording(scene: Scene, settings: Settings, owner: int) -> int:
    write_sound(settings.recordings_folder / "2026" / "one.wav")
    return scene.recording(scene.ended_call(owner, 0), owner, "2026/one")


def enter(visitor: Visitors, scene: Scene, role: Role) -> Visitor:
    scene.person("5001", role=role)
    somebody = visitor()
    somebody.sign_in("5001")
    return somebody


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.SUPERVISOR, 200),
        (Role.QUALITY_READER, 200),
        (Role.AGENT, 403),
        (Role.ADMINISTRATOR, 403),
        (Role.AUDITOR, 403),
    ],
)
def test_recordings_are_for_supervisors_and_quality_readers(
    visitor: Visitors, scene: Scene, recording: int, role: Role, status: int
) -> None:
    answer = enter(visitor, scene, role).get(f"/recordings/{recording}")
    assert answer.status_code == status
    assert len(scene.events("console.listened")) == (status == 200)


def test_an_agent_hears_the_recordings_of_own_calls(visitor: Visitors, scene: Scene, recording: int) -> None:
    somebody = visitor()
    somebody.sign_in("1001")
    answer = somebody.get(f"/recordings/{recording}")
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_part_of_a_recording_is_given(
    visitor: Visitors, scene: Scene, settings: Settings, recording: int
) -> None:
    sound = (settings.recordings_folder / "2026" / "one.wav").read_bytes()
    somebody = enter(visitor, scene, Role.QUALITY_READER)
    part = somebody.get(f"/recordings/{recording}", headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(sound)}"
    assert part.data == sound[100:200]
    beyond = somebody.get(f"/recordings/{recording}", headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416


def test_each_listen_is_one_line_of_the_audit_log(visitor: Visitors, scene: Scene, recording: int) -> None:
    somebody = enter(visitor, scene, Role.QUALITY_READER)
    for part in ("bytes=5000-", "bytes=6000-", "bytes=0-", "bytes=7000-"):
        somebody.get(f"/recordings/{recording}", headers={"Range": part})
    [event] = scene.events("console.listened")
    assert event.data["recording"] == recording
    assert event.call_id is not None


def test_a_file_that_is_gone_is_said(visitor: Visitors, scene: Scene, owner: int) -> None:
    call = scene.ended_call(owner, 0)
    gone = scene.recording(call, owner, "gone")
    somebody = enter(visitor, scene, Role.SUPERVISOR)
    answer = somebody.get(f"/recordings/{gone}")
    assert answer.status_code == 404
    assert "录音文件不在" in answer.get_data(as_text=True)
    assert "录音文件不在" in somebody.get(f"/calls/{call}").get_data(as_text=True)
    assert scene.events("console.listened") == []


def test_one_that_was_deleted_by_the_rule_is_no_finding(visitor: Visitors, scene: Scene, owner: int) -> None:
    """config.yaml: retention."""
    call = scene.ended_call(owner, 0)
    gone = scene.recording(call, owner, "gone", status="deleted")
    somebody = enter(visitor, scene, Role.SUPERVISOR)
    answer = somebody.get(f"/recordings/{gone}")
    assert answer.status_code == 404
    for page in (answer, somebody.get(f"/calls/{call}")):
        assert "该录音已超过保存期限" in page.get_data(as_text=True)
        assert "录音文件不在" not in page.get_data(as_text=True)


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "a/../../secret", "", "x\0y", "link", "."])
def test_no_name_leads_out_of_the_folder(settings: Settings, tmp_path: Path, name: str) -> None:
    folder = settings.recordings_folder
    folder.mkdir()
    (folder.parent / "secret.wav").write_bytes(b"secret")
    (folder / "link.wav").symlink_to(folder.parent / "secret.wav")
    assert file_of(settings, name) is None


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        *((why.because("No space left on device"), None) for why in RecordingFailure),
        ("kept before there were words", "引擎日志"),
        (None, "引擎日志"),
    ],
)
def test_a_failed_recording_gives_its_reason_in_the_pages_language(
    visitor: Visitors, scene: Scene, owner: int, failure: str | None, said: str | None
) -> None:
    call = scene.ended_call(owner, 0)
    scene.recording(call, owner, "failed", status="failed", failure=failure)
    page = enter(visitor, scene, Role.SUPERVISOR).get(f"/calls/{call}").get_data(as_text=True)
    shown = re.search(r"录音失败：([^<]+)</p>", page)
    assert shown is not None
    assert re.fullmatch(r"[^A-Za-z]+", shown[1])
    assert said is None or said in shown[1]
    assert "<audio" not in page
