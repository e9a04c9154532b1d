"""The engine as a process of its own: ``python -m tests.e2e.engine_process config.yaml prompts/``.

It can be started ahead of time: it begins its work when the settings come as one line of JSON.
"""

import json
import os
import sys
from pathlib import Path

import uvloop

from ivr.app import EngineApp
from ivr.config import load
from ivr.errors import HotlineError
from ivr.logs import write_logs


def main() -> int:
    """Run until SIGTERM; 1 with the reason on standard output when it cannot start."""
    write_logs(sys.stderr)
    line = sys.stdin.readline()
    if not line:
        return 0
    os.environ.update(json.loads(line))
    try:
        settings = load(Path(sys.argv[1]), os.environ)
        uvloop.run(EngineApp(settings, Path(os.environ["PROMPTS"])).run())
    except HotlineError as error:
        print(error, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
