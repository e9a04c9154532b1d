"""sipvicious, from Debian's package of that name: the scanners that every SIP port on the internet meets.

They run as they are but for two things. svwar and svcrack take an address to send from (``-b``) and then
forget it, so that on loopback they come from 127.0.0.1, the carrier's here; and at their end they wait
three seconds for one more answer.
"""

import os
import subprocess
import sys
from pathlib import Path

SIPVICIOUS = Path("/usr/share/sipvicious")
SCANNERS = {"svmap": "DrinkOrSip", "svwar": "TakeASip", "svcrack": "ASipOfRedWine"}

_RUN = """
import functools, importlib, sys
tool, scanner, host, *arguments = sys.argv[1:]
module = importlib.import_module(f"sipvicious.{tool}")
scan = getattr(module, scanner)
def bound(*places, **named):
    begun = scan(*places, **{**named, "bindingip": host})
    begun.sock.settimeout(1)
    return begun
setattr(module, scanner, bound)
sys.argv = [tool, *arguments]
module.main()
"""


class Scan:
    """One scan that has begun.

    :param tool: one of :data:`SCANNERS`.
    :param host: the address on loopback that it comes from.
    :param words: names or passwords for its dictionary, in order.
    """

    def __init__(
        self, folder: Path, tool: str, host: str, port: int, *arguments: str, words: tuple[str, ...] = ()
    ) -> None:
        self._said = folder / f"{tool}-{host}.txt"
        if words:
            dictionary = folder / f"{tool}-{host}.words"
            dictionary.write_text("\n".join(words) + "\n")
            arguments = (*arguments, "-d", str(dictionary))
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _RUN, tool, SCANNERS[tool], host, "-vv", "-P", "0", "-p", str(port),
                 *arguments, "127.0.0.1"],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                env={**os.environ, "PYTHONPATH": str(SIPVICIOUS), "HOME": str(folder)},
            )  # fmt: skip

    def said(self, within: float = 30.0) -> str:
        """Everything that it told, once it has ended by itself or, after so many seconds, by us."""
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        return self._said.read_text(errors="replace")
