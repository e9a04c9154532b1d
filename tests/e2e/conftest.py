"""What the end-to-end tests share: one Asterisk for the run; a database and an engine for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.pbx import Pbx, install_sounds
from tests.e2e.scene import Scene
from tests.nursery import Nursery


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the prompts are installed; the processes of one run, where there are several, share them."""
    base = tmp_path_factory.getbasetemp()
    data = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "sounds"
    install_sounds(data)
    return data


@pytest.fixture(scope="session")
def pbx(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> Iterator[Pbx]:
    """An Asterisk with the prompts, for the whole run."""
    pbx = Pbx(tmp_path_factory.mktemp("pbx"), sounds)
    try:
        pbx.start()
        yield pbx
    finally:
        pbx.close()


@pytest.fixture
def scene(request: pytest.FixtureRequest, nursery: Nursery, pbx: Pbx, tmp_path: Path) -> Iterator[Scene]:
    """A hotline with nobody at it; on SQLite where the test does not say ``postgres``."""
    failed_before = request.session.testsfailed
    kind = getattr(request, "param", "sqlite")
    scene = Scene(pbx, request.getfixturevalue(f"{kind}_address"), tmp_path, nursery)
    try:
        yield scene
    finally:
        if request.session.testsfailed > failed_before:
            print(scene.story())
        scene.close()
        pbx.clear()


@pytest.fixture
def second_pbx(sounds: Path, tmp_path: Path) -> Iterator[Pbx]:
    """Another Asterisk, for one test: a second node, or one that may be killed."""
    second = Pbx(tmp_path / "pbx2", sounds, "pbx2")
    try:
        second.start()
        yield second
    finally:
        second.close()
