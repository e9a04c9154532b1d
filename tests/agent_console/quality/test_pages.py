"""The appraisal as readers and agents meet it: draw, check, score, object, decide, rank (R-QA1 to R-QA3)."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.cli import main
from ivr.config import Settings
from ivr.config.score_sheet_file import load_score_sheet
from ivr.config.sections import CallKind, Role
from storage.database import Database
from storage.models import QualityFinding, QualitySample, Recording
from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene
from tests.conftest import PROJECT
from tests.storage.queries.test_quality import recorded

LAST_MONTH = datetime.now(UTC).replace(day=1, hour=12) - timedelta(days=10)
MONTH = f"{LAST_MONTH:%Y-%m}"


@pytest.fixture
def people(database: Database, scene: Scene, settings: Settings) -> dict[str, int]:
    """An agent with eight recordings of last month, one of an alarm, and two readers."""
    ids = {
        "1001": scene.person("1001"),
        "1002": scene.person("1002"),
        "2001": scene.person("2001", name="赵一", role=Role.QUALITY_READER),
        "2002": scene.person("2002", name="钱二", role=Role.QUALITY_READER),
    }
    settings.recordings_folder.mkdir(parents=True, exist_ok=True)
    with database.write() as connection:
        for number in range(8):
            sound = b"RIFF" + bytes([number]) * 100
            kind = CallKind.ALARM if number == 7 else CallKind.REPAIR
            digest = hashlib.sha256(sound).hexdigest()
            recorded(connection, ids["1001"], LAST_MONTH, number, sha256=digest, seconds=9.0, call_kind=kind)
            (settings.recordings_folder / f"r{ids['1001']}-{number}.wav").write_bytes(sound)
    return ids


def marks(settings: Settings, failed: str = "") -> dict[str, str]:
    sheet = load_score_sheet(settings.prompts_folder)
    found = {f"mark-{item.id}": "failed" if item.id == failed else "met" for item in sheet.items}
    return {"sheet": sheet.sha256, **found}


def samples(database: Database) -> list[tuple[int, str]]:
    with database.read() as connection:
        rows = connection.execute(
            select(QualitySample.id, Recording.name)
            .join(Recording, Recording.id == QualitySample.recording_id)
            .order_by(QualitySample.place)
        )
        return [(row[0], row[1]) for row in rows]


def test_a_month_is_drawn_scored_objected_to_decided_and_ranked(
    people: dict[str, int],
    database: Database,
    settings: Settings,
    visitor: Callable[..., Visitor],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second, agent = visitor("192.0.2.1"), visitor("192.0.2.2"), visitor("192.0.2.3")
    for somebody, number in ((first, "2001"), (second, "2002"), (agent, "1001")):
        somebody.sign_in(number)
    assert "开始抽取" in first.get(f"/quality?month={MONTH}").get_data(as_text=True)
    assert first.post("/quality/draw", month=MONTH).status_code == 303
    again = second.post("/quality/draw", month=MONTH)
    assert again.status_code == 409 and "不再重抽" in again.get_data(as_text=True)
    drawn = samples(database)
    listed = first.get(f"/quality?month={MONTH}").get_data(as_text=True)
    # The recording of the alarm is one of the five, or comes on top of them.
    assert len(drawn) == (6 if "报警，必检" in listed else 5)

    # A deleted and a changed recording are findings, and no others are drawn.
    (deleted, gone), (changed, other), (sample, _) = drawn[:3]
    (settings.recordings_folder / f"{gone}.wav").unlink()
    (settings.recordings_folder / f"{other}.wav").write_bytes(b"RIFF somebody else")
    for number, said in ((deleted, "录音文件缺失"), (changed, "录音文件已被改动")):
        text = first.get(f"/quality/{number}").get_data(as_text=True)
        assert said in text and "<audio" not in text
    assert len(samples(database)) == len(drawn)

    text = first.get(f"/quality/{sample}").get_data(as_text=True)
    assert "<audio" in text and "SHA-256 相符" in text
    half = {name: value for name, value in marks(settings).items() if name != "mark-surname"}
    missing = first.post(f"/quality/{sample}", **half, remark="声音清楚")
    text = missing.get_data(as_text=True)
    assert missing.status_code == 409 and "unmarked" in text and "声音清楚" in text
    old_sheet = first.post(f"/quality/{sample}", **{**marks(settings), "sheet": "0" * 64})
    assert old_sheet.status_code == 409 and "评分表有改动" in old_sheet.get_data(as_text=True)
    assert first.post(f"/quality/{sample}", **marks(settings, "greeting"), remark="好").status_code == 303
    late = second.post(f"/quality/{sample}", **marks(settings))
    assert late.status_code == 409 and "已由其他质检员评分： 2001 赵一" in late.get_data(as_text=True)

    assert f"/my-appraisals/{sample}" in agent.get("/my-appraisals").get_data(as_text=True)
    own = agent.get(f"/my-appraisals/{sample}").get_data(as_text=True)
    assert "90.0 %" in own and "未达标" in own
    assert agent.get(f"/my-appraisals/{deleted}").status_code == 404  # not scored yet
    colleague = visitor("192.0.2.4")
    colleague.sign_in("1002")
    for place in (f"/my-appraisals/{sample}", f"/my-appraisals/{sample}/wave"):
        assert colleague.get(place).status_code == 404  # somebody else's
    assert colleague.post(f"/my-appraisals/{sample}", said="不是我的").status_code == 404
    assert agent.post(f"/my-appraisals/{sample}", said=" ").status_code == 409
    assert agent.post(f"/my-appraisals/{sample}", said="我说了工号").status_code == 303
    assert first.post(f"/quality/{sample}", **marks(settings)).status_code == 409
    assert second.post(f"/quality/{sample}", **marks(settings)).status_code == 303
    assert "100.00" in first.get(f"/quality/ranking?month={MONTH}").get_data(as_text=True)
    decided = agent.get(f"/my-appraisals/{sample}").get_data(as_text=True)
    assert "90.0 %" in decided and "100.0 %" in decided and "复核结论" in decided

    with database.read() as connection:
        found = connection.execute(select(QualityFinding.sample_id).order_by(QualityFinding.id)).scalars()
        assert list(found) == [deleted, changed]
    _verified(database, settings, monkeypatch, capsys, f"{gone}.wav")


def _verified(
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    gone: str,
) -> None:
    """`hotline qa verify` proves the draw and names the recordings that are not as they were."""
    monkeypatch.setenv("HOTLINE_HOME", str(settings.home))
    monkeypatch.setenv("HOTLINE_CONFIG", str(PROJECT / "config.yaml"))
    monkeypatch.setenv("HOTLINE__STORAGE__URL_FROM", "HOTLINE_TEST_DATABASE")
    monkeypatch.setenv(
        "HOTLINE_TEST_DATABASE", database.url.render_as_string(hide_password=False).replace("+psycopg", "")
    )
    assert main(["qa", "verify", "--month", MONTH]) == 1
    printed = capsys.readouterr().out
    assert f"missing: {gone}" in printed and "2 things are wrong" in printed and "seed" not in printed
    assert main(["qa", "list"]) == 0 and "seed" in capsys.readouterr().out
    assert main(["qa", "verify", "--month", "2020-01"]) == 1


def test_the_sheet_of_the_project_is_made_of_the_standard_and_mistakes_in_one_are_told(
    settings: Settings, tmp_path: Path
) -> None:
    """R-QA2."""
    sheet = load_score_sheet(settings.prompts_folder)
    rules = {item.rule for item in sheet.items}
    assert {"R-12.4", "R-12.5", "R-12.6", "R-8", "R-12.9", "R-12.12", "R-9"} <= rules
    assert sum(item.points for item in sheet.items) == 100
    from ivr.errors import ScoreSheetError

    (tmp_path / "desk").mkdir()
    file = tmp_path / "desk" / "score_sheet.yaml"
    for text, said in (
        ("format: 1\nitems:\n  a: {rule: R-8, points: 0, zh: 甲, en: a}\n", "line 3"),
        ("format: 1\nitems: {}\n", "items"),
        ("format: 1\nitems: [\n", "score_sheet.yaml"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ScoreSheetError) as caught:
            load_score_sheet(tmp_path)
        assert said in str(caught.value)
    file.unlink()
    with pytest.raises(ScoreSheetError, match="cannot be read"):
        load_score_sheet(tmp_path)
