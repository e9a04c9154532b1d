"""Draws that can be proven, scores that stay, objections and rankings (R-QA1, R-QA2, R-QA3)."""

import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select, update

from ivr.config.score_sheet_file import content, kept_sheet
from ivr.config.sections import CallKind, Role
from ivr.errors import Conflict, QualityRefused, StorageError
from ivr.standard.quality_draw import BY_PLACE, FindingKind, PickReason
from ivr.standard.quality_refusal import QualityRefusal
from ivr.standard.recording_status import RecordingKind, RecordingStatus
from ivr.standard.score_sheet import Mark, ScoreSheet, SheetItem
from storage.database import Database
from storage.models import (
    Duty,
    QualityDraw,
    QualityPopulation,
    QualitySample,
    QualityScore,
    Recording,
    Unit,
)
from storage.queries import notices, quality_draws, quality_samples, quality_scores, responsible_people
from storage.queries.quality_draws import Drawn
from tests.storage.rows import add_agent, add_call

MONTH, BEGIN, END = "2026-10", datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC)
NOW = datetime(2026, 11, 3, 2, tzinfo=UTC)
SHEET = ScoreSheet("a" * 64, (SheetItem("greeting", "R-12.4", 10, {}), SheetItem("hold", "R-12.9", 30, {})))
ALL_MET = {"greeting": Mark.MET, "hold": Mark.MET}
HALF = {"greeting": Mark.FAILED, "hold": Mark.MET}


def recorded(connection: Connection, agent_id: int, at: datetime, number: int, **values: Any) -> int:
    kind = values.pop("call_kind", CallKind.REPAIR)
    call_id = add_call(connection, arrived_at=at, agent_id=agent_id, kind=kind)
    row = {
        "call_id": call_id,
        "agent_id": agent_id,
        "pbx_node": "pbx1",
        "kind": RecordingKind.CONVERSATION,
        "status": RecordingStatus.FINISHED,
        "name": f"r{agent_id}-{number}",
        "started_at": at,
        "sha256": "0" * 64,
        **values,
    }
    return int(connection.execute(insert(Recording).values(row).returning(Recording.id)).scalar_one())


@pytest.fixture
def people(database: Database) -> dict[str, int]:
    """Two agents with recordings of October, and two readers."""
    with database.write() as connection:
        ids = {name: add_agent(connection, name=name) for name in ("minmin", "fang")}
        ids |= {
            name: add_agent(connection, name=name, role=Role.QUALITY_READER) for name in ("first", "second")
        }
        for number in range(12):
            for name in ("minmin", "fang"):
                recorded(connection, ids[name], BEGIN + timedelta(days=2 * number), number)
    return ids


def drawn(database: Database, people: dict[str, int], seed: str = "seed") -> Drawn:
    with database.write() as connection:
        return quality_draws.make(connection, MONTH, BEGIN, END, 3, people["first"], NOW, seed)


def test_so_many_of_each_agent_are_drawn_alarms_on_top_and_only_of_the_month(
    database: Database, people: dict[str, int]
) -> None:
    with database.write() as connection:
        alarms = [
            recorded(
                connection,
                people["fang"],
                BEGIN + timedelta(hours=each),
                100 + each,
                call_kind=CallKind.ALARM,
            )
            for each in range(6)
        ]
        failed = recorded(
            connection, people["minmin"], BEGIN, 200, status=RecordingStatus.FAILED, failure="disk full"
        )
        for number, other in enumerate(
            (
                {"started_at": END},
                {"started_at": BEGIN - timedelta(microseconds=1)},
                {"status": RecordingStatus.RUNNING},
                {"kind": RecordingKind.MESSAGE},
            )
        ):
            recorded(connection, people["minmin"], BEGIN, 300 + number, **other)
    found = drawn(database, people)
    with database.read() as connection:
        samples = quality_samples.of_month(connection, MONTH, limit=100)
        frozen = dict(connection.execute(select(QualityPopulation.agent_id, QualityPopulation.ids)).all())
    assert (found.agents, found.population, found.samples) == (2, 31, len(samples))
    random = [sample for sample in samples if sample.reason is PickReason.RANDOM]
    assert [sum(each.agent_id == people[name] for each in random) for name in ("minmin", "fang")] == [3, 3]
    assert {sample.recording_id for sample in samples} >= set(alarms)
    ids = zlib.decompress(frozen[people["minmin"]]).decode().split(",")
    assert str(failed) in ids and ids == sorted(ids, key=int)


