"""Who may open which page: one table of roles by route, looked up before every request.

A route that is not in the table is open to nobody; a test holds the table against the routes both ways.
"""

from ivr.config.sections import Role

PUBLIC = None
"""Open without signing in."""

EVERYBODY = frozenset(Role)
"""Open to everybody who has signed in."""

AT_A_DESK = frozenset({Role.AGENT, Role.SUPERVISOR})
"""People who take calls: they have a desk, a state and a phone."""

LISTENERS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.QUALITY_READER})
"""People who may hear recordings; an agent only those of their own calls (R-18)."""

SEES_WHOLE_NUMBERS = frozenset({Role.SUPERVISOR})
"""People whose task needs the caller's whole number outside a call of their own (R-18)."""

RIGHTS: dict[str, frozenset[Role] | None] = {
    "static": PUBLIC,
    "auth.home": EVERYBODY,
    "auth.sign_in": PUBLIC,
    "auth.check_sign_in": PUBLIC,
    "auth.take_over": PUBLIC,
    "auth.sign_out": EVERYBODY,
    "auth.preferences": PUBLIC,
    "desk.page": AT_A_DESK,
    "desk.recent": AT_A_DESK,
    "desk.command": AT_A_DESK,
    "calls.index": EVERYBODY,
    "calls.one": EVERYBODY,
    "calls.recording": LISTENERS,
    "supervisor.floor": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "live_feed.live": EVERYBODY,
    "live_feed.session": EVERYBODY,
}


def allowed(endpoint: str, role: Role) -> bool:
    """Whether somebody with ``role`` may use ``endpoint``."""
    roles = RIGHTS.get(endpoint, frozenset())
    return roles is PUBLIC or role in roles


def first_page(role: Role) -> str:
    """The endpoint somebody begins at after signing in."""
    if role in AT_A_DESK:
        return "desk.page"
    if allowed("supervisor.floor", role):
        return "supervisor.floor"
    return "calls.index"
