"""The player and what is beside it: picture, places, marks, and hints that may be wrong (R-QA2, R-9)."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from ivr.config import Settings
from ivr.config.sections import Role
from ivr.hints.making import work
from storage.database import Database
from storage.models import HintRun, Recording, RecordingHint
from storage.queries import hints
from tests.agent_console.conftest import Visitor
from tests.agent_console.quality.drawn_conversation import MONTH, draw
from tests.agent_console.quality.test_pages import marks
from tests.agent_console.scene import Scene
from tests.hints.conversations import write


@pytest.fixture
def sample(database: Database, scene: Scene, settings: Settings) -> int:
    """A drawn conversation of 1001, and two readers."""
    agent = scene.person("1001")
    scene.person("2001", name="赵一", role=Role.QUALITY_READER)
    scene.person("2002", name="钱二", role=Role.QUALITY_READER)
    return draw(database, agent, settings.recordings_folder)


def test_a_reader_jumps_to_holds_transfers_silences_and_marks_and_says_which_hints_are_wrong(
    sample: int, database: Database, settings: Settings, scene: Scene, visitor: Callable[..., Visitor]
) -> None:
    first, second, agent = visitor("192.0.2.1"), visitor("192.0.2.2"), visitor("192.0.2.3")
    for somebody, number in ((first, "2001"), (second, "2002"), (agent, "1001")):
        somebody.sign_in(number)
    address = f"/quality/{sample}"
    page = first.get(address).get_data(as_text=True)
    assert "尚未生成" in page and 'data-at="20.0"' in page and 'data-at="21.0"' in page
    picture = first.get(f"{address}/wave").get_json()
    assert picture["seconds"] == 60 and 890 < len(picture["caller"]) == len(picture["agent"]) <= 900
    assert picture["caller"][150] > 40 > 10 > picture["agent"][150]  # at second 10 only the caller speaks

    said: list[str] = []
    assert work(settings, database, 10, said.append) == 1
    assert work(settings, database, 10, said.append) == 0 and said == []
    with database.read() as connection:
        run = connection.execute(select(HintRun.agent_share, HintRun.recognised)).one()
        found = [
            (str(kind), round(begin))
            for kind, begin in connection.execute(
                select(RecordingHint.kind, RecordingHint.begin_seconds).order_by(RecordingHint.begin_seconds)
            )
        ]
    assert found == [("interruption", 14), ("silence", 40)]  # the music of the hold is no silence
    assert run.agent_share == pytest.approx(10 / 25, abs=0.02) and run.recognised is False
    page = first.get(address).get_data(as_text=True)
    assert "打断客户" in page and "静默 18 秒" in page and "仅在安装语音识别组件后提供" in page

    # A mark needs a word and a place; it stays, and the agent sees it.
    assert first.post(f"{address}/marks", second="15", text=" 客户还没说完 ").status_code == 303
    for wrong in (
        {"second": "15", "text": " "},
        {"second": "9000", "text": "?"},
        {"second": "x", "text": "?"},
    ):
        assert first.post(f"{address}/marks", **wrong).status_code == 303
        assert "未保存" in first.get(address).get_data(as_text=True)
    assert first.get(address).get_data(as_text=True).count("客户还没说完") == 1

    with database.read() as connection:
        hint = connection.execute(select(RecordingHint.id).order_by(RecordingHint.id).limit(1)).scalar_one()
    for somebody in (first, second, first):
        assert somebody.post(f"{address}/hints/{hint}", wrong="1").status_code == 303
    assert "2 人认为有误" in first.get(address).get_data(as_text=True)
    assert second.post(f"{address}/hints/{hint}", wrong="0").status_code == 303
    assert "1 人认为有误" in second.get(address).get_data(as_text=True)
    assert first.post(f"{address}/hints/{hint + 1000}", wrong="1").status_code == 404
    with database.read() as connection:
        assert {each.kind.value: (each.hints, each.wrong) for each in hints.counts(connection)} == {
            "interruption": (1, 1),
            "silence": (1, 0),
        }
    assert len(scene.events("console.hint_judged")) == 4
    assert "打断客户" in first.get(f"/quality?month={MONTH}").get_data(as_text=True)

    # The agent hears and sees the same once it is scored, without the reader's buttons.
    assert agent.get(f"/my-appraisals/{sample}/wave").status_code == 404
    assert first.post(address, **marks(settings)).status_code == 303
    own = agent.get(f"/my-appraisals/{sample}").get_data(as_text=True)
    assert "客户还没说完" in own and "打断客户" in own and "/hints/" not in own and "/marks" not in own
    assert agent.get(f"/my-appraisals/{sample}/wave").get_json() == picture
    assert agent.get(f"{address}/wave").status_code == 403

    # What was changed is neither drawn nor heard.
    with database.write() as connection:
        connection.execute(update(Recording).values(sha256="0" * 64))
    assert first.get(f"{address}/wave").status_code == 404
    assert "wave-picture" not in first.get(address).get_data(as_text=True)


def test_a_recording_that_is_no_sound_is_remembered_with_its_reason(
    sample: int, database: Database, settings: Settings
) -> None:
    [file] = settings.recordings_folder.glob("*.wav")
    write(file, 3, [(1, 2)], [], channels=1)
    said: list[str] = []
    assert work(settings, database, 10, said.append) == 1
    assert "1 channels; a conversation has two" in said[0]
    with database.read() as connection:
        assert (
            connection.execute(select(HintRun.failure)).scalar_one() == "1 channels; a conversation has two"
        )
    assert work(settings, database, 10, said.append) == 0
