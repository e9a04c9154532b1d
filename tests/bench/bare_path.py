"""The bare dialplan on the same PBX: ``Answer``, ``Read`` with the same prompt, ``Queue``; no engine."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ivr.asterisk.config_files import write_own_config
from ivr.asterisk.folders import AsteriskFolders
from ivr.config import FIRST_MENU, Settings, load
from ivr.speech.catalogue import load_catalogue
from ivr.speech.install import install_prompts
from ivr.speech.phrases import media
from ivr.speech.prompt_ids import Prompt
from tests.asterisk.running_pbx import CONFIG, asterisk_install
from tests.bench.engine_path import RunningPath, agents_behind, environment
from tests.bench.plan import Plan
from tests.e2e.pbx import PROMPTS
from tests.e2e.scenarios import HOST
from tests.ports import free_port

BOOTED_WITHIN = 30.0


@asynccontextmanager
async def bare_path(plan: Plan, home: Path) -> AsyncIterator[RunningPath]:
    """Start the PBX with app_queue and the agents as members, and end it."""
    settings = load(CONFIG, environment(home, recording=False))
    install = asterisk_install()
    folders = AsteriskFolders.of_home(home)
    install_prompts(PROMPTS, folders.sounds)
    write_own_config(settings, folders, install)
    agents_port = free_port()
    _write_bare_config(folders.etc, settings, plan, agents_port)
    pbx = await asyncio.to_thread(_start, [*install.command, "-C", str(folders.main_config)], folders)
    try:
        yield RunningPath(settings.pbx.sip.port, agents_port, {"pbx": pbx.pid})
    finally:
        pbx.terminate()
        pbx.wait(10)


def _start(command: list[str], folders: AsteriskFolders) -> subprocess.Popen[bytes]:
    with (folders.log / "console.log").open("wb") as output:
        pbx = subprocess.Popen(
            [*command, "-f"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folders.run,
            start_new_session=True,
        )
    try:
        _wait_until_booted(command)
    except BaseException:
        pbx.kill()
        pbx.wait()
        raise
    return pbx


def _wait_until_booted(command: list[str]) -> None:
    for _ in range(round(BOOTED_WITHIN / 0.2)):
        asked = subprocess.run([*command, "-rx", "core waitfullybooted"], capture_output=True, text=True)
        if "fully booted" in asked.stdout:
            return
        time.sleep(0.2)
    raise RuntimeError(f"the bare PBX does not start: {asked.stdout}{asked.stderr}")


def _write_bare_config(etc: Path, settings: Settings, plan: Plan, agents_port: int) -> None:
    """Change what the hotline's own files say: another dialplan, app_queue, and the agents as members."""
    groups = agents_behind(plan)
    (etc / "extensions.conf").write_text(_dialplan(settings), encoding="utf-8")
    (etc / "queues.conf").write_text("[general]\n" + "".join(_queue(*group) for group in groups.items()))
    with (etc / "modules.conf").open("a") as modules:
        modules.write("load = app_queue.so\n")
    phones = [_phone(number, agents_port, settings) for group in groups.values() for number in group]
    with (etc / "pjsip.conf").open("a") as pjsip:
        pjsip.write("".join(phones))


def _dialplan(settings: Settings) -> str:
    prompts = [Prompt.WELCOME, *map(Prompt, settings.menu[FIRST_MENU].prompts)]
    catalogue = load_catalogue(PROMPTS)
    sounds = [sound for prompt in prompts for sound in media(catalogue, prompt, settings.default_language)]
    said = "&".join(sound.removeprefix("sound:") for sound in sounds)
    return f"""[hotline-in]
exten => _X.,1,Answer()
 same => n,Read(KEY,{said},1,,1,5)
 same => n,Queue(behind-${{KEY}})
 same => n,Hangup()
[nobody]
"""


def _queue(key: str, members: range) -> str:
    """A queue that behaves as much like ours as app_queue can: the longest idle first, no wrap-up."""
    lines = [
        f"[behind-{key}]",
        "strategy = leastrecent",
        "autofill = yes",
        "ringinuse = no",
        "wrapuptime = 0",
        "timeout = 15",
        "retry = 1",
        "musicclass = default",
        *(f"member => PJSIP/{number}" for number in members),
    ]
    return "\n".join(lines) + "\n"


def _phone(number: int, port: int, settings: Settings) -> str:
    """An agent's phone; set as the hotline's own fixed devices are."""
    return f"""
[{number}]
type = aor
contact = sip:{number}@{HOST}:{port}
[{number}]
type = endpoint
aors = {number}
context = nobody
identify_by = username
disallow = all
allow = {",".join(settings.pbx.codecs)}
dtmf_mode = auto
direct_media = no
rtp_symmetric = yes
force_rport = yes
moh_passthrough = no
"""
