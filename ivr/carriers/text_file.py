"""Texts into a file, for a company whose own gateway sends them, and to try the hotline without any.

``$HOTLINE_HOME/texts/outgoing.jsonl``: a line of JSON each (UTF-8), only ever added to:
``{"id": 7, "at": "2026-11-21T08:00:00+00:00", "to": "+8613900000001", "text": "…", "urgent": true}``.
``id`` is unique and grows; a gateway keeps the last one it sent. It may rename the file away; the next text
begins a new one.
"""

import fcntl
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.errors import CarrierAway

if TYPE_CHECKING:
    from ivr.carriers.texts import OutgoingText


class TextFile:
    """Writes each text as a line; one that is there already, because an engine died, is not written twice."""

    def __init__(self, file: Path) -> None:
        """:param file: made with its folder when the first text comes."""
        self._file = file

    def carry(self, text: "OutgoingText") -> None:
        """Add the text's line, on the disk when this returns.

        :raises CarrierAway: the file cannot be written.
        """
        fields = {
            "id": text.id,
            "at": text.made_at.isoformat(timespec="seconds"),
            "to": text.to,
            "text": text.text,
            "urgent": text.urgent,
        }
        line = json.dumps(fields, ensure_ascii=False) + "\n"
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(self._file, "a+b", opener=_for_us_alone) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                half = _half_a_line(file.fileno())
                if text.unclear and self._holds(text.id):
                    return
                file.write(b"\n" * half + line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise CarrierAway(
                f"{self._file}: cannot be written: {error.strerror}; free or unlock it"
            ) from None

    def _holds(self, notice_id: int) -> bool:
        beginning = f'{{"id": {notice_id},'.encode()
        with self._file.open("rb") as file:
            return any(line.startswith(beginning) and line.endswith(b"}\n") for line in file)


def _for_us_alone(path: str, flags: int) -> int:
    """Numbers, and links that open cases, are for the hotline's user only (R-18)."""
    return os.open(path, flags, 0o600)


def _half_a_line(file: int) -> bool:
    """Whether the file ends within a line, of a program that died while it wrote."""
    size = os.fstat(file).st_size
    return size > 0 and os.pread(file, 1, size - 1) != b"\n"
