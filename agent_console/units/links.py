"""Links that open one case without signing in: who comes by one, and the page that says why it does not.

A link holds its token in its path. So that the path goes nowhere else, pages by link tell other pages only
the console's origin (``strict-origin``; ``no-referrer`` would take away what the check of forgery looks at).
"""

from dataclasses import dataclass

from flask import Response, make_response, render_template, request
from sqlalchemy import Connection

from agent_console.auth.pages import origin
from agent_console.cases.refusals import sentence
from agent_console.context import console, now
from agent_console.error_pages import for_script
from ivr.errors import CaseRefused
from ivr.standard.case_refusal import CaseRefusal
from storage.queries import audit, case_tokens, case_view
from storage.queries.audit import ConsoleFact
from storage.queries.case_access import Who
from storage.queries.case_lists import CaseLine

PHOTO_BY_LINK = "fitter.add_photo"
LONGEST_TOKEN = 200
REFERRER_POLICY = "strict-origin"

_GONE = frozenset({CaseRefusal.LINK_ENDED, CaseRefusal.CASE_CLOSED})


@dataclass(frozen=True, slots=True)
class Opened:
    """A case, and who has opened it by a link."""

    line: CaseLine
    who: Who


def open_case(connection: Connection, number: str, token: str) -> Opened:
    """Open a case by its number and a token.

    A number that does not exist is answered as a token that does not, so that nobody learns numbers.

    :raises CaseRefused: never given, over, of another case, or the case is closed.
    """
    line = case_view.by_number(connection, number)
    who = case_tokens.opened_by(connection, token[:LONGEST_TOKEN], line.id if line else 0, now())
    if line is None:
        raise CaseRefused(CaseRefusal.LINK_OF_OTHER_CASE, "this link opens another case")
    return Opened(line, who)


def opens() -> bool:
    """Whether the link that is asked for now opens its case."""
    return _refusal() is None


def why_not_opened() -> Response | None:
    """The refusal of the link that is asked for now; None: it opens."""
    refusal = _refusal()
    return refused(refusal, _part("number")) if refusal is not None else None


def _refusal() -> CaseRefused | None:
    try:
        with console().database.read() as connection:
            open_case(connection, _part("number"), _part("token"))
    except CaseRefused as error:
        return error
    return None


def _part(name: str) -> str:
    """A part of the address that is asked for."""
    return str((request.view_args or {}).get(name, ""))


def refused(error: CaseRefused, number: str) -> Response:
    """The page, or the answer to a script, that says why a link opens nothing.

    Who holds a link that was given once stands in the audit log; guesses would only fill it.
    """
    if error.reason != CaseRefusal.NO_SUCH_LINK:
        note(number, refused=error.reason)
    text = sentence(error)
    answer = make_response(
        {"error": text} if for_script() else render_template("units/link_refused.html", text=text)
    )
    answer.status_code = 410 if error.reason in _GONE else 404
    return safe(answer)


def note(number: str, **more: object) -> None:
    """Write into the audit log that somebody came by a link to a case."""
    with console().database.write() as connection:
        data = {"case": number[:40].replace("\0", ""), **more, **origin().data()}
        audit.note(connection, ConsoleFact.CASE_BY_LINK, now(), agent_id=None, data=data)


def safe(answer: Response) -> Response:
    """The answer with what keeps its address from going anywhere else."""
    answer.headers["Referrer-Policy"] = REFERRER_POLICY
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
