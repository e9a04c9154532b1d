"""Every error the hotline raises on purpose, as one tree.

A layer translates what its library raises into this tree once, at its border; nobody above catches
foreign exceptions. Each message names what is wrong, where, and what would be right.
"""

from collections.abc import Sequence
from pathlib import Path


class HotlineError(Exception):
    """Root of the tree: something the operator or the caller must be told."""


# -- configuration -----------------------------------------------------------------------------


class ConfigError(HotlineError):
    """config.yaml or the environment is wrong; the message lists every mistake, one line each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


# -- prompts -----------------------------------------------------------------------------------


class PromptError(HotlineError):
    """A prompt is unknown, has no audio, or was given the wrong values."""


class DeskTextError(HotlineError):
    """What agents read (prompts/desk/) is wrong; the message lists every mistake with file and line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class NoticeTextError(HotlineError):
    """The words of notices (prompts/notices.yaml) are wrong; the message lists every mistake."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class QuestionnaireError(HotlineError):
    """What customers are asked (prompts/questionnaires/) is wrong; a line for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


# -- storage -----------------------------------------------------------------------------------


class StorageError(HotlineError):
    """The database could not do what was asked."""


class DatabaseUnreachable(StorageError):
    """The database does not answer, or the connection broke."""


class DatabaseBusy(DatabaseUnreachable):
    """Others held what was needed for too long (lock, connection); nothing was written, try again."""


class DatabaseNotWritable(StorageError):
    """The database is read-only or its disk is full: what happens now cannot be kept."""


class DatabaseOutdated(StorageError):
    """The database's schema is not the one this program was written for."""


class Conflict(StorageError):
    """The database refused a row: a key is taken, something it names is missing, or it may not be changed."""


class BackupError(HotlineError):
    """A backup could not be made, or cannot be put back; the message says what is wrong with which file."""


# -- the PBX -----------------------------------------------------------------------------------


class PbxError(HotlineError):
    """The PBX could not be found, started, configured or talked to."""


class PbxUnusable(PbxError):
    """No Asterisk that this program can work with: missing, too old, not startable."""


class AriError(PbxError):
    """Root of what the ARI connection raises."""


class AriDisconnected(AriError):
    """The event socket is down; the request was not answered. Whether it took effect is unknown."""


class AriTimeout(AriError):
    """The PBX did not answer a request before its deadline (seconds, in the message)."""


class AriRefused(AriError):
    """The PBX answered a request with a refusal.

    ``status`` is the HTTP status ARI gave (404 not found, 409 not in Stasis, 422 ...).
    """

    def __init__(self, status: int, method: str, uri: str, message: str) -> None:
        self.status = status
        self.method = method
        self.uri = uri
        super().__init__(f"{method} {uri}: {status} {message}")


class AriMalformed(AriError):
    """The PBX sent something that is not what the ARI documentation promises."""


# -- a call ------------------------------------------------------------------------------------


class CallEnded(HotlineError):
    """Root of the ways in which a call's coroutine is told that it is over."""


class CallerHungUp(CallEnded):
    """The caller's leg has gone; raised from whatever the call was awaiting."""


class LegGone(CallEnded):
    """A leg other than the caller's has gone while something was asked of it."""


# -- carriers of texts and mail ----------------------------------------------------------------


class CarrierError(HotlineError):
    """A text or mail was not carried."""


class CarrierAway(CarrierError):
    """The carrier cannot be reached, or takes nothing now: everything for it waits."""


class CarrierRefused(CarrierError):
    """The carrier does not take this one now; it is tried again."""


class NeverCarried(CarrierError):
    """The carrier will never take this one, such as for an address that does not exist."""


# -- the console -------------------------------------------------------------------------------


class ConsoleUnusable(HotlineError):
    """The console cannot be served: its port is taken or not ours."""


# -- running -----------------------------------------------------------------------------------


class HomeUnusable(HotlineError):
    """The folder of all runtime files cannot be made or written."""


class AlreadyRunning(HotlineError):
    """The hotline, or one of its programs, runs at this home already; ``pid`` is 0 where it did not say."""

    def __init__(self, home: Path, program: str, pid: int) -> None:
        self.pid = pid
        who = f"process {pid}" if pid else "another process"
        super().__init__(
            f"{home}: {program} already runs here ({who}); end that one, or choose another HOTLINE_HOME"
        )


class NotStarted(HotlineError):
    """A part of the hotline ended, or was not ready in time, when it was started."""


# -- people ------------------------------------------------------------------------------------


class Refused(HotlineError):
    """Somebody asked for something that the rules do not allow now; the message says why."""


# -- cases -------------------------------------------------------------------------------------


class CaseRefused(Refused):
    """A step of a case, or something about it, is not possible.

    ``reason`` is one word of :class:`ivr.standard.case_refusal.CaseRefusal`; ``details`` what it is about,
    such as what is missing or which cases are open.
    """

    def __init__(self, reason: str, message: str, details: Sequence[str] = ()) -> None:
        self.reason = reason
        self.details = tuple(details)
        super().__init__(message)


# -- the customer archive ----------------------------------------------------------------------


class ChangedMeanwhile(Refused):
    """Somebody else changed the same thing since it was read; nothing was written."""


class AccountNumberTaken(Refused):
    """Another customer has this account number; ``customer_id`` is that one."""

    def __init__(self, account_number: str, customer_id: int) -> None:
        self.account_number = account_number
        self.customer_id = customer_id
        super().__init__(
            f"account number {account_number} belongs to customer {customer_id}; correct one of the two"
        )


class ListUnreadable(HotlineError):
    """A list of customers cannot be read; ``reason`` is one word, ``detail`` what it is about."""

    def __init__(self, reason: str, message: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(message)


class SimulationFileWrong(HotlineError):
    """A file of a simulated day is wrong; ``problems`` has a line for each mistake: file, line, reason."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class ScoreSheetError(HotlineError):
    """The score sheet is wrong; ``problems`` has a line for each mistake (R-QA2)."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class AccountRefused(Refused):
    """Somebody's account is not changed so (R-20).

    ``reason`` is a word of :class:`ivr.standard.account_refusal.AccountRefusal`.
    """

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


class SoundUnreadable(HotlineError):
    """A recording cannot be read as sound; the message says which and why."""


class RecogniserUnusable(HotlineError):
    """The optional recogniser is not installed or does not work; the message says what would be right."""


class QualityRefused(Refused):
    """A draw, a score or an objection is refused (R-QA1, R-QA2).

    ``reason`` is a word of :class:`ivr.standard.quality_refusal.QualityRefusal`, ``about`` what it is about.
    """

    def __init__(self, reason: str, message: str, about: str = "") -> None:
        self.reason = reason
        self.about = about
        super().__init__(message)
