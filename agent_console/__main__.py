"""``python -m agent_console [config.yaml]``: the console as a program of its own."""

import os
import sys
from pathlib import Path

from agent_console.serving import serve
from ivr.config import load
from ivr.errors import HotlineError
from ivr.logs import write_logs
from ivr.precedence import Precedence, give_way


def main(arguments: list[str]) -> int:
    """Serve the console of a config.yaml; 1 and the reason on standard error when that cannot be."""
    give_way(Precedence.CONSOLE)
    write_logs(sys.stderr)
    try:
        serve(load(Path(arguments[0] if arguments else "config.yaml"), os.environ))
    except HotlineError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
