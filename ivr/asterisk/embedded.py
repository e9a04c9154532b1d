"""Runs the hotline's own Asterisk as an ordinary user: configures, starts, adopts, asks and stops it.

It is a process of its own that outlives this one: who talks goes on talking when the hotline is killed,
and the next start takes the running Asterisk over instead of failing on its ports.
"""

import asyncio
import os
import re
import signal
import socket
from base64 import b64encode
from pathlib import Path

import structlog

from ivr.asterisk.ari_password import ari_password
from ivr.asterisk.config_files import write_own_config
from ivr.asterisk.folders import AsteriskFolders
from ivr.asterisk.install import AsteriskInstall
from ivr.config import Settings
from ivr.errors import PbxError, PbxUnusable

log = structlog.get_logger(__name__)

READY_WITHIN = 30.0  # seconds from the start of the process; half a second is usual
HUNG_AFTER = 10.0  # seconds after which one that runs already but does not answer is given up
ANSWERS_WITHIN = 10.0  # seconds for a command on the control socket
DIES_WITHIN = 5.0  # seconds from `core stop now` or a signal to the end of the process
ASK_EVERY = 0.05  # seconds between two looks whether it is ready

# Read once, when Asterisk starts: a change in these is not taken up by `core reload`.
READ_AT_START = frozenset(
    {"asterisk.conf", "modules.conf", "stasis.conf", "sorcery.conf", "http.conf", "rtp.conf"}
)


