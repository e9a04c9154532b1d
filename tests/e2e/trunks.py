"""Several trunks on the tests' PBX: its SIP settings written by the program, and put back afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ivr.asterisk.config_files import write_config_files
from ivr.config import load
from tests.asterisk.running_pbx import CONFIG
from tests.e2e.pbx import Pbx, overrides
from tests.e2e.phone import Phone

HOST = "127.0.0.1"


def trunk_to(name: str, phone: Phone | int, **outbound: object) -> dict[str, object]:
    """A trunk whose calls out reach a telephone (or a port)."""
    port = phone if isinstance(phone, int) else int(phone.address.rpartition(":")[2])
    return {
        "name": name,
        "match": [f"{HOST}/32"] if name == "line" else ["192.0.2.1/32"],
        "outbound": {"host": HOST, "port": port, "qualify_seconds": 0, **outbound},
    }


@contextmanager
def known_trunks(pbx: Pbx, trunks: Sequence[dict[str, object]], **more: Any) -> Iterator[None]:
    """Let the PBX know these trunks for a while."""
    file = pbx.folders.etc / "pjsip.conf"
    before = file.read_text(encoding="utf-8")
    environment = {**pbx.environment, **overrides(trunks=list(trunks), **more)}
    with TemporaryDirectory() as folder:
        write_config_files(load(CONFIG, environment), Path(folder))
        changed = (Path(folder) / "pjsip.conf").read_text(encoding="utf-8")
    try:
        file.write_text(changed, encoding="utf-8")
        pbx.rx("module reload res_pjsip.so")
        yield
    finally:
        file.write_text(before, encoding="utf-8")
        pbx.rx("module reload res_pjsip.so")
