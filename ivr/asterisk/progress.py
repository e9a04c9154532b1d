"""Shows a long job's progress: one line that is rewritten on a terminal, few lines in a log."""

import re
from typing import TextIO

from ivr.asterisk.debian import Say


def progress_line(stream: TextIO) -> Say:
    """Something that shows each line it is given on ``stream``.

    On a terminal "downloading 3 of 160" replaces "downloading 2 of 160"; elsewhere such a count is
    written once when it begins. The end is shown with an empty line, which clears the terminal's.
    """
    on_terminal = stream.isatty()
    last = ""

    def say(line: str) -> None:
        nonlocal last
        kind = re.sub(r"\d+ of", "of", line)
        if on_terminal:
            stream.write(f"\r\x1b[K{line}")
        elif line and kind != last:
            stream.write(line + "\n")
        stream.flush()
        last = kind

    return say