@pytest.mark.parametrize("seed", ["of a draw of before", f"{BY_PLACE}of now"])
def test_a_draw_is_reproducible_and_whatever_was_changed_is_found(
    database: Database, people: dict[str, int], seed: str
) -> None:
    found = drawn(database, people, seed)
    with database.read() as connection:
        assert quality_draws.verify(connection, found) == []
        assert quality_draws.of_month(connection, MONTH) == found
        wrong_seed = quality_draws.verify(connection, replace(found, seed="another"))
        assert len(wrong_seed) == 2 and "not those of the seed" in wrong_seed[0]
    with database.write() as connection:
        connection.exec_driver_sql(
            "DROP TRIGGER refuse_update_quality_populations"
            + ("" if database.is_sqlite else " ON quality_populations")
        )
        tampered = {"ids": zlib.compress(b"1,2,3")}
        connection.execute(
            update(QualityPopulation).where(QualityPopulation.agent_id == people["fang"]).values(tampered)
        )
        assert "its SHA-256 is another one" in quality_draws.verify(connection, found)[0]
        connection.rollback()


def test_a_sample_of_no_frozen_population_is_refused(database: Database, people: dict[str, int]) -> None:
    found = drawn(database, people)
    with database.read() as connection:
        recording_id = connection.execute(select(func.max(Recording.id))).scalar_one()
    sample = {"draw_id": found.id, "recording_id": recording_id, "reason": PickReason.ALARM, "place": 9}
    for stranger in ({"agent_id": people["first"]}, {"agent_id": people["fang"], "draw_id": found.id + 1}):
        with pytest.raises(Conflict), database.write() as connection:
            connection.execute(insert(QualitySample).values(sample | stranger))


def test_what_was_drawn_and_found_can_neither_be_changed_nor_deleted(
    database: Database, people: dict[str, int]
) -> None:
    drawn(database, people)
    for statement in (
        update(QualityDraw).values(seed="x"),
        delete(QualitySample),
        update(QualitySample).values(place=9),
        delete(QualityPopulation),
    ):
        with pytest.raises(StorageError), database.write() as connection:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("begin", "end", "reason"),
    [
        (BEGIN, NOW + timedelta(days=1), QualityRefusal.MONTH_NOT_OVER),
        (BEGIN - timedelta(days=900), BEGIN - timedelta(days=800), QualityRefusal.NOTHING_RECORDED),
    ],
)
def test_a_month_that_is_not_over_or_has_nothing_is_refused(
    database: Database, people: dict[str, int], begin: datetime, end: datetime, reason: QualityRefusal
) -> None:
    with pytest.raises(QualityRefused) as caught, database.write() as connection:
        quality_draws.make(connection, MONTH, begin, end, 3, people["first"], NOW)
    assert caught.value.reason == reason


def test_a_month_is_drawn_once(database: Database, people: dict[str, int]) -> None:
    drawn(database, people)
    with pytest.raises(QualityRefused) as caught:
        drawn(database, people, "another seed")
    assert caught.value.reason == QualityRefusal.DRAWN_ALREADY


def give(
    database: Database,
    sample_id: int,
    reader: int,
    marks: dict[str, Mark] = ALL_MET,
    sheet: ScoreSheet = SHEET,
    now: datetime = NOW,
) -> float:
    with database.write() as connection:
        return quality_scores.give(
            connection,
            sample_id,
            reader,
            sheet,
            content(sheet.items),
            marks,
            "好",
            now,
            told="评分了",
            told_unit="{who}：{percent}",
        )


@pytest.fixture
def sample(database: Database, people: dict[str, int]) -> int:
    """The first sample of minmin."""
    drawn(database, people)
    with database.read() as connection:
        return next(
            each.id
            for each in quality_samples.of_month(connection, MONTH, limit=100)
            if each.agent_id == people["minmin"]
        )


def test_a_score_reaches_the_agent_and_a_second_reader_of_the_sample_is_refused_clearly(
    database: Database, people: dict[str, int], sample: int
) -> None:
    """R-QA3: and the heads of the unit the agent belongs to, if any, and nobody else's."""
    with database.write() as connection:
        mine, other = (
            connection.execute(insert(Unit).values(name=name, active=True).returning(Unit.id)).scalar_one()
            for name in ("热线中心", "城南管理站")
        )
        for unit_id, duty, who in (
            (mine, Duty.FITTER, "minmin"),
            (mine, Duty.HEAD, "fang"),
            (other, Duty.HEAD, "second"),
        ):
            responsible_people.add(
                connection, NOW, duty=duty, name=who, unit_id=unit_id, agent_id=people[who]
            )
    assert give(database, sample, people["first"], HALF) == 75
    with database.read() as connection:
        (of_unit,) = notices.unread_of(connection, people["fang"], 5)
        assert "minmin：75.0" in of_unit.text
        assert notices.unread_of(connection, people["second"], 5) == []
    with database.read() as connection:
        (told,) = notices.unread_of(connection, people["minmin"], 5)
        (line,) = quality_samples.of_agent(connection, people["minmin"], limit=9)
    assert told.text == "评分了" and (line.first, line.second, line.final) == (75, None, 75)
    with pytest.raises(QualityRefused) as caught:
        give(database, sample, people["second"])
    assert caught.value.reason == QualityRefusal.SCORED_ALREADY and "first" in caught.value.about
    with pytest.raises(Conflict), database.write() as connection:  # the one who was slower by a moment
        kept = connection.execute(select(QualityScore.__table__)).mappings().one()
        connection.execute(insert(QualityScore).values({**kept, "id": 99, "reader_id": people["second"]}))


