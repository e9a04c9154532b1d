"""The pages that need nothing but their address, found by the routes: whoever adds one has it looked at."""

from flask import Flask

from agent_console.rights import PUBLIC, RIGHTS
from ivr.config.sections import Role

NO_PAGES = {
    "auth.home": "leads on to the first page of the role",
    "complaints.as_workbook": "a file",
    "reports.as_workbook": "a file",
    "reports.as_pdf": "a file",
    "customer_card.lookup": "whom a number belongs to, as a piece of the desk",
    "desk.recent": "a piece of the desk",
    "desk.targets": "the desk's list of whom a call may be passed on to, as JSON",
    "desk_revisits.piece": "a piece of the desk",
    "incidents.part": "a piece of the page of gas leaks",
    "overdue.part": "a piece of the page of times due",
    "revisits.part": "a piece of the page of calls to customers",
    "units.part": "a piece of the unit's page",
    "knowledge.search": "what was found, as JSON",
    "phone.key_mark": "the mark of the phone's key, as JSON",
    "live_feed.live": "the live feed",
    "live_feed.session": "whether the session lives, as JSON",
    "health.alive": "for the machines that watch",
    "health.ready": "for the machines that watch",
    "health.metrics": "for the machines that watch",
    "report_behind.calls": "needs a figure in its address; the stories open one",
    "report_behind.states": "needs a figure in its address; the stories open one",
    "report_behind.cases": "needs what is counted in its address; the stories open one",
}
"""Routes without parameters that are no page to be looked at, each with the reason."""

_READERS = (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.UNIT, Role.AUDITOR, Role.AGENT, Role.QUALITY_READER)


def plain_pages(app: Flask) -> dict[str, str]:
    """The addresses of all pages that need no more than that, by endpoint."""
    routes = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules() if _is_plain(rule)}
    gone = set(NO_PAGES) - set(routes)
    assert not gone, f"excepted, but there is no such route: {gone}"
    return {endpoint: path for endpoint, path in routes.items() if endpoint not in NO_PAGES}


def _is_plain(rule: object) -> bool:
    return "GET" in (rule.methods or ()) and not rule.arguments  # type: ignore[attr-defined]


def reader_of(endpoint: str) -> Role | None:
    """The role that looks at a page; None: it is open to everybody without signing in."""
    roles = RIGHTS[endpoint]
    return None if roles is PUBLIC else next(role for role in _READERS if role in roles)
