"""Photos of cases: only pictures, under names made here, entered with who and when (R-AR)."""

import pytest

from ivr.errors import CaseRefused, Conflict
from ivr.standard.case_life import CaseStep
from ivr.standard.case_refusal import CaseRefusal
from storage.database import Database
from storage.queries import case_photos
from storage.queries.case_access import Who
from storage.queries.case_photos import Offered
from tests.storage.queries.case_rows import NOW, Team, add_team, look, make

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00"
SHA = "0" * 64


@pytest.fixture
def team(database: Database) -> Team:
    with database.write() as connection:
        return add_team(connection)


@pytest.fixture
def case_id(database: Database, team: Team) -> int:
    with database.write() as connection:
        return make(connection, team).case_id


def add(database: Database, case_id: int, who: Who, offered: Offered, most: int = 20) -> str:
    with database.write() as connection:
        return case_photos.add(connection, case_id, offered, who, NOW, largest_bytes=10_000_000, most=most)


def test_a_fitters_photo_is_kept_and_entered(database: Database, team: Team, case_id: int) -> None:
    name = add(database, case_id, team.fitter, Offered("../../现场 (1).exe", JPEG, 5_000_000, SHA))
    assert name.startswith(f"{case_id}-") and name.endswith(".jpeg") and "/" not in name
    with database.read() as connection:
        (photo,) = case_photos.of_case(connection, case_id)
    assert (photo.given_name, photo.file_name, photo.size_bytes) == ("../../现场 (1).exe", name, 5_000_000)
    entry = look(database, case_id).entries[-1]
    assert (entry.step, entry.name, entry.changes) == (CaseStep.NOTE, "周师傅", {"photo": [None, name]})


@pytest.mark.parametrize(
    ("offered", "reason"),
    [
        (Offered("现场.jpg", b"MZ\x90\x00\x03\x00\x00\x00", 5000, SHA), CaseRefusal.NO_PHOTO),
        (Offered("现场.jpg", JPEG, 50_000_000, SHA), CaseRefusal.PHOTO_TOO_LARGE),
    ],
)
def test_what_is_no_photo_is_refused_and_nothing_is_written(
    database: Database, team: Team, case_id: int, offered: Offered, reason: CaseRefusal
) -> None:
    before = look(database, case_id)
    with pytest.raises(CaseRefused) as refused:
        add(database, case_id, team.fitter, offered)
    assert refused.value.reason == reason
    assert look(database, case_id) == before


def test_there_is_an_end_to_photos_and_strangers_add_none(
    database: Database, team: Team, case_id: int
) -> None:
    photo = Offered("现场.jpg", JPEG, 5000, SHA)
    add(database, case_id, team.fitter, photo, most=1)
    with pytest.raises(CaseRefused) as refused:
        add(database, case_id, team.fitter, photo, most=1)
    assert refused.value.reason == CaseRefusal.TOO_MANY_PHOTOS
    with pytest.raises(CaseRefused) as refused:
        add(database, case_id, Who(unit_id=team.other_unit), photo)
    assert refused.value.reason == CaseRefusal.NOT_YOURS_TO_DO


def test_a_photo_is_never_deleted(database: Database, team: Team, case_id: int) -> None:
    """R-AR."""
    add(database, case_id, team.agent, Offered("现场.jpg", JPEG, 5000, SHA))
    with pytest.raises(Conflict, match="R-AR"), database.write() as connection:
        connection.exec_driver_sql("DELETE FROM case_photos")