def test_an_objection_is_decided_by_another_reader_and_both_scores_stay(
    database: Database, people: dict[str, int], sample: int
) -> None:
    give(database, sample, people["first"], HALF)
    with database.write() as connection:
        quality_scores.object_to(connection, sample, people["minmin"], "我问候了", NOW, within_days=10)
    with pytest.raises(QualityRefused) as caught:
        give(database, sample, people["first"])
    assert caught.value.reason == QualityRefusal.SAME_READER
    give(database, sample, people["second"])
    with pytest.raises(QualityRefused) as caught:
        give(database, sample, people["second"])
    assert caught.value.reason == QualityRefusal.DECIDED_ALREADY
    with database.read() as connection:
        scores = quality_scores.of_sample(connection, sample)
        line = quality_samples.one(connection, sample)
    assert [each.percent for each in scores] == [75, 100]
    assert line is not None and line.final == 100


def test_objections_that_cannot_be_are_refused(
    database: Database, people: dict[str, int], sample: int
) -> None:
    def reason(agent: str, said: str = "不同意", later: timedelta = timedelta()) -> str:
        with pytest.raises(QualityRefused) as caught, database.write() as connection:
            quality_scores.object_to(connection, sample, people[agent], said, NOW + later, within_days=10)
        return caught.value.reason

    assert reason("minmin") == QualityRefusal.NOT_SCORED
    give(database, sample, people["first"], HALF)
    assert reason("fang") == QualityRefusal.NOT_YOURS
    assert reason("minmin", said="  ") == QualityRefusal.NOTHING_SAID
    assert reason("minmin", later=timedelta(days=10, seconds=1)) == QualityRefusal.TOO_LATE
    with database.write() as connection:
        quality_scores.object_to(connection, sample, people["minmin"], "不同意", NOW, within_days=10)
    assert reason("minmin") == QualityRefusal.OBJECTED_ALREADY


def test_nobody_scores_themselves_and_every_item_wants_a_mark(
    database: Database, people: dict[str, int], sample: int
) -> None:
    with pytest.raises(QualityRefused) as caught:
        give(database, sample, people["minmin"])
    assert caught.value.reason == QualityRefusal.OWN_CONVERSATION
    with pytest.raises(QualityRefused) as caught:
        give(database, sample, people["first"], {"hold": Mark.MET})
    assert (caught.value.reason, caught.value.about) == (QualityRefusal.MARKS_MISSING, "greeting")


def test_a_sheet_changed_in_mid_month_does_not_touch_scores_given_before(
    database: Database, people: dict[str, int], sample: int
) -> None:
    give(database, sample, people["first"], HALF)
    changed = ScoreSheet("b" * 64, (SheetItem("greeting", "R-12.4", 90, {}),))
    with database.read() as connection:
        other = next(
            each.id for each in quality_samples.of_month(connection, MONTH, limit=99) if each.id != sample
        )
    give(database, other, people["first"], {"greeting": Mark.FAILED}, changed)
    with database.read() as connection:
        (old,), (new,) = (quality_scores.of_sample(connection, each) for each in (sample, other))
    assert (old.percent, old.sheet_sha256) == (75, SHEET.sha256)
    assert kept_sheet(old.sheet_sha256, old.sheet) == SHEET
    assert (new.percent, kept_sheet(new.sheet_sha256, new.sheet)) == (0, changed)


def test_a_finding_is_kept_once_and_no_other_recording_is_drawn(
    database: Database, people: dict[str, int], sample: int
) -> None:
    for _ in range(2):
        with database.write() as connection:
            quality_scores.find(connection, sample, FindingKind.MISSING, "r.wav", people["first"], NOW)
    with database.read() as connection:
        (finding,) = quality_samples.findings_of(connection, sample)
        assert finding.kind is FindingKind.MISSING
        assert len(quality_samples.of_month(connection, MONTH, limit=100)) == 6


def test_the_ranking_takes_the_score_that_counts(
    database: Database, people: dict[str, int], sample: int
) -> None:
    give(database, sample, people["first"], HALF)
    with database.read() as connection:
        fangs = next(
            each.id
            for each in quality_samples.of_month(connection, MONTH, limit=99)
            if each.agent_id == people["fang"]
        )
    give(database, fangs, people["first"], {"greeting": Mark.MET, "hold": Mark.FAILED})

    def order() -> list[tuple[int, str, float]]:
        with database.read() as connection:
            found = quality_samples.ranks(connection, [MONTH])
        return [(ranked.place, name, ranked.mean) for ranked, _, name in found]

    assert order() == [(1, "minmin", 75), (2, "fang", 25)]
    with database.write() as connection:
        quality_scores.object_to(connection, fangs, people["fang"], "不同意", NOW, within_days=10)
    give(database, fangs, people["second"])
    assert order() == [(1, "fang", 100), (2, "minmin", 75)]
    with database.read() as connection:
        assert quality_samples.ranks(connection, ["2026-09"]) == []
