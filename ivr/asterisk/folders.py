"""Where one hotline's Asterisk keeps its files, all below the hotline's home."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import PbxUnusable

LONGEST_SOCKET_PATH = 107  # bytes, of sun_path in unix(7)
SOCKET = "asterisk.ctl"


@dataclass(frozen=True)
class AsteriskFolders:
    """The folders of one Asterisk; :meth:`make` creates them.

    ``sounds`` is where prompts are installed (``hotline/<language>/<id>``), ``music`` what waiting
    callers hear, ``recordings`` where Asterisk writes what ARI asks it to record.
    """

    home: Path
    run: Path

    @classmethod
    def of_home(cls, home: Path) -> "AsteriskFolders":
        """The folders of the hotline at ``home``.

        A control socket's path is limited to 107 bytes: below a deep home it lies in the folder for
        temporary files, under a name that follows from the home, so that it is found again.
        """
        home = home.absolute()
        run = home / "asterisk" / "run"
        if len(os.fsencode(run / SOCKET)) > LONGEST_SOCKET_PATH:
            mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
            run = Path(tempfile.gettempdir()) / f"hotline-{os.getuid()}-{mark}"
        return cls(home, run)

    @property
    def etc(self) -> Path:
        """The configuration files."""
        return self.home / "asterisk" / "etc"

    @property
    def data(self) -> Path:
        """What Asterisk reads: sounds and the documentation its modules are described in."""
        return self.home / "asterisk" / "data"

    @property
    def db(self) -> Path:
        """Asterisk's own small database (registered contacts)."""
        return self.home / "asterisk" / "db"

    @property
    def keys(self) -> Path:
        """Keys; none are used, but Asterisk looks for the folder."""
        return self.data / "keys"

    @property
    def spool(self) -> Path:
        """What Asterisk writes."""
        return self.home / "asterisk" / "spool"

    @property
    def recordings(self) -> Path:
        """Where ARI recordings go: ``record`` answers 500 while this is missing."""
        return self.spool / "recording"

    @property
    def sounds(self) -> Path:
        """The root of all sound names."""
        return self.data / "sounds"

    @property
    def music(self) -> Path:
        """Music for waiting callers."""
        return self.data / "moh"

    @property
    def log(self) -> Path:
        """messages.log, security.log, console.log."""
        return self.home / "log" / "asterisk"

    @property
    def channel_events(self) -> Path:
        """The file with one line for every channel's start, answer, hang-up and end."""
        return self.log / "cel-custom" / "hotline.csv"

    @property
    def main_config(self) -> Path:
        """The file Asterisk is started with."""
        return self.etc / "asterisk.conf"

    @property
    def socket(self) -> Path:
        """The control socket."""
        return self.run / SOCKET

    @property
    def pid_file(self) -> Path:
        """Where Asterisk writes its process id."""
        return self.run / "asterisk.pid"

    def make(self) -> None:
        """Create what is missing, readable for the hotline's user only where secrets lie.

        :raises PbxUnusable: a folder cannot be made, or the socket's belongs to somebody else.
        """
        try:
            for folder in (self.db, self.keys, self.recordings, self.sounds, self.music):
                folder.mkdir(parents=True, exist_ok=True)
            self.channel_events.parent.mkdir(parents=True, exist_ok=True)
            for private in (self.etc, self.run):
                private.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise PbxUnusable(
                f"{error.filename}: cannot be made ({error.strerror}); "
                "set HOTLINE_HOME to a folder this user may write"
            ) from None
        found = self.run.lstat()
        if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode):
            raise PbxUnusable(f"{self.run}: belongs to somebody else; remove it or shorten HOTLINE_HOME")
