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

TRANSFERS_OUTSIDE = frozenset({Role.SUPERVISOR})
"""People who may pass a caller on to a number outside the company."""

CUSTOMER_READERS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR})
"""People who look customers up; numbers stay masked but for those who see whole ones (R-18)."""

CUSTOMER_KEEPERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
"""People who bring lists into the archive and take customers out of it."""

KEEPS_TEXTS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
"""People who are told which articles are broken."""

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
    "desk.targets": AT_A_DESK,
    "desk.look_again": AT_A_DESK,
    "records.form": AT_A_DESK,
    "records.keep_draft": AT_A_DESK,
    "records.save": AT_A_DESK,
    "records.tick": AT_A_DESK,
    "audit_log.index": frozenset({Role.AUDITOR}),
    "calls.index": EVERYBODY,
    "calls.one": EVERYBODY,
    "calls.recording": LISTENERS,
    "customers.index": CUSTOMER_READERS,
    "customers.one": CUSTOMER_READERS,
    "customers.new": AT_A_DESK,
    "customers.create": AT_A_DESK,
    "customers.edit": AT_A_DESK,
    "customers.save": AT_A_DESK,
    "customers.remove": CUSTOMER_KEEPERS,
    "customers.call": AT_A_DESK,
    "customer_card.lookup": AT_A_DESK,
    "customer_card.card": AT_A_DESK,
    "customer_imports.index": CUSTOMER_KEEPERS,
    "customer_imports.upload": CUSTOMER_KEEPERS,
    "customer_imports.one": CUSTOMER_KEEPERS,
    "customer_imports.check": CUSTOMER_KEEPERS,
    "customer_imports.start": CUSTOMER_KEEPERS,
    "customer_imports.cancel": CUSTOMER_KEEPERS,
    "customer_imports.progress": CUSTOMER_KEEPERS,
    "customer_imports.mistakes": CUSTOMER_KEEPERS,
    "customer_imports.clear_demo": CUSTOMER_KEEPERS,
    "supervisor.floor": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "phone.make_key": AT_A_DESK,
    "phone.key_mark": AT_A_DESK,
    "phone.quality": AT_A_DESK,
    "phone.test_page": AT_A_DESK,
    "try_it.page": PUBLIC,
    "try_it.make_key": PUBLIC,
    "try_it.still_here": PUBLIC,
    "try_it.leave": PUBLIC,
    "knowledge.index": EVERYBODY,
    "knowledge.search": EVERYBODY,
    "knowledge.article": EVERYBODY,
    "knowledge.phrases": EVERYBODY,
    "script.lines": AT_A_DESK,
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
