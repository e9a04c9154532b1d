"""A real Asterisk for tests: on free ports, in a folder of its own, gone afterwards."""

import functools
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import soundfile

from ivr.asterisk.embedded import EmbeddedAsterisk
from ivr.asterisk.fetch import find_asterisk
from ivr.asterisk.install import AsteriskInstall
from ivr.config import Settings, load
from tests.ports import free_port

CONFIG = Path(__file__).parents[2] / "config.yaml"


@functools.cache
def asterisk_install() -> AsteriskInstall:
    """The Asterisk that tests run: unpacked or fetched before, else fetched now."""
    settings = load(CONFIG, {**_hotline_free(), "HOTLINE_HOME": "/tmp/hotline-tests"})
    found = find_asterisk(settings, os.environ, print)
    assert found is not None
    return found


def _hotline_free() -> dict[str, str]:
    """The environment without the developer's own overrides of settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE")}


def own_settings(home: Path, **overrides: object) -> Settings:
    """The project's config.yaml with free ports, and ``SECTION__KEY=value`` laid over it."""
    first = 20000 + os.getpid() % 200 * 100
    changes: dict[str, object] = {
        "pbx__sip__port": free_port(),
        "pbx__ari__port": free_port(),
        "pbx__rtp__first": first,
        "pbx__rtp__last": first + 99,
        **overrides,
    }
    environment = {
        f"HOTLINE__{key.upper()}": value if isinstance(value, str) else json.dumps(value)
        for key, value in changes.items()
    }
    return load(CONFIG, {**environment, "HOTLINE_HOME": str(home)})


@asynccontextmanager
async def running_pbx(settings: Settings) -> AsyncIterator[EmbeddedAsterisk]:
    """Start the Asterisk of ``settings`` and end it afterwards."""
    pbx = EmbeddedAsterisk(settings, asterisk_install())
    await pbx.start()
    try:
        yield pbx
    finally:
        await pbx.stop()


def write_tone(file: Path, hertz: float, seconds: float) -> None:
    """Write a tone as an 8 kHz WAV: a prompt that a test can recognise."""
    file.parent.mkdir(parents=True, exist_ok=True)
    at = np.arange(int(seconds * 8000)) / 8000
    soundfile.write(file, (np.sin(2 * np.pi * hertz * at) * 8000).astype(np.int16), 8000, subtype="PCM_16")
