"""`hotline reload`: a new engine takes over, callers stay, and one that cannot begin changes nothing."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.operation import home_lock
from tests.asterisk.sip_caller import Caller
from tests.operation.hotline_run import PROJECT, alive, environment_of, pid, running

pytestmark = pytest.mark.e2e


def reload(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ivr", "reload"]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)


@pytest.mark.long
def test_a_new_engine_takes_over_and_the_caller_is_still_there(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = environment_of(home)
    assert reload(environment).returncode == 1, "nothing runs"
    with running(environment) as run:
        run.until("ready after", 180)
        old = pid(home, home_lock.ENGINE)
        caller = Caller(("127.0.0.1", int(environment["HOTLINE__PBX__SIP__PORT"])))
        try:
            assert caller.dial("95777").status == 200
            done = reload(environment)
            assert done.returncode == 0, done.stderr
            assert re.search(r"a new engine has taken over after [\d.]+ s", done.stdout)
            run.until("the new engine has taken over", 60)
            new = pid(home, home_lock.ENGINE)
            assert new != old
            assert not alive(old)
            assert not caller.said_goodbye(0.5)
            log = (home / "log" / "engine.log").read_text()
            assert '"event": "calls.taken_up"' in log or '"event":"calls.taken_up"' in log
        finally:
            caller.hang_up()
            caller.close()
        assert not [line for line in run.lines if "has ended" in line or "was ended" in line]
        assert run.end(signal.SIGTERM) == 0
    assert not alive(new)
