"""Keeps the hotline's programs running: starts them, starts again what died, ends them in order."""

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from ivr.errors import HotlineError
from ivr.operation.kept_programs import KeptProgram
from ivr.operation.log_following import LogFollower, keep_small

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
"""Seconds between two starts of a program that ends again and again; the first one follows at once."""
LIVED_WELL = 60.0
"""Seconds after which a program's end is a first end again."""
LOOK_EVERY = 0.25
_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Runs programs until it is told to stop.

    :param groups: programs by the order of their start: each group side by side, one after the other
        within. They are ended in the order of ``ending``.
    :param say: is given each line for the operator.
    :param quiet_logs: files that grow and of which the operator is told nothing.
    """

    def __init__(
        self,
        groups: Sequence[Sequence[KeptProgram]],
        ending: Sequence[KeptProgram],
        logs: Sequence[Path],
        say: Callable[[str], None],
        quiet_logs: Sequence[Path] = (),
    ) -> None:
        self._quiet_logs = quiet_logs
        self._groups = groups
        self._ending = ending
        self._say = say
        self._asked = asyncio.Event()
        self._hurried = asyncio.Event()
        self._followers = [LogFollower(file, say) for file in logs]

    async def run(
        self, started: Callable[[], None], beside: Sequence[Callable[[], Coroutine[Any, Any, None]]] = ()
    ) -> None:
        """Start everything, call ``started``, keep it running until told to stop, and end it in order.

        :param beside: what else is to be done from the start to the end, such as watching.
        :raises HotlineError: something did not start the first time; nothing runs any more then.
        """
        loop = asyncio.get_running_loop()
        for number in _STOP:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
                loop.add_signal_handler(number, self._told_to_stop)
        tasks = [asyncio.create_task(self._follow_logs())]
        try:
            if await self._start_all():
                started()
                tasks += [asyncio.create_task(self._keep(program)) for program in self._ending]
                tasks += [asyncio.create_task(work()) for work in beside]
                await self._until_asked(tasks)
        finally:
            await _cancel(tasks[1:])
            for follower in self._followers:
                follower.only_errors = True  # that connections get lost is expected now
            await self._stop_all()
            await _cancel(tasks[:1])
            self._look_at_logs()

    def _told_to_stop(self) -> None:
        if self._asked.is_set():
            self._hurried.set()
        self._asked.set()

    async def _until_asked(self, tasks: Sequence[asyncio.Future[None]]) -> None:
        asked: asyncio.Future[Any] = asyncio.create_task(self._asked.wait())
        await asyncio.wait([asked, *tasks], return_when=asyncio.FIRST_COMPLETED)
        await _cancel([asked])
        for task in tasks:
            if task.done():
                task.result()

    # -- the first start -----------------------------------------------------------------------

    async def _start_all(self) -> bool:
        """Returns False when it was told to stop meanwhile."""
        starting = [asyncio.create_task(_one_after_the_other(group)) for group in self._groups]
        asked: asyncio.Future[Any] = asyncio.create_task(self._asked.wait())
        waiting: set[asyncio.Future[Any]] = {asked, *starting}
        try:
            while not self._asked.is_set() and not all(task.done() for task in starting):
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            await _cancel([asked, *starting])
        return not self._asked.is_set()

    # -- while it runs -------------------------------------------------------------------------

    async def _keep(self, program: KeptProgram) -> None:
        """Start the program again whenever it ends; the more often it ends at once, the later."""
        quick_ends = 0
        since = time.monotonic()
        while True:
            how = await program.ended()
            quick_ends = quick_ends + 1 if time.monotonic() - since < LIVED_WELL else 0
            delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (quick_ends - 2)) if quick_ends > 1 else 0.0
            when = f"again in {delay:.1f} s" if delay else "again now"
            self._say(f"{program.name} {how}; it is started {when}")
            await asyncio.sleep(delay)
            since = time.monotonic()
            try:
                await program.start()
            except HotlineError as error:
                self._say(str(error))
            else:
                self._say(f"{program.name} is ready again after {time.monotonic() - since:.1f} s")

    async def _follow_logs(self) -> None:
        while True:
            self._look_at_logs()
            await asyncio.sleep(LOOK_EVERY)

    def _look_at_logs(self) -> None:
        for follower in self._followers:
            follower.look()
        for file in self._quiet_logs:
            keep_small(file)

    # -- the end -------------------------------------------------------------------------------

    async def _stop_all(self) -> None:
        names = ", ".join(program.name for program in self._ending)
        self._say(f"ending {names} in this order; Ctrl-C ends them by force")
        stopping = asyncio.create_task(self._stop_in_order())
        hurried = asyncio.create_task(self._hurried.wait())
        await asyncio.wait([stopping, hurried], return_when=asyncio.FIRST_COMPLETED)
        if not stopping.done():
            self._say("ending everything by force")
            for program in self._ending:
                program.kill()
        await _cancel([hurried])
        await stopping

    async def _stop_in_order(self) -> None:
        for program in self._ending:
            await program.stop()


async def _one_after_the_other(programs: Sequence[KeptProgram]) -> None:
    for program in programs:
        await program.start()


async def _cancel(tasks: Sequence[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
