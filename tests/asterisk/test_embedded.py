import asyncio
import os
import re
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from ivr.asterisk.config_files import write_own_config
from ivr.asterisk.embedded import EmbeddedAsterisk
from ivr.asterisk.modules import module_names
from ivr.errors import PbxError, PbxUnusable
from tests.asterisk.running_pbx import asterisk_install, own_settings, running_pbx

pytestmark = pytest.mark.e2e


@pytest.fixture
async def pbx(tmp_path: Path) -> AsyncIterator[EmbeddedAsterisk]:
    async with running_pbx(own_settings(tmp_path, alarm__duty_phones=["sip:duty@127.0.0.1:5999"])) as pbx:
        yield pbx


async def test_asterisk_takes_every_file_and_module_without_complaint(pbx: EmbeddedAsterisk) -> None:
    log = (pbx.folders.log / "messages.log").read_text()
    assert not re.findall(r"^.*(?:WARNING|ERROR).*$", log, re.MULTILINE)
    running = await pbx.rx("module show")
    assert [
        name for name in module_names() if not re.search(rf"^{name}\.so .* Running ", running, re.MULTILINE)
    ] == []


async def test_every_application_and_function_of_the_dialplan_is_loaded(pbx: EmbeddedAsterisk) -> None:
    dialplan = await pbx.rx("dialplan show")
    names = set(re.findall(r"\d+\. (\w+)\(", dialplan))
    assert {"Stasis", "Dial", "Background", "WaitExten", "Answer"} <= names
    known = await pbx.rx("core show applications")
    assert [name for name in names if not re.search(rf"(?im)^\s*{name}:", known)] == []
    assert "Not Registered" not in await pbx.rx("core show function STRFTIME")


async def test_its_files_are_open_to_nobody_else(pbx: EmbeddedAsterisk) -> None:
    assert pbx.folders.socket.stat().st_mode & 0o077 == 0
    assert pbx.folders.run.stat().st_mode & 0o077 == 0
    assert pbx.folders.etc.stat().st_mode & 0o077 == 0


async def test_one_left_over_by_a_killed_hotline_is_taken_over(pbx: EmbeddedAsterisk) -> None:
    next_start = EmbeddedAsterisk(pbx.settings, pbx.install)
    await next_start.start()
    assert (next_start.pid, next_start.adopted) == (pbx.pid, True)
    await next_start.stop()
    assert next_start.pid is None
    await asyncio.wait_for(pbx.ended(), 5)
    assert pbx.pid is None


async def test_one_taken_over_learns_what_changed_in_the_settings(pbx: EmbeddedAsterisk) -> None:
    changed = own_settings(
        pbx.settings.home,
        pbx__sip__port=pbx.settings.pbx.sip.port,
        pbx__ari__port=pbx.settings.pbx.ari.port,
        trunks=[{"name": "carrier", "match": ["192.0.2.1"]}],
    )
    next_start = EmbeddedAsterisk(changed, pbx.install)
    await next_start.start()
    assert next_start.adopted
    assert "trunk-carrier" in await next_start.rx("pjsip show endpoints")
    assert "Dial" not in await next_start.rx("dialplan show hotline-fallback-alarm")


async def _booted(pbx: EmbeddedAsterisk) -> None:
    for _ in range(300):
        with suppress(PbxError):
            await pbx.rx("core waitfullybooted")
            return
        await asyncio.sleep(0.1)


async def test_one_that_came_up_without_sip_is_replaced(tmp_path: Path) -> None:
    """Its port was taken between the look and the start: it takes no call, and says so in its log only."""
    deaf = EmbeddedAsterisk(own_settings(tmp_path), asterisk_install())
    write_own_config(deaf.settings, deaf.folders, deaf.install)
    sip = deaf.settings.pbx.sip
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((sip.host, sip.port))
        alone = await asyncio.create_subprocess_exec(
            *deaf.install.command, "-f", "-C", str(deaf.folders.main_config), cwd=deaf.folders.run
        )
        await _booted(deaf)
    replacing = EmbeddedAsterisk(deaf.settings, deaf.install)
    await replacing.start()
    try:
        assert replacing.pid != alone.pid
        assert not replacing.adopted
        assert "udp" in await replacing.rx("pjsip show transports")
    finally:
        await replacing.stop()
        await alone.wait()


async def test_one_that_hangs_is_replaced(pbx: EmbeddedAsterisk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.asterisk.embedded.HUNG_AFTER", 1.0)
    hung = pbx.pid
    assert hung is not None
    os.kill(hung, signal.SIGSTOP)
    next_start = EmbeddedAsterisk(pbx.settings, pbx.install)
    await next_start.start()
    assert not next_start.adopted
    assert next_start.pid not in (hung, None)
    await next_start.stop()


async def test_its_end_is_noticed_however_it_comes(pbx: EmbeddedAsterisk) -> None:
    watcher = asyncio.create_task(pbx.ended())
    await asyncio.sleep(0.1)
    assert not watcher.done()
    assert pbx.pid is not None
    os.kill(pbx.pid, signal.SIGKILL)
    await asyncio.wait_for(watcher, 2)
    assert pbx.pid is None
    await pbx.start()
    assert pbx.pid is not None


async def test_a_restart_gives_a_new_process_on_the_same_ports(pbx: EmbeddedAsterisk) -> None:
    before = pbx.pid
    await pbx.restart()
    assert pbx.pid not in (before, None)
    assert "System uptime" in await pbx.rx("core show uptime")


async def test_after_stop_a_command_says_that_it_does_not_run(pbx: EmbeddedAsterisk) -> None:
    await pbx.stop()
    with pytest.raises(PbxError, match="did not take `core show uptime`"):
        await pbx.rx("core show uptime")


@pytest.mark.parametrize(
    ("setting", "kind"), [("pbx.ari.port", socket.SOCK_STREAM), ("pbx.sip.port", socket.SOCK_DGRAM)]
)
async def test_a_port_somebody_uses_is_named_and_nothing_starts(
    tmp_path: Path, setting: str, kind: socket.SocketKind
) -> None:
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            other.listen()
        settings = own_settings(tmp_path, **{setting.replace(".", "__"): other.getsockname()[1]})
        pbx = EmbeddedAsterisk(settings, asterisk_install())
        with pytest.raises(PbxUnusable, match=setting):
            await pbx.start()
        assert pbx.pid is None


async def test_below_a_home_with_a_long_path_it_runs_too(tmp_path: Path) -> None:
    async with running_pbx(own_settings(tmp_path / ("long" * 20) / ("path" * 10))) as pbx:
        assert pbx.folders.socket.is_socket()
        assert "System uptime" in await pbx.rx("core show uptime")
    pbx.folders.run.joinpath("asterisk.pid").unlink(missing_ok=True)
    pbx.folders.run.rmdir()