class EmbeddedAsterisk:
    """One Asterisk below the hotline's home. Start it with :meth:`start`, end it with :meth:`stop`."""

    def __init__(self, settings: Settings, install: AsteriskInstall) -> None:
        self.settings = settings
        self.install = install
        self.folders = AsteriskFolders.of_home(settings.home)
        self.adopted = False
        self._process: asyncio.subprocess.Process | None = None
        self._pid: int | None = None

    @property
    def pid(self) -> int | None:
        """The process id, None while it does not run."""
        return self._pid

    async def start(self) -> None:
        """Write the configuration and start Asterisk, or take over the one that still runs here.

        Returns when ARI answers. Prompts and music belong into ``folders.sounds`` and ``folders.music``
        before: Asterisk looks for music when it starts, and not again at a reload.

        :raises ConfigError: a setting cannot stand in Asterisk's files.
        :raises PbxUnusable: a port is taken, or it does not start; the message holds its last words.
        """
        changed = write_own_config(self.settings, self.folders, self.install)
        left_over = running_asterisk(self.folders)
        if left_over is not None and await self._adopt(left_over, changed):
            return
        self._refuse_taken_ports()
        console = self.folders.log / "console.log"
        with console.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self.install.command,
                *("-f", "-C", str(self.folders.main_config)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folders.run,
                # Out of the terminal's reach: Ctrl-C is for the hotline alone, which ends things in order.
                start_new_session=True,
            )
        self._pid = self._process.pid
        self.adopted = False
        try:
            await self._ready(READY_WITHIN)
        except BaseException:
            await self._kill()
            raise
        log.info("pbx started", pid=self._pid, version=".".join(map(str, self.install.version)))

    async def stop(self, patience: float = 0.0) -> None:
        """End Asterisk, an adopted one too.

        :param patience: seconds in which calls may end by themselves while no new ones are taken.
        """
        if self._pid is None:
            return
        try:
            if patience > 0:
                await self.rx("core stop gracefully")
                if await self._ended_within(patience):
                    return
            await self.rx("core stop now")
            await self._ended_within(DIES_WITHIN)
        except PbxError as error:
            log.warning("pbx takes no command, it is killed", pid=self._pid, error=str(error))
        finally:
            await self._kill()

    async def restart(self, patience: float = 0.0) -> None:
        """Stop and start; calls that are up then are cut. ``patience`` as in :meth:`stop`."""
        await self.stop(patience)
        await self.start()

    async def ended(self) -> None:
        """Return when the process has ended, however that came about; at once if it does not run."""
        if self._pid is None:
            return
        if self._process is not None:
            await self._process.wait()
        else:
            await _process_end(self._pid)
        self._pid = self._process = None

    async def rx(self, command: str) -> str:
        """Give Asterisk a command as on its console and return what it says.

        :raises PbxError: it does not answer within ten seconds, or does not run.
        """
        asked = await asyncio.create_subprocess_exec(
            *self.install.command,
            *("-C", str(self.folders.main_config), "-rx", command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            said, _ = await asyncio.wait_for(asked.communicate(), ANSWERS_WITHIN)
        except TimeoutError:
            raise PbxError(f"the PBX does not answer `{command}` within {ANSWERS_WITHIN:.0f} s") from None
        finally:
            if asked.returncode is None:
                asked.kill()
                await asked.wait()
        text = said.decode("utf-8", "replace").strip()
        if asked.returncode != 0:
            raise PbxError(f"the PBX did not take `{command}`: {text[-200:]}")
        return text

    # -- an Asterisk that was left over ------------------------------------------------------------

    async def _adopt(self, pid: int, changed: set[str]) -> bool:
        """Take over a running Asterisk; False when it was hung and had to be killed."""
        self._pid, self.adopted = pid, True
        try:
            await self._ready(HUNG_AFTER)
        except PbxError as error:
            log.warning("pbx left over from before is hung, it is killed", pid=pid, error=str(error))
            await self._kill(signal.SIGKILL)
            return False
        if changed:
            await self.rx("core reload")
        if needs_restart := sorted(changed & READ_AT_START):
            log.warning("pbx was running; these settings wait for its restart", files=needs_restart)
        log.info("pbx was running and is taken over", pid=pid)
        return True

    # -- readiness -----------------------------------------------------------------------------------

    def _refuse_taken_ports(self) -> None:
        """Asterisk itself only logs a line when a port is taken, and runs on without it."""
        pbx = self.settings.pbx
        for kind, host, port, setting in (
            (socket.SOCK_DGRAM, pbx.sip.host, pbx.sip.port, "pbx.sip.port"),
            (socket.SOCK_STREAM, pbx.sip.host, pbx.sip.port, "pbx.sip.port"),
            (socket.SOCK_STREAM, pbx.ari.host, pbx.ari.port, "pbx.ari.port"),
        ):
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            with socket.socket(family, kind) as probe:
                if kind is socket.SOCK_STREAM:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host, port))
                except OSError as error:
                    raise PbxUnusable(
                        f"{setting}: {host}:{port} cannot be used ({error.strerror}); "
                        "end the program that uses it or choose another"
                    ) from None

    async def _ready(self, within: float) -> None:
        """Wait until ARI answers with our password."""
        try:
            async with asyncio.timeout(within):
                while not await self._ari_answers():
                    if self._process is not None and self._process.returncode is not None:
                        raise PbxUnusable(f"the PBX ended at once: {self._last_words()}")
                    await asyncio.sleep(ASK_EVERY)
                # ARI answers as soon as its own module is loaded, before the last ones are.
                await self.rx("core waitfullybooted")
                await self._takes_calls()
        except TimeoutError:
            raise PbxUnusable(f"the PBX is not ready after {within:.0f} s: {self._last_words()}") from None

    async def _takes_calls(self) -> None:
        """A port that was taken at the last moment costs it SIP, and it says so in its log only."""
        there = await self.rx("pjsip show transports")
        for transport in ("udp", "tcp"):
            if not re.search(rf"^\s*Transport:\s+{transport}\s", there, re.MULTILINE):
                sip = self.settings.pbx.sip
                raise PbxUnusable(
                    f"pbx.sip.port: the PBX takes no calls by {transport} on {sip.host}:{sip.port} "
                    f"({self._last_words()}); end the program that uses it or choose another"
                )

    async def _ari_answers(self) -> bool:
        ari = self.settings.pbx.ari
        password = self.settings.ari_password or ari_password(self.settings.home)
        who = b64encode(f"{ari.user}:{password}".encode()).decode()
        head = (
            "GET /ari/asterisk/ping HTTP/1.1",
            "Host: pbx",
            f"Authorization: Basic {who}",
            "Connection: close",
        )
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                reader, writer = await asyncio.open_connection(ari.host, ari.port)
                try:
                    writer.write("\r\n".join([*head, "", ""]).encode())
                    status = await reader.readline()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False
        return b" 200 " in status

    def _last_words(self) -> str:
        """The end of what it wrote, for a message."""
        for name in ("messages.log", "console.log"):
            file = self.folders.log / name
            if file.is_file() and (lines := file.read_text(errors="replace").strip().splitlines()):
                problems = [line for line in lines if "ERROR" in line] or lines
                return f"{problems[-1].strip()} (more in {file})"
        return f"it wrote nothing to {self.folders.log}"

    # -- the end -------------------------------------------------------------------------------------

    async def _ended_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self.ended()
        except TimeoutError:
            return False
        return True

    async def _kill(self, *ways: signal.Signals) -> None:
        """Make sure that the process is gone; ``ways`` are tried in turn, usually TERM and then KILL."""
        for how in ways or (signal.SIGTERM, signal.SIGKILL):
            if self._pid is None:
                return
            try:
                os.kill(self._pid, how)
            except ProcessLookupError:
                self._pid = self._process = None
                return
            await self._ended_within(DIES_WITHIN)


def running_asterisk(folders: AsteriskFolders) -> int | None:
    """The process id of the Asterisk that runs with our configuration, None when there is none."""
    try:
        pid = int(folders.pid_file.read_text().strip())
        command_line = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if os.fsencode(folders.main_config) in command_line else None


async def _process_end(pid: int) -> None:
    """Wait for the end of a process that is not our child."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    gone: asyncio.Future[None] = loop.create_future()
    try:
        loop.add_reader(handle, gone.cancel)
        await asyncio.wait([gone])
    finally:
        loop.remove_reader(handle)
        os.close(handle)
